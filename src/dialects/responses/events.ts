// The events of a stream: what each holds, and their numbers, which have no gaps.
// https://platform.openai.com/docs/api-reference/responses-streaming
import type { TokenLogprob } from '../../hub/delta.ts'
import type { GatewayError } from '../../hub/error.ts'
import type { Json, OutputItem } from './object.ts'

/** Parts of an item that grow, and what their events are called. */
const PARTS = {
  output_text: { type: 'response.output_text', key: 'text', place: 'content_index' },
  refusal: { type: 'response.refusal', key: 'refusal', place: 'content_index' },
  reasoning_text: { type: 'response.reasoning_text', key: 'text', place: 'content_index' },
  summary_text: { type: 'response.reasoning_summary_text', key: 'text', place: 'summary_index' },
} as const
export type PartType = keyof typeof PARTS

/** Calls, whose one text stands in the item itself. */
const CALLS = {
  function_call: { type: 'response.function_call_arguments', key: 'arguments' },
  custom_tool_call: { type: 'response.custom_tool_call_input', key: 'input' },
} as const
export type CallType = keyof typeof CALLS

/** Where a text grows. Nearly all of its events is the same, and written once. */
export interface Growing {
  readonly type: string
  readonly key: string
  /** The members that say where, without their braces. */
  readonly at: string
  /** Those of an output text have a list beside the text. */
  readonly probable: boolean
}

export class Events {
  /** How long each delta was, so that the same events can be told again. */
  readonly cuts: number[] = []
  readonly #silent: boolean
  #next: number

  /**
   * @param silent nobody reads the events: only what they make of the items is wanted.
   * @param from the number of the first one.
   */
  constructor(silent = false, from = 0) {
    this.#silent = silent
    this.#next = from
  }

  /** A failure. The names stand at the top as well, for readers who go by the letter of the type. */
  failure(error: GatewayError, response: Json): string {
    const { message, type, code, param } = error.body
    const told = this.say('error', { error: error.body, code: code ?? type, message, param })
    return told + this.say('response.failed', { response })
  }

  say(type: string, fields: Json): string {
    if (this.#silent) return ''
    return this.#event(type, JSON.stringify(fields).slice(1, -1))
  }

  item(which: 'added' | 'done', index: number, item: Json): string {
    return this.say(`response.output_item.${which}`, { output_index: index, item })
  }

  /** A part of an item begins. */
  open(item: OutputItem, index: number, part: Json & { readonly type: PartType }, place: number): [string, Growing] {
    const { type, key, place: named } = PARTS[part.type]
    const at = { item_id: item.id, output_index: index, [named]: place }
    const growing = { type, key, at: JSON.stringify(at).slice(1, -1), probable: part.type === 'output_text' }
    return [this.say(partEvent(part.type, 'added'), { ...at, part }), growing]
  }

  call(item: OutputItem & { readonly type: CallType }, index: number): Growing {
    const { type, key } = CALLS[item.type]
    const at = JSON.stringify({ item_id: item.id, output_index: index }).slice(1, -1)
    return { type, key, at, probable: false }
  }

  delta({ type, at, probable }: Growing, text: string, tokens: readonly TokenLogprob[] = []): string {
    this.cuts.push(text.length)
    if (this.#silent) return ''
    const logprobs = probable ? `,"logprobs":${JSON.stringify(tokens)}` : ''
    return this.#event(`${type}.delta`, `${at},"delta":${JSON.stringify(text)}${logprobs}`)
  }

  /** The text is whole. */
  done({ type, key, at, probable }: Growing, text: string, tokens: readonly unknown[] = []): string {
    if (this.#silent) return ''
    const logprobs = probable ? `,"logprobs":${JSON.stringify(tokens)}` : ''
    return this.#event(`${type}.done`, `${at},"${key}":${JSON.stringify(text)}${logprobs}`)
  }

  /** A part of an item is whole. */
  close({ at }: Growing, part: Json & { readonly type: PartType }): string {
    if (this.#silent) return ''
    return this.#event(partEvent(part.type, 'done'), `${at},"part":${JSON.stringify(part)}`)
  }

  annotation({ at }: Growing, index: number, annotation: Json): string {
    if (this.#silent) return ''
    const said = `${at},"annotation_index":${index},"annotation":${JSON.stringify(annotation)}`
    return this.#event('response.output_text.annotation.added', said)
  }

  #event(type: string, members: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#next++},${members}}\n\n`
  }
}

function partEvent(type: PartType, which: 'added' | 'done'): string {
  return type === 'summary_text' ? `response.reasoning_summary_part.${which}` : `response.content_part.${which}`
}
