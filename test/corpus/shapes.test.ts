// The same as for recordings, for answers that were written out by hand.
import { describe, expect, it } from 'vitest'
import { expectSameReading, expectSameWhenCut, expectTornIsTold, readStreamed } from './agreement.ts'
import { anthropic } from './anthropic-subject.ts'
import { gatheredOf } from './core.ts'
import { Excuses } from './ignored.ts'
import { readWhole } from './openai-client.ts'
import { alike, differences } from './reading.ts'
import { SHAPES } from './shapes.ts'

describe('answers of every shape', () => {
  it.each(SHAPES)('$name', async (one) => {
    await expectSameReading(one, anthropic, new Excuses())
    if (!one.stream) return
    expectSameWhenCut(one)
    expectTornIsTold(one, anthropic)
  })

  it.each(SHAPES.filter(({ stream }) => stream))('$name, for a client that wants no stream', async (one) => {
    const stream = await readStreamed(one)
    const whole = await readWhole(await gatheredOf(one))
    if ('said' in stream) expect(differences(alike(stream), alike(whole))).toEqual([])
    else expect('failed' in whole && whole.failed.code).toBe(stream.failed.code)
  })
})
