// What the service refuses, and what it fails at under a head that was good.
import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../../src/hub/error.ts'
import { paddler } from '../../../src/providers/paddler/index.ts'
import { content, instead, read, refused, token } from './lines.ts'

/** The failure that lines tell. */
function failure(...lines: object[]): GatewayError {
  const last = read(lines).at(-1)
  return last?.type === 'error' ? last.error : expect.fail('It did not fail.')
}
const named = (error: GatewayError) => [error.status, error.code, error.message]

describe('an error line', () => {
  it.each<[unknown, string, number, string]>([
    [503, 'Buffered requests overflow', 503, 'overloaded'],
    [503, 'balancer is shutting down', 503, 'overloaded'],
    [504, 'Waiting for available slot timed out', 504, 'timeout'],
    [502, 'Agent controller connection closed', 502, 'upstream_error'],
    [500, 'Failed to generate response', 500, 'server_error'],
    [400, 'no', 400, 'invalid_request'],
    ['x', 'no', 502, 'upstream_error'],
  ])('%s %s', (code, description, status, name) => {
    expect(named(failure(refused(code, description)))).toEqual([status, name, description])
  })

  it('says when to come back', () => {
    expect(failure(refused(503, 'x')).details.retryAfterMs).toBe(1000)
    expect(failure(refused(504, 'x')).details.retryAfterMs).toBeUndefined()
  })

  it('may say nothing, or too much', () => {
    expect(failure({ Error: null }).message).toBe('The provider reported an error.')
    expect(failure(refused(500, 'sk-abcdefghijklmnopqrstuvwxyz0123456789')).message).toBe('[redacted]')
  })

  it('is one in the middle as well', () => {
    expect(failure(content('a'), refused(504, 'late')).code).toBe('timeout')
  })
})

it.each([
  ['Timeout', 504, undefined],
  ['TooManyBufferedRequests', 503, 1000],
  ['Surprise', 502, undefined],
])('a response that is only %s', (why, status, retryAfterMs) => {
  const error = failure(instead(why))
  expect(error.status).toBe(status)
  expect(error.details.retryAfterMs).toBe(retryAfterMs)
})

describe('a token that is a failure', () => {
  it.each<[string, number, string, string | null]>([
    ['ChatTemplateError', 500, 'server_error', null],
    ['DetokenizationFailed', 500, 'server_error', null],
    ['SamplerError', 500, 'server_error', null],
    ['GrammarInitializationFailed', 500, 'server_error', null],
    ['GrammarRejectedModelOutput', 500, 'server_error', null],
    ['SomethingNewFailed', 500, 'server_error', null],
    ['constructor', 500, 'server_error', null],
    ['GrammarSyntaxError', 400, 'invalid_request', 'response_format'],
    ['GrammarIncompatibleWithThinking', 400, 'invalid_request', 'response_format'],
    ['ImageDecodingFailed', 400, 'invalid_image_format', 'messages'],
    ['MultimodalNotSupported', 400, 'invalid_request', 'messages'],
    ['ToolSchemaInvalid', 400, 'invalid_request', 'tools'],
    ['ToolCallValidatorBuildFailed', 400, 'invalid_request', 'tools'],
    ['NoSequenceSlotAvailable', 503, 'overloaded', null],
  ])('%s', (name, status, code, param) => {
    const error = failure(token({ [name]: 'words' }))
    expect(named(error)).toEqual([status, code, `${name}: words`])
    expect(error.body.param).toBe(param)
    expect(error.details.retryAfterMs).toBe(status === 503 ? 1000 : undefined)
  })

  it('may bring numbers', () => {
    const error = failure(token({ ImageExceedsBatchSize: { image_tokens: 900, n_batch: 512 } }))
    expect(named(error)).toEqual([400, 'invalid_request', 'ImageExceedsBatchSize: {"image_tokens":900,"n_batch":512}'])
    expect(failure(token({ PromptExceedsContextSize: { prompt_tokens: 9 } })).code).toBe('context_length_exceeded')
  })

  it('says which clusters answer no chat', () => {
    const error = failure(token({ TokenGenerationDisabled: 'x' }))
    expect([error.status, error.body.param]).toEqual([400, 'model'])
    expect(error.message).toMatch(/embeddings/)
  })
})

describe('a refusal', () => {
  const refuse = (status: number, body = 'words', headers: Record<string, string> = {}) =>
    paddler.refuse({ status, headers: new Headers(headers), body }, 'local', undefined)

  it.each<[number, number, string]>([
    [400, 400, 'invalid_request'],
    [413, 413, 'request_too_large'],
    [429, 429, 'rate_limit'],
    [500, 500, 'server_error'],
    [503, 503, 'overloaded'],
    [504, 504, 'timeout'],
    [502, 502, 'upstream_error'],
    [404, 404, 'not_found'],
  ])('with %i', (given, status, code) => {
    const error = refuse(given)
    expect(named(error)).toEqual([status, code, 'words'])
    expect(error.details.retryAfterMs).toBe(given === 503 ? 1000 : undefined)
  })

  it.each([401, 403])('of the proxy in front is for the operator: %i', (status) => {
    const error = refuse(status, 'the key abc is wrong')
    expect(error.status).toBe(status)
    expect(error.message).toBe("The provider refused the credential of slot 'local'.")
  })

  it('of a chat by a cluster that embeds', () => {
    expect([refuse(501).status, refuse(501).body.param]).toEqual([400, 'model'])
  })

  it.each<[string, Record<string, string>]>([
    ['', {}],
    [' <!DOCTYPE html><p>nginx', {}],
    ['nginx', { 'content-type': 'text/html' }],
  ])('that says nothing that helps: %j', (body, headers) => {
    expect(refuse(502, body, headers).message).toBe("The provider of slot 'local' answered 502.")
  })
})
