// The events of a response that is kept, told again: the same, under the same numbers, as far as its deltas were counted.
import type { CallType, PartType } from './events.ts'
import { Events } from './events.ts'
import { type Json, listOf, type OutputItem } from './object.ts'

type Part = Json & { readonly type: PartType }

/**
 * @param response whole, as its client gets to see it.
 * @param cuts how long each delta was; undefined where it was not streamed, so that each text comes in one.
 * @param after only events with a higher number are told.
 */
export function replayed(response: Json, cuts: readonly number[] | undefined, after: number): string {
  const events = new Events()
  const lengths = cuts && [...cuts]
  const begun = {
    ...response,
    status: 'in_progress',
    output: [],
    usage: null,
    completed_at: null,
    incomplete_details: null,
  }
  const told = [
    events.say('response.created', { response: begun }),
    events.say('response.in_progress', { response: begun }),
  ]
  listOf(response.output).forEach((item, index) => {
    // What was kept is an output of ours.
    told.push(itemTold(events, item as OutputItem, index, lengths))
  })
  told.push(events.say(`response.${response.status}`, { response }))
  const kept = told
    .join('')
    .split('\n\n')
    .slice(after + 1, -1)
  return `${kept.map((event) => `${event}\n\n`).join('')}data: [DONE]\n\n`
}

function itemTold(events: Events, item: OutputItem, index: number, cuts: number[] | undefined): string {
  const whole = events.item.bind(events, 'done', index, item)
  switch (item.type) {
    case 'message':
      return `${events.item('added', index, { ...item, status: 'in_progress', content: [] })}${partsTold(events, item, index, 'content', cuts)}${whole()}`
    case 'reasoning': {
      const { encrypted_content: _kept, content: _text, ...bare } = item
      const added = events.item('added', index, { ...bare, status: 'in_progress', summary: [] })
      const [summary, text] = [
        partsTold(events, item, index, 'summary', cuts),
        partsTold(events, item, index, 'content', cuts),
      ]
      return added + summary + text + whole()
    }
    case 'function_call':
    case 'custom_tool_call': {
      const grows = events.call({ ...item, type: item.type satisfies CallType }, index)
      const text = String(item[grows.key] ?? '')
      const added = events.item('added', index, { ...item, status: 'in_progress', [grows.key]: '' })
      const deltas = pieces(text, cuts).map((piece) => events.delta(grows, piece))
      return added + deltas.join('') + events.done(grows, text) + whole()
    }
    default: {
      const { id, type } = item
      const added = events.item('added', index, { id, type, status: 'in_progress', result: null })
      const at = { item_id: id, output_index: index }
      const steps = ['in_progress', 'generating', 'completed'].map((step) => events.say(`response.${type}.${step}`, at))
      return added + steps.join('') + whole()
    }
  }
}

function partsTold(events: Events, item: OutputItem, index: number, key: string, cuts: number[] | undefined): string {
  return listOf(item[key])
    .map((one, place) => {
      const part = one as Part
      const refuses = part.type === 'refusal'
      const text = String((refuses ? part.refusal : part.text) ?? '')
      const empty = refuses
        ? { refusal: '' }
        : part.type === 'output_text'
          ? { text: '', annotations: [], logprobs: [] }
          : { text: '' }
      const [added, grows] = events.open(item, index, { type: part.type, ...empty }, place)
      const tokens = Array.isArray(part.logprobs) ? part.logprobs : []
      const split = pieces(text, cuts)
      // Which token came with which piece nobody remembers: the last has them.
      const deltas = split.map((piece, i) => events.delta(grows, piece, i === split.length - 1 ? tokens : []))
      const cited = listOf(part.annotations).map((annotation, i) => events.annotation(grows, i, annotation))
      return added + deltas.join('') + cited.join('') + events.done(grows, text, tokens) + events.close(grows, part)
    })
    .join('')
}

/** A text in the pieces that it came in. */
function pieces(text: string, cuts: number[] | undefined): string[] {
  if (!cuts) return text === '' ? [] : [text]
  const out: string[] = []
  let at = 0
  while (cuts.length > 0 && (at < text.length || cuts[0] === 0)) {
    const length = cuts.shift() ?? 0
    out.push(text.slice(at, at + length))
    at += length
  }
  return out
}
