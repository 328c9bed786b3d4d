// A provider that speaks the client's own format: bytes pass as they are, and what is torn is told.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { chatFrames, seenIn } from '../harness/stream.ts'
import { type Play, sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream
let key: string

const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
const providersOf = (url: string) => ({ openai: { base_url: `${url}/v1`, credential: 'sk-canary' } })

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(() => undefined)])
  key = await gateway.createKey({ providers: providersOf(upstream.url) })
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
})

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

describe('bytes', () => {
  test('of a request: only the model is another', async () => {
    upstream.play = (response) => sayJson(response, 200, { choices: [] })
    const text =
      '\n{ "seed":1.0e0,"model" : "fast", "x\\u0041":"\\ud83d\\ude00", "messages":[{"role":"user","content":"a\\/b"}],\r\n"nothing":null }'
    const other = await gateway.createKey({ providers: providersOf(upstream.url), models: { fast: 'openai/gpt-4o' } })
    const response = await gateway.chat(other, text)
    expect(response.status).toBe(200)
    expect(upstream.requests[0]?.path).toBe('/v1/chat/completions')
    expect(upstream.requests[0]?.body).toBe(text.replace('"fast"', '"gpt-4o"'))
  })

  test('of an answer, streamed, however it is cut: CRLF, comments, fields nobody knows, no last line end', async () => {
    const said = Buffer.from(
      `\ufeff: hello\r\n\r\n${chatFrames('grün ☃', '\u2028').join('').replaceAll('\n', '\r\n')}`
        .replace('"logprobs"', '"x_new": 1.50,  "logprobs"')
        .replace('data: [DONE]\r\n\r\n', 'id: 7\rretry: 10\rdata:[DONE]'),
    )
    for (const size of [1, 7, said.length]) {
      const pieces = Array.from({ length: Math.ceil(said.length / size) }, (_, i) =>
        said.subarray(i * size, (i + 1) * size),
      )
      upstream.play = (response) => sayStream(response, pieces)
      const heard = await bytesOf(await gateway.chat(key, { ...ask, stream: true }))
      expect(heard.equals(said)).toBe(true)
    }
  })

  test('of an answer in one piece: white space, numbers, and what is no UTF-8', async () => {
    const said = Buffer.concat([
      Buffer.from(' {"id":1.0,\n"choices":[{"message":"'),
      Buffer.from([0xff]),
      Buffer.from('"}] }\n'),
    ])
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(said)
    }
    expect((await bytesOf(await gateway.chat(key, ask))).equals(said)).toBe(true)
  })

  test('of an event of 8 MB', async () => {
    const said = Buffer.from(chatFrames('x'.repeat(8 * 1024 * 1024)).join(''))
    upstream.play = (response) => sayStream(response, [said])
    expect((await bytesOf(await gateway.chat(key, { ...ask, stream: true }))).equals(said)).toBe(true)
  })

  test('but for the report, which is asked for and stands on the last chunk that can hold it', async () => {
    const frames = chatFrames('One')
    upstream.play = (response) => sayStream(response, frames)
    const response = await gateway.chat(key, { ...ask, stream: true }, { headers: { 'dragoman-report': '?1' } })
    const [role = '', text = '', finish = '', done = ''] = frames
    const reported = finish.replace(/}\n\n$/, ',"dragoman":{"losses":[]}}\n\n')
    expect(await response.text()).toBe(role + text + reported + done)
  })
})

describe('before the head is sent', () => {
  async function refusal(play: Play, by = key) {
    upstream.play = play
    const response = await gateway.chat(by, { ...ask, stream: true })
    const { error }: { error: { message: string; type: string; code: string | null } } = JSON.parse(
      await response.text(),
    )
    return { status: response.status, error }
  }

  test('an error as the first event, behind comments, is an answer with a status', async () => {
    const failed = { error: { message: 'No more', type: 'server_error', code: 'overloaded', param: null } }
    const { status, error } = await refusal(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': PROCESSING\n\n')
      await sleep(50)
      response.end(`data: ${JSON.stringify(failed)}\n\n`)
    })
    expect(status).toBeGreaterThanOrEqual(500)
    expect([error.message, error.type, error.code]).toEqual(['No more', 'server_error', 'overloaded'])
  })

  test.each([
    ['a page of HTML', 'text/html', '<html>\n\n<body>\n\nHi</body></html>'],
    ['JSON where a stream was asked for', 'application/json', '{"id":1,\n\n"choices":[]}'],
    ['an error in JSON', 'application/json', '{"error":{"message":"No"}}\n\n'],
    ['bytes without sense', 'text/event-stream', Buffer.from([0, 255, 10, 10, 195, 40, 13, 10, 10, 1])],
    ['nothing', 'text/event-stream', ''],
    ['nothing but [DONE]', 'text/event-stream', 'data: [DONE]\n\n'],
  ])('200 with %s: 502', async (_what, type, body) => {
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': type }).end(body)
    }
    const response = await gateway.chat(key, { ...ask, stream: true })
    await response.text()
    expect(response.status).toBe(502)
  })

  test('the service’s own refusal: its status, type, code and param, but nothing of our credential', async () => {
    const told = { error: { message: 'Bad sk-abcdefghijklmnop', type: 'x_error', param: 'seed', code: 'y' } }
    expect(await refusal((response) => sayJson(response, 400, told))).toEqual({
      status: 400,
      error: { ...told.error, message: 'Bad [redacted]' },
    })
    const unknown = { error: { ...told.error, code: 'invalid_api_key' } }
    const { status, error } = await refusal((response) => sayJson(response, 401, unknown))
    expect([status, error.code, error.message]).toEqual([
      401,
      'invalid_api_key',
      "The provider refused the credential of slot 'openai'.",
    ])
  })
})

