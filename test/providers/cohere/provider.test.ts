// What Cohere is to the gateway: headers, models, limits, refusals.
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { readWindows } from '../../../src/limits/meters.ts'
import { encode } from '../../../src/providers/cohere/call.ts'
import { cohere } from '../../../src/providers/cohere/index.ts'
import { ACCOUNT, SENT } from '../../account.ts'
import { type Fields, send } from './accepted.ts'

it('is asked with a bearer token', () => {
  const headers = (credential: string | object) =>
    cohere.headers({ name: 'main', credential }, new Headers({ 'x-a': 'b' }), SENT)
  expect(headers('co-key')).toEqual({ authorization: 'Bearer co-key' })
  expect(headers({})).toEqual({ authorization: 'Bearer ' })
})

it('has limits for each model', () => {
  expect(cohere.family('command-r-plus')).toBe('command-r-plus')
})

it('tells keys for trial of their limit a minute', () => {
  const headers = new Headers({
    'x-endpoint-monthly-call-limit': '1000',
    'x-trial-endpoint-call-limit': '20',
    'x-trial-endpoint-call-remaining': '19',
  })
  expect(readWindows(cohere.meters, headers, 0)).toEqual({ requests: { limit: 20, remaining: 19 } })
  expect(readWindows(cohere.meters, new Headers(), 0)).toEqual({})
})

describe('models', () => {
  it('come page by page', () => {
    expect(cohere.models.path(undefined, ACCOUNT)).toBe('/v1/models?page_size=1000')
    expect(cohere.models.path('a/b', ACCOUNT)).toBe('/v1/models?page_size=1000&page_token=a%2Fb')
    const told = { endpoints: ['chat'], context_length: 256_000, features: ['tools'] }
    const models = [{ name: 'command-a', ...told }, { name: 'other' }, { name: 7 }, null]
    expect(cohere.models.read({ models, next_page_token: 'x' })).toEqual({
      models: [
        { id: 'command-a', created: 0, owned_by: 'cohere', context_length: 256_000, features: ['chat', 'tools'] },
        { id: 'other', created: 0, owned_by: 'cohere' },
      ],
      next: 'x',
    })
  })

  it.each([[null], [{}], [{ models: 'x' }], [{ models: [], next_page_token: '' }]])('are none in %j', (body) => {
    expect(cohere.models.read(body)).toEqual({ models: [], next: undefined })
  })
})

describe('a refusal', () => {
  function refused(status: number, body: unknown, fields?: Fields) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const error = cohere.refuse({ status, headers: new Headers(), body: text }, 'main', fields && send(fields).call)
    return { status: error.status, ...error.body, retry: error.details.shouldRetry }
  }
  const told = (status: number, message: string, fields: Fields = {}) => refused(status, { message }, fields)

  it.each([
    [400, 'invalid request: x', 400, null],
    [400, 'too many tokens: size limit exceeded by 11326 tokens.', 400, 'context_length_exceeded'],
    [401, 'invalid api token', 401, 'invalid_api_key'],
    [401, 'no api key supplied', 401, 'invalid_api_key'],
    [402, 'billing limit', 429, 'insufficient_quota'],
    [403, 'forbidden', 403, 'insufficient_permissions'],
    [404, "model 'x' not found", 404, 'model_not_found'],
    [404, 'page not found', 404, null],
    [409, 'conflict', 409, 'conflict'],
    [413, 'too large', 413, 'request_too_large'],
    [418, 'teapot', 400, null],
    [422, 'unknown field', 400, null],
    [429, 'limited to 20 API calls / minute', 429, 'rate_limit_exceeded'],
    [429, 'slow down', 429, 'rate_limit_exceeded'],
    [429, 'limited to 1000 API calls / month', 429, 'insufficient_quota'],
    [498, 'blocked output', 400, 'content_filter'],
    [498, 'invalid token', 401, 'invalid_api_key'],
    [499, 'request cancelled', 499, 'upstream_error'],
    [500, 'internal server error', 500, null],
    [501, 'not implemented', 501, 'upstream_error'],
    [503, 'unavailable', 503, 'overloaded'],
    [504, 'timeout', 504, 'timeout'],
    [520, 'odd', 502, 'upstream_error'],
  ])('%i %s', (given, message, status, code) => {
    const error = told(given, message)
    expect(error).toMatchObject({ status, code })
    const ours = status === 401 || status === 403
    expect(error.message).toBe(ours ? "The provider refused the credential of slot 'main'." : message)
    expect(error.retry).toBe(code === 'insufficient_quota' ? false : undefined)
  })

  it.each([
    [401, 401, 'invalid_api_key'],
    [429, 429, 'rate_limit_exceeded'],
    [404, 502, 'upstream_error'],
    [500, 502, 'upstream_error'],
    [503, 503, 'overloaded'],
  ])('%i in a form nobody knows', (given, status, code) => {
    for (const body of ['<html>Oops</html>', { error: 'x' }, ''])
      expect(refused(given, body)).toMatchObject({ status, code })
  })

  it.each<[string, Fields, string | null]>([
    ['invalid request: p must be between 0.01 and 0.99 inclusive', { top_p: 0.5 }, 'top_p'],
    ['invalid request: p must be between 0.01 and 0.99 inclusive', {}, null],
    ['invalid request: message must be at least 1 token long', {}, 'messages'],
    ['invalid request: messages[0].content is wrong', {}, 'messages'],
    ['invalid request: `stop_sequences` cannot be so long', { stop: 'x' }, 'stop'],
    ['invalid type: parameter documents is of type object', {}, 'documents'],
    [
      'invalid request: response_format is not supported with RAG.',
      { response_format: { type: 'json_object' } },
      'response_format',
    ],
    ['invalid request: nothing is known of constructor', {}, null],
    ['too many tokens: the prompt', {}, 'messages'],
    ["model 'x' not found", {}, null],
  ])('%s', (message, fields, param) => {
    expect(told(400, message, fields).param).toBe(param)
  })

  it('without a call names no field', () => {
    expect(refused(400, { message: 'p must be less' }).param).toBeNull()
    expect(refused(422, { message: 'wrong', data: 'tools' }).message).toBe('wrong: tools')
  })

  it('keeps secrets to itself', () => {
    expect(told(500, 'failed with key sk-abcdefghijklmnop').message).not.toContain('abcdefg')
  })
})

