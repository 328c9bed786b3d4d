// Who calls: tokens that are made of a key, kept, shared, and made anew.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Account } from '../../../src/hub/provider.ts'
import { accessHeaders, renew } from '../../../src/providers/vertex/access.ts'
import { keyFileIn } from '../../../src/providers/vertex/assertion.ts'
import { Tokens } from '../../../src/providers/vertex/tokens.ts'
import { refusal, type TokenService, token, tokenService } from './google.ts'
import { keyFile, readJwt } from './key-file.ts'

const NOW = Date.UTC(2026, 10, 21)
const MINUTE = 60_000

let google: TokenService
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  google = tokenService()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const slot = (credential: Account['credential'], more: Partial<Account> = {}): Account => ({
  name: 'main',
  location: 'global',
  ...(credential !== undefined && { credential }),
  ...more,
})
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

describe('a service account', () => {
  it('gets a token for an assertion of its own', async () => {
    const file = keyFile()
    expect(await accessHeaders(slot(file))).toEqual(bearer('ya29.1'))
    const [{ url, form, init } = { url: '', form: new URLSearchParams(), init: {} }] = google.asked
    expect(url).toBe('https://oauth2.googleapis.com/token')
    expect(init).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      redirect: 'manual',
    })
    expect([...form.keys()]).toEqual(['grant_type', 'assertion'])
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    expect(await readJwt(form.get('assertion') ?? '')).toMatchObject({
      header: { kid: file.private_key_id },
      claims: { iss: file.client_email, aud: url, iat: NOW / 1000, exp: NOW / 1000 + 3600 },
      genuine: true,
    })
  })

  it('keeps its token for fifty minutes', async () => {
    const account = slot(keyFile())
    await accessHeaders(account)
    vi.setSystemTime(NOW + 50 * MINUTE - 1)
    expect(await accessHeaders(account)).toEqual(bearer('ya29.1'))
    vi.setSystemTime(NOW + 50 * MINUTE)
    expect(await accessHeaders(account)).toEqual(bearer('ya29.2'))
    expect(google.asked).toHaveLength(2)
  })

  it('keeps one that ends sooner until a minute before', async () => {
    const account = slot(keyFile())
    google.answer = () => token('ya29.short', { expires_in: 300 })
    await accessHeaders(account)
    vi.setSystemTime(NOW + 4 * MINUTE - 1)
    await accessHeaders(account)
    expect(google.asked).toHaveLength(1)
    vi.setSystemTime(NOW + 4 * MINUTE)
    await accessHeaders(account)
    expect(google.asked).toHaveLength(2)
  })

  it('keeps one whose end is not told', async () => {
    const account = slot(keyFile())
    google.answer = () => token('ya29.open', { expires_in: undefined })
    await accessHeaders(account)
    vi.setSystemTime(NOW + 49 * MINUTE)
    expect(await accessHeaders(account)).toEqual(bearer('ya29.open'))
    expect(google.asked).toHaveLength(1)
  })

  it('asks once for many requests at the same time', async () => {
    const file = keyFile()
    const all = await Promise.all(Array.from({ length: 20 }, () => accessHeaders(slot({ ...file }))))
    expect(all).toEqual(all.map(() => bearer('ya29.1')))
    expect(google.asked).toHaveLength(1)
  })

  it('shares a failure with those who wait, and keeps it for nobody', async () => {
    const account = slot(keyFile())
    google.answer = () => refusal()
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => accessHeaders(account)))
    expect(all.every(({ status }) => status === 'rejected')).toBe(true)
    expect(google.asked).toHaveLength(1)
    google.answer = () => token('ya29.late')
    expect(await accessHeaders(account)).toEqual(bearer('ya29.late'))
  })

  it('waits for no exchange whose request is gone', async () => {
    const account = slot(keyFile())
    let hang: (response: Response) => void = () => undefined
    google.answer = () =>
      new Promise((resolve) => {
        hang = resolve
      })
    const gone = accessHeaders(account)
    const [left, right] = [accessHeaders(account), accessHeaders(account)]
    await vi.waitFor(() => expect(google.asked).toHaveLength(1))
    google.answer = () => token('ya29.own')
    await vi.advanceTimersByTimeAsync(2000)
    expect([await left, await right]).toEqual([bearer('ya29.own'), bearer('ya29.own')])
    expect(google.asked).toHaveLength(2)
    // One that comes after all is good as well.
    hang(token('ya29.after'))
    expect(await gone).toEqual(bearer('ya29.after'))
  })

  it('that only has the name of another does not get its token', async () => {
    const file = keyFile()
    await accessHeaders(slot(file))
    google.answer = () => refusal()
    const thief = { ...file, private_key: `${file.private_key}\n`.replace(/\w{4}\n-----END/, '\n-----END') }
    await expect(accessHeaders(slot(thief))).rejects.toThrow()
  })

  it('keeps no more tokens than it may', async () => {
    const tokens = new Tokens(2)
    const files = [keyFile(), keyFile(), keyFile()].flatMap((file) => keyFileIn(file) ?? [])
    for (const file of files) await tokens.of(file, 'https://oauth2.googleapis.com/token')
    expect(google.asked).toHaveLength(3)
    // The first has gone, and pushes out nobody by being asked for last.
    for (const file of files.toReversed()) await tokens.of(file, 'https://oauth2.googleapis.com/token')
    expect(google.asked).toHaveLength(4)
  })
})

