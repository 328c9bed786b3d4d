// The one error class, and what is taken out of the words of others.
import { describe, expect, it } from 'vitest'
import { asGatewayError, CODES, type Code, GatewayError, scrub } from '../../src/hub/error.ts'

describe('a GatewayError', () => {
  it.each([
    ['invalid_request', 400, 'invalid_request_error', null],
    ['unsupported_parameter', 400, 'invalid_request_error', 'unsupported_parameter'],
    ['missing_api_key', 401, 'invalid_request_error', null],
    ['invalid_api_key', 401, 'invalid_request_error', 'invalid_api_key'],
    ['model_not_found', 404, 'invalid_request_error', 'model_not_found'],
    ['method_not_supported', 405, 'invalid_request_error', 'method_not_supported'],
    ['request_too_large', 413, 'invalid_request_error', 'request_too_large'],
    ['rate_limit_requests', 429, 'requests', 'rate_limit_exceeded'],
    ['rate_limit_tokens', 429, 'tokens', 'rate_limit_exceeded'],
    ['rate_limit', 429, 'rate_limit_error', 'rate_limit_exceeded'],
    ['insufficient_quota', 429, 'insufficient_quota', 'insufficient_quota'],
    ['server_error', 500, 'server_error', null],
    ['upstream_truncated', 502, 'server_error', 'upstream_truncated'],
    ['timeout', 504, 'server_error', 'timeout'],
  ] satisfies [Code, number, string, string | null][])('%s is %i in OpenAI’s terms', (name, status, type, code) => {
    const error = new GatewayError(name, 'Why.')
    expect(error.status).toBe(status)
    expect(error.body).toEqual({ message: 'Why.', type, param: null, code })
  })

  it('has all four keys and a status for every code there is', () => {
    for (const name of Object.keys(CODES) as Code[]) {
      const error = new GatewayError(name, '')
      expect(Object.keys(error.body)).toEqual(['message', 'type', 'param', 'code'])
      expect(error.status).toBeGreaterThanOrEqual(400)
      expect(error.status).toBeLessThan(600)
    }
  })

  it('keeps what another service called it', () => {
    const error = new GatewayError('invalid_request', 'Why.', {
      param: 'n',
      foreign: { status: 422, type: 'their_type', code: null },
    })
    expect(error.status).toBe(422)
    expect(error.body).toEqual({ message: 'Why.', type: 'their_type', param: 'n', code: null })
    expect(new GatewayError('overloaded', 'Why.', { foreign: { code: 'slow_down' } }).body.code).toBe('slow_down')
    expect(new GatewayError('overloaded', 'Why.', { foreign: { type: 'theirs' } }).body.code).toBe('overloaded')
  })

  it('can be told more without losing what it knew', () => {
    const cause = new Error('inner')
    const error = new GatewayError('rate_limit', 'Why.', { param: 'x', cause }).with({ retryAfterMs: 5 })
    expect(error).toBeInstanceOf(GatewayError)
    expect(error).toMatchObject({ code: 'rate_limit', message: 'Why.', cause })
    expect(error.details).toMatchObject({ param: 'x', retryAfterMs: 5 })
  })

  it('is made of anything thrown, and says nothing of a fault of ours', () => {
    const known = new GatewayError('timeout', 'Why.')
    expect(asGatewayError(known)).toBe(known)
    for (const thrown of [new TypeError('secret'), 'secret', undefined, null]) {
      const error = asGatewayError(thrown)
      expect(error.status).toBe(500)
      expect(error.message).not.toContain('secret')
      expect(error.details.cause).toBe(thrown)
    }
  })
})

