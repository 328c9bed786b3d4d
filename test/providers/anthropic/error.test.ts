// What the service refuses, in the client's terms: its own status, type, code, and the field it sent.
import { describe, expect, it } from 'vitest'
import type { Call } from '../../../src/hub/provider.ts'
import { streamError } from '../../../src/providers/anthropic/error.ts'
import { anthropic } from '../../../src/providers/anthropic/index.ts'
import { type Fields, hello, send } from './accepted.ts'

function refuse(status: number, body: unknown, headers: Record<string, string> = {}, call?: Call) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const error = anthropic.refuse({ status, headers: new Headers(headers), body: text }, 'main', call)
  return { status: error.status, ...error.body, retry: error.details.shouldRetry }
}
const envelope = (type: string, message: string, details?: Fields) => ({
  type: 'error',
  error: { type, message, ...(details && { details }) },
  request_id: 'req_1',
})
const invalid = { type: 'invalid_request_error', param: null, retry: undefined }
const server = { type: 'server_error', param: null, retry: undefined }
const quota = { status: 429, type: 'insufficient_quota', code: 'insufficient_quota', param: null, retry: false }

describe('by type', () => {
  it.each([
    [400, 'invalid_request_error', 'Bad.', { ...invalid, status: 400, code: null }],
    [404, 'not_found_error', 'model: claude-x', { ...invalid, status: 404, code: 'model_not_found' }],
    [404, 'not_found_error', 'Not found', { ...invalid, status: 404, code: null }],
    [409, 'conflict_error', 'Busy.', { ...invalid, status: 409, code: 'conflict' }],
    [413, 'request_too_large', 'Too large.', { ...invalid, status: 413, code: 'request_too_large' }],
    [500, 'api_error', 'Oops.', { ...server, status: 500, code: null }],
    [504, 'timeout_error', 'Slow.', { ...server, status: 504, code: 'timeout' }],
    [529, 'overloaded_error', 'Overloaded', { ...server, status: 503, code: 'overloaded' }],
    [402, 'billing_error', 'Pay.', quota],
    // Whoever refuses what it was asked has not failed.
    [418, 'unheard_of', 'Hm.', { ...invalid, status: 400, code: null }],
    [599, 'unheard_of', 'Hm.', { ...server, status: 502, code: 'upstream_error' }],
  ])('%i %s %s', (status, type, message, expected) => {
    expect(refuse(status, envelope(type, message))).toEqual({ message, ...expected })
  })

  it.each([
    [401, 'authentication_error', 'invalid_api_key'],
    [403, 'permission_error', 'insufficient_permissions'],
  ])('%i in our own words', (status, type, code) => {
    const message = "The provider refused the credential of slot 'main'."
    for (const body of [envelope(type, 'invalid x-api-key sk-ant-api03-abcdefgh'), '<html>', '']) {
      expect(refuse(status, body)).toEqual({ ...invalid, status, code, message })
    }
  })
})

describe('by message', () => {
  it.each([
    'prompt is too long: 200012 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
  ])('too long: %s', (message) => {
    expect(refuse(400, envelope('invalid_request_error', message))).toMatchObject({
      ...{ status: 400, code: 'context_length_exceeded', param: 'messages', message },
    })
  })

  it.each([
    'Your credit balance is too low to access the Anthropic API.',
    'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
  ])('no money: %s', (message) => {
    expect(refuse(400, envelope('invalid_request_error', message))).toEqual({ ...quota, message })
  })

  it.each(['enforced_spend_limit_reached', 'contract_spend_limit_reached'])('no money by code: %s', (error_code) => {
    expect(refuse(400, envelope('invalid_request_error', 'Limit.', { error_code }))).toEqual({
      ...quota,
      message: 'Limit.',
    })
  })

  it('an image that is none', () => {
    const message = 'messages.0.content.0.image.source.base64.data: Could not process image'
    expect(refuse(400, envelope('invalid_request_error', message))).toMatchObject({
      status: 400,
      code: 'invalid_image_format',
    })
  })

  it('scrubbed of keys', () => {
    const { message } = refuse(400, envelope('invalid_request_error', 'Bad key sk-ant-api03-abcdefghijklmnop here.'))
    expect(message).not.toContain('abcdefghijklmnop')
  })
})

