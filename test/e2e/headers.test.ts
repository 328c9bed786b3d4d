// The headers of an answer: those that are promised, and nothing of what a provider likes to send.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway } from '../harness/gateway.ts'
import { CANARY, CREDENTIAL, type Quiet, startQuiet } from '../harness/quiet.ts'
import { chatFrames, messageFrames } from '../harness/stream.ts'
import { sayJson, sayStream } from '../harness/upstream.ts'

let quiet: Quiet
let key: string

beforeAll(async () => {
  quiet = await startQuiet()
  key = await quiet.makeKey()
})
afterAll(() => quiet.close())

const messages = [{ role: 'user', content: CANARY }]
const CLAUDE = 'anthropic/claude-haiku-4-5'
const GPT = 'openai/gpt-4o'

/** What a hostile provider says beside the few things that mean something. */
const HOSTILE = {
  'set-cookie': `session=${CANARY}`,
  'x-secret': CANARY,
  'www-authenticate': 'Basic realm="x"',
  'proxy-authenticate': 'Basic',
  'clear-site-data': '"*"',
  'strict-transport-security': 'max-age=1',
  'content-security-policy': "default-src 'none'",
  'access-control-allow-origin': 'https://evil.example',
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'x-secret',
  'content-disposition': 'attachment',
  'content-language': 'xx',
  refresh: '0; url=https://evil.example',
  link: '<https://evil.example>; rel=preload',
  location: 'https://evil.example',
  server: 'evil',
  via: '1.1 evil',
  etag: '"x"',
  'x-request-id': 'req_upstream',
  'request-id': 'req_upstream',
  'dragoman-route': 'evil/evil',
  'dragoman-attempts': '99',
  'dragoman-loss': '"evil";kind=dropped',
  'server-timing': 'evil;dur=1',
  'openai-version': '1999-01-01',
  'openai-processing-ms': '99999',
  'openai-project': 'proj_evil',
  'cache-control': 'public, max-age=99999',
  'anthropic-ratelimit-requests-limit': '50',
  'anthropic-ratelimit-requests-remaining': '49',
  'anthropic-ratelimit-requests-reset': new Date(Date.now() + 60_000).toISOString(),
  'anthropic-organization-id': 'org-anthropic',
  'openai-organization': 'org-openai',
  'x-ratelimit-limit-requests': '50',
  'x-ratelimit-remaining-requests': '49',
  'x-ratelimit-reset-requests': '1m0s',
  'x-ratelimit-limit-project-tokens': '7',
}

/** All that an answer may carry. */
const ALLOWED = new Set([
  ...['access-control-allow-origin', 'access-control-expose-headers', 'cache-control', 'connection', 'content-length'],
  ...['content-type', 'dragoman-attempts', 'dragoman-loss', 'dragoman-route', 'dragoman-upstream-request-id'],
  ...['keep-alive', 'openai-organization', 'openai-processing-ms', 'openai-version', 'request-id', 'retry-after'],
  ...['retry-after-ms', 'server-timing', 'transfer-encoding', 'x-request-id', 'x-should-retry'],
  ...['limit', 'remaining', 'reset'].map((one) => `x-ratelimit-${one}-requests`),
])

