// What a choice says: text, thoughts, refusals, pictures, sources.
import type { Delta } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'
import type { ChoiceState, State } from './state.ts'
import type { Piece } from './think.ts'

interface At {
  readonly choice?: number
}

/** The name of reasoning that no service has named. */
const FORMAT = 'unknown'

/** Thoughts that stand beside the text, under any of their names. */
export function thought(state: State, into: ChoiceState, delta: unknown, choiceAt: At): Delta[] {
  const details = listOf(at(delta, 'reasoning_details'))
  const out = details.flatMap((one, i) =>
    /^reasoning\./.test(textIn(at(one, 'type')) || 'reasoning.')
      ? detail(into, one, i, choiceAt)
      : lost(state, 'reasoning_details', NO_DETAIL, choiceAt),
  )
  // The same words stand in both where a service has both.
  if (out.some(({ type }) => type === 'reasoning')) return out
  const text = textIn(at(delta, 'reasoning_content')) || textIn(at(delta, 'reasoning'))
  return text ? [think(into, text, 'text', FORMAT, choiceAt), ...out] : out
}

function detail(into: ChoiceState, one: unknown, place: number, choiceAt: At): Delta[] {
  const index = detailBlock(into, one, place)
  const format = textIn(at(one, 'format')) || FORMAT
  const summary = at(one, 'type') === 'reasoning.summary'
  const text = textIn(at(one, summary ? 'summary' : 'text')) || textIn(at(one, 'summary'))
  const [signature, data] = [textIn(at(one, 'signature')), textIn(at(one, 'data'))]
  const id = idOf(one)
  return [
    ...(text
      ? [{ type: 'reasoning' as const, index, text, format, ...(summary && { summary }), ...id, ...choiceAt }]
      : []),
    ...(signature ? [{ type: 'signature' as const, index, signature, format, ...choiceAt }] : []),
    ...(data ? [{ type: 'encrypted' as const, index, data, format, ...id, ...choiceAt }] : []),
  ]
}

function idOf(one: unknown): { id?: string } {
  const id = textIn(at(one, 'id'))
  return id === '' ? {} : { id }
}

/** Pieces of one index and type are one block, unless they have names that differ. */
function detailBlock(into: ChoiceState, one: unknown, place: number): number {
  const [number, type, id] = [at(one, 'index') ?? place, at(one, 'type'), textIn(at(one, 'id'))]
  const name = `detail ${number} ${type}`
  const named = into.named.get(name) ?? ''
  if (id !== '' && named !== '' && id !== named) return blockOf(into, `${name} ${id}`)
  if (id !== '') into.named.set(name, id)
  return blockOf(into, name)
}

function blockOf({ thoughts }: ChoiceState, name: string): number {
  const known = thoughts.get(name)
  if (known !== undefined) return known
  thoughts.set(name, thoughts.size)
  return thoughts.size - 1
}

