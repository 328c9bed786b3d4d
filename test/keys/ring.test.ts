import { describe, expect, it } from 'vitest'
import { openRing } from '../../src/keys/ring.ts'
import { ring, sealKeys } from './keyring.ts'

const GOOD = btoa('0123456789abcdef0123456789abcdef')

describe('openRing', () => {
  it('puts the highest number first, as a number and not as text', async () => {
    const opened = await openRing(JSON.stringify({ 2: GOOD, 10: btoa('x'.repeat(32)), 1: btoa('y'.repeat(32)) }))
    expect(opened.newest.version).toBe(10)
    expect(opened.versions.map(({ version }) => version)).toEqual([10, 2, 1])
  })

  it('derives keys that cannot be read back, once', async () => {
    const opened = await ring(1)
    for (const key of [opened.newest.tag, opened.newest.secret, opened.newest.sealing]) {
      expect(key.extractable).toBe(false)
    }
    expect(await openRing(sealKeys(1))).toBe(opened)
  })

  it('keeps purposes apart', async () => {
    const { newest } = await ring(1)
    const [tag, secret] = await Promise.all(
      [newest.tag, newest.secret].map((key) => crypto.subtle.sign('HMAC', key, new Uint8Array(3))),
    )
    expect(new Uint8Array(tag ?? new ArrayBuffer())).not.toEqual(new Uint8Array(secret ?? new ArrayBuffer()))
  })

  it.each([
    ['nothing', undefined, 'is not set'],
    ['an empty text', '', 'is not set'],
    ['white space', '  \n', 'is not set'],
    ['no JSON', `1: ${GOOD}`, 'is not JSON'],
    ['a list', JSON.stringify([GOOD]), 'is not a JSON object'],
    ['a bare text', JSON.stringify(GOOD), 'is not a JSON object'],
    ['null', 'null', 'is not a JSON object'],
    ['no version', '{}', 'holds no key'],
    ['version 0', JSON.stringify({ 0: GOOD }), 'version'],
    ['a version with a leading zero', JSON.stringify({ '01': GOOD }), 'version'],
    ['a word for a version', JSON.stringify({ newest: GOOD }), 'version'],
    ['31 bytes', JSON.stringify({ 1: btoa('x'.repeat(31)) }), '32 bytes'],
    ['33 bytes', JSON.stringify({ 1: btoa('x'.repeat(33)) }), '32 bytes'],
    ['no base64', JSON.stringify({ 1: '%'.repeat(44) }), '32 bytes'],
    ['a number', JSON.stringify({ 1: 5 }), '32 bytes'],
    ['one bad value beside a good one', JSON.stringify({ 1: GOOD, 2: '' }), '32 bytes'],
  ])('refuses %s with 503, says what to set and never what was set', async (_, text, what) => {
    const error = await openRing(text).catch((thrown) => thrown)
    expect(error).toMatchObject({ name: 'GatewayError', code: 'not_configured', status: 503 })
    expect(error.message).toContain('SEAL_KEYS')
    expect(error.message).toContain(what)
    expect(error.message).not.toContain(GOOD)
    expect(error.cause).toBeUndefined()
  })
})