describe.each([
  ['translated', CLAUDE, 'org-anthropic'],
  ['relayed', GPT, 'org-openai'],
])('a hostile provider, %s', (_way, model, organization) => {
  test.each([
    ['streamed', 200, true],
    ['whole', 200, false],
    ['refused', 400, false],
    ['overloaded', 503, true],
  ])('%s', async (_how, status, stream) => {
    quiet.upstream.play = (response, { body }) => {
      for (const [name, value] of Object.entries(HOSTILE)) response.setHeader(name, value)
      const { stream: streams }: { stream?: boolean } = JSON.parse(body)
      const type = status === 400 ? 'invalid_request_error' : 'overloaded_error'
      const error = { type: 'error', error: { type, message: `Bad ${CREDENTIAL}` } }
      if (status !== 200) return sayJson(response, status, error, { 'retry-after': '3' })
      if (streams) return sayStream(response, model === CLAUDE ? messageFrames('Hi') : chatFrames('Hi'))
      return sayJson(response, 200, { object: 'chat.completion', choices: [], content: [], id: 'x', model: 'm' })
    }
    const response = await quiet.gateway.chat(key, { model, messages, stream, ...(!stream && { max_tokens: 9 }) })
    expect(response.status).toBe(status)
    const text = await response.text()
    expect(text).not.toContain(CREDENTIAL)
    const names = [...response.headers.keys()]
    expect(names.filter((name) => !ALLOWED.has(name))).toEqual([])
    const header = (name: string) => response.headers.get(name)
    expect(header('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
    expect(header('request-id')).toBe(header('x-request-id'))
    expect(header('dragoman-upstream-request-id')).toBe('req_upstream')
    expect(header('dragoman-route')).toBe(model)
    expect(header('dragoman-attempts')).toBe('1')
    expect(header('dragoman-loss')).toBeNull()
    expect(header('access-control-allow-origin')).toBe('*')
    expect(header('cache-control')).toBe(stream && status === 200 ? 'no-cache, no-transform' : null)
    expect(header('openai-version')).toBe('2020-10-01')
    expect(header('openai-organization')).toBe(organization)
    expect(Number(header('openai-processing-ms'))).toBeLessThan(5000)
    expect(header('server-timing')).toMatch(/^auth;dur=\d+, limit;dur=\d+, translate;dur=\d+, upstream;dur=\d+$/)
    expect(header('x-ratelimit-limit-requests')).toBe('50')
    expect(header('x-ratelimit-reset-requests')).toMatch(/^(?:\d+m)?[\d.]+m?s$/)
    if (status === 503) expect([header('retry-after'), header('retry-after-ms')]).toEqual(['3', '3000'])
  })
})

test('compressed answers are read, and sent on as they were meant', async () => {
  const { gzipSync } = await import('node:zlib')
  quiet.upstream.play = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
    response.end(gzipSync(chatFrames('Hi').join('')))
  }
  const response = await quiet.gateway.chat(key, { model: GPT, messages, stream: true })
  expect(await response.text()).toBe(chatFrames('Hi').join(''))
  expect(response.headers.get('content-encoding')).toBeNull()
})

test('a model’s name that no header can hold is encoded, and cut', async () => {
  quiet.upstream.play = (response) => sayJson(response, 400, { error: { message: 'No' } })
  for (const [name, told] of [
    ['模型 ☃', '%E6%A8%A1%E5%9E%8B%20%E2%98%83'],
    ['a\r\nset-cookie: x=1', 'a%0D%0Aset-cookie:%20x=1'],
    ['x'.repeat(600), 'x'.repeat(505)],
  ]) {
    const response = await quiet.gateway.chat(key, { model: `openai/${name}`, messages })
    expect(response.status).toBe(400)
    expect(response.headers.get('dragoman-route')).toBe(`openai/${told}`)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(response.headers.get('x-request-id')).not.toBeNull()
  }
})

describe('targets in order', () => {
  test('the headers are those of the target that answered', async () => {
    const both = await quiet.makeKey({ models: { both: [GPT, CLAUDE] } })
    quiet.upstream.play = (response, { path }) => {
      if (path.includes('chat')) {
        return sayJson(
          response,
          500,
          { error: { message: 'No' } },
          { 'x-request-id': 'req_first', 'openai-organization': 'first' },
        )
      }
      return sayStream(response, messageFrames('Hi'))
    }
    const response = await quiet.gateway.chat(both, { model: 'both', messages, seed: 1, stream: true })
    expect(response.status).toBe(200)
    expect(response.headers.get('dragoman-route')).toBe(CLAUDE)
    expect(response.headers.get('dragoman-attempts')).toBe('2')
    expect(response.headers.get('dragoman-upstream-request-id')).toBeNull()
    expect(response.headers.get('openai-organization')).toBeNull()
    expect(response.headers.get('dragoman-loss')).toBe('"seed";kind=dropped')
    await response.text()
  })

  test('losses of a target that did not answer are not told', async () => {
    const both = await quiet.makeKey({ models: { both: [CLAUDE, GPT] } })
    quiet.upstream.play = (response, { path }) =>
      path.includes('chat') ? sayStream(response, chatFrames('Hi')) : sayJson(response, 529, {})
    const response = await quiet.gateway.chat(both, { model: 'both', messages, seed: 1, stream: true })
    expect(response.headers.get('dragoman-route')).toBe(GPT)
    expect(response.headers.get('dragoman-loss')).toBeNull()
    await response.text()
  })

  test('strict mode skips those that would lose, and is a 400 only if all would', async () => {
    const strict = { headers: { 'dragoman-strict': '?1' } }
    const both = await quiet.makeKey({
      models: { last: [CLAUDE, GPT], first: [GPT, CLAUDE], all: [CLAUDE, `${CLAUDE}-x`] },
    })
    quiet.upstream.requests.length = 0
    quiet.upstream.play = (response) => sayStream(response, chatFrames('Hi'))
    const last = await quiet.gateway.chat(both, { model: 'last', messages, seed: 1, stream: true }, strict)
    expect([last.status, last.headers.get('dragoman-route')]).toEqual([200, GPT])
    await last.text()
    quiet.upstream.play = (response) =>
      sayJson(response, 500, { error: { message: 'No' } }, { 'x-request-id': 'req_gpt' })
    const first = await quiet.gateway.chat(both, { model: 'first', messages, seed: 1 }, strict)
    expect([first.status, first.headers.get('dragoman-route')]).toEqual([500, GPT])
    expect(first.headers.get('dragoman-upstream-request-id')).toBe('req_gpt')
    expect(quiet.upstream.requests.every(({ path }) => path.includes('chat'))).toBe(true)
    const all = await quiet.gateway.chat(both, { model: 'all', messages, seed: 1 }, strict)
    expect(await quiet.verdict(all)).toBe('400 invalid_request_error unsupported_parameter seed')
  })
})

test('the log has neither content nor keys, whatever becomes of a request', async () => {
  quiet.upstream.play = (response, { body }) =>
    body.includes('refuse')
      ? sayJson(response, 400, { error: { message: `${CANARY} ${CREDENTIAL}` } }, { 'x-request-id': 'req_1' })
      : sayStream(response, messageFrames(CANARY))
  const secret = key.slice(22)
  const asks = [
    { model: CLAUDE, messages, stream: true, user: CANARY, [CANARY]: CANARY },
    { model: CLAUDE, messages: [{ role: 'user', content: CANARY, [CANARY]: 1, name: CANARY }], stream: true },
    { model: `openai/refuse-${key}`, messages },
    { model: 'openai/refuse', messages, metadata: { [CANARY]: CANARY } },
  ]
  for (const ask of asks) await (await quiet.gateway.chat(key, ask, { headers: { 'x-canary': CANARY } })).text()
  await fetch(`${quiet.gateway.url}/v1/models/${CANARY}`, { headers: { authorization: `Bearer ${key}` } })
  expect((await quiet.gateway.accounts(key)).length).toBeGreaterThan(asks.length)
  quiet.upstream.requests.length = 0
  await quiet.check()
  expect(quiet.gateway.logs.join('\n')).not.toContain(secret)
})

test.each([
  ['ADMIN_TOKEN', undefined],
  ['ADMIN_TOKEN', ' '],
  ['SEAL_KEYS', ''],
])('without %s (%j) nothing is served', async (name, value) => {
  const gateway = await startGateway({ [name]: value })
  for (const [method, path] of [
    ['POST', '/v1/chat/completions'],
    ['GET', '/v1/models'],
    ['GET', '/admin/keys'],
  ]) {
    const response = await fetch(`${gateway.url}${path}`, { method: method ?? '' })
    const { error } = JSON.parse(await response.text())
    expect([response.status, error.type, error.code]).toEqual([503, 'server_error', 'not_configured'])
  }
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  expect(gateway.logs.join('\n')).toContain(`set the secret ${name}`)
  await gateway.close()
})
