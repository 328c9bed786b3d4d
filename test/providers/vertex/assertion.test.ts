// The JWT of a service account: what it says, and that its key signed it.
import { describe, expect, it } from 'vitest'
import { assertionOf, keyFileIn } from '../../../src/providers/vertex/assertion.ts'
import { keyFile, PEM, readJwt } from './key-file.ts'

const NOW = 1_790_000_000
const AUDIENCE = 'https://oauth2.googleapis.com/token'

async function signed(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const file = keyFileIn(keyFile({ client_email: 'me@example', private_key_id: 'k1', ...more }))
  if (!file) throw new Error('Expected a key file.')
  return assertionOf(file, AUDIENCE, NOW)
}

describe('the assertion', () => {
  it('says who asks for what, for an hour, and is signed', async () => {
    expect(await readJwt(await signed())).toEqual({
      header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
      claims: {
        iss: 'me@example',
        scope: 'https://www.googleapis.com/auth/cloud-platform',
        aud: AUDIENCE,
        iat: NOW,
        exp: NOW + 3600,
      },
      genuine: true,
    })
  })

  it('is the same for the same moment', async () => {
    expect(await signed()).toBe(await signed())
  })

  it('names no key that the file does not name', async () => {
    const { header, genuine } = await readJwt(await signed({ private_key_id: undefined }))
    expect({ header, genuine }).toEqual({ header: { alg: 'RS256', typ: 'JWT' }, genuine: true })
  })

  it('may name an account in any script', async () => {
    const { claims, genuine } = await readJwt(await signed({ client_email: 'übersetzer@例え.テスト' }))
    expect(claims).toMatchObject({ iss: 'übersetzer@例え.テスト' })
    expect(genuine).toBe(true)
  })

  it.each([
    ['with \\n in letters', PEM.replaceAll('\n', '\\n')],
    ['with \\r\\n in letters', PEM.replaceAll('\n', '\\r\\n')],
    ['with CRLF', PEM.replaceAll('\n', '\r\n')],
    ['on one line', PEM.replaceAll('\n', '')],
    ['with white space around it', `  \n${PEM}\n\t `],
    ['without its frame', PEM.replace(/-----[A-Z ]+-----/g, '')],
  ])('is made with a key %s', async (_name, private_key) => {
    expect(await readJwt(await signed({ private_key }))).toMatchObject({ genuine: true })
  })

  it.each([
    ['is no base64', '-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----'],
    ['is no key', btoa('hunter2')],
    ['is empty', '-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----'],
  ])('is not made with what %s', async (_name, private_key) => {
    await expect(signed({ private_key })).rejects.toThrow()
  })
})

describe('a key file', () => {
  it('is read as far as it is needed', () => {
    expect(keyFileIn({ client_email: 'a@b', private_key: 'p', universe_domain: 'googleapis.com' })).toEqual({
      email: 'a@b',
      privateKey: 'p',
      keyId: undefined,
      projectId: undefined,
      tokenUri: undefined,
    })
  })

  it.each([[undefined], ['ya29.token'], [{}], [{ client_email: 'a@b' }], [{ client_email: 'a@b', private_key: 5 }]])(
    'is not %j',
    (credential) => {
      expect(keyFileIn(credential)).toBeUndefined()
    },
  )
})
