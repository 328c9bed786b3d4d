// Answers in JSON from a model that can only be told to: the words that ask for it, and what of its text is the answer.
// Asked for JSON and nothing else, models like to wrap it: in a fence, in a sentence before, in one after.
import type { ResponseFormat } from '../../schemas/chat.ts'
import type { Delta } from './delta.ts'
import { type Edit, edited, editedDeltas } from './edit.ts'
import { at } from './json.ts'
import type { AnswerReader } from './provider.ts'

/** What the JSON begins with, where that is known: what stands before it is not meant. */
export type Opening = '{' | '[' | undefined

/** How JSON is asked for in words, for the instructions. */
export interface Wording {
  readonly instruction: string
  readonly opens: Opening
}

/** The wording for a format; undefined for one that asks for no JSON. */
export function wordingOf(format: ResponseFormat | null | undefined): Wording | undefined {
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json_object') {
    return { instruction: 'Respond with one valid JSON object and nothing else.', opens: '{' }
  }
  const { schema } = format.json_schema
  return {
    instruction: `Respond with one JSON value that matches this JSON Schema, and nothing else:\n${JSON.stringify(schema)}`,
    opens: openingOf(schema, schema, new Set()),
  }
}

/**
 * What all values begin with that match the schema, as far as its own words tell; null begins like nothing.
 * @param seen references that were followed: one that leads back tells nothing new.
 */
function openingOf(schema: unknown, root: unknown, seen: Set<string>): Opening {
  const type = at(schema, 'type')
  if (type !== undefined) {
    const [kind, ...others] = [type].flat().filter((one) => one !== 'null')
    if (others.length > 0) return undefined
    return kind === 'object' ? '{' : kind === 'array' ? '[' : undefined
  }
  if (at(schema, 'properties') !== undefined) return '{'
  const ref = at(schema, '$ref')
  if (typeof ref === 'string' && ref.startsWith('#/') && !seen.has(ref)) {
    seen.add(ref)
    return openingOf(ref.slice(2).split('/').reduce(at, root), root, seen)
  }
  const branches = at(schema, 'anyOf') ?? at(schema, 'oneOf') ?? at(schema, 'allOf')
  const [first, ...others] = (Array.isArray(branches) ? branches : []).map((one) => openingOf(one, root, seen))
  return others.every((one) => one === first) ? first : undefined
}

/** The reader of an answer whose text is the JSON alone. @param choices how many choices this one answer has. */
export function jsonAnswer(opens: Opening, reader: AnswerReader, choices = 1): AnswerReader {
  return opens === undefined ? reader : edited(reader, () => new JsonText(opens), choices)
}

/** The same of a whole answer. */
export function jsonDeltas(opens: Opening, deltas: readonly Delta[], choices = 1): readonly Delta[] {
  return opens === undefined ? deltas : editedDeltas(deltas, () => new JsonText(opens), choices)
}

/** What an answer may begin behind: a new line, a colon, a fence. */
const LEADS = /(?:^|[\n:]|```[a-z]*)[ \t]*$/

/** Says one JSON value, and nothing that stands around it; text in which there is none is said whole. */
export class JsonText implements Edit {
  readonly #opens: '{' | '['
  #state: 'before' | 'inside' | 'behind' | 'none' = 'before'
  #held = ''
  #depth = 0
  #inString = false
  #escaped = false

  constructor(opens: '{' | '[') {
    this.#opens = opens
  }

  say(text: string): string {
    switch (this.#state) {
      case 'before':
        return this.#begin(text)
      case 'inside':
        return this.#within(text)
      case 'behind':
        return ''
      case 'none':
        return text
    }
  }

  release(): string {
    const held = this.#held
    this.#held = ''
    return held
  }

  /** The first brace tells: one in the middle of a sentence begins no answer. */
  #begin(text: string): string {
    const from = text.indexOf(this.#opens)
    if (from === -1) {
      this.#held += text
      return ''
    }
    const before = this.release() + text.slice(0, from)
    const rest = text.slice(from)
    this.#state = LEADS.test(before) ? 'inside' : 'none'
    return this.#state === 'inside' ? this.#within(rest) : before + rest
  }

  #within(text: string): string {
    for (let i = 0; i < text.length; i++) {
      if (!this.#closes(text.charAt(i))) continue
      this.#state = 'behind'
      return text.slice(0, i + 1)
    }
    return text
  }

  #closes(char: string): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (char === '\\') this.#escaped = true
      else if (char === '"') this.#inString = false
      return false
    }
    if (char === '"') this.#inString = true
    else if (char === '{' || char === '[') this.#depth++
    else if (char === '}' || char === ']') return --this.#depth === 0
    return false
  }
}
