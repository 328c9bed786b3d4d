// Recorded answers of Anthropic's through the pure core: what OpenAI's client reads of ours is what Anthropic's client
// reads of theirs, however the bytes are cut.
import { afterAll, describe, expect, it } from 'vitest'
import { readByAnthropic } from './anthropic-client.ts'
import { type Case, casesOf, listed } from './cases.ts'
import { gatheredOf, refusalOf, runOf, streamedOf, transcoder, wholeOf } from './core.ts'
import { Count } from './counts.ts'
import { byteByByte, eventEnds, everySplit, randomCuttings, randomOf, SEED, SMALL } from './cuts.ts'
import { expectedOf } from './expected.ts'
import { stale, unexcused } from './ignored.ts'
import { readStream, readWhole } from './openai-client.ts'
import { canonical, differences, type Outcome, withParsedCalls } from './reading.ts'

const PROVIDER = 'anthropic'
const present = listed(PROVIDER).length > 0
/** Every split of a stream takes its time, on a machine that is busy with other tests. */
const SLOW = 60_000

describe.skipIf(!present)(`recorded answers of ${PROVIDER}, seed ${SEED}`, () => {
  const cases = casesOf(PROVIDER)
  const streams = cases.filter(({ stream }) => stream)
  const count = new Count(PROVIDER, 'core')
  console.log(`corpus ${PROVIDER}: seed ${SEED}`)
  afterAll(() => count.tell())

  it.each(cases)(
    '$name',
    async (one) => {
      await expectSameReading(one)
      if (one.stream) {
        const ours = runOf(transcoder().translator, [one.bytes])
        expectSameWhenCut(one, ours)
        expectTornIsTold(one, ours)
      }
      count.ran(one.name)
    },
    SLOW,
  )

  it.each(streams)('$name (replayed)', async (one) => {
    const theirs = await readByAnthropic(one)
    if (!('read' in theirs)) return
    // What the client folds from the stream is the answer as it would have come whole, but for a part of its usage,
    // which the client leaves out.
    const { message, events } = theirs.read
    const last = events.findLast((event) => event.type === 'message_delta')
    const answer = { ...message, usage: { ...message.usage, ...withoutNulls(last?.usage) } }
    const whole = await wholeOf(Buffer.from(JSON.stringify(answer)))
    const found = differences(alike(await readStreamed(one)), alike(await readWhole(whole)))
    expect(unexcused(`${one.name} (replayed)`, found)).toEqual([])
  })

  // A client that wants no stream gets one read to its end, where the answer may take long.
  it.each(streams)('$name (gathered)', async (one) => {
    const stream = await readStreamed(one)
    const whole = await readWhole(await gatheredOf(one.bytes))
    // Half an answer is none, and a failure has a status where no head was sent before.
    const failed = 'failed' in stream && 'failed' in whole && { ...whole.failed, text: stream.failed.text }
    expect(differences(alike(stream), failed ? { failed } : alike(whole))).toEqual([])
  })

  it.each(twins(cases))('$name is the same reply, streamed and whole', async ({ chunks, json }) => {
    const [a, b] = await Promise.all([readByAnthropic(chunks), readByAnthropic(json)])
    const [ours, theirs] = [await readStreamed(chunks), await readWhole(await wholeOf(json.bytes))]
    const contents = [a, b].map((one) => 'read' in one && canonical(one.read.message.content))
    // Most were recorded one after the other: other answers to the same question.
    if (contents[0] !== contents[1]) return
    expect(shape(ours)).toEqual(shape(theirs))
  })

  it('lets no difference pass that there is not', () => {
    expect(stale(cases.map(({ name }) => name))).toEqual([])
  })
})

async function readStreamed({ bytes }: Case): Promise<Outcome> {
  const said = streamedOf(bytes)
  return said.status === 200 ? readStream(said.body) : readWhole(said)
}

async function readOurs(one: Case): Promise<Outcome> {
  if (one.stream) return readStreamed(one)
  return readWhole(one.status < 400 ? await wholeOf(one.bytes) : refusalOf(one))
}

async function expectSameReading(one: Case): Promise<void> {
  const theirs = await readByAnthropic(one)
  const actual = await readOurs(one)
  if ('unread' in theirs) {
    console.log(`corpus ${PROVIDER}: its own client reads nothing of ${one.name}: ${theirs.unread}`)
    // What is only torn is told so.
    const code = one.stream && endOf(one.bytes) === undefined ? 'upstream_truncated' : undefined
    expect('failed' in actual ? actual.failed.code : undefined).toBe(code)
    return
  }
  const expected = expectedOf(theirs)
  // The calls of a whole answer are equal as JSON, those of a stream to the letter.
  const found = one.stream
    ? differences(expected, actual)
    : differences(withParsedCalls(expected), withParsedCalls(actual))
  expect(unexcused(one.name, found)).toEqual([])
}

function expectSameWhenCut({ bytes }: Case, ours: string): void {
  const cuttings = bytes.length <= SMALL ? everySplit(bytes) : randomCuttings(bytes, 200, randomOf(SEED))
  for (const pieces of cuttings) expectSame(runOf(transcoder().translator, pieces), ours, pieces)
  expectSame(runOf(transcoder().translator, byteByByte(bytes)), ours, [])
}

/** Cheaper than `expect`, which tens of thousands of runs would wait for. */
function expectSame(actual: string, expected: string, pieces: readonly Uint8Array[]): void {
  if (actual === expected) return
  expect(actual, `cut into ${pieces.map(({ length }) => length).join(' + ')}`).toBe(expected)
}

const TRUNCATED = '"code":"upstream_truncated"}}\n\n'

/** The place behind the event that ends a stream, whole or with an error, if it has one. */
function endOf(bytes: Uint8Array): number | undefined {
  const text = Buffer.from(bytes).toString('latin1')
  const last = /^data: ?\{"type": ?"(?:message_stop|error)".*\}/m.exec(text)
  return last ? last.index + last[0].length : undefined
}

/** A body that ends before that has come is told of by one error event, and by nothing else. */
function expectTornIsTold({ bytes }: Case, ours: string): void {
  const wholeFrom = endOf(bytes) ?? bytes.length + 1
  const random = randomOf(SEED)
  const somewhere = Array.from({ length: 200 }, () => Math.floor(random() * bytes.length))
  for (const at of [...eventEnds(bytes), ...somewhere]) {
    const torn = bytes.subarray(0, at)
    const out = runOf(transcoder().translator, [torn])
    if (at >= wholeFrom) expectSame(out, ours, [torn])
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

/** What a streamed and an unstreamed answer share: the stream begins with empty content where the other has none. */
function alike(outcome: Outcome): Outcome {
  const one = withParsedCalls(outcome)
  return 'said' in one ? { said: { ...one.said, text: one.said.text ?? '' } } : one
}

/** The same without what names the one answer. */
function shape(outcome: Outcome): object {
  const one = alike(outcome)
  if (!('said' in one)) return one
  const { id: _id, model: _model, usage: _usage, ...rest } = one.said
  return rest
}

function withoutNulls(usage: object | undefined): object {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null))
}

/** Pairs of a stream and a whole answer that were recorded together. */
function twins(cases: readonly Case[]): { name: string; chunks: Case; json: Case }[] {
  return cases.flatMap((chunks) => {
    const name = chunks.name.replace(/\.chunks$/, '')
    const json = cases.find((one) => one.name === `${name}.json`)
    return json && name !== chunks.name ? [{ name, chunks, json }] : []
  })
}
