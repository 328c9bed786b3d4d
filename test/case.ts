// What a case makes: all that should stand in its folder beside what was given. See test/cases/README.md.
import { whole } from '../src/answers.ts'
import { chat, messages, responses } from '../src/dialects/index.ts'
import type { AnswerContext, Dialect } from '../src/hub/dialect.ts'
import { GatewayError } from '../src/hub/error.ts'
import { Ledger } from '../src/hub/loss.ts'
import type {
  Account,
  Call,
  ChatProvider,
  Conversant,
  Media,
  Provider,
  Refusal,
  RemoteMedia,
} from '../src/hub/provider.ts'
import type { ChatRequest } from '../src/hub/request.ts'
import { RelayTranslator, relayedAnswer } from '../src/relay.ts'
import { Joint, Transcoder } from '../src/transcode.ts'
import type { Translator } from '../src/wire/pump.ts'
import { spliceValue } from '../src/wire/splice.ts'
import { eventStream } from './wire/event-stream.ts'

/** File names and contents. */
export type Files = Readonly<Record<string, string>>

/** The files that are given; every other one is made from them. */
export const GIVEN =
  /^(?:client(?:\.messages|\.responses)?\.json|note\.md|account\.json|head\.json|upstream(?:-\d)?\.(?:sse|json|ndjson|events\.json)|refused\.json)$/

/** Whether a case is a conversation: others are named after their endpoint. */
export function isChat(name: string): boolean {
  return !/^(?:embeddings|rerank|moderations)-/.test(name)
}

/** How a streamed answer may be written down: as its bytes, or as the frames that a binary framing carries. */
const STREAMS = ['.sse', '.ndjson', '.events.json'] as const
type Ending = (typeof STREAMS)[number] | '.json'

/** The form of the provider's streamed answer, if it is given. */
export function streamIn(files: Files): Ending | undefined {
  return STREAMS.find((ending) => Object.keys(files).some((name) => isPart(name, ending)))
}

function isPart(name: string, ending: Ending): boolean {
  return /^upstream(?:-\d)?(\..*)$/.exec(name)?.[1] === ending
}

/** Cuts a body into what the network might bring. */
export type Cut = (bytes: Uint8Array) => Uint8Array[]

export const uncut: Cut = (bytes) => [bytes]
export const every =
  (size: number): Cut =>
  (bytes) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

const CREATED = 1_790_000_000
const encoder = new TextEncoder()
export const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
/** How often an answer is said, and what goes on with it: `upstream.sse`, `upstream-2.sse`, … */
export const parts = (files: Files, ending: Ending) =>
  Object.keys(files)
    .filter((name) => isPart(name, ending))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .map((name) => files[name] ?? '')

/** The bytes of one answer. */
export function bytesOf(text: string, ending: Ending): Uint8Array {
  return ending === '.events.json' ? eventStream(JSON.parse(text)) : encoder.encode(text)
}

/** The headers of the provider's response. */
export function headOf(given: Files): Headers {
  return new Headers(JSON.parse(given['head.json'] ?? '{}'))
}

/** The slot that the request goes to. */
export function accountOf(given: Files, name: string): Account {
  return { name, credential: 'test-credential', ...JSON.parse(given['account.json'] ?? '{}') }
}

/** Makes all files of a case. */
export async function made(provider: Conversant, given: Files, cut: Cut): Promise<Files> {
  const dialect = FOREIGN.find(({ name }) => given[`client.${name}.json`] !== undefined) ?? chat
  const client = given[`client.${dialect.name}.json`] ?? given['client.json'] ?? ''
  try {
    const read = dialect.read(JSON.parse(client))
    const model = read.fields.model.replace(`${provider.name}/`, '')
    if (provider.relays?.(dialect.name, model, accountOf(given, provider.name))) {
      const body = read.origin?.relayed?.()?.text ?? client
      const sent = { 'sent.json': spliceValue(body, 'model', JSON.stringify(model)) }
      const trip = { dialect, request: read, model, context: contextOf(read), cut }
      return { ...sent, ...refusedBy(provider, given, undefined, dialect), ...relayed(given, trip) }
    }
    const request = read.origin?.translate?.(provider.chat) ?? read
    const trip = { dialect, request, model, context: contextOf(request), cut }
    const files = await translated(provider, provider.chat, given, trip)
    // What one dialect's clients get of an answer is shown for the others' as well.
    const others = dialect === chat && SHOWN.has(provider.name) && (request.fields.n ?? 1) === 1 ? FOREIGN : []
    const more = await Promise.all(others.map((other) => shown(provider, given, { ...trip, dialect: other })))
    return Object.assign(files, ...more)
  } catch (thrown) {
    return { 'error.json': told(thrown, dialect) }
  }
}