describe('a rate limit', () => {
  const limited = envelope('rate_limit_error', 'Slow down.')
  const wait = { 'retry-after': '20' }
  const left = (unit: string, remaining: number) => ({ [`anthropic-ratelimit-${unit}-remaining`]: String(remaining) })

  it.each([
    ['nothing is said', wait, 'rate_limit_error', undefined],
    ['requests are used up', { ...wait, ...left('requests', 0), ...left('tokens', 5000) }, 'requests', undefined],
    ['tokens are', { ...wait, ...left('requests', 3), ...left('tokens', 0) }, 'tokens', undefined],
    ['input tokens are', { ...wait, ...left('input-tokens', 0) }, 'tokens', undefined],
    ['output tokens are', { ...left('output-tokens', 0) }, 'tokens', undefined],
    ['there is no time to wait: a spend cap', { ...left('requests', 3) }, 'rate_limit_error', false],
    ['the service says so itself', { ...wait, 'x-should-retry': 'false' }, 'rate_limit_error', false],
    ['the service says otherwise', { 'x-should-retry': 'true' }, 'rate_limit_error', true],
  ])('when %s', (_name, headers, type, retry) => {
    expect(refuse(429, limited, headers)).toEqual({
      ...{ status: 429, message: 'Slow down.', type, code: 'rate_limit_exceeded', param: null, retry },
    })
  })
})

it('other failures say themselves whether trying again helps', () => {
  expect(refuse(500, envelope('api_error', 'Oops.'), { 'x-should-retry': 'false' }).retry).toBe(false)
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
    [529, 503, 'overloaded'],
    [402, 429, 'insufficient_quota'],
  ])('%i as a page is %i', (status, answered, code) => {
    for (const body of ['<html><h1>cloudflare 10.0.0.7</h1></html>', '', '{}', '{"error":"x"}', '[1]']) {
      const told = refuse(status, body)
      expect(told).toMatchObject({ status: answered, code, message: `The provider of slot 'main' answered ${status}.` })
    }
  })
})

