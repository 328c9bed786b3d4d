// What a client sees of each fault of a provider whose answers are translated: a real status for as long as nothing was
// sent, then one error event and the end.
import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { messageError, messageFrames, seenIn } from '../harness/stream.ts'
import { type Play, sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream
let key: string

const nothing: Play = (response) => {
  response.end()
}
const ask = { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'Hi' }] }
/** With a credential of its own for each key: what is known of limits and failures belongs to one. */
const slot = (base_url: string) => ({
  anthropic: { base_url, credential: `sk-ant-canary-${crypto.randomUUID()}` },
})

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(nothing)])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(async () => {
  key = await gateway.createKey({ providers: slot(upstream.url) })
  upstream.requests.length = 0
})

/** The same question with and without a stream. */
const WAYS = [
  ['streamed', true],
  ['whole', false],
] as const

async function refusal(body: unknown, by = key) {
  const response = await gateway.chat(by, body)
  const { error }: { error: { message: string; type: string; param: string | null; code: string | null } } = JSON.parse(
    await response.text(),
  )
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type'])
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  return { response, status: response.status, error }
}

describe.each(WAYS)('before anything was sent, %s', (_way, stream) => {
  test('a provider that refuses the connection: 502', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const address = closed.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await new Promise((resolve) => closed.close(resolve))
    const other = await gateway.createKey({ providers: slot(`http://127.0.0.1:${port}`) })
    const { status, error } = await refusal({ ...ask, stream }, other)
    expect([status, error.type, error.code]).toEqual([502, 'server_error', 'upstream_error'])
    expect(await gateway.accounts(other)).toEqual(['failed upstream_error anthropic/claude-haiku-4-5'])
  })

  test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed: 502', async (code) => {
    const trap = await startUpstream(nothing)
    upstream.play = (response) => {
      response.writeHead(code, { location: `${trap.url}/v1/messages` }).end()
    }
    const { status, error } = await refusal({ ...ask, stream })
    expect([status, error.code]).toEqual([502, 'upstream_error'])
    expect(trap.requests).toEqual([])
    expect(upstream.requests).toHaveLength(1)
    await trap.close()
  })

  test('a head that takes too long: 504, and the provider is hung up on', async () => {
    const hasty = await gateway.createKey({ providers: slot(upstream.url), timeouts: { first_byte_ms: 200 } })
    upstream.play = () => undefined
    const { status, error } = await refusal({ ...ask, stream }, hasty)
    expect([status, error.type, error.code]).toEqual([504, 'server_error', 'timeout'])
    expect(await upstream.requests[0]?.closed).toBe('hung up')
  })

  test('more time altogether than the key gives: 504', async () => {
    const hasty = await gateway.createKey({ providers: slot(upstream.url), timeouts: { total_ms: 600 } })
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' }).flushHeaders()
    }
    const { status, error } = await refusal({ ...ask, stream }, hasty)
    expect([status, error.code]).toEqual([504, 'timeout'])
    expect(await upstream.requests[0]?.closed).toBe('hung up')
  })

  test('a head and then silence: 504', async () => {
    const hasty = await gateway.createKey({ providers: slot(upstream.url), timeouts: { idle_ms: 200 } })
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' }).flushHeaders()
    }
    const { status, error } = await refusal({ ...ask, stream }, hasty)
    expect([status, error.code]).toEqual([504, 'timeout'])
    expect(await upstream.requests[0]?.closed).toBe('hung up')
  })

  test.each([
    [400, 'invalid_request_error', 400, 'invalid_request_error', null],
    [401, 'authentication_error', 401, 'invalid_request_error', 'invalid_api_key'],
    [402, 'billing_error', 429, 'insufficient_quota', 'insufficient_quota'],
    [403, 'permission_error', 403, 'invalid_request_error', 'insufficient_permissions'],
    [404, 'not_found_error', 404, 'invalid_request_error', null],
    [413, 'request_too_large', 413, 'invalid_request_error', 'request_too_large'],
    [500, 'api_error', 500, 'server_error', null],
    [529, 'overloaded_error', 503, 'server_error', 'overloaded'],
  ])('the provider says %i: its meaning in OpenAI’s terms', async (said, kind, status, type, code) => {
    const body = { type: 'error', error: { type: kind, message: 'No, because of sk-ant-api03-abcdefghijkl.' } }
    upstream.play = (response) => sayJson(response, said, body)
    const answer = await refusal({ ...ask, stream })
    expect([answer.status, answer.error.type, answer.error.code]).toEqual([status, type, code])
    expect(answer.error.message).not.toContain('sk-ant')
  })

  test('a refusal whose body never ends is one all the same', async () => {
    const hasty = await gateway.createKey({ providers: slot(upstream.url), timeouts: { idle_ms: 200 } })
    upstream.play = (response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3' }).write('{"type":"error",')
    }
    const { response, status } = await refusal({ ...ask, stream }, hasty)
    expect([status, response.headers.get('retry-after')]).toEqual([429, '3'])
    expect(await upstream.requests[0]?.closed).toBe('hung up')
  })

  test('the provider says 429: when to try again', async () => {
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' } }
    upstream.play = (response) => sayJson(response, 429, body, { 'retry-after': '7' })
    const { response, status, error } = await refusal({ ...ask, stream })
    expect([status, error.code, error.message]).toEqual([429, 'rate_limit_exceeded', 'Slow down.'])
    expect(response.headers.get('retry-after')).toBe('7')
    expect(response.headers.get('retry-after-ms')).toBe('7000')
  })

  test.each([
    ['a page of HTML', 'text/html', '<html>\n\n<body>\n\nHi</body></html>'],
    ['JSON of another kind', 'application/json', '{"hello":\n\n"world"}'],
    ['bytes without sense', 'application/octet-stream', Buffer.from([0, 255, 10, 10, 195, 40, 13, 10, 1])],
    ['nothing at all', 'text/event-stream', ''],
  ])('200 with %s: 502', async (_what, type, body) => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': type }).end(body)
    }
    expect((await refusal({ ...ask, stream })).status).toBe(502)
  })

  test('a connection that breaks before the head, and one that breaks behind it: 502', async () => {
    upstream.play = (response) => {
      response.destroy()
    }
    expect((await refusal({ ...ask, stream })).status).toBe(502)
    upstream.play = (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"id":', () => response.destroy())
    }
    expect((await refusal({ ...ask, stream })).status).toBe(502)
  })
})

