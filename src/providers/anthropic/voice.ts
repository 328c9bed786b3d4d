// What of a model's text is the answer. Asked in words for JSON and nothing else, models like to wrap it: in a fence, in
// a sentence before, in one after. What is said does not depend on how the text was cut.
import type { Opening } from './format.ts'

export interface Voice {
  /** The part of the text that can be said now. */
  say(text: string): string
  /** What was held back and is the answer after all: nothing better will come. */
  release(): string
  /** The answer comes by another way. */
  hush(): void
}

/** @param byTool a tool carries the JSON, so that text is only what the model says beside it. */
export function voiceFor(opens: Opening, byTool: boolean): Voice {
  if (byTool) return new Aside()
  return opens === undefined ? plain : new JsonOnly(opens)
}

const plain: Voice = { say: (text) => text, release: () => '', hush: () => undefined }

/** Holds text back until it is known whether the JSON comes. */
class Aside implements Voice {
  #held = ''
  #hushed = false

  say(text: string): string {
    this.#held += text
    return ''
  }

  release(): string {
    const held = this.#hushed ? '' : this.#held
    this.#held = ''
    return held
  }

  hush(): void {
    this.#hushed = true
  }
}

/** Says one JSON value, and nothing that stands around it; text in which there is none is said whole. */
class JsonOnly implements Voice {
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

  hush(): void {
    this.#held = ''
  }

  /** The first brace tells: one in the middle of a sentence begins no answer. */
  #begin(text: string): string {
    const from = this.#held.length
    this.#held += text
    const at = this.#held.indexOf(this.#opens, from)
    if (at === -1) return ''
    const before = this.#held.slice(0, at)
    const rest = this.#held.slice(at)
    this.#held = ''
    this.#state = LEADS.test(before) ? 'inside' : 'none'
    return this.#state === 'inside' ? this.#within(rest) : before + rest
  }

  #within(text: string): string {
    for (let i = 0; i < text.length; i++) {
      if (!this.#closes(text[i] ?? '')) continue
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

/** What an answer may begin behind: a new line, a colon, a fence. */
const LEADS = /(?:^|[\n:]|```[a-z]*)[ \t]*$/