describe('scrub', () => {
  it.each([
    'sk-ant-api03-AbCdEf',
    'sk-proj-********************abcd',
    `sk-dg-abcdefghijklmnop${'Q'.repeat(43)}x-_aQ1`,
    'sk_live_abcdefghijklmnop0123456789',
    'gsk_0123456789abcdefghijABCDEFGHIJ0123456789',
    'hf_abcdEFGHijklMNOPqrstUVWXyzABcdefgh',
    'xai-0123456789abcdefghijABCDEFGHIJ0123456789abcdefghij',
    'nvapi-0123456789abcdefghijABCDEFGHIJ01234567_-89',
    'pplx-0123456789abcdef0123456789abcdef0123456789abcdef',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'github_pat_11ABCDEFG0abcdefghijkl_0123456789',
    'xoxb-1234567890-1234567890123-AbCdEf',
    'AIzaSyA1234567890abcdefghijklmnopqrstuvw',
    'AKIAIOSFODNN7EXAMPLE',
    'ASIAIOSFODNN7EXAMPLE',
    'ya29.a0AfH6SMBxyz1234567',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
    'd41d8cd98f00b204e9800998ecf8427e',
    '0123456789abcdef'.repeat(4),
    'aB3dE9xz-Kq72LmNo_pR45StUv-wX8yZaB1cD2e',
    'dgt_abcdefghijklmnopqrstuvwxyz0123456789',
  ])('takes out %s', (key) => {
    for (const text of [key, `Wrong: ${key}`, `'${key}'`, `{"k":"${key}"}`, `(${key}).`, `${key}\n`]) {
      expect(scrub(text)).toContain('[redacted]')
      expect(scrub(text)).not.toContain(key.slice(-8))
    }
  })

  it.each([
    ['Bearer abcDEF123456 is wrong', 'Bearer [redacted] is wrong'],
    ['authorization: bearer tok_12345678', 'authorization: bearer [redacted]'],
    ['Bearer thisisalongtokenofletters', 'Bearer [redacted]'],
    ['Basic dXNlcjpwYXNz', 'Basic [redacted]'],
    ['https://x.y/v1?key=abc&alt=sse', 'https://x.y/v1?key=[redacted]&alt=sse'],
    ['GET /x?a=1&access_token=abc', 'GET /x?a=1&access_token=[redacted]'],
    ['{"api_key":"abc12345678"}', '{"api_key":"[redacted]"}'],
    ['x-api-key: abc12345678', 'x-api-key: [redacted]'],
    ['Incorrect API key provided: abc12345678.', 'Incorrect API key provided: [redacted]'],
    ['two: AKIAIOSFODNN7EXAMPLE, AKIAIOSFODNN8EXAMPLE', 'two: [redacted], [redacted]'],
  ])('takes out only the secret of %s', (text, expected) => {
    expect(scrub(text)).toBe(expected)
  })

  it.each([
    'Basic authentication is required.',
    'Bearer authentication failed, see the Authorization header.',
    'Skepticism, skateboarding and skyscrapers are words.',
    'It is not offered in ASIA-PACIFIC-SOUTHEAST.',
    'The provider hf-inference cannot do that, use pplx-70b-chat or xai-grok-code-fast-1.',
    'The item 550e8400-e29b-41d4-a716-446655440000 is gone.',
    'chatcmpl-550e8400-e29b-41d4-a716-446655440000 is gone, as is req_011CSHoEeqs5C35K2UUqR7Fy.',
    'Item resp_68a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3e4f5a6b was not found.',
    'See https://docs.example.com/en/docs/build-with-care/extended-thinking-2025-02-19#how-to-do-it-well.',
    'GET https://api.example.com/v1/projects/MyProject1/locations/europe-west4/models/42 failed.',
    'qwen3-235b-a22b-instruct-2507-fp8-throughput is overloaded.',
    'Meta-Llama-4-Maverick-17B-128E-Instruct-FP8-Turbo-Preview is overloaded.',
    'claude-3-5-sonnet-20241022-v2:0 is deprecated.',
    'messages.3.content.0.text: text content blocks must be non-empty',
    'max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens',
    'this_is_a_very_long_snake_case_identifier_2 is unknown.',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document is no image.',
    "Unexpected token: '}' in JSON at position 1234567890",
    'An API key is required: set it in the header.',
    'Grüße, 世界 🦉',
    '',
  ])('leaves alone: %s', (text) => {
    expect(scrub(text)).toBe(text)
  })

  it('cuts a long message, and no key in two', () => {
    const words = 'word '.repeat(500)
    expect(scrub(words)).toHaveLength(2001)
    expect(scrub(words).endsWith('…')).toBe(true)
    const key = `sk-ant-${'x1'.repeat(40)}`
    const crossing = `${'a '.repeat(990)}${key} ${'b '.repeat(100)}`
    expect(scrub(crossing)).not.toContain('x1x1')
    expect(scrub(`${'🦉'.repeat(3000)}`).isWellFormed()).toBe(true)
  })

  it('comes to an end with a message made to be slow', () => {
    const parts = ['a-', 'a', 'Bearer ', 'aB/', 'eyJ', '[?&key=', 'sk-', 'api key: ', 'a_1', 'api key ']
    for (const part of parts) {
      expect(scrub(part.repeat(500_000)).length).toBeLessThanOrEqual(2100)
      expect(scrub(part.repeat(660)).length).toBeLessThanOrEqual(part.length * 660 + 20)
    }
  })
})
