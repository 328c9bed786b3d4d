import { expect, it } from 'vitest'
import { Pieces } from '../../src/wire/pieces.ts'

it('joins what was pushed, and starts anew', () => {
  const pieces = new Pieces()
  expect(pieces.take()).toEqual(new Uint8Array(0))
  pieces.push(Uint8Array.of(1, 2))
  pieces.push(new Uint8Array(0))
  pieces.push(Uint8Array.of(3))
  expect(pieces.take()).toEqual(Uint8Array.of(1, 2, 3))
  expect(pieces.take()).toEqual(new Uint8Array(0))
  pieces.push(Uint8Array.of(4))
  expect(pieces.take()).toEqual(Uint8Array.of(4))
})

it('has forgotten what was taken', () => {
  const pieces = new Pieces()
  for (const first of [1, 3]) {
    pieces.push(Uint8Array.of(first))
    pieces.push(Uint8Array.of(first + 1))
    expect(pieces.take()).toEqual(Uint8Array.of(first, first + 1))
  }
})

it('copies nothing when there is only one piece', () => {
  const pieces = new Pieces()
  const only = Uint8Array.of(1)
  pieces.push(only)
  expect(pieces.take()).toBe(only)
})

it('takes many pieces', () => {
  const pieces = new Pieces()
  for (let i = 0; i < 300_000; i++) pieces.push(Uint8Array.of(i & 255))
  const all = pieces.take()
  expect(all).toHaveLength(300_000)
  expect(all[299_999]).toBe(299_999 & 255)
})
