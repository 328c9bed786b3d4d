// Deltas as chat completion chunks: https://platform.openai.com/docs/api-reference/chat/streaming
//
// The order and the exact chunks are OpenAI's, because SDKs fold them with rules of their own: `role` once a choice, `id`
// and `name` once a call, dense indices, one finish chunk a choice, `usage` null until its own chunk, `[DONE]`.
import type { Citation, Delta, FinishReason, Start } from '../../hub/delta.ts'
import type { AnswerContext, Renderer } from '../../hub/dialect.ts'
import type { GatewayError } from '../../hub/error.ts'
import { type Loss, reportOf } from '../../hub/loss.ts'
import { NO_USAGE, type Usage } from '../../hub/usage.ts'
import { sseComment, sseData } from '../../wire/sse.ts'
import { annotation, answerId, callId, finishName, image, isLegacy } from './reply.ts'

/** What a choice has said so far, as far as the next chunk depends on it. */
interface Progress {
  /** Its role has been said. */
  opened: boolean
  readonly citations: Citation[]
  /** How many images it has shown. */
  images: number
  /** The block of reasoning that text came from last. */
  reasoning: number | undefined
  /** Blocks of reasoning whose `format` has been named, and the place of each: one that says nothing has none. */
  readonly named: Map<number, number>
  /** For each call: whether it is a custom tool. */
  readonly custom: boolean[]
}

export class ChatRenderer implements Renderer {
  readonly #context: AnswerContext
  readonly #legacy: boolean
  readonly #reasons: boolean
  readonly #usageAsked: boolean
  readonly #losses: Loss[] = []
  readonly #choices = new Map<number, Progress>()
  /** All that stands before the choices in each chunk: written once. */
  #head = ''
  #id = ''
  #usage: Usage | undefined
  /** The last finish chunk, kept back while it may have to carry the report. */
  #held = ''

  constructor(context: AnswerContext) {
    const { fields } = context.request
    this.#context = context
    this.#legacy = isLegacy(context.request)
    this.#reasons = !fields.reasoning?.exclude
    this.#usageAsked = fields.stream_options?.include_usage === true
  }

  render(deltas: readonly Delta[]): string {
    let out = ''
    for (const delta of deltas) out += this.#one(delta)
    return out
  }

  end(): string {
    if (!this.#usageAsked) return this.#release(true) + sseData('[DONE]')
    const usage = `${this.#begin()}],"usage":${JSON.stringify(this.#usage ?? NO_USAGE)}`
    return `${this.#release(false)}data: ${usage}${this.#report()}}\n\n${sseData('[DONE]')}`
  }

  fail(error: GatewayError): string {
    return sseData(JSON.stringify({ error: error.body }))
  }

  #one(delta: Delta): string {
    switch (delta.type) {
      case 'text':
        return this.#chunk(delta, `{"content":${JSON.stringify(delta.text)}}`)
      case 'start':
        return this.#start(delta)
      case 'reasoning':
        return this.#reasons ? this.#reasoning(delta) : ''
      case 'signature':
        return this.#reasons ? this.#detail(delta, 'reasoning.text', { signature: delta.signature }) : ''
      case 'encrypted':
        return this.#reasons ? this.#detail(delta, 'reasoning.encrypted', encrypted(delta)) : ''
      case 'tool':
        return this.#tool(delta)
      case 'arguments':
        return this.#arguments(delta)
      case 'refusal':
        return this.#chunk(delta, `{"refusal":${JSON.stringify(delta.text)}}`)
      case 'logprobs':
        return this.#logprobs(delta)
      case 'image':
        return this.#chunk(delta, JSON.stringify({ images: [image(delta.url, this.#choice(delta).images++)] }))
      case 'extra':
        return this.#chunk(delta, JSON.stringify({ extra_content: delta.extra }))
      case 'citation':
        this.#choice(delta).citations.push(delta.citation)
        return ''
      case 'finish':
        return this.#finish(delta, delta.reason)
      case 'usage':
        this.#usage = delta.usage
        return ''
      case 'loss':
        this.#losses.push(delta.loss)
        return ''
      case 'ping':
        return sseComment('ping')
      case 'error':
        return this.fail(delta.error)
      default:
        delta satisfies never
        return ''
    }
  }

