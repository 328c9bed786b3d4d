// What becomes of a refusal that is in OpenAI's own form, or nearly.
import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/providers/openai/index.ts'

function refuse(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const error = openai.refuse({ status, headers: new Headers(headers), body: text }, 'main', undefined)
  return { status: error.status, ...error.body, retry: error.details.shouldRetry }
}

const error = (fields: object) => ({ error: { message: 'No.', ...fields } })
const invalid = { type: 'invalid_request_error' }

describe("the service's own words and codes", () => {
  it.each([
    [400, { ...invalid, param: 'temperature', code: 'unsupported_value' }, 400],
    [400, { ...invalid, param: 'messages', code: 'context_length_exceeded' }, 400],
    [404, { ...invalid, param: null, code: 'model_not_found' }, 404],
    [409, { ...invalid, param: null, code: 'conflict' }, 409],
    [413, { ...invalid, param: null, code: 'request_too_large' }, 413],
    [422, { ...invalid, param: 'tools[0]', code: 'strange' }, 422],
    [429, { type: 'tokens', param: null, code: 'rate_limit_exceeded' }, 429],
    [429, { type: 'requests', param: null, code: 'rate_limit_exceeded' }, 429],
    [500, { type: 'server_error', param: null, code: null }, 500],
    [503, { type: 'service_unavailable', param: null, code: 'slow_down' }, 503],
  ])('%i %j', (status, fields, answered) => {
    expect(refuse(status, error(fields))).toEqual({ status: answered, message: 'No.', ...fields, retry: undefined })
  })

  it('lack nothing: all four keys stand, whatever the service leaves out', () => {
    expect(refuse(400, error({}))).toEqual({
      status: 400,
      message: 'No.',
      type: 'invalid_request_error',
      param: null,
      code: null,
      retry: undefined,
    })
    expect(refuse(429, error({}))).toMatchObject({ type: 'rate_limit_error', code: 'rate_limit_exceeded' })
    expect(refuse(503, error({ type: 7, code: 503 }))).toMatchObject({ type: 'server_error', code: 'overloaded' })
  })

  it('are kept beside our own where they are about the credential', () => {
    const text = "The provider refused the credential of slot 'main'."
    const wrong = error({ message: 'Incorrect API key provided: sk-abc***xyz.', ...invalid, code: 'invalid_api_key' })
    expect(refuse(401, wrong)).toMatchObject({ status: 401, message: text, code: 'invalid_api_key' })
    expect(refuse(401, { status: 401, ...wrong })).toMatchObject({ status: 401, message: text })
    const country = error({ type: 'request_forbidden', code: 'unsupported_country_region_territory' })
    expect(refuse(403, country)).toMatchObject({ status: 403, message: text, type: 'request_forbidden' })
    expect(refuse(403, '<html>no</html>')).toMatchObject({ message: text, code: 'insufficient_permissions' })
  })

  it('are scrubbed of keys', () => {
    const { message } = refuse(400, error({ message: 'No key sk-proj-abcdefghijklmnop123456 here.' }))
    expect(message).not.toContain('abcdefghijklmnop')
  })
})

describe('money', () => {
  it.each([
    [429, { type: 'insufficient_quota', code: 'insufficient_quota' }],
    [429, { type: 'insufficient_quota', code: null }],
    [400, { ...invalid, code: 'billing_hard_limit_reached' }],
    [402, { type: 'billing', code: 'out_of_credit' }],
  ])('%i %j is never tried again', (status, fields) => {
    expect(refuse(status, error(fields))).toEqual({
      status: 429,
      message: 'No.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
      retry: false,
    })
  })

  it('without a body is money all the same', () => {
    expect(refuse(402, '')).toMatchObject({ status: 429, code: 'insufficient_quota', retry: false })
  })
})

describe('what is not the service speaking', () => {
  it.each([
    [400, 502, 'upstream_error'],
    [404, 502, 'upstream_error'],
    [413, 413, 'request_too_large'],
    [429, 429, 'rate_limit_exceeded'],
    [500, 502, 'upstream_error'],
    [502, 502, 'upstream_error'],
    [503, 503, 'overloaded'],
    [504, 504, 'timeout'],
    [520, 502, 'upstream_error'],
  ])('HTML with %i is %i', (status, answered, code) => {
    const told = refuse(status, '<html><body>nginx at 10.0.0.7</body></html>')
    expect(told).toMatchObject({ status: answered, code })
    expect(told.message).not.toContain('nginx')
  })
})

it.each([
  [{ error: 'No.' }],
  [{ message: 'No.' }],
  [{ object: 'error', message: 'No.', type: 'BadRequestError', code: 400 }],
  [{ detail: 'No.' }],
  [{ detail: [{ loc: ['body'], msg: 'No.', type: 'missing' }] }],
  [{ detail: { error: 'No.' } }],
  [{ errors: [{ code: 7, message: 'No.' }] }],
  [{ error_code: 'BAD', message: 'No.' }],
  [{ title: 'Bad', status: 400, detail: 'No.' }],
  [{ fault: { faultstring: 'No.' } }],
  [[{ error: { message: 'No.' } }]],
])('the words are found in %j', (body) => {
  expect(refuse(400, body)).toMatchObject({ status: 400, message: 'No.', param: null })
})

it('the service says itself whether trying again helps', () => {
  expect(refuse(500, error({}), { 'x-should-retry': 'false' }).retry).toBe(false)
  expect(refuse(429, error({}), { 'x-should-retry': 'true' }).retry).toBe(true)
  expect(refuse(429, error({}), { 'x-should-retry': 'maybe' }).retry).toBeUndefined()
})
