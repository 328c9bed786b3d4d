// Tokens for pages: what is signed opens, from where it may and until its end, and nothing else does.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import { type ClientToken, openToken, signToken } from '../../src/keys/client-token.ts'
import { openRing } from '../../src/keys/ring.ts'
import { TEST_SECRETS } from '../secrets.ts'

const ring = await openRing(TEST_SECRETS.SEAL_KEYS)
const NOW = 1_790_000_000_000
const token: ClientToken = {
  ...{ keyId: 'key_0123456789abcdef', id: 'tok_1', origin: 'https://app.example.com', expiresAt: NOW + 60_000 },
  ...{ models: ['fast', 'anthropic/*'], requests: 3, tokens: 900 },
}
const open = (text: string, origin: string | null = token.origin, now = NOW) => openToken(ring, text, origin, now)
const failure = async (work: Promise<unknown>) => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return thrown instanceof GatewayError ? [thrown.status, thrown.body.code] : thrown
}
const WRONG = [401, 'invalid_api_key']

it('opens what was signed, to the last word', async () => {
  expect(await open(await signToken(ring, token))).toEqual(token)
  const bare = { keyId: token.keyId, id: 'tok_2', origin: token.origin, expiresAt: token.expiresAt }
  expect(await open(await signToken(ring, bare))).toEqual({
    ...bare,
    models: undefined,
    requests: undefined,
    tokens: undefined,
  })
})

it('says nothing but visible ASCII, for a header', async () => {
  expect(await signToken(ring, { ...token, models: ['modèle-☃'] })).toMatch(/^dgt_[\w-]+\.[\w-]{43}$/)
})

describe('is refused', () => {
  it('when its time is over', async () => {
    const text = await signToken(ring, token)
    expect(await failure(open(text, token.origin, token.expiresAt))).toEqual(WRONG)
    expect(await open(text, token.origin, token.expiresAt - 1)).toEqual(token)
  })

  it.each([[null], ['null'], ['https://app.example.com:444'], ['http://app.example.com'], ['']])(
    'from %j',
    async (origin) => {
      expect(await failure(open(await signToken(ring, token), origin))).toEqual([403, 'origin_not_allowed'])
    },
  )

  it.each([
    ['dgt_'],
    ['dgt_x.y'],
    ['sk-dg-x'],
    [''],
    [`dgt_${'a'.repeat(100)}.${'b'.repeat(43)}`],
    [`dgt_.${'b'.repeat(43)}`],
  ])('when it is %j', async (text) => expect(await failure(open(text))).toEqual(WRONG))

  it('when any character of it is another', async () => {
    const text = await signToken(ring, token)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: text.length - 1 }), fc.constantFrom(...'aZ_-.5'), async (at, char) => {
        const other = text.slice(0, at) + char + text.slice(at + 1)
        // The last one of a signature has bits to spare.
        fc.pre(other !== text && at < text.length - 1)
        expect(await failure(open(other))).toEqual(WRONG)
      }),
    )
  })

  it('when another ring signed it', async () => {
    const other = await openRing(JSON.stringify({ 1: Buffer.alloc(32, 7).toString('base64') }))
    expect(await failure(open(await signToken(other, token)))).toEqual(WRONG)
  })
})

it('goes on under a ring that has a newer version', async () => {
  const old = Buffer.alloc(32, 1).toString('base64')
  const text = await signToken(await openRing(JSON.stringify({ 1: old })), token)
  const grown = await openRing(JSON.stringify({ 1: old, 2: Buffer.alloc(32, 2).toString('base64') }))
  expect(await openToken(grown, text, token.origin, NOW)).toEqual(token)
})
