// Messages on a platform that wraps it: another path and another body, bytes instead of addresses, no schemas.
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode, encodeFor } from '../../../src/providers/anthropic/call.ts'
import { hosted } from '../../../src/providers/anthropic/surface.ts'
import { NO_HEADERS } from '../../account.ts'
import { type Fields, hello } from './accepted.ts'

const surface = hosted(
  'platform-1',
  (model, streams) => `/${model}/${streams ? 'streams' : 'whole'}`,
  (body) => new GatewayError('unavailable', JSON.stringify(body)),
)

function send(fields: Fields, model = 'claude-sonnet-4-5') {
  const ledger = new Ledger(false)
  const request = chatRequestOf({ model, messages: [hello], ...fields })
  return { call: encodeFor(surface, request, model, ledger), ledger }
}
const bodyOf = (call: Call): Fields => JSON.parse(call.body)

const image = (url: string) => ({ type: 'image_url', image_url: { url } })
const file = (file_data: string, filename?: string) => ({ type: 'file', file: { file_data, filename } })
const user = (...content: Fields[]) => ({ messages: [{ role: 'user', content }] })
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('the envelope', () => {
  it('has the version, and the model only in the path', () => {
    const { call } = send({})
    expect(call).toMatchObject({ path: '/claude-sonnet-4-5/streams', streams: true })
    const { anthropic_version, model, max_tokens } = bodyOf(call)
    expect({ anthropic_version, model, max_tokens }).toEqual({
      anthropic_version: 'platform-1',
      model: undefined,
      max_tokens: 64_000,
    })
    expect(send({ max_tokens: 100 }).call).toMatchObject({ path: '/claude-sonnet-4-5/whole', streams: false })
  })

  it('is that of a mended call, and of one that goes on', () => {
    const { call } = send({ max_tokens: 100, web_search_options: {} })
    const mended = call.mend?.(new GatewayError('invalid_request', 'max_tokens: 100 > 50, which is the most'))
    expect(mended).toMatchObject({ path: '/claude-sonnet-4-5/whole' })
    expect(mended && bodyOf(mended)).toMatchObject({ anthropic_version: 'platform-1', max_tokens: 50 })
    const paused = { id: 'msg_vrtx_1', model: 'claude', content: [{ type: 'text', text: 'So' }], usage: {} }
    const { next } = call.answer({ ...paused, stop_reason: 'pause_turn' }, NO_HEADERS)
    expect(next).toMatchObject({ path: '/claude-sonnet-4-5/whole' })
    expect(next && bodyOf(next)).toMatchObject({ anthropic_version: 'platform-1' })
    expect(next && bodyOf(next)).not.toHaveProperty('model')
  })
})

describe('media', () => {
  it('named by address are fetched, each once, and sent as bytes', () => {
    const png = 'https://example.com/a'
    const pdf = 'https://example.com/b.pdf'
    const { call } = send(user(image(png), image(png), file(pdf), file('https://example.com/c', 'c.txt')))
    expect(call.needs?.urls).toEqual([
      { url: png, path: 'messages[0].content[0].image_url.url' },
      { url: pdf, path: 'messages[0].content[2].file.file_data' },
      { url: 'https://example.com/c', path: 'messages[0].content[3].file.file_data' },
    ])
    const sent = call.needs?.with(
      new Map([
        [png, { type: 'application/octet-stream', base64: PNG }],
        [pdf, { type: 'application/pdf', base64: btoa('no magic') }],
        ['https://example.com/c', { type: 'text/plain', base64: btoa('plain') }],
      ]),
    )
    const source = { type: 'base64', media_type: 'image/png', data: PNG }
    expect(sent && bodyOf(sent).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source },
          { type: 'image', source },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: btoa('no magic') } },
          { type: 'document', title: 'c.txt', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
        ],
      },
    ])
    expect(sent?.needs).toBeUndefined()
  })

  it('of a type that is not taken are refused when they are known', () => {
    const url = 'https://example.com/a'
    const { call } = send(user(image(url)))
    expect(() => call.needs?.with(new Map([[url, { type: 'text/html', base64: btoa('<html>') }]]))).toThrow(
      expect.objectContaining({ code: 'invalid_image_format', details: { param: 'messages[0].content[0]' } }),
    )
  })

  it('that are fetched tell no loss twice, but what is learnt later', () => {
    const url = 'https://example.com/a'
    const { call, ledger } = send({ ...user(image(url)), seed: 5, max_tokens: 100 })
    const sent = call.needs?.with(new Map([[url, { type: 'image/png', base64: PNG }]]))
    expect(ledger.losses.map(({ path }) => path)).toEqual(['seed'])
    const mended = sent?.mend?.(new GatewayError('invalid_request', 'max_tokens: 100 > 50'))
    expect(mended && bodyOf(mended)).toMatchObject({ max_tokens: 50, messages: bodyOf(sent as Call).messages })
    expect(ledger.losses.map(({ path }) => path)).toEqual(['seed', 'max_tokens'])
  })

  it('in the provider’s own store are not there', () => {
    expect(() => send(user({ type: 'file', file: { file_id: 'file_1' } }))).toThrow(
      expect.objectContaining({ code: 'unsupported_value', details: { param: 'messages[0].content[0]' } }),
    )
  })

  it('as data need nothing', () => {
    expect(send(user(image(`data:image/png;base64,${PNG}`))).call.needs).toBeUndefined()
  })
})

