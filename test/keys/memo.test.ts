import { describe, expect, it } from 'vitest'
import { Memo } from '../../src/keys/memo.ts'

describe('Memo', () => {
  it('keeps hits for 30 s and misses for 5 s', () => {
    const memo = new Memo<string>()
    memo.set('a', 'A', 1000)
    memo.set('b', null, 1000)
    expect(memo.fresh('a', 30_999)).toBe('A')
    expect(memo.fresh('a', 31_000)).toBeUndefined()
    expect(memo.fresh('b', 5_999)).toBeNull()
    expect(memo.fresh('b', 6_000)).toBeUndefined()
    expect(memo.fresh('c', 1000)).toBeUndefined()
  })

  it('lends the last value known for 10 minutes after it was read, and misses never', () => {
    const memo = new Memo<string>()
    memo.set('a', 'A', 0)
    memo.set('b', null, 0)
    expect(memo.lastKnown('a', 600_000)).toBe('A')
    expect(memo.fresh('a', 604_999)).toBe('A')
    expect(memo.fresh('a', 605_000)).toBeUndefined()
    expect(memo.lastKnown('a', 600_001)).toBeUndefined()
    expect(memo.lastKnown('b', 1)).toBeUndefined()
    expect(memo.lastKnown('c', 1)).toBeUndefined()
  })

  it('drops the oldest beyond 2,000 entries', () => {
    const memo = new Memo<number>()
    for (let i = 0; i < 2_000; i++) memo.set(`k${i}`, i, 0)
    memo.set('k0', 0, 1)
    memo.set('new', 1, 1)
    expect(memo.size).toBe(2_000)
    expect(memo.fresh('k1', 1)).toBeUndefined()
    expect(memo.fresh('k0', 1)).toBe(0)
  })

  it('forgets', () => {
    const memo = new Memo<number>()
    memo.set('a', 1, 0)
    memo.forget('a')
    expect(memo.fresh('a', 0)).toBeUndefined()
    expect(memo.lastKnown('a', 0)).toBeUndefined()
  })
})