describe('after the head was sent', () => {
  const frames = chatFrames('Hel', 'lo')
  const spoken = frames.slice(0, 3)

  /** What came before our own error event, byte for byte, and what that says. */
  async function broken(play: Play, by = key, headers = {}) {
    upstream.play = play
    const response = await gateway.chat(by, { ...ask, stream: true }, { headers })
    expect(response.status).toBe(200)
    const heard = await response.text()
    const at = heard.lastIndexOf('data: {"error":')
    return { text: heard.slice(0, at), error: seenIn(heard.slice(at)).events.join() }
  }
  const cutAfter =
    (...pieces: string[]): Play =>
    async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const piece of pieces) {
        await new Promise((resolve) => response.write(piece, resolve))
        await sleep(30)
      }
      response.destroy()
    }
  const endAfter =
    (...pieces: string[]): Play =>
    (response) =>
      sayStream(response, pieces)

  test.each([
    ['cut between two events', cutAfter(...spoken), spoken.join('')],
    ['cut in an event, whose beginning is not passed on', cutAfter(...spoken, 'data: {"id":'), spoken.join('')],
    ['cut although the finish was seen', cutAfter(...frames.slice(0, -1)), frames.slice(0, -1).join('')],
    ['ended without a finish', endAfter(...spoken), spoken.join('')],
    ['ended in an event', endAfter(...spoken, 'data: {"id":'), spoken.join('')],
    // SDKs stop reading there: an error behind it would be seen by nobody.
    ['ended with [DONE] but without a finish', endAfter(...spoken, 'data: [DONE]\n\n'), spoken.join('')],
  ])('a stream that is %s', async (_how, play, passed) => {
    expect(await broken(play)).toEqual({ text: passed, error: 'error upstream_truncated' })
    expect(await broken(play, key, { 'dragoman-report': '?1' })).toEqual({
      text: passed,
      error: 'error upstream_truncated',
    })
  })

  test('a stream without [DONE] is whole, and so is one with a blank line less', async () => {
    for (const said of [frames.slice(0, -1).join(''), frames.join('').trimEnd()]) {
      upstream.play = (response) => sayStream(response, [said])
      expect(await (await gateway.chat(key, { ...ask, stream: true })).text()).toBe(said)
    }
  })

  test('a stream that finishes only one of two choices', async () => {
    const second = frames.map((frame) => frame.replace('"index":0', '"index":1'))
    const said = [...frames.slice(0, -1), ...second.slice(0, 3), 'data: [DONE]\n\n']
    upstream.play = (response) => sayStream(response, said)
    const heard = await (await gateway.chat(key, { ...ask, n: 2, stream: true })).text()
    expect(heard.startsWith(said.slice(0, -1).join(''))).toBe(true)
    expect(heard).not.toContain('[DONE]')
    expect(seenIn(heard).error?.code).toBe('upstream_truncated')
  })

  test('the service’s own error event passes, and nothing after it, however it is cut', async () => {
    const failed = `data: ${JSON.stringify({ error: { message: 'Over', type: 'server_error', code: 'busy' } })}\n\n`
    for (const pieces of [
      [...spoken, failed, ...frames.slice(3)],
      [...spoken, failed + frames.slice(3).join('')],
    ]) {
      upstream.play = (response) => sayStream(response, pieces)
      const response = await gateway.chat(key, { ...ask, stream: true })
      expect(await response.text()).toBe(spoken.join('') + failed)
    }
  })

  test('silence, and more time altogether than the key gives', async () => {
    const mute: Play = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(spoken.join(''))
    }
    for (const timeouts of [{ idle_ms: 300 }, { total_ms: 1000 }]) {
      const hasty = await gateway.createKey({ providers: providersOf(upstream.url), timeouts })
      expect(await broken(mute, hasty)).toEqual({ text: spoken.join(''), error: 'error timeout' })
      expect(await upstream.requests.at(-1)?.closed).toBe('hung up')
      expect(await gateway.accounts(hasty)).toEqual(['failed timeout openai/gpt-4o'])
    }
  })
})