function think(into: ChoiceState, text: string, block: string, format: string, choiceAt: At): Delta {
  return { type: 'reasoning', index: blockOf(into, block), text, format, ...choiceAt }
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Text and what stands in its place. */
export function said(state: State, into: ChoiceState, delta: unknown, choiceAt: At): Delta[] {
  const content: unknown = at(delta, 'content')
  const out =
    typeof content === 'string'
      ? speak(state, into, content, choiceAt)
      : listOf(content).flatMap((part) => partSaid(state, into, part, choiceAt))
  const refusal = textIn(at(delta, 'refusal'))
  if (refusal) out.push({ type: 'refusal', text: refusal, ...choiceAt })
  for (const image of listOf(at(delta, 'images'))) {
    const url = textIn(at(at(image, 'image_url'), 'url'))
    if (url) out.push({ type: 'image', url, ...choiceAt })
  }
  for (const one of listOf(at(delta, 'annotations'))) {
    const citation: unknown = at(one, 'url_citation')
    const [start, end] = [at(citation, 'start_index'), at(citation, 'end_index')]
    const url = textIn(at(citation, 'url'))
    if (!url || textIn(at(citation, 'content'))) out.push(...lost(state, 'annotations', NO_EXCERPT, choiceAt))
    if (!url) continue
    const span = typeof start === 'number' && typeof end === 'number' ? { start, end } : { start: 0, end: 0 }
    out.push({ type: 'citation', citation: { url, title: textIn(at(citation, 'title')), ...span }, ...choiceAt })
  }
  const extra = at(delta, 'extra_content')
  if (typeof extra === 'object' && extra !== null) out.push({ type: 'extra', extra: { ...extra }, ...choiceAt })
  if (textIn(at(at(delta, 'audio'), 'data'))) out.push(...lost(state, 'audio', NO_AUDIO, choiceAt))
  return out
}

/** A text that goes on with another: marks of thoughts in it are the text's. */
export function goneOn(state: State, into: ChoiceState, text: unknown, choiceAt: At): Delta[] {
  if (typeof text !== 'string' || text === '') return []
  state.length += text.length
  into.text += text
  return [{ type: 'text', text, ...choiceAt }]
}

const NO_AUDIO = 'Audio of this service is not passed on.'
const NO_DETAIL = 'There is no such detail of reasoning in this format.'
const NO_EXCERPT = 'Annotations name places in the text and their sources, and nothing else.'

/** A loss of the answer, told once for each place. */
function lost({ told }: State, key: string, reason: string, { choice = 0 }: At): Delta[] {
  const path = `choices[${choice}].message.${key}`
  if (told.has(path)) return []
  told.add(path)
  return [{ type: 'loss', loss: { path, kind: 'dropped', reason } }]
}

/** A part of content that is a list: text, or a thought. */
function partSaid(state: State, into: ChoiceState, part: unknown, choiceAt: At): Delta[] {
  switch (at(part, 'type')) {
    case 'text':
      return speak(state, into, textIn(at(part, 'text')), choiceAt)
    case 'thinking': {
      const said: unknown = at(part, 'thinking')
      const text = typeof said === 'string' ? said : joined(said)
      const signature = textIn(at(part, 'signature'))
      const index = blockOf(into, 'text')
      return [
        ...(text ? [think(into, text, 'text', FORMAT, choiceAt)] : []),
        ...(signature ? [{ type: 'signature' as const, index, signature, format: FORMAT, ...choiceAt }] : []),
      ]
    }
    case 'reasoning': {
      const text = joined(at(part, 'summary')) || textIn(at(part, 'text'))
      return text ? [think(into, text, 'text', FORMAT, choiceAt)] : []
    }
    default: {
      const type = String(at(part, 'type')).slice(0, 40)
      return lost(state, 'content', `There is no content of the type '${type}' in this format.`, choiceAt)
    }
  }
}

function joined(parts: unknown): string {
  return listOf(parts)
    .map((one) => textIn(at(one, 'text')))
    .join('')
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function speak(state: State, into: ChoiceState, text: string, choiceAt: At): Delta[] {
  return spoken(state, into, into.splitter.push(text), choiceAt)
}

/** Pieces of text and thought, without what the service repeats of the question. */
export function spoken(state: State, into: ChoiceState, pieces: readonly Piece[], choiceAt: At): Delta[] {
  return pieces.flatMap(({ kind, text }): Delta[] => {
    state.length += text.length
    if (kind === 'reasoning') return [think(into, text, 'text', FORMAT, choiceAt)]
    const rest = withoutPrefix(into, text)
    into.text += rest
    return rest === '' ? [] : [{ type: 'text', text: rest, ...choiceAt }]
  })
}

/** The text so far is held back as long as it may become what the service repeats. */
function withoutPrefix(into: ChoiceState, text: string): string {
  const said = into.repeated + text
  into.repeated = ''
  if (into.prefix === '') return said
  if (said !== into.prefix && into.prefix.startsWith(said)) {
    into.repeated = said
    return ''
  }
  const rest = said.startsWith(into.prefix) ? said.slice(into.prefix.length) : said
  into.prefix = ''
  return rest
}