/** The dialects that are not the hub's own. */
const FOREIGN = [messages, responses]

/** The providers with languages of their own, and one that speaks OpenAI's. */
const SHOWN = new Set(['anthropic', 'gemini', 'vertex', 'bedrock', 'cohere', 'paddler', 'openai-compatible'])

function contextOf(request: ChatRequest): AnswerContext {
  return { request, created: CREATED, report: undefined }
}

/** The answer in another dialect: its stream where it has one, else the whole of it. */
async function shown(provider: Conversant, given: Files, trip: Trip): Promise<Files> {
  const files = await translated(provider, provider.chat, given, trip)
  const name = ['.sse', '.json'].map((ending) => trip.dialect.name + ending).find((one) => files[one] !== undefined)
  return name === undefined ? {} : { [name]: files[name] ?? '' }
}

/** What stands at the addresses that cases name: a picture of one pixel, or a page of nothing. */
export function mediaFor(urls: readonly RemoteMedia[]): Map<string, Media> {
  const png = { type: 'image/png', base64: PIXEL }
  const pdf = { type: 'application/pdf', base64: 'JVBERi0xLjQK' }
  return new Map(urls.map(({ url }) => [url, /\.pdf$/.test(url) ? pdf : png]))
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

interface Trip {
  readonly dialect: Dialect
  readonly request: ChatRequest
  readonly model: string
  readonly context: AnswerContext
  readonly cut: Cut
}

async function translated(provider: Provider, { encode }: ChatProvider, given: Files, trip: Trip): Promise<Files> {
  const ledger = new Ledger(false, trip.request.origin?.pathOf)
  for (const loss of trip.request.origin?.losses ?? []) ledger.tell(loss)
  const encoded = encode(trip.request, trip.model, ledger, accountOf(given, provider.name))
  const call = encoded.needs?.with(mediaFor(encoded.needs.urls)) ?? encoded
  const out: Record<string, string> = { 'sent.json': bodyOf(call) }
  // Where it is always the same, it says nothing.
  if (
    given['account.json'] !== undefined ||
    call.path.includes(trip.model) ||
    call.path.includes(encodeURIComponent(trip.model))
  )
    out['path.txt'] = `${call.path}\n`
  if (Object.keys(call.headers).length > 0) out['headers.json'] = pretty(call.headers)
  Object.assign(out, refusedBy(provider, given, call, trip.dialect))
  if (streamIn(given)) Object.assign(out, await streamed(call, given, trip))
  else if (parts(given, '.json').length > 0) Object.assign(out, await answered(call, given, '.json', trip))
  if (ledger.losses.length > 0) out['losses.json'] = pretty(ledger.losses)
  return out
}

function bodyOf(call: Pick<Call, 'body'>): string {
  return pretty(JSON.parse(call.body))
}

/** An error as the client gets it. */
export function told(thrown: unknown, dialect: Dialect = chat): string {
  if (!(thrown instanceof GatewayError)) throw thrown
  const { shouldRetry } = thrown.details
  return pretty({
    status: dialect.status?.(thrown) ?? thrown.status,
    ...(shouldRetry !== undefined && { 'x-should-retry': shouldRetry }),
    body: dialect.error(thrown),
  })
}

/** What becomes of a refusal: another request, or an error. */
function refusedBy(provider: Provider, given: Files, call: Call | undefined, dialect: Dialect): Files {
  const text = given['refused.json']
  if (text === undefined) return {}
  const { status, headers, body }: { status: number; headers?: Record<string, string>; body: unknown } =
    JSON.parse(text)
  const refusal: Refusal = {
    status,
    headers: new Headers(headers),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
  const error = provider.refuse(refusal, provider.name, call)
  const mended = call?.mend?.(error)
  return mended ? { 'mended.json': bodyOf(mended) } : { 'error.json': told(error, dialect) }
}

/** The answer as a client that streams gets it, and what was sent to go on; and as one gets it that does not. */
async function streamed(call: Call, given: Files, trip: Trip): Promise<Files> {
  const { dialect, request, context, cut } = trip
  const ending = streamIn(given) ?? '.sse'
  const bodies = parts(given, ending).map((text) => bytesOf(text, ending))
  const joint = new Joint(dialect.renderer(context), request.fields.n ?? 1)
  const sent: string[] = []
  let out = ''
  for (let i = 0; i < (request.fields.n ?? 1); i++) {
    const translator = new Transcoder(joint, call.reader(headOf(given)), i, request.fields.n ?? 1, async ({ next }) => {
      if (!next) throw new Error('Nothing to go on with.')
      sent.push(bodyOf(next))
      return { body: new ReadableStream(), reader: next.reader(headOf(given)) }
    })
    for (const body of bodies) {
      out += saidTo(translator, cut(body))
      await translator.next()
    }
  }
  const more = Object.fromEntries(sent.map((body, i) => [`sent-${i + 2}.json`, body]))
  if (joint.error && !joint.begun) return { ...more, 'error.json': told(joint.error, dialect) }
  if (joint.error) return { ...more, [`${dialect.name}.sse`]: out }
  return { ...more, [`${dialect.name}.sse`]: out, ...(await answered(call, given, ending, trip)) }
}

/** The answer in one piece, whatever the provider sent. */
export async function answered(
  call: Call,
  given: Files,
  ending: Ending,
  { dialect, request, context }: Omit<Trip, 'cut' | 'model'>,
): Promise<Files> {
  const bodies = parts(given, ending)
  let at = 0
  const response = () => new Response(bytesOf(bodies[at++] ?? '', ending), { headers: headOf(given) })
  const one = reading(call, ending !== '.json')
  const { body } = await whole(
    Array.from({ length: request.fields.n ?? 1 }, () => {
      at = 0
      return { call: one, response: response() }
    }),
    dialect,
    context,
    async () => response(),
  )
  return { [`${dialect.name}.json`]: pretty(body) }
}

/** The call, reading streams or not, whatever it asked for. */
function reading(call: Call, streams: boolean): Call {
  return {
    ...call,
    streams,
    answer: (value, head) => {
      const { deltas, next } = call.answer(value, head)
      return { deltas, ...(next && { next: reading(next, streams) }) }
    },
    reader: (head) => {
      const reader = call.reader(head)
      const end = reader.end?.bind(reader)
      return {
        framing: reader.framing,
        read: (frame, open) => reader.read(frame, open),
        ...(end && { end }),
        get done() {
          return reader.done
        },
        get next() {
          return reader.next && reading(reader.next, streams)
        },
      }
    },
  }
}

/** The client's bytes are the provider's: they are made anew only where they differ. */
function relayed(given: Files, { dialect, request, context, cut }: Trip): Files {
  const out: Record<string, string> = {}
  const stream = given['upstream.sse']
  if (stream !== undefined) {
    const translator = new RelayTranslator(dialect.tap(request), (error) => dialect.renderer(context).fail(error))
    const said = saidTo(translator, cut(encoder.encode(stream)))
    if (said !== stream) out[`${dialect.name}.sse`] = said
  }
  const answer = given['upstream.json']
  if (answer !== undefined) {
    const { body } = relayedAnswer(encoder.encode(answer), dialect.tap(request), undefined)
    const said = typeof body === 'string' ? body : new TextDecoder().decode(body)
    if (said !== answer) out[`${dialect.name}.json`] = said
  }
  return out
}

function saidTo(translator: Translator, chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const text = (output: string | Uint8Array) =>
    typeof output === 'string' ? output : decoder.decode(output, { stream: true })
  let out = ''
  for (const chunk of chunks) {
    out += text(translator.feed(chunk))
    if (translator.done || translator.failed) return out
  }
  return out + text(translator.end())
}
