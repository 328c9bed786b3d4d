// streams: what holds for every streamed answer of every provider, over all golden cases. However it is cut, the client
// gets the same bytes; torn, it is told, and by nothing else; behind its end there is nothing; and what a client folds
// from its chunks is the answer that one gets who asked for no stream.
import { describe, expect, it } from 'vitest'
import { chat } from '../../src/dialects/index.ts'
import type { AnswerReader } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { frameEnds, randomCuttings, randomOf } from '../corpus/cuts.ts'
import { folded, unfolded } from './folded.ts'
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
async function said(one: Streamed, cut: Cut): Promise<string> {
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
