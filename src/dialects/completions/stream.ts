// Deltas as the chunks of a completion: https://platform.openai.com/docs/api-reference/completions
import type { Delta, Start } from '../../hub/delta.ts'
import type { AnswerContext, Renderer } from '../../hub/dialect.ts'
import type { GatewayError } from '../../hub/error.ts'
import { type Loss, reportOf } from '../../hub/loss.ts'
import { NO_USAGE, type Usage } from '../../hub/usage.ts'
import { sseComment, sseData } from '../../wire/sse.ts'
import { type Asked, answerId, askedOf, lossOf } from './answer.ts'
import { lengthOf, logprobsOf } from './logprobs.ts'
import { finishName } from './reply.ts'

interface Progress {
  /** Where the next token stands, in characters. */
  offset: number
}

export class CompletionRenderer implements Renderer {
  readonly #context: AnswerContext
  readonly #asked: Asked
  readonly #usageAsked: boolean
  readonly #choices = new Map<number, Progress>()
  readonly #losses = new Map<string, Loss>()
  /** All that stands before the choices in each chunk: written once. */
  #head = ''
  #usage: Usage | undefined
  /** The last finish chunk, kept back while it may have to carry the report. */
  #held = ''

  constructor(context: AnswerContext) {
    this.#context = context
    this.#asked = askedOf(context)
    this.#usageAsked = context.request.fields.stream_options?.include_usage === true
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
      case 'start':
        this.#begin(delta)
        return this.#opening(delta)
      case 'text':
      case 'refusal':
        return `${this.#opening(delta)}data: ${this.#body(delta, delta.text)}}\n\n`
      case 'logprobs': {
        const opening = this.#opening(delta)
        const choice = this.#choice(delta)
        const logprobs = logprobsOf(delta.tokens, choice.offset)
        for (const token of logprobs.tokens) choice.offset += lengthOf(token)
        return `${opening}data: ${this.#body(delta, '', JSON.stringify(logprobs))}}\n\n`
      }
      case 'finish': {
        const out = this.#release(false) + this.#opening(delta)
        const chunk = this.#body(delta, '', 'null', `"${finishName(delta.reason)}"`)
        if (!this.#context.report) return `${out}data: ${chunk}}\n\n`
        this.#held = chunk
        return out
      }
      case 'reasoning':
      case 'tool':
      case 'citation':
      case 'image':
        return this.#lose(lossOf(delta))
      case 'loss':
        return this.#lose(delta.loss)
      case 'usage':
        this.#usage = delta.usage
        return ''
      case 'signature':
      case 'encrypted':
      case 'arguments':
      case 'extra':
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

  #lose(loss: Loss): string {
    this.#losses.set(`${loss.kind} ${loss.path}`, loss)
    return ''
  }

  /** The head of all chunks, made by the first start. */
  #begin({ id, model, fingerprint }: Pick<Start, 'id' | 'model' | 'fingerprint'> = { id: '', model: '' }): string {
    if (!this.#head) {
      const head = { id: answerId(id, this.#context), object: 'text_completion', created: this.#context.created, model }
      const made = fingerprint === undefined ? {} : { system_fingerprint: fingerprint }
      this.#head = `${JSON.stringify({ ...head, ...made }).slice(0, -1)},"choices":[`
    }
    return this.#head
  }

  /** What a choice begins with: the prompt, where that is to be repeated. */
  #opening(delta: { readonly choice?: number }): string {
    const index = delta.choice ?? 0
    if (this.#choices.has(index)) return ''
    const { promptOf, echoes, echoed } = this.#asked
    const prompt = promptOf(index)
    this.#choices.set(index, { offset: echoed ? 0 : lengthOf(prompt) })
    return echoes && prompt !== '' ? `data: ${this.#body(delta, prompt)}}\n\n` : ''
  }

  #choice(delta: { readonly choice?: number }): Progress {
    return this.#choices.get(delta.choice ?? 0) ?? { offset: 0 }
  }

  #release(last: boolean): string {
    if (this.#held === '') return ''
    const chunk = this.#held
    this.#held = ''
    return `data: ${chunk}${last ? this.#report() : ''}}\n\n`
  }

  #report(): string {
    const { report } = this.#context
    return report ? `,"dragoman":${JSON.stringify(reportOf([...report, ...this.#losses.values()]))}` : ''
  }

  /** A chunk without its last brace. */
  #body(delta: { readonly choice?: number }, text: string, logprobs = 'null', finish = 'null'): string {
    const usage = this.#usageAsked ? ',"usage":null' : ''
    return `${this.#begin()}{"text":${JSON.stringify(text)},"index":${delta.choice ?? 0},"logprobs":${logprobs},"finish_reason":${finish}}]${usage}`
  }
}
