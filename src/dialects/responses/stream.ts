// Deltas as the events of a response: https://platform.openai.com/docs/api-reference/responses-streaming
//
// Items come one after the other, each with its parts, and all of it again when it is whole. A reply that is not streamed
// is what the same items come to, so that the two cannot differ.
import type { Citation, Delta, FinishReason, TokenLogprob } from '../../hub/delta.ts'
import type { AnswerContext, Renderer } from '../../hub/dialect.ts'
import type { GatewayError } from '../../hub/error.ts'
import { type Loss, reportOf } from '../../hub/loss.ts'
import { NO_USAGE, type Usage } from '../../hub/usage.ts'
import { sseComment, sseData } from '../../wire/sse.ts'
import { Calls } from './calls.ts'
import { Events } from './events.ts'
import { imageItem } from './images.ts'
import { namesIn } from './namespaces.ts'
import { itemId, type Json, nameOf, type OutputItem, objectOf, type Progress, responseOf, statusOf } from './object.ts'
import { Saying, Thinking } from './parts-said.ts'
import { carried } from './thoughts.ts'

type Block = Extract<Delta, { type: 'reasoning' | 'signature' | 'encrypted' }>

export class ResponsesRenderer implements Renderer {
  readonly #context: AnswerContext
  readonly #events: Events
  readonly #summarizes: boolean
  /** The client gets to see what the provider wants back. */
  readonly #shows: boolean
  readonly #names: ReturnType<typeof namesIn>
  readonly #losses: Loss[] = []
  readonly #output: OutputItem[] = []
  readonly #calls: Calls
  #name = ''
  #model = ''
  #tier: string | undefined
  #begun = false
  /** What grows at present, if that is no call. */
  #open: Saying | Thinking | undefined
  readonly #texts: Saying[] = []
  readonly #citations: Citation[] = []
  #extra: Extract<Delta, { type: 'extra' }>['extra'] | undefined
  /** Something of the provider's was packed away already, by the call that it belongs to; '' for the message. */
  readonly #packed = new Set<string>()
  #finish: FinishReason | undefined
  #usage: Usage | undefined
  /** Unix seconds. */
  #ended: number | undefined
  /** UTF-16 units of text so far. */
  #length = 0

  /** @param silent only the whole is wanted. */
  constructor(context: AnswerContext, silent = false) {
    this.#context = context
    this.#events = new Events(silent)
    const asked: Json = context.request.origin?.body ?? {}
    const { reasoning, include, tools } = asked
    this.#names = namesIn(tools)
    const { summary, generate_summary: older } = objectOf(reasoning)
    this.#summarizes = Boolean(summary ?? older)
    const included = Array.isArray(include) && include.includes('reasoning.encrypted_content')
    this.#shows = included || !context.keep
    this.#calls = new Calls(this.#events)
  }

  render(deltas: readonly Delta[]): string {
    let out = ''
    for (let i = 0; i < deltas.length; i++) {
      const [delta, next] = [deltas[i], deltas[i + 1]]
      if (!delta) continue
      // A service that says how likely its tokens were says so with them.
      if (delta.type === 'text' && next?.type === 'logprobs') {
        out += this.#text(delta.text, next.tokens)
        i++
      } else out += this.#one(delta)
    }
    return out
  }

  end(): string {
    const out = this.#begin() + this.#close()
    return this.#context.keep ? out : out + this.#last(false)
  }

