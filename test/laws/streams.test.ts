// streams: what holds for every streamed answer of every provider, over all golden cases. However it is cut, the client
// gets the same bytes; torn, it is told, and by nothing else; behind its end there is nothing; and what a client folds
// from its chunks is the answer that one gets who asked for no stream.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chat } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { AnswerReader, Call } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { accountOf, bytesOf, type Files, GIVEN, headOf, mediaFor, parts, streamIn } from '../case.ts'
import { frameEnds, randomCuttings, randomOf } from '../corpus/cuts.ts'
import { accumulate } from '../dialects/chat/accumulate.ts'

const SEED = Number(process.env.LAWS_SEED ?? Date.now() % 1_000_000)
const CUTTINGS = 16
const TEARS = 96
const BINARY = 'application/vnd.amazon.eventstream'

const root = join(import.meta.dirname, '../cases')

interface Streamed {
  readonly name: string
  readonly call: Call
  readonly head: Headers
  readonly context: AnswerContext
  readonly choices: number
  /** A clean end of the body may be the end of the answer. */
  readonly endsItself: boolean
  readonly binary: boolean
  /** The answer, and those that go on with it where it paused. */
  readonly bodies: readonly Uint8Array[]
  /** The same answer for a client that asked for no stream. */
  readonly whole: string | undefined
}

function filesIn(path: string): Files {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}

function casesOf(provider: string): Streamed[] {
  const chatOf = providers.get(provider)?.chat
  const folder = join(root, provider)
  if (!chatOf || 'relay' in chatOf || !existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const files = filesIn(join(folder, name))
    const given = Object.fromEntries(Object.entries(files).filter(([file]) => GIVEN.test(file)))
    const ending = streamIn(given)
    if (!ending || given['refused.json'] !== undefined) return []
    // What was used is a part of the answer, for who asks for it.
    const client = { ...JSON.parse(given['client.json'] ?? ''), stream: true, stream_options: { include_usage: true } }
    const request = chat.read(client)
    const model = request.fields.model.replace(`${provider}/`, '')
    const encoded = chatOf.encode(request, model, new Ledger(false), accountOf(given, provider))
    const call = encoded.needs?.with(mediaFor(encoded.needs.urls)) ?? encoded
    const head = headOf(given)
    return {
      name,
      call,
      head,
      endsItself: call.reader(head).end !== undefined,
      context: { request, created: 1_790_000_000, report: undefined },
      choices: request.fields.n ?? 1,
      binary: ending === '.events.json',
      bodies: parts(given, ending).map((text) => bytesOf(text, ending)),
      whole: files['chat.json'],
    }
  })
}

type Cut = (bytes: Uint8Array, part: number) => Iterable<Uint8Array>

/** A cut after which nothing comes, not even the next part, unless the end was there before. */
class Torn {
  readonly pieces: Iterable<Uint8Array>
  constructor(pieces: Iterable<Uint8Array>) {
    this.pieces = pieces
  }
}

/** What the client gets, asked as the pump asks; one choice after the other. */
async function said(one: Streamed, cut: (...args: Parameters<Cut>) => Iterable<Uint8Array> | Torn): Promise<string> {
  const joint = new Joint(chat.renderer(one.context), one.choices)
  const goOn = async ({ next }: AnswerReader) => {
    if (!next) throw new Error('Nothing to go on with.')
    return { body: new ReadableStream<Uint8Array>(), reader: next.reader(one.head) }
  }
  let out = ''
  for (let choice = 0; choice < one.choices; choice++) {
    const translator = new Transcoder(joint, one.call.reader(one.head), choice, one.choices, goOn)
    for (const [at, bytes] of one.bodies.entries()) {
      const pieces = cut(bytes, choice * one.bodies.length + at)
      out += fed(translator, pieces instanceof Torn ? pieces.pieces : pieces)
      if (translator.failed || (pieces instanceof Torn && !translator.done)) return out
      await translator.next()
    }
  }
  return out
}

function fed(translator: Transcoder, pieces: Iterable<Uint8Array>): string {
  let out = ''
  for (const piece of pieces) {
    out += translator.feed(piece)
    if (translator.done || translator.failed) return out
  }
  return out + translator.end()
}

const DONE = 'data: [DONE]\n\n'
const TRUNCATED = '"code":"upstream_truncated"}}\n\n'