describe('renewal', () => {
  it('drops the token, so that the next request makes one', async () => {
    const account = slot(keyFile())
    await accessHeaders(account)
    expect(renew(account)).toBe(true)
    expect(await accessHeaders(account)).toEqual(bearer('ya29.2'))
  })

  it.each([
    ['of a text', 'ya29.given'],
    ['of nothing', undefined],
    ['of a key whose tokens are made elsewhere', keyFile({ token_uri: 'http://10.0.0.1/token' })],
  ])('%s changes nothing', (_name, credential) => {
    expect(renew(slot(credential))).toBe(false)
  })
})

describe('where tokens are made', () => {
  it.each([
    ['https://oauth2.googleapis.com/token', undefined],
    ['https://www.googleapis.com/oauth2/v4/token', undefined],
    ['https://accounts.google.com/o/oauth2/token', undefined],
    ['http://127.0.0.1:9000/token', 'http://127.0.0.1:9000/vertex'],
  ])('may be %s', async (token_uri, baseUrl) => {
    await accessHeaders(slot(keyFile({ token_uri }), baseUrl === undefined ? {} : { baseUrl }))
    expect(google.asked.map(({ url }) => url)).toEqual([token_uri])
    const { claims } = await readJwt(google.asked[0]?.form.get('assertion') ?? '')
    expect(claims).toMatchObject({ aud: token_uri })
  })

  it('is told by the issuer where the file does not say', async () => {
    await accessHeaders(slot(keyFile({ token_uri: undefined })))
    expect(google.asked[0]?.url).toBe('https://oauth2.googleapis.com/token')
  })

  it.each([
    'http://oauth2.googleapis.com/token',
    'https://oauth2.googleapis.com.evil.example/token',
    'https://evil.example/googleapis.com',
    'https://evilgoogleapis.com/token',
    'https://oauth2.googleapis.com:8443/token',
    'https://user:pass@oauth2.googleapis.com/token',
    'http://169.254.169.254/token',
    'http://127.0.0.1:9001/token',
    'file:///etc/passwd',
    'token',
  ])('may not be %s', async (token_uri) => {
    const account = slot(keyFile({ token_uri }), { baseUrl: 'http://127.0.0.1:9000' })
    await expect(accessHeaders(account)).rejects.toMatchObject({ code: 'not_configured', status: 503 })
    expect(google.asked).toEqual([])
  })
})

describe('a failure', () => {
  const failure = async (credential: Account['credential'] = keyFile()) => {
    const thrown: unknown = await accessHeaders(slot(credential)).catch((error: unknown) => error)
    return thrown
  }

  it.each([400, 401, 403])('of the credential (%i) is told in our own words', async (status) => {
    google.answer = () => refusal(status)
    expect(await failure()).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      message: "The provider refused the credential of slot 'main'.",
    })
  })

  it.each([
    ['another status', () => Response.json({}, { status: 503 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    ['no JSON', () => new Response('<html>')],
    ['no token', () => Response.json({ id_token: 'x' })],
    ['a token that is no header', () => token('ya29.a\r\nx: y')],
    ['no answer', () => Promise.reject(new TypeError('Network connection lost.'))],
  ])('of the token service (%s) is 502', async (_name, answer) => {
    google.answer = answer
    expect(await failure()).toMatchObject({
      status: 502,
      code: 'upstream_error',
      message: "The provider gave no access token for slot 'main'.",
    })
  })

  it('of the key is the operator’s', async () => {
    expect(await failure(keyFile({ private_key: 'hunter2' }))).toMatchObject({
      status: 503,
      code: 'not_configured',
      message: "The private key in the credential of slot 'main' cannot be read.",
    })
  })

  it('is a slot without a credential', async () => {
    expect(await failure({})).toMatchObject({ code: 'not_configured' })
    await expect(accessHeaders(slot(undefined))).rejects.toMatchObject({ code: 'not_configured' })
    expect(google.asked).toEqual([])
  })
})

describe('a text', () => {
  it.each([
    ['ya29.a0Af', 'p', bearer('ya29.a0Af')],
    ['ya29.a0Af', undefined, bearer('ya29.a0Af')],
    ['some-token', 'p', bearer('some-token')],
    ['AIzaSyA', undefined, { 'x-goog-api-key': 'AIzaSyA' }],
    ['AIzaSyA', 'p', { 'x-goog-api-key': 'AIzaSyA' }],
    ['AQ.Ab8R', 'p', { 'x-goog-api-key': 'AQ.Ab8R' }],
    ['some-key', undefined, { 'x-goog-api-key': 'some-key' }],
  ])('%s, with the project %s, is sent as it is', async (credential, project, headers) => {
    expect(await accessHeaders(slot(credential, project === undefined ? {} : { project }))).toEqual(headers)
    expect(google.asked).toEqual([])
  })
})
