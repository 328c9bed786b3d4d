// Forms with files over real sockets: streamed through where they can be, held where they must be.
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

const MB = 1024 * 1024
let gateway: Gateway
let upstream: Upstream

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream((response) => sayJson(response, 200, {}))])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
  upstream.play = (response) => sayJson(response, 200, { text: 'Hello.', usage: { type: 'duration', seconds: 3 } })
})

const slot = (provider = 'openai', base = upstream.url) => ({ provider, base_url: `${base}/v1`, credential: 'sk-test' })
const oneSlot = (more = {}, provider = 'openai') =>
  gateway.createKey({ providers: { openai: slot(provider) }, ...more })
const twoSlots = (more = {}) => gateway.createKey({ providers: { a: slot(), b: slot('groq') }, ...more })

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

const file = (size: number): Field => ['file', new Blob([new Uint8Array(size).fill(7)])]
const errorOf = async (response: Response) => {
  const { error }: { error: { code: string | null; param: string | null; message: string } } = JSON.parse(
    await response.text(),
  )
  return [response.status, error.code, error.param]
}
const lengthOf = ({ requests: [sent] }: Upstream) => [
  sent?.headers['content-length'],
  String(Buffer.byteLength(sent?.body ?? '')),
]

describe('a form', () => {
  it('passes but for the name of the model, and its answer as it is', async () => {
    const key = await twoSlots()
    const fields: Field[] = [['model', 'a/whisper-1'], ['prompt', 'ümlaut'], file(3 * MB), ['include[]', 'logprobs']]
    const response = await send(key, fields)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ text: 'Hello.', usage: { type: 'duration', seconds: 3 } })
    expect(response.headers.get('dragoman-route')).toBe('a/whisper-1')
    expect(response.headers.get('dragoman-loss')).toBeNull()
    const [sent] = upstream.requests
    expect(sent?.path).toBe('/v1/audio/transcriptions')
    expect(sent?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(sent?.headers.authorization).toBe('Bearer sk-test')
    expect(new Set(lengthOf(upstream)).size).toBe(1)
    expect(sent?.body).toContain('name="model"\r\n\r\nwhisper-1\r\n')
    expect(sent?.body).toContain('ümlaut')
    expect(sent?.body).toContain('name="include[]"\r\n\r\nlogprobs\r\n')
    expect(sent?.body).not.toContain('a/whisper-1')
    expect(sent?.body.length).toBeGreaterThan(3 * MB)
  })

  it('goes to translations as well', async () => {
    const response = await send(await twoSlots(), [['model', 'b/whisper-large-v3'], file(10)], {}, 'translations')
    expect(await response.json()).toMatchObject({ text: 'Hello.' })
    expect(upstream.requests[0]?.path).toBe('/v1/audio/translations')
  })

  it('is sent on while it comes, and never whole', async () => {
    let seen = 0
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const server = createServer(async (message, response) => {
      for await (const chunk of message) {
        seen += chunk.length
        resolve()
      }
      sayJson(response, 200, { text: 'ok' })
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const early = await gateway.createKey({ providers: { a: slot('openai', base), b: slot() } })
    const sent = httpRequest(`${gateway.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${early}`, 'content-type': 'multipart/form-data; boundary=B' },
    })
    const status = new Promise((done) => sent.once('response', ({ statusCode }) => done(statusCode)))
    sent.write('--B\r\ncontent-disposition: form-data; name=model\r\n\r\na/whisper-1\r\n')
    sent.write('--B\r\ncontent-disposition: form-data; name=file; filename=a.wav\r\n\r\n')
    sent.write(new Uint8Array(2 * MB))
    // The end of the form has not been written yet.
    await begun
    sent.end('\r\n--B--\r\n')
    expect(await status).toBe(200)
    expect(seen).toBeGreaterThan(2 * MB)
    server.closeAllConnections()
    server.close()
  })

  it('of a key with one slot is sent before its model has come', async () => {
    const key = await oneSlot({ models: { ears: 'openai/whisper-1' } })
    const response = await send(key, [file(30 * MB), ['model', 'ears']])
    expect(await response.json()).toMatchObject({ text: 'Hello.' })
    expect(response.headers.get('dragoman-route')).toBe('openai/whisper-1')
    expect(upstream.requests[0]?.body).toContain('name="model"\r\n\r\nwhisper-1\r\n')
    expect(await gateway.accounts(key)).toEqual(['complete - openai/whisper-1'])
  })

  it('is held as far as the model stands behind the file, up to 25 MB', async () => {
    const key = await twoSlots()
    expect((await send(key, [file(24 * MB), ['model', 'b/whisper-1']])).status).toBe(200)
    expect(new Set(lengthOf(upstream)).size).toBe(1)
    const response = await send(key, [file(27 * MB), ['model', 'b/whisper-1']]).catch(() => undefined)
    // Who is refused while it sends may hear of it, or find its connection closed.
    if (response) expect(await errorOf(response)).toEqual([413, 'request_too_large', 'file'])
    expect(upstream.requests).toHaveLength(1)
  })

  it('that is held goes to the next target, and again to the same', async () => {
    const key = await twoSlots({ models: { ears: ['a/whisper-1', 'b/whisper-large-v3'] }, retries: 1 })
    let calls = 0
    upstream.play = (response) => (calls++ < 2 ? sayJson(response, 503, {}) : sayJson(response, 200, { text: 'ok' }))
    const response = await send(key, [file(100), ['model', 'ears']])
    expect([response.status, response.headers.get('dragoman-attempts')]).toEqual([200, '3'])
    expect(response.headers.get('dragoman-route')).toBe('b/whisper-large-v3')
    expect(upstream.requests[2]?.body).toContain('\r\n\r\nwhisper-large-v3\r\n')
  })

  it('that has gone by goes to nobody else', async () => {
    const key = await twoSlots({ models: { ears: ['a/whisper-1', 'b/whisper-large-v3'] }, retries: 2 })
    upstream.play = (response) => sayJson(response, 503, {})
    const response = await send(key, [['model', 'ears'], file(2 * MB)])
    expect([response.status, response.headers.get('dragoman-attempts')]).toEqual([503, '1'])
  })

  it('may be empty of sound for a target that has no ears: the next one is asked', async () => {
    const providers = { deaf: { provider: 'anthropic', base_url: upstream.url, credential: 'sk' }, b: slot() }
    const key = await gateway.createKey({ providers, models: { ears: ['deaf/claude', 'b/whisper-1'] } })
    const response = await send(key, [['model', 'ears'], file(2 * MB)])
    expect([response.status, response.headers.get('dragoman-route')]).toEqual([200, 'b/whisper-1'])
    const alone = await send(key, [['model', 'deaf/claude'], file(10)])
    const { error } = JSON.parse(await alone.text())
    expect([alone.status, error.code, error.message]).toEqual([
      404,
      'unknown_url',
      "The provider of slot 'deaf' (anthropic) has no audio transcriptions.",
    ])
  })
})

