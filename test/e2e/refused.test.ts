// Requests that are refused before their bodies matter: by key, path, method, or one of our own headers.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, type Quiet, startQuiet } from '../harness/quiet.ts'
import { TEST_SECRETS } from '../secrets.ts'

let quiet: Quiet
let key: string

beforeAll(async () => {
  quiet = await startQuiet()
  key = await quiet.makeKey()
})
afterAll(() => quiet.close())
afterEach(() => quiet.check())

const ask = { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: CANARY }] }

const post = async (body: unknown, headers: Record<string, string> = {}) =>
  quiet.verdict(await quiet.gateway.chat(key, body, { headers }))

describe('keys', () => {
  const by = async (headers: Record<string, string>) =>
    quiet.verdict(
      await fetch(`${quiet.gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(ask),
      }),
    )
  const wrong = '401 invalid_request_error invalid_api_key'

  test('none', async () => {
    expect(await by({})).toBe('401 invalid_request_error -')
    expect(await by({ authorization: 'Bearer ' })).toBe('401 invalid_request_error -')
    expect(await by({ authorization: 'Basic Y2FuYXJ5' })).toBe('401 invalid_request_error -')
  })

  test('made up, spoiled, or of another kind', async () => {
    const flipped = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')
    const otherSecret = key.slice(0, 30) + (key[30] === 'A' ? 'B' : 'A') + key.slice(31)
    for (const one of [CANARY, `sk-proj-${CANARY}`, flipped, otherSecret, `${key}x`, TEST_SECRETS.ADMIN_TOKEN]) {
      expect(await by({ authorization: `Bearer ${one}` })).toBe(wrong)
      expect(await by({ 'x-api-key': one })).toBe(wrong)
      expect(await by({ 'api-key': one })).toBe(wrong)
    }
  })

  test('two that differ', async () => {
    const other = await quiet.makeKey()
    expect(await by({ authorization: `Bearer ${key}`, 'x-api-key': other })).toBe(wrong)
    expect(await by({ 'api-key': key, 'x-api-key': other })).toBe(wrong)
  })

  test('expired', async () => {
    const soon = await quiet.makeKey({ expires_at: new Date(Date.now() + 1200).toISOString() })
    await new Promise((resolve) => setTimeout(resolve, 1300))
    expect(await by({ authorization: `Bearer ${soon}` })).toBe(wrong)
  })

  test('the admin API takes no client key, and is as quiet about it', async () => {
    const response = await fetch(`${quiet.gateway.url}/admin/keys`, { headers: { authorization: `Bearer ${key}` } })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('paths and methods', () => {
  test.each([
    ['GET', '/v1/chat/completions', '405 invalid_request_error method_not_supported', 'POST'],
    ['DELETE', '/v1/chat/completions', '405 invalid_request_error method_not_supported', 'POST'],
    ['POST', '/v1/models', '405 invalid_request_error method_not_supported', 'GET'],
    ['POST', '/v1/files', '404 invalid_request_error unknown_url', null],
    ['GET', '/v1/files', '404 invalid_request_error unknown_url', null],
    ['POST', '/v1/batches', '404 invalid_request_error unknown_url', null],
    ['GET', '/v1', '404 invalid_request_error unknown_url', null],
    ['GET', '/v1/chat/completions/', '405 invalid_request_error method_not_supported', 'POST'],
    ['POST', `/v1/${CANARY}`, '404 invalid_request_error unknown_url', null],
    ['POST', '/v1/%F0%28%8C', '404 invalid_request_error unknown_url', null],
  ])('%s %s', async (method, path, expected, allow) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await fetch(quiet.gateway.url + path, {
      method,
      headers,
      ...(method === 'POST' && { body: JSON.stringify(ask) }),
    })
    expect(await quiet.verdict(response)).toBe(expected)
    expect(response.headers.get('allow')).toBe(allow)
  })

  test('a key in a path goes neither into the log nor into the answer', async () => {
    const response = await fetch(`${quiet.gateway.url}/v1/${key}`)
    expect(await quiet.verdict(response)).toBe('404 invalid_request_error unknown_url')
  })
})

describe('our own headers', () => {
  test.each(['dragoman-strict', 'dragoman-report'])('%s that is malformed', async (name) => {
    for (const value of ['1', 'true', '?2', '?1;a', '"?1"', '?1, ?1', CANARY]) {
      expect(await post(ask, { [name]: value })).toBe(`400 invalid_request_error invalid_value ${name}`)
    }
  })

  test('one that there is not', async () => {
    expect(await post(ask, { 'dragoman-strikt': '?1' })).toBe('400 invalid_request_error invalid_value dragoman-strikt')
  })

  test('strict: the first loss of each kind, before anything is sent', async () => {
    const strict = { 'dragoman-strict': '?1' }
    expect(await post({ ...ask, seed: 1 }, strict)).toBe('400 invalid_request_error unsupported_parameter seed')
    expect(await post({ ...ask, temperature: 1.5 }, strict)).toBe(
      '400 invalid_request_error unsupported_value temperature',
    )
    expect(await post({ ...ask, n: 2 }, strict)).toBe('400 invalid_request_error unsupported_parameter n')
    expect(await post({ ...ask, [CANARY]: CANARY }, strict)).toBe(
      `400 invalid_request_error unsupported_parameter ${CANARY}`,
    )
  })

  test('strict on the key is not relaxed by a header', async () => {
    const strict = await quiet.makeKey({ strict: true })
    for (const value of ['?0', '?1']) {
      const response = await quiet.gateway.chat(strict, { ...ask, seed: 1 }, { headers: { 'dragoman-strict': value } })
      expect(await quiet.verdict(response)).toBe('400 invalid_request_error unsupported_parameter seed')
    }
  })
})