  /** The end of an answer that is kept: whether it is shows when it has been. */
  last(): Promise<string> | undefined {
    const { keep } = this.#context
    if (!keep) return undefined
    return keep({ response: this.#response(true), cuts: this.#events.cuts }).then((stored) => this.#last(stored))
  }

  fail(error: GatewayError): string {
    // What never began is not begun to be ended.
    if (!this.#begun) this.#name = nameOf(this.#context, '')
    for (const item of this.#output) if (item.status === 'in_progress') item.status = 'incomplete'
    return this.#events.failure(error, this.#response(false, error))
  }

  /** The whole answer, after `end`, and what is kept of it. */
  async whole(): Promise<Json> {
    const { keep, report } = this.#context
    const stored = keep ? await keep({ response: this.#response(true), cuts: undefined }) : false
    return {
      ...this.#shown(stored),
      ...(report && { dragoman: reportOf([...report, ...this.#losses]) }),
    }
  }

  #one(delta: Delta): string {
    // There is one answer here, whatever a service makes beside it.
    if ('choice' in delta && (delta.choice ?? 0) > 0) return ''
    switch (delta.type) {
      case 'start':
        return this.#begin(delta)
      case 'text':
        return this.#text(delta.text)
      case 'logprobs':
        return this.#text('', delta.tokens)
      case 'refusal':
        return delta.text === '' ? '' : this.#saying((saying) => saying.refuse(delta.text))
      case 'reasoning':
      case 'signature':
      case 'encrypted':
        return this.#think(delta)
      case 'tool':
        return this.#call(delta)
      case 'arguments':
        return this.#calls.add(delta.index, delta.text)
      case 'image':
        return this.#begin() + this.#closeOpen() + this.#picture(delta.url)
      case 'extra':
        this.#extra = delta.extra
        return ''
      case 'citation':
        this.#citations.push(delta.citation)
        return ''
      case 'finish':
        this.#finish = delta.reason
        return ''
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

  #begin({ id, model, tier }: { id: string; model: string; tier?: string } = { id: '', model: '' }): string {
    if (this.#begun) return ''
    this.#begun = true
    this.#name = nameOf(this.#context, id)
    this.#model = model
    this.#tier = tier
    const response = this.#response(this.#context.keep !== undefined)
    return this.#events.say('response.created', { response }) + this.#events.say('response.in_progress', { response })
  }

  #text(text: string, tokens: readonly TokenLogprob[] = []): string {
    if (text === '' && tokens.length === 0) return ''
    const out = this.#saying((saying) => saying.say(text, tokens))
    this.#length += text.length
    return out
  }

  /** What is said goes into the message that is open, or into a new one. */
  #saying(say: (saying: Saying) => string): string {
    if (this.#open instanceof Saying) return say(this.#open)
    const out = this.#begin() + this.#closeOpen()
    const item = { id: '', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
    const [added, place, index] = this.#add('msg', item)
    const saying = new Saying(this.#events, place, index, this.#length)
    this.#open = saying
    this.#texts.push(saying)
    return out + added + say(saying)
  }

  #think(delta: Block): string {
    if (delta.type === 'reasoning' && delta.text === '') return ''
    if (delta.type === 'encrypted') this.#packed.add(delta.id ?? '')
    if (this.#open instanceof Thinking && this.#open.index === delta.index) return this.#open.add(delta)
    const out = this.#begin() + this.#closeOpen()
    const [added, item, index] = this.#add('rs', { id: '', type: 'reasoning', status: 'in_progress', summary: [] })
    this.#open = new Thinking(this.#events, item, index, delta, this.#summarizes, this.#shows)
    return out + added + this.#open.add(delta)
  }

  #call(delta: Extract<Delta, { type: 'tool' }>): string {
    const { index, custom, extra } = delta
    const own = this.#names.get(delta.name) ?? { name: delta.name }
    const id = delta.id || `call_${this.#name || nameOf(this.#context, '')}_${index}`
    let out = this.#begin() + this.#closeOpen(this.#calls)
    if (extra && !this.#packed.has(delta.id)) out += this.#pack(carried(extra, id))
    const item = custom
      ? { id: '', type: 'custom_tool_call', status: 'in_progress', call_id: id, ...own, input: '' }
      : { id: '', type: 'function_call', status: 'in_progress', call_id: id, ...own, arguments: '' }
    const [added, call, place] = this.#add(custom ? 'ctc' : 'fc', item)
    this.#calls.open(index, call, place)
    return out + added
  }

  /** An item that says nothing, and carries what the provider wants back. */
  #pack(sealed: string): string {
    const [added, item, index] = this.#add('rs', { id: '', type: 'reasoning', status: 'in_progress', summary: [] })
    item.status = 'completed'
    item.encrypted_content = sealed
    return added + this.#events.item('done', index, view(item, this.#shows))
  }

  #picture(url: string): string {
    const [added, item, index] = this.#add('ig', imageItem(url))
    const at = { item_id: item.id, output_index: index }
    let out = added
    for (const step of ['in_progress', 'generating', 'completed']) {
      out += this.#events.say(`response.image_generation_call.${step}`, at)
    }
    Object.assign(item, imageItem(url, true), { id: item.id })
    return out + this.#events.item('done', index, item)
  }

  /** A new item at the end of the output. */
  #add(prefix: string, made: OutputItem): [added: string, item: OutputItem, index: number] {
    const index = this.#output.length
    const item = { ...made, id: itemId(prefix, this.#name, index) }
    this.#output.push(item)
    return [this.#events.item('added', index, item), item, index]
  }

  /** What is open ends. @param calls that stay open: a service may go on with them side by side. */
  #closeOpen(calls?: Calls): string {
    const open = this.#open
    this.#open = undefined
    const said = open instanceof Saying ? open.close('completed', this.#citations) : (open?.close() ?? '')
    return said + (calls ? calls.closeWhole() : this.#calls.close('completed'))
  }

  /** Everything ends, the last of it as the answer does. */
  #close(): string {
    const finish = this.#finish ?? 'stop'
    const status = statusOf(finish)
    let out = ''
    // An answer without a word is one all the same, but for one that was filtered.
    if (this.#output.length === 0 && finish !== 'content_filter') out += this.#saying((saying) => saying.say('', []))
    const open = this.#open
    this.#open = undefined
    out += open instanceof Saying ? open.close(status, this.#citations) : (open?.close() ?? '')
    out += this.#calls.close(status)
    if (this.#extra && !this.#packed.has('')) out += this.#pack(carried(this.#extra))
    for (const saying of this.#texts) saying.cite(this.#citations)
    return out
  }

  #last(stored: boolean): string {
    const { report } = this.#context
    const response = this.#shown(stored)
    const told = report && { dragoman: reportOf([...report, ...this.#losses]) }
    return this.#events.say(`response.${response.status}`, { response, ...told }) + sseData('[DONE]')
  }

  /** The response as its client sees it: what is not kept has to come along, or there would be no way back for it. */
  #shown(stored: boolean): Json {
    const shows = this.#shows || !stored
    const response = this.#response(stored)
    return { ...response, output: this.#output.map((item) => view(item, shows)) }
  }

  #response(stored: boolean, error?: GatewayError): Json {
    const over = this.#finish !== undefined || error !== undefined
    if (over) this.#ended ??= this.#context.now?.()
    const progress: Progress = {
      model: this.#model,
      tier: this.#tier,
      output: this.#output,
      finish: this.#finish,
      usage: over && !error ? (this.#usage ?? NO_USAGE) : this.#usage,
      error,
      stored,
      // What is kept and what is told of it are the same, to the second.
      ended: this.#ended,
    }
    return responseOf(this.#name, this.#context, progress)
  }
}

/** An item as the client sees it. */
export function view(item: OutputItem, shows: boolean): Json {
  if (shows || !('encrypted_content' in item)) return item
  const { encrypted_content: _kept, ...seen } = item
  return seen
}
