// One provider's part of the self-test: a conversation is encoded for it, and its sample answer is read as if it came
// from the network, cut in several ways, and rendered for a client.
import { chat } from '../dialects/index.ts'
import type { AnswerContext } from '../hub/dialect.ts'
import { Ledger } from '../hub/loss.ts'
import type { Account, Call, Conversant } from '../hub/provider.ts'
import type { ChatRequest } from '../hub/request.ts'
import type { Sample } from '../hub/sample.ts'
import { RelayTranslator } from '../relay.ts'
import { Joint, Transcoder, truncated } from '../transcode.ts'
import { eventMessage } from '../wire/eventstream.ts'
import type { Framing } from '../wire/frames.ts'
import type { Translator } from '../wire/pump.ts'
import { spliceValue } from '../wire/splice.ts'
import { type SseEvent, SseReader } from '../wire/sse.ts'

/** What a sample says (hub/sample.ts), as a client adds it up. */
const SAID = JSON.stringify({ text: 'Grüße 🦉', tools: ['find', '{"q":"ü"}'], finish: ['tool_calls'], usage: [9, 5] })

const IMAGE = 'iVBORw0KGgo'
const TEMPLATE = 'You are a guide.'
const QUESTION = 'Which owl? 🦉'
const RESULT = 'strix aluco'

/** A request with all that is translated by different rules: instructions, an image, a tool, a call of it, its result. */
function requestOf(model: string, blind: boolean): string {
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}` } }
  const parameters = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] }
  return JSON.stringify({
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: 'system', content: TEMPLATE },
      { role: 'user', content: [{ type: 'text', text: QUESTION }, ...(blind ? [] : [image])] },
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"q":"owl"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: RESULT },
    ],
    tools: [{ type: 'function', function: { name: 'find', parameters } }],
  })
}

export interface Replay {
  /** @throws Error where a part of the conversation does not reach the provider. */
  encode(): void
  /** @throws Error where a client would get another answer than the sample's. */
  answer(): void
}

export function replayOf(provider: Conversant, sample: Sample): Replay {
  const { model, blind = false } = sample
  const account: Account = { name: provider.name, credential: 'sample', ...sample.account }
  const text = requestOf(model, blind)
  const path = provider.relays?.(chat.name, model, account)
  const read = () => chat.read(JSON.parse(text))
  const call = (request: ChatRequest) => provider.chat.encode(request, model, new Ledger(false), account)
  return {
    encode() {
      const sent = path === undefined ? call(read()).body : spliceValue(text, 'model', JSON.stringify(model))
      // Spelled anew, so that it does not matter which characters were escaped.
      const body = JSON.stringify(JSON.parse(sent))
      const parts = [TEMPLATE, QUESTION, 'find', 'owl', RESULT, ...(blind ? [] : [IMAGE])]
      const missing = parts.filter((part) => !body.includes(part))
      if (missing.length > 0) throw new Error(`The request lacks '${missing.join("', '")}'.`)
    },
    answer() {
      const request = read()
      const context: AnswerContext = { request, created: 1, report: undefined }
      const make = path === undefined ? transcoding(call(request), context) : relaying(context)
      const bytes = bytesOf(sample, make.framing)
      // A byte at a time is a cut at every place there is.
      for (const size of [bytes.length, 1, 7, 64]) {
        const said = saidOf(make.translator(), bytes, size)
        if (said !== SAID) throw new Error(`In pieces of ${size} bytes the answer is ${said}, expected ${SAID}.`)
      }
    },
  }
}

interface Making {
  readonly framing: Framing
  readonly translator: () => Translator
}

function transcoding(call: Call, context: AnswerContext): Making {
  const head = new Headers()
  const goOn = () => Promise.reject(truncated())
  return {
    framing: call.reader(head).framing,
    translator: () => new Transcoder(new Joint(chat.renderer(context), 1), call.reader(head), 0, 1, goOn),
  }
}

function relaying(context: AnswerContext): Making {
  const renderer = chat.renderer(context)
  return {
    framing: 'sse',
    translator: () => new RelayTranslator(chat.tap(context.request), (error) => renderer.fail(error)),
  }
}

const encoder = new TextEncoder()

/** The sample as its provider sends it. */
function bytesOf({ frames }: Sample, framing: Framing): Uint8Array {
  const parts = frames.map(([event, data]) => {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    if (framing === 'eventstream') return eventMessage(event, text)
    if (framing === 'ndjson') return encoder.encode(`${text}\n`)
    return encoder.encode(`${event && `event: ${event}\n`}data: ${text}\n\n`)
  })
  const bytes = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** What a client makes of an answer whose bytes come in pieces of this size. */
function saidOf(translator: Translator, bytes: Uint8Array, size: number): string {
  const client = new SseReader()
  const events: SseEvent[] = []
  const hear = (out: string | Uint8Array) =>
    events.push(...client.feed(typeof out === 'string' ? encoder.encode(out) : out))
  for (let at = 0; at < bytes.length && !translator.done && !translator.failed; at += size) {
    hear(translator.feed(bytes.subarray(at, at + size)))
  }
  if (!translator.done && !translator.failed) hear(translator.end())
  return JSON.stringify(folded(events.map(({ data }) => data)))
}

interface Chunk {
  readonly error?: { readonly message: string }
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string | null
      readonly tool_calls?: readonly { readonly function?: { readonly name?: string; readonly arguments?: string } }[]
    }
    readonly finish_reason: string | null
  }[]
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null
}

/** @throws Error for an answer that failed, or does not end. */
function folded(events: readonly string[]): unknown {
  const said = { text: '', tools: ['', ''], finish: [] as string[], usage: [] as number[] }
  if (events.at(-1) !== '[DONE]') throw new Error('The answer has no end.')
  for (const event of events.slice(0, -1)) {
    const { error, choices = [], usage }: Chunk = JSON.parse(event)
    if (error) throw new Error(error.message)
    if (usage) said.usage = [usage.prompt_tokens, usage.completion_tokens]
    for (const { delta, finish_reason } of choices) {
      said.text += delta.content ?? ''
      for (const { function: part } of delta.tool_calls ?? []) {
        said.tools = [(said.tools[0] ?? '') + (part?.name ?? ''), (said.tools[1] ?? '') + (part?.arguments ?? '')]
      }
      if (finish_reason) said.finish.push(finish_reason)
    }
  }
  return said
}