describe('what is not taken', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

  it('is a schema: a forced tool carries the JSON', () => {
    const format = { type: 'json_schema', json_schema: { name: 'out', schema, strict: true } }
    const { call, ledger } = send({ response_format: format, max_tokens: 100 })
    expect(bodyOf(call)).toMatchObject({
      tools: [{ name: 'out', input_schema: schema }],
      tool_choice: { type: 'tool', name: 'out' },
    })
    expect(bodyOf(call)).not.toHaveProperty('output_config')
    expect(ledger.losses).toMatchObject([{ path: 'response_format', kind: 'emulated' }])
  })

  it('is a strict tool', () => {
    const tool = { type: 'function', function: { name: 'f', parameters: schema, strict: true } }
    const { call, ledger } = send({ tools: [tool], max_tokens: 100 })
    expect(bodyOf(call).tools).toEqual([{ name: 'f', input_schema: schema }])
    expect(ledger.losses).toMatchObject([{ path: 'tools[0].function.strict', kind: 'dropped' }])
  })
})

describe('an error in a stream', () => {
  const reader = () => send({}).call.reader(NO_HEADERS)
  const said = (data: unknown): Delta[] => reader().read({ event: '', data: JSON.stringify(data) })

  it('of the service itself is read as at home', () => {
    expect(said({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })).toMatchObject([
      { type: 'error', error: { code: 'overloaded', message: 'Overloaded' } },
    ])
  })

  it.each([
    ['as an event', { error: { code: 503 } }],
    ['in a list', [{ error: { code: 503 } }]],
  ])('of the platform, %s, is read as the platform says', (_name, event) => {
    expect(said(event)).toMatchObject([
      { type: 'error', error: { code: 'unavailable', message: '{"error":{"code":503}}' } },
    ])
  })

  it('of the platform may stand between the events, and is the end', () => {
    const one = reader()
    expect(one.framing).toBe('sse+json')
    one.read({ event: '', data: '{"error":{}}' })
    expect(one.read({ event: '', data: '{"type":"message_stop"}' })).toEqual([])
    expect(one.done).toBe(false)
  })

  it('at home that has no type is one all the same', () => {
    const call = encode(chatRequestOf({ model: 'claude', messages: [hello] }), 'claude', new Ledger(false))
    const home = call.reader(NO_HEADERS)
    expect(home.framing).toBe('sse')
    expect(home.read({ event: '', data: '{"error":{"type":"api_error","message":"Broken."}}' })).toMatchObject([
      { type: 'error', error: { code: 'server_error', message: 'Broken.' } },
    ])
  })

  it.each([[{}], [[]], [{ type: 5, error: {} }], [{ error: 'no object' }], [7]])('is not %j', (event) => {
    expect(said(event)).toEqual([])
  })
})
