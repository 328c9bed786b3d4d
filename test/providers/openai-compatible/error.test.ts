// Refusals of any shape, and failures that come as answers, in the gateway's terms.
import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../../src/hub/error.ts'
import type { AnswerRules, ErrorRules } from '../../../src/providers/openai-compatible/like.ts'
import { chunk, type Fields, of, STOP, said, service } from './like.ts'

function refuse(
  status: number,
  body: unknown,
  errors: ErrorRules = {},
  more: { headers?: Record<string, string>; answer?: AnswerRules } = {},
): GatewayError {
  const { headers, answer = {} } = more
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return service({ errors, answer }).refuse({ status, headers: new Headers(headers), body: text }, 'some', undefined)
}

const own = (error: Fields) => ({ error: { message: 'No.', ...error } })

describe('a refusal', () => {
  it.each([
    [400, 400, null],
    [401, 401, 'invalid_api_key'],
    [402, 429, 'insufficient_quota'],
    [403, 403, 'insufficient_permissions'],
    [404, 404, null],
    [405, 405, 'method_not_supported'],
    [408, 504, 'timeout'],
    [409, 409, 'conflict'],
    [413, 413, 'request_too_large'],
    [418, 400, null],
    [422, 400, null],
    [429, 429, 'rate_limit_exceeded'],
    [500, 500, null],
    [502, 502, 'upstream_error'],
    [503, 503, 'overloaded'],
    [504, 504, 'timeout'],
    [529, 503, 'overloaded'],
  ])('of %s is one of %s', (status, ours, code) => {
    const error = refuse(status, own({}))
    expect([error.status, error.body.code]).toEqual([ours, code])
    expect(error.message).toMatch(status === 401 || status === 403 ? /^The provider refused the credential/ : /^No\.$/)
  })

  it.each<[unknown, string]>([
    [{ error: { message: 'No.' } }, 'No.'],
    [{ error: 'No.' }, 'No.'],
    [{ message: 'No.' }, 'No.'],
    [{ detail: 'No.' }, 'No.'],
    [{ detail: [{ loc: ['body', 'seed'], msg: 'No.', type: 'x' }] }, 'No.'],
    [{ detail: { error: 'No.' } }, 'No.'],
    [{ errors: [{ code: 1, message: 'No.' }] }, 'No.'],
    [{ error_code: 'X', message: 'No.' }, 'No.'],
    [{ title: 'No.', status: 429 }, 'No.'],
    [{ fault: { faultstring: 'No.' } }, 'No.'],
    [[{ error: { message: 'No.' } }], 'No.'],
    [{ object: 'error', message: { detail: [{ msg: 'No.' }] } }, 'No.'],
    ['<html>No.</html>', "The provider of slot 'some' answered 422."],
    ['', "The provider of slot 'some' answered 422."],
    [{}, "The provider of slot 'some' answered 422."],
  ])('in the form %j says so', (body, message) => {
    expect(refuse(422, body).message).toBe(message)
  })

  it('that is a page of something in between is none of the service', () => {
    expect([400, 404].map((status) => refuse(status, '<html></html>').code)).toEqual([
      'upstream_error',
      'upstream_error',
    ])
  })

  it('may be a mere text, but no page', () => {
    const plain = (body: string, type = 'text/plain; charset=utf-8') =>
      refuse(429, body, {}, { headers: { 'content-type': type } })
    expect(plain(' Slow down. \n')).toMatchObject({ message: 'Slow down.', code: 'rate_limit' })
    expect(plain('"Slow down."', 'application/json').message).toBe('Slow down.')
    for (const body of ['<p>Slow down.</p>', '', 'x'.repeat(501)]) {
      expect(plain(body).message).toBe("The provider of slot 'some' answered 429.")
    }
    expect(plain('Slow down.', 'text/html').message).toBe("The provider of slot 'some' answered 429.")
    expect(refuse(401, '"Bad key sk-1234567890abcdef"').message).not.toContain('1234')
  })

  it('names the field at fault', () => {
    expect(refuse(400, own({ param: 'seed' })).body.param).toBe('seed')
    const detail = [{ loc: ['body', 'messages', 0, 'name'], msg: 'No.' }]
    expect(refuse(422, { detail }).body.param).toBe('messages[0].name')
    expect(refuse(401, own({ param: 'seed' })).body.param).toBeNull()
  })

  it.each<[Fields | string, number, string]>([
    [{ code: 'insufficient_quota' }, 429, 'insufficient_quota'],
    [{ type: 'billing_hard_limit_reached' }, 400, 'insufficient_quota'],
    [{ code: 'context_length_exceeded' }, 400, 'context_length_exceeded'],
    [{ code: 'content_filter' }, 400, 'content_filter'],
    [{ code: 'model_not_found' }, 404, 'model_not_found'],
    ['The model `x` does not exist', 404, 'model_not_found'],
    ['model "x" not found, try pulling it first', 404, 'model_not_found'],
    ['No such model: x', 404, 'model_not_found'],
    ['No such thing', 404, 'not_found'],
    ["This model's maximum context length is 4096 tokens.", 400, 'context_length_exceeded'],
    ['The prompt is too long', 413, 'context_length_exceeded'],
    ['Your input exceeds the context window of this model', 400, 'context_length_exceeded'],
    ['Context window exceeded', 429, 'rate_limit'],
  ])('that says %j with %i is %s', (error, status, code) => {
    expect(refuse(status, own(typeof error === 'string' ? { message: error } : error)).code).toBe(code)
  })

  it('means what the service means by its codes, its words and its headers', () => {
    const errors: ErrorRules = {
      codes: { busy: 'overloaded', 1302: 'rate_limit', 418: 'conflict' },
      words: [[/tired/, 'timeout']],
      headers: (headers) => (headers.get('x-none') === null ? undefined : 'insufficient_permissions'),
    }
    expect(refuse(429, own({ code: 'busy' }), errors).code).toBe('overloaded')
    expect(refuse(429, own({ type: 'busy' }), errors).code).toBe('overloaded')
    expect(refuse(400, own({ code: '1302' }), errors).code).toBe('rate_limit')
    expect(refuse(400, own({ code: 1302 }), errors).code).toBe('rate_limit')
    expect(refuse(418, own({}), errors).code).toBe('conflict')
    expect(refuse(500, own({ message: 'I am tired.' }), errors).code).toBe('timeout')
    expect(refuse(429, own({}), errors, { headers: { 'x-none': '0' } }).code).toBe('insufficient_permissions')
  })

  it('keeps what the service calls it, where that says more', () => {
    expect(refuse(429, own({ type: 'tokens' })).body).toMatchObject({ type: 'tokens', code: 'rate_limit_exceeded' })
    expect(refuse(400, own({ code: 'bad_thing' })).body.code).toBe('bad_thing')
    expect(refuse(400, own({ code: 'a secret sk-1234567890' })).body.code).toBeNull()
    expect(refuse(500, own({ code: 'bad_thing' })).body.code).toBeNull()
  })

  it('is tried again as the service says, but never for money', () => {
    const retry = (status: number, said: string) => refuse(status, own({}), {}, { headers: { 'x-should-retry': said } })
    expect(retry(429, 'false').details.shouldRetry).toBe(false)
    expect(retry(400, 'true').details.shouldRetry).toBe(true)
    expect(retry(429, 'maybe').details.shouldRetry).toBeUndefined()
    expect(retry(402, 'true').details.shouldRetry).toBe(false)
  })

  it('says nothing of the credential, nor of what else stands in a 401 or a 403', () => {
    const words = (code: 'insufficient_quota' | 'content_filter' | 'overloaded') =>
      refuse(403, own({ code: 'x', message: 'Bad key sk-1234567890abcdef' }), { codes: { x: code } }).message
    expect(words('insufficient_quota')).toBe("The account of slot 'some' has nothing left to spend.")
    expect(words('content_filter')).toBe("The provider's filter refused what was asked.")
    expect(words('overloaded')).toBe("The provider of slot 'some' refused.")
    expect(refuse(400, own({ message: 'Bad key sk-1234567890abcdef' })).message).not.toContain('1234')
  })

  it('may be one of a service behind', () => {
    const behind = (body: unknown) => (body as { error?: { raw?: unknown } } | undefined)?.error?.raw
    const words = (raw: unknown) => refuse(429, own({ raw }), { behind }).message
    expect(words('Slow down.')).toBe('Slow down.')
    expect(words('{"error":{"message":"Slow down."}}')).toBe('Slow down.')
    expect(words({ message: 'Slow down.' })).toBe('Slow down.')
    expect(words('{}')).toBe('No.')
    expect(words(undefined)).toBe('No.')
    expect(refuse(429, 'no JSON', { behind }).code).toBe('rate_limit')
  })

  it('may have the form of a failure inside of an answer', () => {
    const failure = (one: unknown) => {
      const status = (one as { status?: number } | undefined)?.status
      return status ? { code: String(status), message: 'No.' } : undefined
    }
    const rules = { codes: { 7: 'content_filter' } } as const
    expect(refuse(400, { status: 7 }, rules, { answer: { failure } })).toMatchObject({
      code: 'content_filter',
      message: 'No.',
    })
    expect(refuse(400, { status: 8 }, rules, { answer: { failure } })).toMatchObject({
      code: 'invalid_request',
      message: 'No.',
    })
  })
})