describe('the field at fault', () => {
  const text = (value: string) => ({ type: 'text', text: value })
  const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
  const call = (id: string) => ({ id, type: 'function', function: { name: 'a', arguments: '{}' } })
  const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'Hm.', signature: 'EqQB' }
  const request = {
    max_completion_tokens: 100_000_000,
    temperature: 0.5,
    stop: ['X'],
    user: 'u',
    cache_control: { type: 'ephemeral' },
    messages: [
      { role: 'system', content: 'S', cache_control: { type: 'ephemeral' } },
      hello,
      { role: 'user', content: [text(''), text('b'), image] },
      { role: 'assistant', content: 'c', tool_calls: [call('1'), call('2')], reasoning_details: [detail] },
      { role: 'developer', content: 'D' },
      { role: 'tool', tool_call_id: '2', content: [text('e'), image] },
      { role: 'tool', tool_call_id: '1', content: 'f' },
      { role: 'user', content: 'g' },
    ],
    tools: [
      { type: 'function', function: { name: 'b' } },
      { type: 'function', function: { name: 'a' } },
      { type: 'custom', custom: { name: 'c' } },
    ],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'auto',
        tools: [
          { type: 'function', function: { name: 'a' } },
          { type: 'custom', custom: { name: 'c' } },
        ],
      },
    },
    web_search_options: {},
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object', properties: {} } } },
  }
  const { call: sent } = send(request)
  const paramOf = (message: string, from = sent) =>
    refuse(400, envelope('invalid_request_error', message), {}, from).param

  it.each([
    ['max_tokens: 5 > 4', 'max_completion_tokens'],
    ['`max_tokens` must be greater than `thinking.budget_tokens`.', 'max_completion_tokens'],
    ['`temperature` and `top_p` cannot both be specified for this model.', 'temperature'],
    ['temperature: range: 0..1', 'temperature'],
    ['stop_sequences: each stop sequence must contain non-whitespace', 'stop'],
    ['metadata.user_id: String should have at most 256 characters', 'user'],
    ['system: text content blocks must be non-empty', 'messages'],
    ['system.0.cache_control: x', 'messages[0].cache_control'],
    ['system.1.text: x', 'messages[4]'],
    ['messages: text content blocks must be non-empty', 'messages'],
    ['messages.0: x', 'messages[1]'],
    ['messages.0.content.0.text: x', 'messages[1].content'],
    ['messages.0.content.1.text.text: x', 'messages[2].content[1]'],
    ['messages.0.content.2.image.source.url: Only HTTPS URLs are supported.', 'messages[2].content[2]'],
    ['messages.1.content.0: Invalid `signature` in `thinking` block', 'messages[3].reasoning_details'],
    ['messages.1.content.1.text.text: x', 'messages[3].content'],
    ['messages.1.content.3.tool_use.input: x', 'messages[3].tool_calls[1]'],
    ['messages.2.content.0.tool_result.content: x', 'messages[6]'],
    ['messages.2.content.1.tool_result.content.0.text.text: x', 'messages[5].content[0]'],
    ['messages.2.content.1.tool_result.content.1.image.source.url: x', 'messages[5].content[1]'],
    ['messages.2.content.2.text: x', 'messages[7].content'],
    ['messages.9.content.0: x', 'messages'],
    ['tools.0.custom.input_schema.type: x', 'tools[1].function.parameters'],
    ['tools.0.custom.name: x', 'tools[1].function.name'],
    ['tools.0: x', 'tools[1].function'],
    ['tools.1.input_schema: x', 'tools[2].custom.parameters'],
    ['tools.2.web_search_20250305.user_location: x', 'web_search_options'],
    ['tools: Tool names must be unique.', 'tools'],
    ['tool_choice.tool.name: x', 'tool_choice'],
    ['output_config.format.schema: x', 'response_format'],
    ['cache_control.ttl: x', 'cache_control'],
    ['mcp_servers: Extra inputs are not permitted', 'mcp_servers'],
    ['unheard_of: x', null],
    ['Something is wrong.', null],
    ["Tool 'x' not found in provided tools", null],
  ])('%s', (message, param) => {
    expect(paramOf(message)).toBe(param)
  })

  it.each([
    [{ reasoning_effort: 'low' }, '"thinking.type.enabled" is not supported for this model.', 'reasoning_effort'],
    [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, 'thinking.enabled.budget_tokens: x', 'thinking'],
    [{ reasoning: { effort: 'low' } }, 'output_config.effort: x', 'reasoning'],
    [{}, 'max_tokens: x', 'max_tokens'],
    [{ functions: [{ name: 'a' }], function_call: { name: 'a' } }, 'tool_choice: x', 'function_call'],
    [{ functions: [{ name: 'a' }] }, 'tools.0.custom.input_schema: x', 'functions[0].parameters'],
    [{ safety_identifier: 's' }, 'metadata.user_id: x', 'safety_identifier'],
    [{ output_config: {} }, 'output_config.effort: x', 'output_config'],
    [{ prompt_cache_options: { mode: 'implicit' } }, 'cache_control: x', 'prompt_cache_options'],
    [
      { model: 'claude-sonnet-4-0', response_format: request.response_format },
      'tools.0.custom.input_schema: x',
      'response_format',
    ],
  ])('%j: %s', (fields, message, param) => {
    expect(paramOf(message, send(fields).call)).toBe(param)
  })
})

describe('in mid-stream', () => {
  const event = (type: string, message = 'No.') => ({ type: 'error', error: { type, message } })

  it.each([
    ['overloaded_error', 'overloaded'],
    ['api_error', 'server_error'],
    ['rate_limit_error', 'rate_limit'],
    ['timeout_error', 'timeout'],
    ['invalid_request_error', 'invalid_request'],
    ['billing_error', 'insufficient_quota'],
    ['unheard_of', 'upstream_error'],
  ])('%s is %s', (type, code) => {
    expect(streamError(event(type))).toMatchObject({ code, message: 'No.' })
  })

  it('a credential is not spoken of', () => {
    expect(streamError(event('authentication_error', 'invalid x-api-key')).message).toBe(
      'The provider refused its credential.',
    )
  })

  it.each([[undefined], [{ type: 'error' }], [{ type: 'error', error: 'x' }]])(
    '%j is an error all the same',
    (value) => {
      expect(streamError(value)).toMatchObject({ code: 'upstream_error', message: 'The provider reported an error.' })
    },
  )
})