test('an error as the first event has its own status, and another target may answer instead', async () => {
  upstream.play = (response, { body }) =>
    sayStream(
      response,
      body.includes('haiku')
        ? ['event: ping\ndata: {"type":"ping"}\n\n', messageError('overloaded_error', 'Busy')]
        : messageFrames('Here'),
    )
  const { status, error } = await refusal({ ...ask, stream: true })
  expect([status, error.code, error.message]).toEqual([503, 'overloaded', 'Busy'])
  const both = await gateway.createKey({
    providers: slot(upstream.url),
    models: { both: ['anthropic/claude-haiku-4-5', 'anthropic/claude-sonnet-4-5'] },
  })
  const response = await gateway.chat(both, { ...ask, model: 'both', stream: true })
  expect(seenIn(await response.text()).content).toBe('Here')
  expect(response.headers.get('dragoman-route')).toBe('anthropic/claude-sonnet-4-5')
  expect(response.headers.get('dragoman-attempts')).toBe('2')
  expect(await gateway.accounts(both)).toEqual(['complete - anthropic/claude-sonnet-4-5'])
})

describe('after text was sent: one error event, no finish, no [DONE]', () => {
  const frames = messageFrames('Hel', 'lo')
  const spoken = frames.slice(0, 4)

  async function broken(play: Play, by = key) {
    upstream.play = play
    const response = await gateway.chat(by, { ...ask, stream: true, stream_options: { include_usage: true } })
    expect(response.status).toBe(200)
    const seen = seenIn(await response.text())
    expect(seen.content).toBe('Hello')
    expect(seen.events).toEqual(['role', 'text', 'text', `error ${seen.error?.code}`])
    expect(Object.keys(seen.error ?? {}).sort()).toEqual(['code', 'message', 'param', 'type'])
    return seen.error?.code
  }
  const cutAfter =
    (pieces: readonly string[]): Play =>
    async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const piece of pieces) {
        await new Promise((resolve) => response.write(piece, resolve))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      response.destroy()
    }

  test('the provider’s own error event', async () => {
    const failing = [...spoken, messageError('overloaded_error', 'Busy'), ...frames.slice(4)]
    expect(await broken((response) => sayStream(response, failing))).toBe('overloaded')
  })

  test('an event that is no JSON: what it held may have been a part of the answer', async () => {
    const spoiled = [...spoken, 'event: content_block_delta\ndata: {"type":\n\n', ...frames.slice(4)]
    expect(await broken((response) => sayStream(response, spoiled))).toBe('upstream_error')
  })

  test.each([
    ['between two events', spoken],
    ['in the middle of an event', [...spoken, (frames[4] ?? '').slice(0, 20)]],
    ['after the stop reason', frames.slice(0, -1)],
    ['in the middle of the end marker', [...frames.slice(0, -1), (frames.at(-1) ?? '').slice(0, 25)]],
  ])('a connection that is cut %s', async (_where, pieces) => {
    expect(await broken(cutAfter(pieces))).toBe('upstream_truncated')
  })

  test.each([
    ['after the text', spoken],
    ['after the stop reason', frames.slice(0, -1)],
    ['in the middle of an event', [...spoken, (frames[4] ?? '').slice(0, 20)]],
  ])('a clean end %s', async (_where, pieces) => {
    expect(await broken((response) => sayStream(response, pieces))).toBe('upstream_truncated')
  })

  test('silence', async () => {
    const hasty = await gateway.createKey({ providers: slot(upstream.url), timeouts: { idle_ms: 300 } })
    const mute: Play = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(spoken.join(''))
    }
    expect(await broken(mute, hasty)).toBe('timeout')
    expect(await upstream.requests[0]?.closed).toBe('hung up')
    expect(await gateway.accounts(hasty)).toEqual(['failed timeout anthropic/claude-haiku-4-5'])
  })

  test('more time altogether than the key gives', async () => {
    const hasty = await gateway.createKey({ providers: slot(upstream.url), timeouts: { total_ms: 1000 } })
    const slow: Play = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(spoken.join(''))
      const timer = setInterval(() => response.write('event: ping\ndata: {"type":"ping"}\n\n'), 50)
      response.on('close', () => clearInterval(timer))
    }
    expect(await broken(slow, hasty)).toBe('timeout')
    expect(await upstream.requests[0]?.closed).toBe('hung up')
    expect(await gateway.accounts(hasty)).toEqual(['failed timeout anthropic/claude-haiku-4-5'])
  })
})