describe('a failure inside of an answer', () => {
  const failed = (one: unknown, rules: AnswerRules = {}) => {
    const [error, ...rest] = said([one, STOP], rules)
    expect(rest).toEqual([])
    return error?.type === 'error' ? error.error : undefined
  }

  it.each<[unknown, string, string]>([
    [{ error: { message: 'No.', code: 503 } }, 'overloaded', 'No.'],
    [{ error: 'No.', code: 'x' }, 'upstream_error', 'No.'],
    [{ code: 429, message: 'No.' }, 'rate_limit', 'No.'],
    [{ object: 'error', message: 'No.' }, 'upstream_error', 'No.'],
    [[{ error: { message: 'No.' } }], 'upstream_error', 'No.'],
    [{ error: { message: 'No.' }, status_code: 429 }, 'rate_limit', 'No.'],
    [{ error: { message: 'No.', status_code: 429 } }, 'rate_limit', 'No.'],
    [{ detail: 'No.', status: 400 }, 'invalid_request', 'No.'],
    [{ error: { message: 'Prompt is too long' } }, 'context_length_exceeded', 'Prompt is too long'],
    [{ error: {} }, 'upstream_error', 'The provider reported an error.'],
    [
      { error: { message: 'Key sk-1234567890', code: 401 } },
      'invalid_api_key',
      'The provider refused the credential it was given.',
    ],
    [{ error: { message: 'No.', code: 1302 } }, 'upstream_error', 'No.'],
  ])('%j is %s', (one, code, message) => {
    expect(failed(one)).toMatchObject({ code, message })
  })

  it('is not tried again for money', () => {
    expect(failed({ error: { message: 'No.', code: 402 } })).toMatchObject({ details: { shouldRetry: false } })
  })

  it('may look like an answer', () => {
    const failure = () => ({ code: 'x', message: 'Bad key sk-1234567890abcdef.' })
    expect(failed(chunk({ content: 'x' }), { failure })?.message).not.toContain('1234')
  })

  it('is none where there is an answer', () => {
    for (const more of [{ usage: { prompt_tokens: 1 } }, { title: 'x' }, { detail: '' }]) {
      expect(of('error', said([chunk({ content: 'x' }, 'stop', more)]))).toEqual([])
    }
    expect(of('error', said([{ usage: { prompt_tokens: 1 }, message: 'x' }, 7, null, STOP]))).toEqual([])
  })
})
