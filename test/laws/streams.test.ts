// streams: what holds for every streamed answer of every provider, over all golden cases. However it is cut, the client
// gets the same bytes; torn, it is told, and by nothing else; behind its end there is nothing; and what a client folds
// from its chunks is the answer that one gets who asked for no stream.
import { describe, expect, it } from 'vitest'
import { whole } from '../../src/answers.ts'
import { chat, messages, responses } from '../../src/dialects/index.ts'
import type { Dialect } from '../../src/hub/dialect.ts'
import type { AnswerReader } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { frameEnds, randomCuttings, randomOf } from '../corpus/cuts.ts'
import { folded, unfolded } from './folded.ts'
import { foldedMessage } from './folded-message.ts'
import { foldedResponse } from './folded-response.ts'
import { casesOf, type Streamed } from './streamed.ts'

const SEED = Number(process.env.LAWS_SEED ?? Date.now() % 1_000_000)
const CUTTINGS = 10
const TEARS = 48
const BINARY = 'application/vnd.amazon.eventstream'

type Cut = (bytes: Uint8Array, part: number) => Iterable<Uint8Array> | Torn

/** A cut after which nothing comes, not even the next part, unless the end was there before. */
class Torn {
  readonly pieces: Iterable<Uint8Array>
  constructor(pieces: Iterable<Uint8Array>) {
    this.pieces = pieces
  }
}

