// A transcript in the form that the client asked for: https://platform.openai.com/docs/api-reference/audio

import { flow } from '../answers.ts'
import type { GatewayError } from '../hub/error.ts'
import type { Heard, Transcript } from '../hub/hearing.ts'
import { at, jsonIn } from '../hub/json.ts'
import { reportOf } from '../hub/loss.ts'
import type { Usage } from '../hub/usage.ts'
import { type Leg, settle, streamingOf } from '../leg.ts'
import { STREAM_HEADERS } from '../response-headers.ts'
import { truncated } from '../transcode.ts'
import type { Translator } from '../wire/pump.ts'
import { SseReader, sseData } from '../wire/sse.ts'
import { failureOf } from './event-tap.ts'
import { failEvent } from './pass.ts'
import { usageSaid } from './usage.ts'

/** What is wanted: the `response_format`, and whether it streams. */
export interface Wanted {
  readonly format: string
  readonly stream: boolean
}

/** Says a transcript that has come whole. */
export function say(leg: Leg, transcript: Transcript, { format, stream }: Wanted): Response {
  const { text, usage, vtt } = transcript
  settle(leg, 'complete', usage)
  if (stream) return new Response(deltaEvent(text) + doneEvent(text, usage), { headers: STREAM_HEADERS })
  if (format === 'text' || format === 'vtt') {
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    return new Response(`${(format === 'vtt' ? vtt : text) ?? text}\n`, { headers })
  }
  return Response.json({
    text,
    ...(usage && { usage: usageOf(usage) }),
    ...(leg.report && { dragoman: reportOf(leg.ledger.losses) }),
  })
}

function usageOf(usage: Usage) {
  return { type: 'tokens', ...usageSaid(usage) }
}

function deltaEvent(delta: string): string {
  return delta === '' ? '' : sseData(JSON.stringify({ type: 'transcript.text.delta', delta }))
}

function doneEvent(text: string, usage: Usage | undefined): string {
  return sseData(JSON.stringify({ type: 'transcript.text.done', text, ...(usage && { usage: usageOf(usage) }) }))
}

/** Says a stream that comes in another form. @param read the events of that form. */
export async function sayStream(
  leg: Leg,
  { body }: Response,
  read: (data: string) => Heard | undefined,
): Promise<Response> {
  if (!body) throw truncated()
  const translator = new Hearer(read)
  const stream = await flow([{ body, translator }], streamingOf(leg), {
    fail: failEvent,
    usage: () => translator.usage,
    error: () => translator.error,
    uncounted: () => translator.uncounted,
  })
  return new Response(stream, { headers: STREAM_HEADERS })
}

class Hearer implements Translator {
  readonly #read: (data: string) => Heard | undefined
  readonly #events = new SseReader()
  #text = ''
  done = false
  begun = false
  usage: Usage | undefined
  error: GatewayError | undefined

  constructor(read: (data: string) => Heard | undefined) {
    this.#read = read
  }

  get failed(): boolean {
    return this.error !== undefined
  }

  /** What was said of which no usage tells. */
  get uncounted(): number {
    return this.usage ? 0 : this.#text.length
  }

  feed(chunk: Uint8Array): string {
    return this.#say(this.#events.feed(chunk))
  }

  end(): string {
    const out = this.#say(this.#events.end())
    return this.done || this.failed ? out : out + this.#fail(truncated())
  }

  #say(events: readonly { readonly data: string }[]): string {
    let out = ''
    for (const { data } of events) {
      if (this.done || this.failed) break
      const failure = at(jsonIn(data), 'error')
      if (failure) return out + this.#fail(failureOf(failure))
      out += this.#one(this.#read(data))
    }
    return out
  }

  #one(heard: Heard | undefined): string {
    if (!heard) return ''
    this.begun = true
    if (heard.type === 'delta') {
      this.#text += heard.text
      return deltaEvent(heard.text)
    }
    this.done = true
    this.usage = heard.usage
    return doneEvent(heard.text ?? this.#text, heard.usage)
  }

  #fail(error: GatewayError): string {
    this.error = error
    return failEvent(error)
  }
}
