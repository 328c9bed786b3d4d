// Recorded answers of Anthropic's through the pure core: what OpenAI's client reads of ours is what Anthropic's client
// reads of theirs, however the bytes are cut.
import { afterAll, describe, expect, it } from 'vitest'
import { expectSameReading, expectSameWhenCut, expectTornIsTold, readStreamed } from './agreement.ts'
import { readByAnthropic } from './anthropic-client.ts'
import { type Case, casesOf, listed } from './cases.ts'
import { gatheredOf, wholeOf } from './core.ts'
import { Count } from './counts.ts'
import { SEED } from './cuts.ts'
import { stale, unexcused } from './ignored.ts'
import { readWhole } from './openai-client.ts'
import { alike, canonical, differences, type Outcome } from './reading.ts'

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
        expectSameWhenCut(one)
        expectTornIsTold(one)
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
