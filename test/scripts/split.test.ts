// `npm run rollout`, its pure part: which version gets which part of the traffic.
import { describe, expect, it } from 'vitest'
import { split, traffic } from '../../scripts/deploy/split.ts'

const versions = ['three', 'two', 'one']
const of = (...deployed: [id: string, percent: number][]) => ({
  versions,
  deployed: deployed.map(([id, percent]) => ({ id, percent })),
})

describe('split', () => {
  it.each([
    ['a tenth', of(['two', 100]), 10, 'three 10, two 90'],
    ['more', of(['three', 10], ['two', 90]), 50, 'three 50, two 50'],
    ['everything', of(['three', 50], ['two', 50]), 100, 'three 100'],
    ['nothing', of(['three', 50], ['two', 50]), 0, 'two 100'],
    ['nothing any more', of(['three', 100]), 0, 'two 100'],
    ['some of what it had', of(['three', 100]), 30, 'three 30, two 70'],
    ['a part beside the larger of two others', of(['one', 10], ['two', 90]), 5, 'three 5, two 95'],
  ])('gives the newest %s', (_, now, percent, expected) => {
    const parts = split(now, percent)
    expect(parts.map(({ id, percent }) => `${id} ${percent}`).join(', ')).toBe(expected)
  })

  it('says what is missing', () => {
    expect(() => split({ versions: [], deployed: [] }, 10)).toThrow('npm run deploy makes the first one')
    expect(() => split({ versions: ['one'], deployed: [{ id: 'one', percent: 100 }] }, 10)).toThrow('only one version')
    expect(split({ versions: ['one'], deployed: [] }, 100)).toEqual([{ id: 'one', percent: 100 }])
  })
})

it('reads what wrangler tells, oldest first', () => {
  const status = { id: 'd', versions: [{ version_id: 'a', percentage: 100 }] }
  expect(traffic([{ id: 'a' }, { id: 'b' }], status)).toEqual({
    versions: ['b', 'a'],
    deployed: [{ id: 'a', percent: 100 }],
  })
  expect(traffic(undefined, status)).toBeUndefined()
  expect(traffic([], { error: 'x' })).toBeUndefined()
})