describe('what is mended', () => {
  function mended(fields: Fields, message: string, status = 400) {
    const { call } = send(fields)
    const error = cohere.refuse({ status, headers: new Headers(), body: JSON.stringify({ message }) }, 'main', call)
    const again = call.mend?.(error)
    expect(call.mend?.(error)).toBe(again)
    return again && JSON.parse(again.body)
  }

  it.each<[string, Fields, Fields]>([
    ['temperature must be between 0 and 1.0 inclusive', { temperature: 1.5 }, { temperature: 1 }],
    ['max tokens must be less than or equal to 4096', { max_tokens: 8000 }, { max_tokens: 4096 }],
    [
      'max_tokens must be less than or equal to 4096',
      { max_tokens: 9, max_completion_tokens: 8000 },
      { max_tokens: 4096 },
    ],
  ])('%s', (message, fields, expected) => {
    expect(mended(fields, message)).toMatchObject(expected)
  })

  it('of two penalties one, where the model takes no two', () => {
    const both = { presence_penalty: 0.5, frequency_penalty: 0.25 }
    for (const words of [
      'invalid request: cannot specify both frequency_penalty and presence_penalty.',
      'invalid request: only one of ‘presence_penalty’ and ‘frequency_penalty’ can be specified for this model.',
    ]) {
      const body = mended(both, words)
      expect([body.frequency_penalty, body.presence_penalty]).toEqual([0.25, undefined])
    }
  })

  it('of strict tools, where the service takes these so or not at all', () => {
    const parameters = { type: 'object', properties: { q: {} }, required: ['q'] }
    const tools = [{ type: 'function', function: { name: 'find', strict: true, parameters } }]
    expect(mended({ tools }, 'strict_tools is not supported by this model')).not.toHaveProperty('strict_tools')
    expect(mended({}, 'strict_tools is not supported by this model')).toBeUndefined()
  })

  it.each<[Fields, string]>([
    [{ reasoning_effort: 'low' }, 'reasoning_effort'],
    [{ thinking: { type: 'enabled' } }, 'thinking'],
    [{ reasoning: { max_tokens: 99 } }, 'reasoning'],
    [{}, 'messages'],
  ])('of thinking, by a model that nobody has heard of: %j', (fields, path) => {
    const ledger = new Ledger(false)
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hm.', reasoning_content: 'Well.' },
      { role: 'user', content: 'And?' },
    ]
    const call = encode(chatRequestOf({ model: 'mine-ft', messages, ...fields }), 'mine-ft', ledger)
    expect(call.body).toContain('"thinking"')
    const body = JSON.stringify({ message: 'invalid request: thinking is not supported for this model' })
    const again = call.mend?.(cohere.refuse({ status: 400, headers: new Headers(), body }, 'main', call))
    expect(again?.body).not.toContain('thinking')
    expect(ledger.losses).toMatchObject([{ path, kind: 'dropped' }])
  })

  it('is not thinking, where none was asked for', () => {
    const call = encode(
      chatRequestOf({ model: 'mine-ft', messages: [{ role: 'user', content: 'Hi' }] }),
      'mine-ft',
      new Ledger(true),
    )
    const body = JSON.stringify({ message: 'thinking is not supported' })
    expect(call.mend?.(cohere.refuse({ status: 400, headers: new Headers(), body }, 'main', call))).toBeUndefined()
  })

  it('is told once, and another refusal is not mended for it', () => {
    const ledger = new Ledger(false)
    const request = chatRequestOf({
      model: 'command-r',
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 2,
      n: 2,
    })
    const call = encode(request, 'command-r', ledger)
    const refusal = (status: number, message: string) =>
      cohere.refuse({ status, headers: new Headers(), body: JSON.stringify({ message }) }, 'main', call)
    const hot = refusal(400, 'temperature must be between 0 and 1.0 inclusive')
    expect(call.mend?.(hot)).toBe(call.mend?.(hot))
    expect(call.mend?.(refusal(429, 'slow down'))).toBeUndefined()
    expect(ledger.losses.filter(({ path }) => path === 'temperature')).toHaveLength(1)
  })

  it.each<[string, Fields, number]>([
    ['temperature must be between 0 and 1.0 inclusive', { temperature: 0.5 }, 400],
    ['temperature must be between 0 and 1.0 inclusive', {}, 400],
    ['max tokens must be less than or equal to 4096', {}, 400],
    ['json_schema is wrong', {}, 400],
    ['thinking is not supported', { model: 'command-a-reasoning-08-2025', reasoning_effort: 'low' }, 400],
    ['json_schema is wrong', { response_format: { type: 'json_object' } }, 500],
    ['only one of ‘presence_penalty’ and ‘frequency_penalty’ can be specified', { presence_penalty: 0.5 }, 400],
  ])('is not %s for %j (%i)', (message, fields, status) => {
    expect(mended(fields, message, status)).toBeUndefined()
  })
})
