// Where two clients agree: what OpenAI's reads of an answer of ours, and Anthropic's of the one it was made of.
import { expect } from 'vitest'
import { readByAnthropic } from './anthropic-client.ts'
import type { Case } from './cases.ts'
import { refusalOf, runOf, streamedOf, transcoder, wholeOf } from './core.ts'
import { byteByByte, eventEnds, everySplit, randomCuttings, randomOf, SEED, SMALL } from './cuts.ts'
import { expectedOf } from './expected.ts'
import { unexcused } from './ignored.ts'
import { readStream, readWhole } from './openai-client.ts'
import { differences, type Outcome, withParsedCalls } from './reading.ts'

/** A stream of ours, as OpenAI's client reads it. */
export async function readStreamed({ bytes }: Case): Promise<Outcome> {
  const said = streamedOf(bytes)
  return said.status === 200 ? readStream(said.body) : readWhole(said)
}

async function readOurs(one: Case): Promise<Outcome> {
  if (one.stream) return readStreamed(one)
  return readWhole(one.status < 400 ? await wholeOf(one.bytes) : refusalOf(one))
}

/** What OpenAI's client reads of ours is what Anthropic's reads of theirs. */
export async function expectSameReading(one: Case): Promise<void> {
  const theirs = await readByAnthropic(one)
  const actual = await readOurs(one)
  if ('unread' in theirs) {
    console.log(`corpus anthropic: its own client reads nothing of ${one.name}: ${theirs.unread}`)
    // Nothing is made up for what has no end.
    if (one.stream && endOf(one.bytes) === undefined) expect(Object.keys(actual)).toEqual(['failed'])
    return
  }
  const expected = expectedOf(theirs)
  // The calls of a whole answer are equal as JSON, those of a stream to the letter.
  const found = one.stream
    ? differences(expected, actual)
    : differences(withParsedCalls(expected), withParsedCalls(actual))
  expect(unexcused(one.name, found)).toEqual([])
}

/** The bytes of a stream say the same, however they are cut. */
export function expectSameWhenCut({ bytes }: Case): void {
  const ours = runOf(transcoder().translator, [bytes])
  const cuttings = bytes.length <= SMALL ? everySplit(bytes) : randomCuttings(bytes, 200, randomOf(SEED))
  for (const pieces of cuttings) expectSame(runOf(transcoder().translator, pieces), ours, pieces)
  expectSame(runOf(transcoder().translator, byteByByte(bytes)), ours, [])
}

/** Cheaper than `expect`, which tens of thousands of runs would wait for. */
function expectSame(actual: string, expected: string, pieces: readonly Uint8Array[]): void {
  if (actual === expected) return
  expect(actual, `cut into ${pieces.map(({ length }) => length).join(' + ')}`).toBe(expected)
}

const DONE = 'data: [DONE]\n\n'
const TRUNCATED = '"code":"upstream_truncated"}}\n\n'

/** The place behind the event that ends a stream, whole or with an error, if it has one. */
function endOf(bytes: Uint8Array): number | undefined {
  const text = Buffer.from(bytes).toString('latin1')
  const last = /^data: ?\{"type": ?"(?:message_stop|error)".*\}/m.exec(text)
  return last ? last.index + last[0].length : undefined
}

/** A body that ends before that has come is told of by one error event, and by nothing else. */
export function expectTornIsTold({ bytes }: Case): void {
  const ours = runOf(transcoder().translator, [bytes])
  const wholeFrom = endOf(bytes) ?? bytes.length + 1
  const random = randomOf(SEED)
  const somewhere = Array.from({ length: 200 }, () => Math.floor(random() * bytes.length))
  for (const at of [...eventEnds(bytes), ...somewhere]) {
    const torn = bytes.subarray(0, at)
    const out = runOf(transcoder().translator, [torn])
    // It may have failed before, and said so.
    if (at >= wholeFrom || (out === ours && !ours.endsWith(DONE))) expectSame(out, ours, [torn])
    else if (!isTold(out, ours)) expect.fail(`The body was torn at ${at}, and this was said: ${out}`)
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
