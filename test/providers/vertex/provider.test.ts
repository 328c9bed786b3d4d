// What Vertex is to the gateway: addresses, headers, families, refusals.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import type { Account, Call } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { vertex } from '../../../src/providers/vertex/index.ts'
import { ACCOUNT, SENT } from '../../account.ts'
import { tokenService } from './google.ts'
import { keyFile } from './key-file.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const PLACE = '/v1/projects/p/locations/l'

function call(model: string, account: Partial<Account> = {}, more: Readonly<Record<string, unknown>> = {}): Call {
  if (!('encode' in vertex.chat)) throw new Error('Vertex is translated.')
  const request = chatRequestOf({ model, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 9, ...more })
  const slot = { name: 'main', credential: 'ya29.t', project: 'p', location: 'l', ...account }
  return vertex.chat.encode(request, model, new Ledger(false), slot)
}

describe('a path', () => {
  it.each([
    ['claude-haiku-4-5@20251001', '/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict'],
    ['gemini-3-flash', '/publishers/google/models/gemini-3-flash:generateContent'],
    ['mistral-medium-3', '/publishers/mistralai/models/mistral-medium-3:rawPredict'],
    ['meta/llama-4', '/endpoints/openapi/chat/completions'],
    ['endpoints/123', '/endpoints/123:generateContent'],
    // Nothing that a client calls a model leads elsewhere.
    ['claude/../../x?y#z', '/endpoints/openapi/chat/completions'],
    ['google/../../x?y#z%2e', '/publishers/google/models/..%2F..%2Fx%3Fy%23z%252e:generateContent'],
    ['endpoints/../x', '/endpoints/..%2Fx:generateContent'],
  ])('of %s is %s', (model, path) => {
    expect(call(model).path).toBe(PLACE + path)
  })

  it('of a stream names it', () => {
    const stream = { stream: true }
    expect(call('claude-haiku-4-5', {}, stream).path).toMatch(/:streamRawPredict$/)
    expect(call('mistral-medium-3', {}, stream).path).toMatch(/:streamRawPredict$/)
    expect(call('gemini-3-flash', {}, stream).path).toMatch(/:streamGenerateContent\?alt=sse$/)
  })

  it('is that of the slot, whose key file may say where it is at home', () => {
    const credential = keyFile()
    if (!('encode' in vertex.chat)) throw new Error('Vertex is translated.')
    const request = chatRequestOf({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
    const sent = vertex.chat.encode(request, 'm', new Ledger(false), { name: 'main', credential, location: 'us' })
    expect(sent.path).toBe('/v1/projects/own-project/locations/us/publishers/google/models/m:generateContent')
  })

  it('of a mended call is the same', () => {
    const first = call('mistral-medium-3', {}, { presence_penalty: 1 })
    const mended = first.mend?.(
      new GatewayError('invalid_request', 'Extra inputs are not permitted', { param: 'presence_penalty' }),
    )
    expect(mended?.path).toBe(first.path)
    expect(first.mend?.(new GatewayError('server_error', 'Broken.'))).toBeUndefined()
  })

  it.each(['claude-haiku-4-5', 'mistral-medium-3', 'meta/llama-4', 'endpoints/123'])(
    'of %s is out of reach of an API key',
    (model) => {
      expect(() => call(model, { credential: 'AIzaSyA' })).toThrow(
        expect.objectContaining({ code: 'model_not_found', details: { param: 'model' } }),
      )
    },
  )
})

describe('a file', () => {
  const file = (file_id: string) => {
    const content = [{ type: 'file', file: { file_id, filename: 'a.pdf' } }]
    return call('gemini-3-flash', {}, { messages: [{ role: 'user', content }] })
  }

  it("in Google's storage is named, with its type", () => {
    const { body, needs } = file('gs://bucket/a')
    expect(JSON.parse(body).contents[0].parts).toEqual([
      { fileData: { mimeType: 'application/pdf', fileUri: 'gs://bucket/a', displayName: 'a.pdf' } },
    ])
    expect(needs).toBeUndefined()
  })

  it('of the other API has to be fetched', () => {
    expect(file('files/abc').needs?.urls).toEqual([
      {
        url: 'https://generativelanguage.googleapis.com/v1beta/files/abc',
        path: 'messages[0].content[0].file.file_id',
      },
    ])
  })
})

describe('several choices', () => {
  it.each(['claude-haiku-4-5', 'gemini-3-flash', 'mistral-medium-3', 'meta/llama-4'])(
    'of %s are several calls, which is told once',
    (model) => {
      if (!('encode' in vertex.chat)) throw new Error('Vertex is translated.')
      const ledger = new Ledger(false)
      const request = chatRequestOf({ model, messages: [{ role: 'user', content: 'Hi' }], n: 2 })
      const { body } = vertex.chat.encode(request, model, ledger, ACCOUNT)
      expect(JSON.parse(body)).not.toHaveProperty('n')
      expect(body).not.toContain('candidateCount')
      expect(ledger.losses).toEqual([{ path: 'n', kind: 'emulated', reason: vertex.chat.table.fields.n.reason }])
      expect(vertex.chat.table.fields.n.kind).toBe('emulated')
    },
  )
})

describe('headers', () => {
  const headers = (url: string, account: Partial<Account> = {}) =>
    vertex.headers(
      { name: 'main', credential: 'ya29.t', ...account },
      new Headers({ 'anthropic-beta': 'b', 'x-goog-user-project': 'theirs' }),
      { ...SENT, url },
    )

  it("carry the token, and betas to Claude alone; nothing else of the client's", async () => {
    const slot = { headers: { 'anthropic-beta': 'a', 'x-goog-user-project': 'ours' } }
    expect(await headers('https://x/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict', slot)).toEqual(
      { authorization: 'Bearer ya29.t', 'anthropic-beta': 'a,b' },
    )
    expect(await headers('https://x/v1/projects/p/locations/l/publishers/google/models/m:generateContent')).toEqual({
      authorization: 'Bearer ya29.t',
    })
  })

  it('of a service account carry a token that can be renewed', async () => {
    const google = tokenService()
    const account = { credential: keyFile() }
    expect(await headers('https://x', account)).toEqual({ authorization: 'Bearer ya29.1' })
    expect(vertex.renew?.({ name: 'main', ...account })).toBe(true)
    expect(await headers('https://x', account)).toEqual({ authorization: 'Bearer ya29.2' })
    expect(google.asked).toHaveLength(2)
  })
})

describe('a family', () => {
  it.each([
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['gemini-2.0-flash-001', 'gemini-2.0-flash'],
    ['google/gemini-2.0-flash', 'gemini-2.0-flash'],
    ['meta/llama-4-maverick-17b-128e-instruct-maas', 'meta/llama-4-maverick-17b-128e-instruct-maas'],
    ['endpoints/123', '123'],
  ])('of %s is %s', (model, family) => {
    expect(vertex.family(model)).toBe(family)
  })
})

describe('models', () => {
  it('are not listed', () => {
    expect(vertex.models.path(undefined, ACCOUNT)).toBeUndefined()
    expect(vertex.models.read({ models: [{ name: 'x' }] })).toEqual({ models: [], next: undefined })
  })
})

describe('a refusal', () => {
  const refuse = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    vertex.refuse(
      { status, headers: new Headers(headers), body: typeof body === 'string' ? body : JSON.stringify(body) },
      'main',
      undefined,
    )
  const google = (code: number, status: string, message = 'No.') => ({ error: { code, status, message } })
  const own = (type: string, message = 'No.') => ({ type: 'error', error: { type, message } })

  it.each([
    [429, own('rate_limit_error'), 'rate_limit', undefined],
    [429, [own('rate_limit_error')], 'rate_limit', undefined],
    [529, own('overloaded_error'), 'overloaded', undefined],
    [400, own('invalid_request_error', 'prompt is too long'), 'context_length_exceeded', undefined],
    [400, own('invalid_request_error', 'Your credit balance is too low'), 'insufficient_quota', false],
    [429, google(429, 'RESOURCE_EXHAUSTED'), 'rate_limit', undefined],
    [429, [google(429, 'RESOURCE_EXHAUSTED')], 'rate_limit', undefined],
    [400, google(400, 'FAILED_PRECONDITION'), 'insufficient_permissions', undefined],
    [404, google(404, 'NOT_FOUND'), 'model_not_found', undefined],
    [503, google(503, 'UNAVAILABLE'), 'overloaded', undefined],
    [504, google(504, 'DEADLINE_EXCEEDED'), 'timeout', undefined],
    [422, { detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] }, 'invalid_request', undefined],
    [400, { object: 'error', message: 'No.', type: 'BadRequestError', code: 400 }, 'invalid_request', undefined],
    [502, '<html>', 'upstream_error', undefined],
    [404, '<html>', 'upstream_error', undefined],
  ])('%i %j is %s', (status, body, code, shouldRetry) => {
    const error = refuse(status, body)
    expect(error.code).toBe(code)
    expect(error.details.shouldRetry).toBe(shouldRetry)
  })

  it.each([
    [401, own('authentication_error')],
    [401, google(401, 'UNAUTHENTICATED')],
    [403, google(403, 'PERMISSION_DENIED')],
    [401, { detail: 'Unauthorized' }],
    [403, '<html>'],
  ])('of the credential (%i %j) is told in our own words', (status, body) => {
    expect(refuse(status, body)).toMatchObject({
      status,
      message: "The provider refused the credential of slot 'main'.",
    })
  })

  it('does not name the project, which is not the client’s', () => {
    const message = 'Model `projects/secret-1/locations/us/models/m` in projects/example.com:secret-2 is gone.'
    expect(refuse(404, google(404, 'NOT_FOUND', message)).message).toBe(
      'Model `projects/-/locations/us/models/m` in projects/- is gone.',
    )
  })
})
