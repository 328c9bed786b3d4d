// An answer that passes as it is, whatever it is: events, JSON, or the bytes of a file.
import { bytesOf, flow } from '../answers.ts'
import { GatewayError } from '../hub/error.ts'
import { at, jsonIn } from '../hub/json.ts'
import { withReport } from '../hub/report.ts'
import { type Leg, settle, streamingOf } from '../leg.ts'
import { RelayTranslator } from '../relay.ts'
import { EditingTranslator } from '../relay-edits.ts'
import { STREAM_HEADERS } from '../response-headers.ts'
import { truncated } from '../transcode.ts'
import type { Translator } from '../wire/pump.ts'
import { sseData } from '../wire/sse.ts'
import { EventTap, failureOf } from './event-tap.ts'
import { usageIn } from './usage.ts'

/** An error as an event. */
export function failEvent(error: GatewayError): string {
  return sseData(JSON.stringify({ error: error.body }))
}

/**
 * The client's response for a provider's, which is a good one.
 * @param ends the types of the events with which a stream is whole.
 * @throws GatewayError 502 for a page, for JSON that is none, or where it breaks off before it begins.
 */
export async function pass(leg: Leg, response: Response, ends: readonly string[]): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/event-stream\b/i.test(type)) return events(leg, response, ends)
  if (/\bjson\b/i.test(type)) return json(leg, response, type)
  // A page of something in between is no answer.
  if (/^text\/html\b/i.test(type)) throw new GatewayError('upstream_error', 'The provider sent a page of HTML.')
  return file(leg, response, type || 'application/octet-stream')
}

async function events(leg: Leg, { body }: Response, ends: readonly string[]): Promise<Response> {
  if (!body) throw truncated()
  const tap = new EventTap(ends)
  const relay = new RelayTranslator(tap, failEvent)
  const reporting = leg.report ? new EditingTranslator(relay, tap, { report: leg.ledger.losses }) : undefined
  const stream = await flow([{ body, translator: reporting ?? relay }], streamingOf(leg), {
    fail: (error) => (reporting?.left() ?? '') + failEvent(error),
    usage: () => tap.usage,
    error: () => relay.error,
    uncounted: () => tap.uncounted,
  })
  return new Response(stream, { headers: STREAM_HEADERS })
}

async function json(leg: Leg, response: Response, type: string): Promise<Response> {
  const bytes = await bytesOf(response, leg.traffic.times.idleMs)
  const text = new TextDecoder().decode(bytes)
  const value = jsonIn(text)
  if (value === undefined) throw new GatewayError('upstream_error', 'The provider sent an answer that is not JSON.')
  const failure = at(value, 'error')
  if (failure) throw failureOf(failure)
  settle(leg, 'complete', usageIn(value))
  return new Response(leg.report ? withReport(text, leg.ledger.losses) : bytes, { headers: { 'content-type': type } })
}

/** A body that breaks off takes the connection along: there is no other way to say so. */
async function file(leg: Leg, { body }: Response, type: string): Promise<Response> {
  if (!body) throw truncated()
  const translator = new Bytes()
  const streaming = streamingOf(leg)
  const stream = await flow(
    [{ body, translator }],
    { ...streaming, bytes: true },
    {
      fail: () => '',
      usage: () => undefined,
      error: () => (translator.failed ? truncated() : undefined),
      uncounted: () => 0,
    },
  )
  return new Response(stream, { headers: { 'content-type': type } })
}

/** As they come. None at all are no file. */
class Bytes implements Translator {
  readonly done = false
  begun = false
  failed = false

  feed(chunk: Uint8Array): Uint8Array {
    this.begun ||= chunk.length > 0
    return chunk
  }

  end(): string {
    this.failed = !this.begun
    return ''
  }
}
