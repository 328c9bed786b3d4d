// What is asked of the recorded answers of every provider that is translated.
import { afterAll, describe, expect, it } from 'vitest'
import {
  expectSameReading,
  expectSameWhenCut,
  expectSameWhenGathered,
  expectTornIsTold,
  type Subject,
} from './agreement.ts'
import { type Case, casesOf } from './cases.ts'
import { Count } from './counts.ts'
import { SEED } from './cuts.ts'
import { Excuses, type Ignored } from './ignored.ts'

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

    suite.more?.(cases, excuses)

    it('lets no difference pass that there is not', () => {
      expect(excuses.stale(cases.map(({ name }) => name))).toEqual([])
    })
  })
}