describe('what is strange but whole', () => {
  test('a provider that does not hang up after its end marker is hung up on', async () => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(messageFrames('Hi').join(''))
    }
    const seen = seenIn(await (await gateway.chat(key, { ...ask, stream: true })).text())
    expect(seen.events).toEqual(['role', 'text', 'finish stop', '[DONE]'])
    expect(await upstream.requests[0]?.closed).toBe('hung up')
  })

  test('an event of 8 MB', async () => {
    const long = 'é'.repeat(4 * 1024 * 1024)
    upstream.play = (response) => sayStream(response, messageFrames(long))
    const seen = seenIn(await (await gateway.chat(key, { ...ask, stream: true })).text())
    expect(seen.content === long).toBe(true)
    expect(seen.events).toEqual(['role', 'text', 'finish stop', '[DONE]'])
  })

  test('bytes that are not UTF-8 become U+FFFD, and characters that are cut do not', async () => {
    const [first = '', second = '', word = '', ...rest] = messageFrames('grün ☃ !')
    const bytes = Buffer.from(word.replace('!', '\u0001')).map((byte: number) => (byte === 1 ? 0xff : byte))
    const cut = Array.from(bytes, (byte) => Buffer.from([byte]))
    upstream.play = (response) => sayStream(response, [first, second, ...cut, ...rest])
    const seen = seenIn(await (await gateway.chat(key, { ...ask, stream: true })).text())
    expect(seen.content).toBe('grün ☃ \ufffd')
    expect(seen.events.at(-1)).toBe('[DONE]')
  })
})