  #start(delta: Extract<Delta, { type: 'start' }>): string {
    this.#begin(delta)
    return this.#opening(delta)
  }

  /** The head of all chunks, made by the first start. */
  #begin({ id, model, tier, fingerprint = null }: Head = { id: '', model: '' }): string {
    if (!this.#head) {
      const { created } = this.#context
      this.#id = id
      const head = { id: answerId(id, this.#context), object: 'chat.completion.chunk', created, model }
      const used = tier === undefined ? {} : { service_tier: tier }
      this.#head = `${JSON.stringify({ ...head, ...used, system_fingerprint: fingerprint }).slice(0, -1)},"choices":[`
    }
    return this.#head
  }

  /** The chunk that a choice begins with: once, and before all else, though not every choice has a start of its own. */
  #opening(delta: { readonly choice?: number }): string {
    const choice = this.#choice(delta)
    if (choice.opened) return ''
    choice.opened = true
    return `data: ${this.#body(delta.choice ?? 0, '{"role":"assistant","content":"","refusal":null}', 'null')}}\n\n`
  }

  #reasoning(delta: Extract<Delta, { type: 'reasoning' }>): string {
    if (delta.text === '') return ''
    const choice = this.#choice(delta)
    const apart = choice.reasoning !== undefined && choice.reasoning !== delta.index
    choice.reasoning = delta.index
    const text = JSON.stringify(apart ? `\n\n${delta.text}` : delta.text)
    const { summary, id } = delta
    const detail = summary
      ? this.#detailOf(delta, 'reasoning.summary', { summary: delta.text }, id)
      : this.#detailOf(delta, 'reasoning.text', { text: delta.text }, id)
    return this.#chunk(delta, `{"reasoning_content":${text},"reasoning_details":[${detail}]}`)
  }

  #detail(delta: Indexed, type: string, body: Record<string, string>): string {
    return this.#chunk(delta, `{"reasoning_details":[${this.#detailOf(delta, type, body)}]}`)
  }

  /** SDKs concatenate repeated strings, so what names a block is said once. */
  #detailOf(delta: Indexed, type: string, body: Record<string, string>, id?: string): string {
    const { named } = this.#choice(delta)
    const place = named.get(delta.index)
    if (place !== undefined) return JSON.stringify({ type, index: place, ...body })
    const index = named.size
    const { format } = delta
    named.set(delta.index, index)
    // A block that shows no text (only its signature) still has the key, as in an answer that is not streamed.
    const name = id === undefined ? {} : { id }
    return JSON.stringify({ type, ...name, index, format, ...(type === 'reasoning.text' && { text: '' }), ...body })
  }

  #tool(delta: Extract<Delta, { type: 'tool' }>): string {
    this.#choice(delta).custom[delta.index] = delta.custom
    const { index, name, extra } = delta
    const id = callId(delta, delta.choice ?? 0, this.#id, this.#context)
    const more = extra && { extra_content: extra }
    if (this.#legacy)
      return index > 0 ? '' : this.#chunk(delta, JSON.stringify({ function_call: { name, arguments: '' } }))
    const call = delta.custom
      ? { index, id, type: 'custom', custom: { name, input: '' }, ...more }
      : { index, id, type: 'function', function: { name, arguments: '' }, ...more }
    return this.#chunk(delta, `{"tool_calls":[${JSON.stringify(call)}]}`)
  }

  #arguments(delta: Extract<Delta, { type: 'arguments' }>): string {
    if (delta.text === '') return ''
    const { index } = delta
    const text = JSON.stringify(delta.text)
    if (this.#legacy) return index > 0 ? '' : this.#chunk(delta, `{"function_call":{"arguments":${text}}}`)
    const body = this.#choice(delta).custom[index] ? `"custom":{"input":${text}}` : `"function":{"arguments":${text}}`
    return this.#chunk(delta, `{"tool_calls":[{"index":${index},${body}}]}`)
  }

  /** All annotations come in one delta: a second list breaks clients that fold by index. */
  #finish(delta: Extract<Delta, { type: 'finish' }>, reason: FinishReason): string {
    const { citations } = this.#choice(delta)
    let out = this.#release(false) + this.#opening(delta)
    if (citations.length > 0) out += this.#chunk(delta, JSON.stringify({ annotations: citations.map(annotation) }))
    const chunk = this.#body(delta.choice ?? 0, '{}', `"${finishName(reason, this.#legacy)}"`)
    if (!this.#context.report) return `${out}data: ${chunk}}\n\n`
    this.#held = chunk
    return out
  }

  #release(last: boolean): string {
    if (this.#held === '') return ''
    const chunk = this.#held
    this.#held = ''
    return `data: ${chunk}${last ? this.#report() : ''}}\n\n`
  }

  #report(): string {
    const { report } = this.#context
    return report ? `,"dragoman":${JSON.stringify(reportOf([...report, ...this.#losses]))}` : ''
  }

  #chunk(delta: { readonly choice?: number }, body: string): string {
    return `${this.#opening(delta)}data: ${this.#body(delta.choice ?? 0, body, 'null')}}\n\n`
  }

  #logprobs(delta: Extract<Delta, { type: 'logprobs' }>): string {
    const logprobs = JSON.stringify({ content: delta.tokens, refusal: null })
    return `${this.#opening(delta)}data: ${this.#body(delta.choice ?? 0, '{}', 'null', logprobs)}}\n\n`
  }

  /** A chunk without its last brace. */
  #body(choice: number, delta: string, finish: string, logprobs = 'null'): string {
    const usage = this.#usageAsked ? ',"usage":null' : ''
    return `${this.#begin()}{"index":${choice},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}]${usage}`
  }

  #choice(delta: { readonly choice?: number }): Progress {
    const index = delta.choice ?? 0
    let choice = this.#choices.get(index)
    if (!choice) {
      choice = { opened: false, citations: [], images: 0, reasoning: undefined, named: new Map(), custom: [] }
      this.#choices.set(index, choice)
    }
    return choice
  }
}

/** What the head of a stream says of itself. */
type Head = Pick<Start, 'id' | 'model' | 'tier'> & { readonly fingerprint?: string | null }

function encrypted({ data, id }: Extract<Delta, { type: 'encrypted' }>): Record<string, string> {
  return id === undefined ? { data } : { id, data }
}

interface Indexed {
  readonly index: number
  readonly format: string
  readonly choice?: number
}
