// The gateway's own way from a provider's bytes to the client's, without a network: what the Worker runs.
import { whole } from '../../src/answers.ts'
import { chat } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { Account, Call, Provider } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { RelayTranslator } from '../../src/relay.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import type { Translator } from '../../src/wire/pump.ts'
import { ACCOUNT } from '../account.ts'
import type { Case } from './cases.ts'

/** So few tokens that no provider is asked to stream for a client that does not. */
const ASKED = { messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 1000 }

type Asked = Case['asked']

/** What a client sends to get an answer like the recorded one. */
export function requestOf(stream: boolean, model: string, asked: Asked = {}): Record<string, unknown> {
  return { model, ...ASKED, ...(stream && { stream, stream_options: { include_usage: true } }), ...asked }
}

function contextOf(stream: boolean, asked?: Asked): AnswerContext {
  return { request: chat.read(requestOf(stream, 'any', asked)), created: 0, report: undefined }
}

function providerOf(name: string): Provider {
  const provider = providers.get(name)
  if (!provider) throw new Error(`The provider ${name} is not known.`)
  return provider
}

/** Whether the provider speaks the dialect itself, so that its bytes pass. */
export function isRelayed(provider: string): boolean {
  return providerOf(provider).relays?.('chat', 'any', { name: provider }) !== undefined
}

interface Way {
  readonly asked?: Asked
  readonly account?: Account | undefined
}

/** The call that a recorded answer is given to. */
function callOf(provider: string, stream: boolean, model = 'any', { asked, account }: Way = {}): Call {
  const { chat: its } = providerOf(provider)
  if (isRelayed(provider) || !its) throw new Error(`The provider ${provider} is not one that is translated.`)
  return its.encode(contextOf(stream, asked).request, model, new Ledger(false), account ?? ACCOUNT)
}

interface Streaming {
  readonly context: AnswerContext
  readonly call: Call
}

// Tens of thousands of runs share these: a call can be read any number of times.
const STREAMING = new WeakMap<Case, Streaming>()

function streamingOf(one: Case): Streaming {
  const known = STREAMING.get(one)
  if (known) return known
  const made = { context: contextOf(true, one.asked), call: callOf(one.provider, true, one.model, one) }
  STREAMING.set(one, made)
  return made
}

const noMore = () => Promise.reject(new Error('Nothing was asked for that could pause.'))

/** The translator of a case's stream, and what it knows of its end. */
export function transcoder(one: Case) {
  const { context, call } = streamingOf(one)
  const joint = new Joint(chat.renderer(context), 1)
  return { joint, translator: new Transcoder(joint, call.reader(one.headers), 0, 1, noMore) }
}

const RELAYED = contextOf(true)

/** The relay, and the tap that watches it. */
export function relay() {
  const tap = chat.tap(RELAYED.request)
  const renderer = chat.renderer(RELAYED)
  return { tap, translator: new RelayTranslator(tap, (error) => renderer.fail(error)) }
}

/**
 * What a translator says to a body in these pieces, asked as `pump` asks it. Of bytes, each is one character, so that
 * nothing is lost where they are no UTF-8.
 */
export function runOf(translator: Translator, pieces: Iterable<Uint8Array>): string {
  let out = ''
  const add = (said: string | Uint8Array) => {
    out += typeof said === 'string' ? said : Buffer.from(said).toString('latin1')
  }
  for (const piece of pieces) {
    add(translator.feed(piece))
    if (translator.done || translator.failed) return out
  }
  add(translator.end())
  return out
}

/** What the Worker answers. */
export interface Said {
  readonly status: number
  readonly body: Uint8Array
}

/** A stream. One that fails before it has begun has a status of its own. */
export function streamedOf(one: Case): Said {
  const { joint, translator } = transcoder(one)
  const body = Buffer.from(runOf(translator, [one.bytes]))
  return !translator.begun && joint.error ? failed(joint.error) : { status: 200, body }
}

/** A stream that is relayed. */
export function relayedOf({ bytes }: Case): Said {
  const { translator } = relay()
  const body = Buffer.from(runOf(translator, [bytes]), 'latin1')
  return !translator.begun && translator.error ? failed(translator.error) : { status: 200, body }
}

/** A whole answer. */
export function wholeOf(one: Case): Promise<Said> {
  return answerOf(callOf(one.provider, false, one.model, one), one)
}

/** A stream that is read to its end for a client that asked for none. */
export function gatheredOf(one: Case): Promise<Said> {
  return answerOf({ ...streamingOf(one).call, streams: true }, one)
}

const IDLE_MS = 60_000

async function answerOf(call: Call, { bytes, headers, asked }: Case): Promise<Said> {
  const answered = [{ call, response: new Response(bytes, { headers }) }]
  try {
    const { body } = await whole(answered, chat, contextOf(false, asked), noMore, IDLE_MS)
    return { status: 200, body: Buffer.from(JSON.stringify(body)) }
  } catch (thrown) {
    if (thrown instanceof GatewayError) return failed(thrown)
    throw thrown
  }
}

/** A refusal by the provider. */
export function refusalOf(one: Case): Said {
  const refusal = { status: one.status, headers: one.headers, body: new TextDecoder().decode(one.bytes) }
  const call = isRelayed(one.provider) ? undefined : callOf(one.provider, one.stream, one.model, one)
  return failed(providerOf(one.provider).refuse(refusal, one.provider, call))
}

function failed(error: GatewayError): Said {
  return { status: error.status, body: Buffer.from(JSON.stringify(chat.error(error))) }
}