/** The stream ends with one error event, and says before it what the whole one says, but nothing of an end. */
function isTold(out: string, ours: string, choices: number): boolean {
  const from = out.lastIndexOf('data: ')
  const before = out.slice(0, from)
  const ends = choices > 1 ? /data: \{"error"|\[DONE\]/ : /data: \{"error"|"finish_reason":"|\[DONE\]/
  return (
    out.startsWith('data: {"error":', from) && out.endsWith(TRUNCATED) && ours.startsWith(before) && !ends.test(before)
  )
}

/** The body may have ended here by itself: its last frame is whole, as far as anybody can see. */
function isClean(bytes: Uint8Array, at: number, binary: boolean): boolean {
  if (binary) return frameEnds({ bytes, contentType: BINARY }).includes(at)
  const text = Buffer.from(bytes.subarray(0, at)).toString('latin1')
  const last = text.slice(Math.max(text.lastIndexOf('\n\n'), 0))
  const data: readonly string[] = last
    .split('\n')
    .flatMap((line: string) => /^(?:data: ?|(?=\{))(.*)/.exec(line)?.[1] ?? [])
  return data.every((one) => one === '[DONE]' || isJson(one))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** What is said until the answer finishes. */
function untilFinish(sse: string): string {
  return sse.slice(0, sse.lastIndexOf('\n\n', sse.indexOf('"finish_reason":"')))
}

/** Places to tear an answer at: anywhere, more of them near its end, where an end might be made up. */
function places(size: number, random: () => number): number[] {
  const somewhere = (from: number) => from + Math.floor(random() * (size - from))
  return [0, size - 1, ...Array.from({ length: TEARS }, (_, i) => somewhere(i % 2 === 0 ? 0 : Math.floor(size * 0.8)))]
}

type Message = Record<string, unknown>

interface Choice {
  readonly index: number
  readonly delta: Message
  readonly message: Message
  readonly logprobs: { readonly content: readonly unknown[] } | null
  readonly finish_reason: string | null
}

interface Chunk extends Message {
  readonly choices: readonly Choice[]
  readonly usage?: object | null
}

/** A message without what only one of the two ways can say: a stream begins before it knows that it has no text. */
function comparable({ content, refusal, annotations = [], tool_calls, ...rest }: Message): Message {
  const calls = (tool_calls as Message[] | undefined)?.map(({ index: _index, ...call }) => call)
  return { ...rest, content: content || null, refusal: refusal || null, annotations, tool_calls: calls }
}

function folded(sse: string): object {
  const events = sse.split('\n\n').filter((event) => event.startsWith('data: {'))
  const chunks = events.map((event) => JSON.parse(event.slice(6)) as Chunk)
  const choices = new Map<number, { message: Message; logprobs: unknown[]; finish: string | null }>()
  for (const { index, delta, logprobs, finish_reason } of chunks.flatMap((chunk) => chunk.choices)) {
    const { message = {}, logprobs: known = [], finish = null } = choices.get(index) ?? {}
    choices.set(index, {
      message: accumulate(message, structuredClone(delta)),
      logprobs: [...known, ...(logprobs?.content ?? [])],
      finish: finish_reason ?? finish,
    })
  }
  const { object: _object, choices: _choices, usage: _usage, ...head } = chunks[0] ?? expect.unreachable()
  const { usage } = chunks.at(-1) ?? {}
  const sorted = [...choices].sort(([a], [b]) => a - b)
  return {
    ...head,
    ...(usage && { usage }),
    choices: sorted.map(([index, { message, ...rest }]) => ({ index, message: comparable(message), ...rest })),
  }
}

/** The unstreamed answer in the same form. */
function unfolded(json: string, withUsage: boolean): object {
  const { object: _object, choices, usage, ...head } = JSON.parse(json) as Chunk
  return {
    ...head,
    ...(withUsage && { usage }),
    choices: choices.map(({ index, message, logprobs, finish_reason }) => ({
      index,
      message: comparable(message),
      logprobs: logprobs?.content ?? [],
      finish: finish_reason,
    })),
  }
}

const all = [...providers.keys()].map((provider) => ({ provider, cases: casesOf(provider) }))

it('there are streams to see it in', () => {
  expect(all.flatMap(({ cases }) => cases).length).toBeGreaterThan(10)
})

describe.each(all.filter(({ cases }) => cases.length > 0))(`$provider, seed ${SEED}`, ({ cases }) => {
  it.each(cases)('$name: cut anywhere', async (one) => {
    const ours = await said(one, (bytes) => [bytes])
    const random = randomOf(SEED)
    for (let i = 0; i < CUTTINGS; i++) {
      expect(await said(one, (bytes) => [...randomCuttings(bytes, 1, random)].flat())).toBe(ours)
    }
  })

  it.each(cases)('$name: torn anywhere', async (one) => {
    const ours = await said(one, (bytes) => [bytes])
    const random = randomOf(SEED)
    const segments = Array.from({ length: one.choices }, () => one.bodies).flat()
    for (const [torn, bytes] of segments.entries()) {
      for (const at of places(bytes.length, random)) {
        const out = await said(one, (body, part) => (part === torn ? new Torn([body.subarray(0, at)]) : [body]))
        // It had failed or ended before.
        if (out === ours) continue
        // The service had said why it ends, and the end of the body is the end: more might have come, and nobody sees it.
        const clean = one.endsItself && isClean(bytes, at, one.binary)
        if (clean && out.endsWith(DONE) && ours.startsWith(untilFinish(out))) continue
        if (!isTold(out, ours, one.choices)) expect.fail(`Part ${torn} was torn at ${at}, and this was said: ${out}`)
      }
    }
  })

  it.each(cases)('$name: nothing after the end', async (one) => {
    const ours = await said(one, (bytes) => [bytes])
    expect(ours.match(/^data: (?:\[DONE\]|\{"error")/gm)).toHaveLength(1)
    expect(ours).toMatch(/^data: (?:\[DONE\]|\{"error".*)\n\n$/m)
    if (one.choices > 1 || one.bodies.length > 1) return
    const [bytes = new Uint8Array()] = one.bodies
    const translator = new Transcoder(new Joint(chat.renderer(one.context), 1), one.call.reader(one.head), 0, 1, () =>
      Promise.reject(new Error('Nothing paused.')),
    )
    translator.feed(bytes)
    // Where only the end of the body is an end, what follows belongs to the answer.
    if (!translator.done && !translator.failed) return
    expect(await said(one, () => [Buffer.concat([bytes, bytes])])).toBe(ours)
  })

  it.each(cases.filter(({ whole }) => whole !== undefined))('$name: folded', async (one) => {
    const ours = folded(await said(one, (bytes) => [bytes]))
    expect(ours).toEqual(unfolded(one.whole ?? '', 'usage' in ours))
  })
})
