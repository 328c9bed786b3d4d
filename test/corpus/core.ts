// The gateway's own way from a provider's bytes to the client's, without a network: what the Worker runs.
import { whole } from '../../src/answers.ts'
import { chat } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { Call } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { RelayTranslator } from '../../src/relay.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import type { Translator } from '../../src/wire/pump.ts'
import { ACCOUNT, NO_HEADERS } from '../account.ts'
import type { Case } from './cases.ts'

/** So few tokens that no provider is asked to stream for a client that does not. */
const ASKED = { messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 1000 }

/** What a client sends to get an answer like the recorded one. */
export function requestOf(stream: boolean, model: string): Record<string, unknown> {
  return { model, ...ASKED, ...(stream && { stream, stream_options: { include_usage: true } }) }
}

function contextOf(stream: boolean): AnswerContext {
  return { request: chat.read(requestOf(stream, 'any')), created: 0, report: undefined }
}

/** The call that a recorded answer is given to. */
function callOf(stream: boolean): Call {
  const anthropic = providers.get('anthropic')
  if (!anthropic || 'relay' in anthropic.chat) throw new Error('The provider is not one that is translated.')
  return anthropic.chat.encode(contextOf(stream).request, 'claude-sonnet-4-5', new Ledger(false), ACCOUNT)
}

// Tens of thousands of runs share these: a call can be read any number of times.
const STREAMING = { context: contextOf(true), call: callOf(true) }

const noMore = () => Promise.reject(new Error('Nothing was asked for that could pause.'))

/** The translator of a stream, and what it knows of its end. */
export function transcoder() {
  const joint = new Joint(chat.renderer(STREAMING.context), 1)
  return { joint, translator: new Transcoder(joint, STREAMING.call.reader(NO_HEADERS), 0, 1, noMore) }
}

/** The relay, and the tap that watches it. */
export function relay() {
  const tap = chat.tap(STREAMING.context.request)
  const renderer = chat.renderer(STREAMING.context)
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
export function streamedOf(bytes: Uint8Array): Said {
  const { joint, translator } = transcoder()
  const body = Buffer.from(runOf(translator, [bytes]))
  return !translator.begun && joint.error ? failed(joint.error) : { status: 200, body }
}

/** A stream that is relayed. */
export function relayedOf(bytes: Uint8Array): Said {
  const { translator } = relay()
  const body = Buffer.from(runOf(translator, [bytes]), 'latin1')
  return !translator.begun && translator.error ? failed(translator.error) : { status: 200, body }
}

/** A whole answer. */
export function wholeOf(bytes: Uint8Array): Promise<Said> {
  return answerOf(callOf(false), bytes)
}

/** A stream that is read to its end for a client that asked for none. */
export function gatheredOf(bytes: Uint8Array): Promise<Said> {
  return answerOf(STREAMING.call, bytes)
}

const IDLE_MS = 60_000

async function answerOf(call: Call, bytes: Uint8Array): Promise<Said> {
  const answered = [{ call, response: new Response(bytes) }]
  try {
    const { body } = await whole(answered, chat, contextOf(false), noMore, IDLE_MS)
    return { status: 200, body: Buffer.from(JSON.stringify(body)) }
  } catch (thrown) {
    if (thrown instanceof GatewayError) return failed(thrown)
    throw thrown
  }
}

/** A refusal by the provider. */
export function refusalOf({ provider, status, bytes, stream }: Case): Said {
  const refusal = { status, headers: new Headers(), body: new TextDecoder().decode(bytes) }
  const call = provider === 'anthropic' ? callOf(stream) : undefined
  const error = providers.get(provider)?.refuse(refusal, provider, call)
  if (!error) throw new Error('The provider is not known.')
  return failed(error)
}

function failed(error: GatewayError): Said {
  return { status: error.status, body: Buffer.from(JSON.stringify(chat.error(error))) }
}