describe('a refusal', () => {
  it.each([
    [
      'of JSON',
      { body: '{}', headers: { 'content-type': 'application/json' } },
      [400, 'unsupported_content_type', null],
    ],
    ['without a boundary', { body: 'x', headers: { 'content-type': 'multipart/form-data' } }, [400, null, null]],
    [
      'of a form that ends too early',
      {
        body: '--B\r\ncontent-disposition: form-data; name=model\r\n\r\na/x',
        headers: { 'content-type': 'multipart/form-data; boundary=B' },
      },
      [400, null, null],
    ],
  ])('%s', async (_what, init, expected) => {
    const headers = { authorization: `Bearer ${await twoSlots()}`, ...init.headers }
    const response = await fetch(`${gateway.url}/v1/audio/transcriptions`, { method: 'POST', body: init.body, headers })
    expect(await errorOf(response)).toEqual(expected)
  })

  it('of what is missing, early or late', async () => {
    const [two, one] = [await twoSlots(), await oneSlot()]
    expect(await errorOf(await send(two, [file(10)]))).toEqual([400, 'missing_required_parameter', 'model'])
    expect(await errorOf(await send(two, [['model', 'a/x']]))).toEqual([400, 'missing_required_parameter', 'file'])
    expect(await errorOf(await send(one, [file(2 * MB)]))).toEqual([400, 'missing_required_parameter', 'model'])
  })

  it('of a model that the key has not, behind the file', async () => {
    const key = await oneSlot({ allowed_models: ['openai/whisper-1'] })
    expect(await errorOf(await send(key, [file(2 * MB), ['model', 'gpt-4o-transcribe']]))).toEqual([
      404,
      'model_not_found',
      null,
    ])
  })

  it('of more than 100 MB, before any of it is read', async () => {
    const key = await twoSlots()
    const sent = httpRequest(`${gateway.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'multipart/form-data; boundary=B',
        'content-length': 101 * MB,
      },
    })
    const status = new Promise((resolve, reject) => {
      sent.once('response', ({ statusCode }) => resolve(statusCode))
      sent.once('error', reject)
    })
    sent.write('--B\r\n')
    expect(await status).toBe(413)
    sent.destroy()
  })

  it('of what would be lost, before anything is sent, in strict mode', async () => {
    const key = await twoSlots()
    const fields: Field[] = [['model', 'b/whisper-1'], file(2 * MB), ['include[]', 'logprobs']]
    const strict = await send(key, fields, { 'dragoman-strict': '?1' })
    expect(await errorOf(strict)).toEqual([400, 'unsupported_parameter', 'include'])
    expect(upstream.requests).toHaveLength(0)
    const told = await send(key, fields)
    expect([told.status, told.headers.get('dragoman-loss')]).toEqual([200, '"include";kind=dropped'])
    expect(upstream.requests[0]?.body).not.toContain('logprobs')
  })
})

describe('an answer', () => {
  const events = (...data: unknown[]) => data.map((one) => `data: ${JSON.stringify(one)}\n\n`)
  const DELTA = { type: 'transcript.text.delta', delta: 'Hel' }
  const DONE = { type: 'transcript.text.done', text: 'Hello.' }

  it('streams byte for byte, and tells where it is cut', async () => {
    const key = await twoSlots()
    const fields: Field[] = [['model', 'a/gpt-4o-transcribe'], ['stream', 'true'], file(10)]
    const whole = events(DELTA, DONE)
    upstream.play = (response) => sayStream(response, whole)
    const good = await send(key, fields)
    expect(good.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(await good.text()).toBe(whole.join(''))
    upstream.play = (response) => sayStream(response, events(DELTA))
    const torn = await (await send(key, fields)).text()
    expect(torn.startsWith(events(DELTA).join(''))).toBe(true)
    expect(torn).toContain('"code":"upstream_truncated"')
    expect(await gateway.accounts(key, 2)).toEqual([
      'complete - a/gpt-4o-transcribe',
      'failed upstream_truncated a/gpt-4o-transcribe',
    ])
  })

  it('may be text', async () => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end('1\n00:00:00,000 --> 00:00:01,000\nHello.\n')
    }
    const response = await send(await twoSlots(), [['model', 'a/whisper-1'], ['response_format', 'srt'], file(10)])
    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(await response.text()).toContain('-->')
  })

  it('is no page of HTML, and no failure with a good status', async () => {
    const key = await twoSlots()
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html>')
    }
    expect((await send(key, [['model', 'a/whisper-1'], file(10)])).status).toBe(502)
    upstream.play = (response) => sayJson(response, 200, { error: { message: 'No.', type: 'x' } })
    expect((await send(key, [['model', 'a/whisper-1'], file(10)])).status).toBe(502)
  })

  it('carries the report that was asked for', async () => {
    const fields: Field[] = [['model', 'b/whisper-1'], ['include[]', 'logprobs'], file(10)]
    const response = await send(await twoSlots(), fields, { 'dragoman-report': '?1' })
    expect(await response.json()).toMatchObject({ text: 'Hello.', dragoman: { losses: [{ path: 'include' }] } })
  })
})

it('is hung up on when the client leaves in the middle of a form', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const server = createServer((message) => {
    message.on('data', () => undefined)
    message.once('aborted', () => resolve('hung up'))
    message.once('error', () => resolve('hung up'))
    message.once('end', () => resolve('ended'))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const key = await gateway.createKey({ providers: { a: slot('openai', base), b: slot() } })
  const connected = new Promise<void>((begin) => server.once('request', () => begin()))
  const sent = httpRequest(`${gateway.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=B' },
  })
  sent.on('error', () => undefined)
  sent.write('--B\r\ncontent-disposition: form-data; name=model\r\n\r\na/whisper-1\r\n')
  sent.write('--B\r\ncontent-disposition: form-data; name=file; filename=a.wav\r\n\r\n')
  sent.write(new Uint8Array(2 * MB))
  await connected
  sent.socket?.resetAndDestroy()
  expect(await promise).toBe('hung up')
  expect(await gateway.accounts(key)).toEqual(['client_gone - a/whisper-1'])
  server.closeAllConnections()
  server.close()
})