/** What the client gets, asked as the pump asks; one choice after the other. */
async function said(one: Streamed, cut: Cut, { dialect }: Spoken): Promise<string> {
  const joint = new Joint(dialect.renderer(one.context), one.choices)
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

/** How a dialect ends an answer. */
interface Spoken {
  readonly dialect: Dialect
  /** What the event of an error begins with. */
  readonly error: string
  /** What follows an error, and nothing else. */
  readonly after?: RegExp
  /** The end of an answer that was torn. */
  readonly truncated: string
  readonly done: string
  /** What says why an answer ended. */
  readonly stopped: string
  /** It has answers of several choices. */
  readonly several: boolean
  readonly folded: (sse: string) => object
  readonly unfolded: (whole: string, withUsage: boolean) => object
  readonly wholeOf: (one: Streamed) => string | undefined | Promise<string | undefined>
}

const SPOKEN: readonly Spoken[] = [
  {
    dialect: chat,
    error: 'data: {"error":',
    truncated: '"code":"upstream_truncated"}}\n\n',
    done: 'data: [DONE]\n\n',
    stopped: '"finish_reason":"',
    several: true,
    folded,
    unfolded,
    wholeOf: ({ whole }) => whole,
  },
  {
    dialect: messages,
    error: 'event: error\ndata: {"type":"error",',
    truncated: 'before it was whole."}}\n\n',
    done: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    stopped: 'event: message_delta\n',
    several: false,
    folded: foldedMessage,
    unfolded: (whole) => JSON.parse(whole),
    wholeOf: (one) => wholeIn(messages, one),
  },
  {
    dialect: responses,
    error: 'event: error\ndata: {"type":"error",',
    after: /event: response\.failed\n.*\n\n$/,
    truncated: '"metadata":{}}}\n\n',
    done: 'data: [DONE]\n\n',
    stopped: 'event: response.completed\n',
    several: false,
    folded: foldedResponse,
    unfolded: (whole) => JSON.parse(whole),
    wholeOf: (one) => wholeIn(responses, one),
  },
]

/** The same answer as one message, of a client that asked for no stream. */
async function wholeIn(dialect: Dialect, { call, head, context, bodies }: Streamed): Promise<string | undefined> {
  const left = [...bodies]
  const next = () => new Response(left.shift() ?? '', { headers: head })
  try {
    const answered = [{ call: { ...call, streams: true }, response: next() }]
    const { body } = await whole(answered, dialect, context, async () => next())
    return JSON.stringify(body)
  } catch {
    return undefined
  }
}

/** The stream ends with one error event, and says before it what the whole one says, but nothing of an end. */
function isTold(out: string, ours: string, choices: number, { error, truncated, done, stopped }: Spoken): boolean {
  const from = out.lastIndexOf(error)
  const before = out.slice(0, Math.max(0, from))
  const ends = choices > 1 ? [error, done] : [error, done, stopped]
  return from !== -1 && out.endsWith(truncated) && ours.startsWith(before) && !ends.some((end) => before.includes(end))
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
function untilFinish(sse: string, { stopped }: Spoken): string {
  return sse.slice(0, sse.lastIndexOf('\n\n', sse.indexOf(stopped)))
}

/** Places to tear an answer at: anywhere, more of them near its end, where an end might be made up. */
function places(size: number, random: () => number): number[] {
  const somewhere = (from: number) => from + Math.floor(random() * (size - from))
  return [0, size - 1, ...Array.from({ length: TEARS }, (_, i) => somewhere(i % 2 === 0 ? 0 : Math.floor(size * 0.8)))]
}

const all = [...providers.keys()].map((provider) => ({ provider, cases: casesOf(provider) }))

it('there are streams to see it in', () => {
  expect(all.flatMap(({ cases }) => cases).length).toBeGreaterThan(10)
})

const everywhere = SPOKEN.flatMap((spoken) =>
  all.flatMap(({ provider, cases }) => {
    const kept = cases.filter(({ choices }) => spoken.several || choices === 1)
    return kept.length > 0 ? [{ provider, name: spoken.dialect.name, cases: kept, spoken }] : []
  }),
)

describe.each(everywhere)(`$provider in $name, seed ${SEED}`, ({ cases, spoken }) => {
  it.each(cases)('$name: cut anywhere', async (one) => {
    const ours = await said(one, (bytes) => [bytes], spoken)
    const random = randomOf(SEED)
    for (let i = 0; i < CUTTINGS; i++) {
      expect(await said(one, (bytes) => [...randomCuttings(bytes, 1, random)].flat(), spoken)).toBe(ours)
    }
  })

  it.each(cases)('$name: torn anywhere', async (one) => {
    const ours = await said(one, (bytes) => [bytes], spoken)
    const random = randomOf(SEED)
    const segments = Array.from({ length: one.choices }, () => one.bodies).flat()
    for (const [torn, bytes] of segments.entries()) {
      for (const at of places(bytes.length, random)) {
        const out = await said(one, (body, part) => (part === torn ? new Torn([body.subarray(0, at)]) : [body]), spoken)
        // It had failed or ended before.
        if (out === ours) continue
        // The service had said why it ends, and the end of the body is the end: more might have come, and nobody sees it.
        const clean = one.endsItself && isClean(bytes, at, one.binary)
        if (clean && out.endsWith(spoken.done) && ours.startsWith(untilFinish(out, spoken))) continue
        if (!isTold(out, ours, one.choices, spoken))
          expect.fail(`Part ${torn} was torn at ${at}, and this was said: ${out}`)
      }
    }
  })

  it.each(cases)('$name: nothing after the end', async (one) => {
    const ours = await said(one, (bytes) => [bytes], spoken)
    const ends = ours.split('\n\n').filter((event) => event.startsWith(spoken.error) || `${event}\n\n` === spoken.done)
    expect(ends).toHaveLength(1)
    expect(ours.replace(spoken.after ?? '', '').endsWith(`${ends[0]}\n\n`)).toBe(true)
    if (one.choices > 1 || one.bodies.length > 1) return
    const [bytes = new Uint8Array()] = one.bodies
    const translator = new Transcoder(
      new Joint(spoken.dialect.renderer(one.context), 1),
      one.call.reader(one.head),
      0,
      1,
      () => Promise.reject(new Error('Nothing paused.')),
    )
    translator.feed(bytes)
    // Where only the end of the body is an end, what follows belongs to the answer.
    if (!translator.done && !translator.failed) return
    expect(await said(one, () => [Buffer.concat([bytes, bytes])], spoken)).toBe(ours)
  })

  it.each(cases.filter(({ whole }) => whole !== undefined))('$name: folded', async (one) => {
    const ours = spoken.folded(await said(one, (bytes) => [bytes], spoken))
    expect(ours).toEqual(spoken.unfolded((await spoken.wholeOf(one)) ?? '', 'usage' in ours))
  })
})
