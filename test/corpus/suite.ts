// What is asked of the recorded answers of every provider that is translated.
import { afterAll, describe, expect, it } from 'vitest'
import {
  expectSameReading,
  expectSameWhenCut,
  expectSameWhenGathered,
  expectTornIsTold,
  readOurs,
  type Subject,
} from './agreement.ts'
import { type Case, casesOf } from './cases.ts'
import { Count } from './counts.ts'
import { SEED } from './cuts.ts'
import { Excuses, type Ignored } from './ignored.ts'
import { alike, canonical, type Outcome } from './reading.ts'

/** Every split of a stream takes its time, on a machine that is busy with other tests. */
const SLOW = 60_000

export interface Suite extends Subject {
  /** The differences that are let pass. */
  readonly ignored?: readonly Ignored[]
  /** Which of the folder's cases are meant, and what more their request or slot says; all, as they are, unless said. */
  readonly of?: (one: Case) => Case | undefined
  /** A name for this part, where several files share a folder's cases. */
  readonly part?: string
  /** Further tests of the same cases. */
  readonly more?: (cases: readonly Case[], excuses: Excuses) => void
}

/**
 * Replays a folder's chat cases: whole and cut, torn, and gathered for a client that wants no stream. A provider's test is
 * `replay('cohere', { read, endOf })`, where `read` fills a `Reading` from what the provider's own client makes of the
 * case's bytes, and `endOf` finds the end marker in them.
 */
export function replay(folder: string, suite: Suite): void {
  const cases = casesOf(folder).flatMap((one) => (suite.of ? (suite.of(one) ?? []) : one))
  const streams = cases.filter(({ stream }) => stream)
  const excuses = new Excuses(suite.ignored)

  describe.skipIf(cases.length === 0)(`recorded answers of ${folder}, seed ${SEED}`, () => {
    const count = new Count(folder, 'core', suite.part)
    console.log(`corpus ${folder}: seed ${SEED}`)
    afterAll(() => count.tell())

    it.each(cases)(
      '$name',
      async (one) => {
        await expectSameReading(one, suite, excuses)
        if (one.stream) {
          expectSameWhenCut(one)
          expectTornIsTold(one, suite)
        }
        count.ran(one.name)
      },
      SLOW,
    )

    // A client that wants no stream gets one read to its end, where the answer may take long.
    it.each(streams)('$name (gathered)', (one) => expectSameWhenGathered(one))

    it.for(twins(cases))('$name says the same, streamed and whole', async ({ chunks, json }, { skip }) => {
      const [streamed, whole] = [await suite.read(chunks), await suite.read(json)]
      if ('unread' in streamed || 'unread' in whole) return skip('Their own client reads one of them only.')
      if (canonical(shape(streamed)) !== canonical(shape(whole))) return skip('Other answers to the same question.')
      expect(shape(await readOurs(chunks))).toEqual(shape(await readOurs(json)))
    })

    suite.more?.(cases, excuses)

    it('lets no difference pass that there is not', () => {
      expect(excuses.stale(cases.map(({ name }) => name))).toEqual([])
    })
  })
}

/** Pairs of a stream and a whole answer that were recorded together. */
function twins(cases: readonly Case[]): { name: string; chunks: Case; json: Case }[] {
  return cases.flatMap((chunks) => {
    const name = chunks.name.replace(/\.chunks$/, '')
    const json = cases.find((one) => one.name === `${name}.json`)
    return json && name !== chunks.name ? [{ name, chunks, json }] : []
  })
}

/** What an answer says, without what names the one answer. */
function shape(outcome: Outcome): object {
  const one = alike(outcome)
  if (!('said' in one)) return one
  const { id: _id, model: _model, usage: _usage, ...rest } = one.said
  return rest
}
