import { describe, expect, it } from 'vitest'
import { hashSecret, isKeyId, matchesHash, mintKey, NO_HASH, newKeyId, parseKey } from '../../src/keys/format.ts'
import { ring } from './keyring.ts'

const NOW = Date.UTC(2026, 10, 20)

describe('keys', () => {
  it('are sk-dg-, 16, 43 and 6 characters', async () => {
    const keys = await ring(1)
    for (let i = 0; i < 200; i++) {
      const { key, id } = await mintKey(keys, newKeyId(NOW))
      expect(key).toMatch(/^sk-dg-[A-Za-z0-9_-]{65}$/)
      expect(isKeyId(id)).toBe(true)
      expect(key.slice(6, 22)).toBe(id.slice(4))
    }
  })

  it('are taken apart again, under any version of the ring', async () => {
    const minted = await mintKey(await ring(1), newKeyId(NOW))
    for (const keys of [await ring(1), await ring(1, 2), await ring(1, 2, 3)]) {
      expect(await parseKey(keys, minted.key)).toEqual({ id: minted.id, secret: minted.secret })
    }
    expect(await parseKey(await ring(2), minted.key)).toBeNull()
  })

  it('are refused with any character changed', async () => {
    const keys = await ring(1)
    const { key } = await mintKey(keys, newKeyId(NOW))
    for (let i = 0; i < key.length; i++) {
      const other = key[i] === 'A' ? 'B' : 'A'
      expect(await parseKey(keys, key.slice(0, i) + other + key.slice(i + 1))).toBeNull()
    }
  })

  it.each([
    '',
    'sk-dg-',
    'sk-ant-api03-abc',
    `sk-dg-${'a'.repeat(64)}`,
    `sk-dg-${'a'.repeat(66)}`,
    `sk-dg-${'é'.repeat(65)}`,
  ])('refuses %j', async (key) => {
    expect(await parseKey(await ring(1), key)).toBeNull()
  })

  it('have ids that sort by the time they were made', () => {
    const ids = [0, 1, 63, 64, 4095, 4096, 1e6, 1e9, 1e11].map((later) => newKeyId(NOW + later))
    expect([...ids].sort()).toEqual(ids)
    expect(newKeyId(NOW)).not.toBe(newKeyId(NOW))
  })
})

describe('the hash of a secret', () => {
  it('is of the newest version, holds nothing of the secret, and matches it alone', async () => {
    const keys = await ring(1, 2)
    const minted = await mintKey(keys, newKeyId(NOW))
    const hash = await hashSecret(keys, minted)
    expect(hash.ring).toBe(2)
    expect(hash.digest).toMatch(/^[\w-]{43}$/)
    expect(await matchesHash(keys, minted, hash)).toBe(true)
    expect(await matchesHash(await ring(1, 2, 3), minted, hash)).toBe(true)
    expect(await matchesHash(keys, { ...minted, secret: 'A'.repeat(43) }, hash)).toBe(false)
    expect(await matchesHash(keys, { ...minted, id: newKeyId(NOW) }, hash)).toBe(false)
  })

  it('matches nothing once the ring has lost its version', async () => {
    const minted = await mintKey(await ring(1), newKeyId(NOW))
    const hash = await hashSecret(await ring(1), minted)
    expect(await matchesHash(await ring(2), minted, hash)).toBe(false)
  })

  it('of an unknown key is one that nothing matches', async () => {
    const keys = await ring(1)
    expect(await matchesHash(keys, await mintKey(keys, newKeyId(NOW)), NO_HASH)).toBe(false)
  })
})
