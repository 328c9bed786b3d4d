// Refusals and exceptions in the gateway's terms.
import { describe, expect, it } from 'vitest'
import { streamError } from '../../../src/providers/bedrock/error.ts'
import { bedrock } from '../../../src/providers/bedrock/index.ts'
import { NOVA, SONNET, send } from './accepted.ts'

function refused(status: number, type: string, body: unknown, fields: Record<string, unknown> = {}) {
  const headers = new Headers(type ? { 'x-amzn-errortype': type } : {})
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return bedrock.refuse({ status, headers, body: text }, 'slot', send({ model: NOVA, ...fields }).call)
}

describe('a refusal', () => {
  it.each([
    [400, 'ValidationException', 'No.', 400, null],
    [400, 'ValidationException', 'Input is too long for requested model.', 400, 'context_length_exceeded'],
    [400, 'ValidationException', 'prompt is too long: 210000 tokens > 200000 maximum', 400, 'context_length_exceeded'],
    [
      400,
      'ValidationException',
      'input length and `max_tokens` exceed context limit: 1 + 2 > 3',
      400,
      'context_length_exceeded',
    ],
    [403, 'InvalidSignatureException', 'No.', 401, 'invalid_api_key'],
    [403, 'UnrecognizedClientException', 'No.', 401, 'invalid_api_key'],
    [403, 'ExpiredTokenException', 'No.', 401, 'invalid_api_key'],
    [400, 'ExpiredTokenException', 'No.', 401, 'invalid_api_key'],
    [403, 'MissingAuthenticationTokenException', 'No.', 401, 'invalid_api_key'],
    [403, 'AccessDeniedException', 'No.', 403, 'insufficient_permissions'],
    [404, 'ResourceNotFoundException', 'No.', 404, 'model_not_found'],
    [400, 'ConflictException', 'No.', 400, null],
    [400, 'ServiceQuotaExceededException', 'No.', 429, 'insufficient_quota'],
    [408, 'ModelTimeoutException', 'No.', 504, 'timeout'],
    [424, 'ModelErrorException', 'No.', 502, 'upstream_error'],
    [429, 'ThrottlingException', 'Rate exceeded', 429, 'rate_limit_exceeded'],
    [
      429,
      'ThrottlingException',
      'Too many tokens per day, please wait before trying again.',
      429,
      'insufficient_quota',
    ],
    [429, 'ModelNotReadyException', 'No.', 503, 'overloaded'],
    [500, 'InternalServerException', 'No.', 500, null],
    [503, 'ServiceUnavailableException', 'No.', 503, 'overloaded'],
    [400, 'NovelException', 'No.', 400, null],
    [404, '', 'No.', 404, 'model_not_found'],
    [418, '', 'No.', 400, null],
  ])('%i %s: %s', (status, type, message, ours, code) => {
    const error = refused(status, type, { message })
    expect([error.status, error.body.code]).toEqual([ours, code])
    // What is said of the credential is for the operator.
    if (ours === 401 || ours === 403) expect(error.message).toBe("The provider refused the credential of slot 'slot'.")
    else expect(error.message).toBe(message)
    expect(error.details.shouldRetry).toBe(code === 'insufficient_quota' ? false : undefined)
  })

  it.each([
    ['Too many requests, please wait before trying again.', 'requests'],
    ['Too many tokens, please wait before trying again.', 'tokens'],
    ['Rate exceeded', 'rate_limit_error'],
  ])('tells which limit is reached: %s', (message, type) => {
    expect(refused(429, 'ThrottlingException:http://internal/', { message }).body.type).toBe(type)
  })

  it('is read with its type in the body, and with either name of its message', () => {
    const body = { __type: 'com.amazon.coral.service#ThrottlingException', Message: 'Too many requests' }
    expect(refused(400, '', body)).toMatchObject({ code: 'rate_limit_requests', message: 'Too many requests' })
  })

  it('that is a page says nothing of it, and that is empty says its type', () => {
    expect(refused(502, '', '<html>key</html>')).toMatchObject({
      status: 502,
      message: "The provider of slot 'slot' answered 502.",
    })
    expect(refused(400, 'ThrottlingException', '')).toMatchObject({ status: 429 })
    expect(refused(500, '', '"text"')).toMatchObject({ status: 502 })
  })

  it('names the field at fault as the client does', () => {
    const param = (message: string, fields = {}) =>
      refused(400, 'ValidationException', { message }, fields).details.param
    const constraint = (path: string) =>
      `1 validation error detected: Value at '${path}' failed to satisfy constraint: No.`
    expect(param(constraint('inferenceConfig.temperature'))).toBe('temperature')
    expect(param(constraint('inferenceConfig.maxTokens'), { max_tokens: 5 })).toBe('max_tokens')
    expect(param(constraint('inferenceConfig.stopSequences.1.member'))).toBe('stop')
    expect(param(constraint('messages.3.member.content'))).toBe('messages')
    const messages = [
      { role: 'system', content: 'A' },
      { role: 'user', content: 'B' },
    ]
    const broken = 'The model returned the following errors: messages.0.content.0: No.'
    expect(param(broken, { messages })).toBe('messages[1]')
    expect(param(constraint('system.1.member'))).toBe('messages')
    expect(param(constraint('toolConfig.toolChoice'))).toBe('tool_choice')
    expect(param(constraint('toolConfig.tools.0.toolSpec.name'))).toBe('tools')
    expect(param(constraint('toolConfig'))).toBe('tools')
    expect(
      param('The model returned the following errors: thinking.enabled.budget_tokens: No.', {
        model: SONNET,
        reasoning_effort: 'low',
      }),
    ).toBe('reasoning_effort')
    expect(param('Something else.')).toBeUndefined()
    expect(param('The provided model identifier is invalid.')).toBe('model')
    expect(
      bedrock.refuse({ status: 400, headers: new Headers(), body: '{"message":"top_p: No."}' }, 'slot', undefined)
        .details.param,
    ).toBeUndefined()
  })

  it('keeps what the model itself said', () => {
    const body = { message: 'The model failed.', originalStatusCode: 400, originalMessage: 'Bad input' }
    expect(refused(424, 'ModelStreamErrorException', body).message).toBe('The model failed. (status 400: Bad input)')
    expect(refused(424, 'ModelErrorException', { message: 'No.', originalMessage: 'No.' }).message).toBe('No.')
  })
})

describe('an exception in a stream', () => {
  it.each([
    ['exception:internalServerException', '{"message":"No."}', 500, 'No.'],
    ['exception:modelStreamErrorException', '{"message":"No.","originalStatusCode":500}', 502, 'No. (status 500)'],
    ['exception:validationException', '{"message":"No."}', 400, 'No.'],
    ['exception:throttlingException', '{"message":"No."}', 429, 'No.'],
    ['exception:serviceUnavailableException', '{"message":"No."}', 503, 'No.'],
    ['exception:accessDeniedException', '{"message":"key"}', 403, 'The provider refused its credential.'],
    ['exception:novelException', 'not JSON', 502, 'The provider reported an error.'],
    ['error:InternalFailure', 'Broken.', 500, 'Broken.'],
    ['error:Novel', '', 502, 'The provider reported an error.'],
  ])('%s %s', (event, data, status, message) => {
    expect(streamError(event, data)).toMatchObject({ status, message })
  })

  it('of the day is no reason to try again', () => {
    const error = streamError('exception:throttlingException', '{"message":"Too many tokens per day"}')
    expect(error.details.shouldRetry).toBe(false)
  })
})
