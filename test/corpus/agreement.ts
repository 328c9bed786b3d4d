// Where two clients agree: what OpenAI's reads of an answer of ours, and the provider's own of the one it was made of.
import { expect } from 'vitest'
import type { Case } from './cases.ts'
import { gatheredOf, refusalOf, runOf, streamedOf, transcoder, wholeOf } from './core.ts'
import { byteByByte, everySplit, frameEnds, randomCuttings, randomOf, SEED, SMALL } from './cuts.ts'
import type { Excuses } from './ignored.ts'
import { readStream, readWhole } from './openai-client.ts'
import { alike, differences, type Outcome, withParsedCalls } from './reading.ts'

/** The provider's own client can make nothing of the answer. */
export interface Unread {
  readonly unread: string
}

/** How a provider's streams say that they are over. */
export interface End {
  /** The place behind the end marker, or behind an error in the stream. A body that ends here or later is whole. */
  readonly behind: number
  /**
   * Where the answer may end as well, because what is between here and there may be missing: a body that ends there is
   * told of, or is whole.
   */
  readonly from?: number
}

/** What stands for a provider where its answers are compared. */
export interface Subject {
  /** What the provider's own client reads of the answer, as OpenAI's client should read it of ours. */
  read(one: Case): Promise<Outcome | Unread>
  /** Undefined for a stream without an end. */
  endOf(one: Case): End | undefined
}

/** A stream of ours, as OpenAI's client reads it. */
export async function readStreamed(one: Case): Promise<Outcome> {
  const said = streamedOf(one)
  return said.status === 200 ? readStream(said.body) : readWhole(said)
}

/** An answer of ours, as OpenAI's client reads it. */
export async function readOurs(one: Case): Promise<Outcome> {
  if (one.stream) return readStreamed(one)
  return readWhole(one.status < 400 ? await wholeOf(one) : refusalOf(one))
}

/** What OpenAI's client reads of ours is what the provider's reads of theirs. */
export async function expectSameReading(one: Case, { read, endOf }: Subject, excuses: Excuses): Promise<void> {
  const expected = await read(one)
  const actual = await readOurs(one)
  if ('unread' in expected) {
    console.log(`corpus ${one.provider}: its own client reads nothing of ${one.name}: ${expected.unread}`)
    // Nothing is made up for what has no end.
    if (one.stream && endOf(one) === undefined) expect(Object.keys(actual)).toEqual(['failed'])
    return
  }
  // The calls of a whole answer are equal as JSON, those of a stream to the letter.
  const found = one.stream
    ? differences(expected, actual)
    : differences(withParsedCalls(expected), withParsedCalls(actual))
  expect(excuses.unexcused(one.name, found)).toEqual([])
}

/** A client that wants no stream gets the same, where the provider's answer is one. */
export async function expectSameWhenGathered(one: Case): Promise<void> {
  const stream = await readStreamed(one)
  const whole = await readWhole(await gatheredOf(one))
  // Half an answer is none, and a failure has a status where no head was sent before.
  const failed = 'failed' in stream && 'failed' in whole && { ...whole.failed, text: stream.failed.text }
  expect(differences(alike(stream), failed ? { failed } : alike(whole))).toEqual([])
}

/** The bytes of a stream say the same, however they are cut. */
export function expectSameWhenCut(one: Case): void {
  const { bytes } = one
  const ours = runOf(transcoder(one).translator, [bytes])
  const cuttings = bytes.length <= SMALL ? everySplit(bytes) : randomCuttings(bytes, 200, randomOf(SEED))
  for (const pieces of cuttings) expectSame(runOf(transcoder(one).translator, pieces), ours, pieces)
  expectSame(runOf(transcoder(one).translator, byteByByte(bytes)), ours, [])
}

/** Cheaper than `expect`, which tens of thousands of runs would wait for. */
function expectSame(actual: string, expected: string, pieces: readonly Uint8Array[]): void {
  if (actual === expected) return
  expect(actual, `cut into ${pieces.map(({ length }) => length).join(' + ')}`).toBe(expected)
}

const DONE = 'data: [DONE]\n\n'
const TRUNCATED = '"code":"upstream_truncated"}}\n\n'

/** A body that ends before its end has come is told of by one error event, and by nothing else. */
export function expectTornIsTold(one: Case, { endOf }: Subject): void {
  const { bytes } = one
  const ours = runOf(transcoder(one).translator, [bytes])
  const { behind, from = behind } = endOf(one) ?? { behind: bytes.length + 1 }
  const random = randomOf(SEED)
  const somewhere = Array.from({ length: 200 }, () => Math.floor(random() * bytes.length))
  for (const at of [...frameEnds(one), ...somewhere]) {
    const torn = bytes.subarray(0, at)
    const out = runOf(transcoder(one).translator, [torn])
    // It may have failed before, and said so.
    if (at >= behind || (out === ours && !ours.endsWith(DONE))) expectSame(out, ours, [torn])
    else if (!isTold(out, ours) && !(at >= from && out.endsWith(DONE)))
      expect.fail(`The body was torn at ${at}, and this was said: ${out}`)
  }
}

function isTold(out: string, ours: string): boolean {
  const from = out.lastIndexOf('data: ')
  const said = out.slice(0, from)
  return (
    out.startsWith('data: {"error":', from) &&
    out.endsWith(TRUNCATED) &&
    ours.startsWith(said) &&
    !/data: \{"error"|"finish_reason":"|\[DONE\]/.test(said)
  )
}
