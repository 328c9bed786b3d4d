// Forms with files over real sockets: streamed through where they can be, held where they must be.
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

const MB = 1024 * 1024
let gateway: Gateway
let upstream: Upstream

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([
    startGateway(),
    startUpstream((response) => sayJson(response, 200, { text: 'Hello.' })),
  ])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
  upstream.play = (response) => sayJson(response, 200, { text: 'Hello.', usage: { type: 'duration', seconds: 3 } })
})

const slot = (provider = 'openai') => ({ provider, base_url: `${upstream.url}/v1`, credential: 'sk-test-credential' })
const oneSlot = (more = {}) => gateway.createKey({ providers: { openai: slot() }, ...more })
const twoSlots = (more = {}) => gateway.createKey({ providers: { a: slot(), b: slot('openai-compatible') }, ...more })

type Field = readonly [name: string, value: string | Blob]

function send(key: string, fields: readonly Field[], headers: Record<string, string> = {}, task = 'transcriptions') {
  const form = new FormData()
  for (const [name, value] of fields) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, 'speech.wav')
  }
  return fetch(`${gateway.url}/v1/audio/${task}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: form,
  })
}

const file = (size: number, fill = 7): Field => ['file', new Blob([new Uint8Array(size).fill(fill)])]

it('passes a form but for the name of the model, and the answer as it is', async () => {
  const key = await twoSlots()
  const response = await send(key, [['model', 'a/whisper-1'], ['prompt', 'ümlaut'], file(3 * MB), ['language', 'de']])
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ text: 'Hello.', usage: { type: 'duration', seconds: 3 } })
  expect(response.headers.get('dragoman-route')).toBe('a/whisper-1')
  expect(response.headers.get('dragoman-loss')).toBeNull()
  const [sent] = upstream.requests
  expect(sent?.path).toBe('/v1/audio/transcriptions')
  expect(sent?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(sent?.headers['content-length']).toBe(String(Buffer.byteLength(sent?.body ?? '')))
  expect(sent?.body).toContain('name="model"\r\n\r\nwhisper-1\r\n')
  expect(sent?.body).toContain('ümlaut')
  expect(sent?.body).not.toContain('a/whisper-1')
})

it('sends a form of a key with one slot before its model has come', async () => {
  const key = await oneSlot({ models: { ears: 'openai/whisper-1' } })
  const response = await send(key, [file(30 * MB), ['model', 'ears'], ['response_format', 'json']])
  expect(await response.json()).toMatchObject({ text: 'Hello.' })
  expect(response.headers.get('dragoman-route')).toBe('openai/whisper-1')
  expect(upstream.requests[0]?.body).toContain('name="model"\r\n\r\nwhisper-1\r\n')
  expect(await gateway.accounts(key)).toEqual(['complete - openai/whisper-1'])
})

it('refuses what comes too late to be refused early', async () => {
  const key = await oneSlot({ allowed_models: ['openai/whisper-1'] })
  const other = await send(key, [file(3 * MB), ['model', 'gpt-4o-transcribe']])
  expect([other.status, await other.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }])
  const none = await send(key, [file(3 * MB), ['language', 'de']])
  expect([none.status, await none.json()]).toMatchObject([
    400,
    { error: { code: 'missing_required_parameter', param: 'model' } },
  ])
  const noFile = await send(key, [
    ['model', 'whisper-1'],
    ['prompt', 'x'.repeat(100)],
  ])
  expect([noFile.status, await noFile.json()]).toMatchObject([
    400,
    { error: { code: 'missing_required_parameter', param: 'file' } },
  ])
})

it('holds what stands before the model, up to 25 MB', async () => {
  const key = await twoSlots()
  const held = await send(key, [file(24 * MB), ['model', 'b/whisper-1']])
  expect(held.status).toBe(200)
  expect(upstream.requests[0]?.headers['content-length']).toBe(
    String(Buffer.byteLength(upstream.requests[0]?.body ?? '')),
  )
  const tooLong = await send(key, [file(27 * MB), ['model', 'b/whisper-1']]).catch(() => undefined)
  // A server that refuses an upload may be heard before the client has sent all of it, or not at all.
  if (tooLong) {
    expect([tooLong.status, await tooLong.json()]).toMatchObject([
      413,
      { error: { code: 'request_too_large', param: 'file' } },
    ])
  }
})
