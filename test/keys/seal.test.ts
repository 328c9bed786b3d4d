import { describe, expect, it } from 'vitest'
import { fromBase64url, toBase64url } from '../../src/keys/base64url.ts'
import { open, type Place, seal } from '../../src/keys/seal.ts'
import { ring } from './keyring.ts'

const PLAIN = '"sk-ant-a-very-secret-credential"'
const place: Place = { id: 'key_0123456789abcdef', slot: 'main', provider: 'alpha', origin: 'https://api.example.com' }

describe('seal and open', () => {
  it('gives back what was sealed, and never seals alike', async () => {
    const keys = await ring(1)
    const [one, two] = await Promise.all([seal(keys, PLAIN, place), seal(keys, PLAIN, place)])
    expect(one.ct).not.toBe(two.ct)
    expect(one.salt).not.toBe(two.salt)
    expect(one.iv).not.toBe(two.iv)
    expect(JSON.stringify(one)).not.toContain('secret')
    expect(await open(keys, one, place)).toBe(PLAIN)
  })

  it('seals a key file of many kilobytes', async () => {
    const keys = await ring(1)
    const long = `"${'é'.repeat(40_000)}"`
    expect(await open(keys, await seal(keys, long, place), place)).toBe(long)
  })

  it('seals under the newest version and opens under any', async () => {
    const old = await seal(await ring(1), PLAIN, place)
    expect(old.ring).toBe(1)
    const both = await ring(1, 2)
    expect((await seal(both, PLAIN, place)).ring).toBe(2)
    expect(await open(both, old, place)).toBe(PLAIN)
  })

  it('says so when the ring has lost a version', async () => {
    const old = await seal(await ring(1), PLAIN, place)
    await expect(open(await ring(2), old, place)).rejects.toMatchObject({ code: 'not_configured', status: 503 })
  })

  it.each<[string, Partial<Place>]>([
    ['key', { id: 'key_fedcba9876543210' }],
    ['slot', { slot: 'other' }],
    ['provider', { provider: 'beta' }],
    ['origin', { origin: 'https://evil.example.com' }],
  ])('does not open for another %s', async (_, other) => {
    const keys = await ring(1)
    await expectShut(open(keys, await seal(keys, PLAIN, place), { ...place, ...other }))
  })

  it('does not confuse places that spell alike when joined', async () => {
    const keys = await ring(1)
    const sealed = await seal(keys, PLAIN, { ...place, slot: 'a', provider: 'bc' })
    await expectShut(open(keys, sealed, { ...place, slot: 'ab', provider: 'c' }))
  })

  it('does not open under the same version of another ring', async () => {
    const sealed = await seal(await ring(1), PLAIN, place)
    await expectShut(open(await ring(2), { ...sealed, ring: 2 }, place))
  })

  it.each(['ct', 'iv', 'salt'] as const)('does not open with one bit of the %s changed', async (part) => {
    const keys = await ring(1)
    const sealed = await seal(keys, PLAIN, place)
    const bytes = fromBase64url(sealed[part])
    bytes[0] = (bytes[0] ?? 0) ^ 1
    await expectShut(open(keys, { ...sealed, [part]: toBase64url(bytes) }, place))
  })

  it.each(['', 'AAAA', '%%%', 'A'])('does not open the ciphertext %j', async (ct) => {
    const keys = await ring(1)
    await expectShut(open(keys, { ...(await seal(keys, PLAIN, place)), ct }, place))
  })
})

/** No detail: which of the checks failed is nobody's business, and the cause would be logged. */
async function expectShut(opening: Promise<string>): Promise<void> {
  const error = await opening.then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toMatchObject({
    code: 'server_error',
    status: 500,
    message: expect.stringMatching(/could not be opened/),
  })
  expect(error.cause).toBeUndefined()
}
