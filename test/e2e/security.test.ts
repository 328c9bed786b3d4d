// What an attacker may try from outside: forged routing, odd paths and headers, two requests in one, keys in errors.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sendRaw, statusesIn } from '../harness/raw.ts'
import { chatFrames, messageFrames } from '../harness/stream.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'
import { TEST_SECRETS } from '../secrets.ts'

const CREDENTIAL = 'QuietHarbour-kettle77-Zx81'
const CLAUDE = 'anthropic/claude-haiku-4-5'
const GPT = 'openai/gpt-4o'
const MODELS = [CLAUDE, GPT] as const
const ADMIN = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }

let gateway: Gateway
let upstream: Upstream
/** Where nothing must ever go. */
let elsewhere: Upstream
let key: string

const providersFor = (credential: string) => ({
  anthropic: { base_url: upstream.url, credential },
  openai: { base_url: `${upstream.url}/v1`, credential },
})
const answer: Upstream['play'] = (response, { path, body }) => {
  const frames = path.endsWith('/messages') ? messageFrames('Hi') : chatFrames('Hi')
  if (/"stream": ?true/.test(body)) return sayStream(response, frames)
  if (path.includes('/models')) return sayJson(response, 200, { data: [] })
  return sayJson(response, 200, { object: 'chat.completion', choices: [], content: [], id: 'x', model: 'm' })
}

beforeAll(async () => {
  ;[gateway, upstream, elsewhere] = await Promise.all([
    startGateway(),
    startUpstream(answer),
    startUpstream((response) => sayJson(response, 200, { elsewhere: true })),
  ])
  key = await gateway.createKey({ providers: providersFor(CREDENTIAL), default_provider: 'anthropic' })
})
afterAll(() => Promise.all([gateway.close(), upstream.close(), elsewhere.close()]))
beforeEach(() => {
  upstream.requests.length = 0
  upstream.play = answer
})
afterEach(() => {
  expect(elsewhere.requests).toEqual([])
})

const messages = [{ role: 'user', content: 'Hi' }]
const body = (rest: object = {}) => JSON.stringify({ model: CLAUDE, messages, ...rest })

/** A request as bytes. */
function request(line: string, headers: readonly string[] = [], content = ''): string {
  const host = headers.some((one) => /^host:/i.test(one)) ? [] : ['host: gateway.test']
  const length =
    content === '' ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(content)}`]
  return [`${line} HTTP/1.1`, ...host, ...headers, ...length, 'connection: close', '', content].join('\r\n')
}
const bearer = (token = key) => `authorization: Bearer ${token}`
const raw = (bytes: string | Buffer) => sendRaw(gateway.url, bytes)

/** What is known of each upstream's request line and headers: everything that may go there. */
const SENT = new Set([
  ...['host', 'connection', 'content-type', 'content-length', 'transfer-encoding', 'accept-encoding'],
  // The credential, and what the services' protocols ask for; the last one is the platform's.
  ...['authorization', 'x-api-key', 'anthropic-version', 'anthropic-beta', 'openai-beta', 'cf-worker'],
])

describe('where a request goes is not the client’s to say', () => {
  /** Headers that proxies and gateways somewhere take for instructions. */
  const smuggled = () => {
    const { host } = new URL(elsewhere.url)
    const urls = ['x-original-url', 'x-rewrite-url', 'x-upstream-url', 'x-target-url', 'x-base-url', 'x-proxy-url']
    const hosts = [
      'x-forwarded-host',
      'x-host',
      'x-upstream-host',
      'x-original-host',
      'x-http-host-override',
      'x-server',
    ]
    const rest = {
      forwarded: `for=1.2.3.4;host=${host};proto=http`,
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '1',
      'x-forwarded-prefix': '/admin',
      'x-real-ip': '1.2.3.4',
      'true-client-ip': '1.2.3.4',
      'cf-connecting-ip': '1.2.3.4',
      'x-http-method-override': 'DELETE',
      'x-method-override': 'DELETE',
      'x-provider': 'elsewhere',
      'x-config': JSON.stringify({ base_url: elsewhere.url }),
      'openai-organization': 'org-elsewhere',
      'openai-project': 'proj-elsewhere',
      'x-goog-api-key': 'elsewhere',
      'x-amz-security-token': 'elsewhere',
      'proxy-authorization': 'Basic eA==',
      cookie: 'a=b',
      referer: elsewhere.url,
      'user-agent': 'elsewhere',
      'x-stainless-lang': 'js',
      te: 'trailers',
      via: '1.1 elsewhere',
      range: 'bytes=0-1',
      'if-none-match': '"x"',
    }
    return {
      ...Object.fromEntries(urls.map((name) => [name, `${elsewhere.url}/admin/keys`])),
      ...Object.fromEntries(hosts.map((name) => [name, host])),
      ...rest,
    }
  }

  test.each(MODELS)('%s gets none of the client’s headers but those its service knows', async (model) => {
    const response = await gateway.chat(key, { model, messages, stream: true }, { headers: smuggled() })
    expect(response.status).toBe(200)
    await response.text()
    const [sent, ...more] = upstream.requests
    expect(more).toEqual([])
    expect(sent?.method).toBe('POST')
    expect(Object.keys(sent?.headers ?? {}).filter((name) => !SENT.has(name))).toEqual([])
    expect(sent?.headers.host).toBe(new URL(upstream.url).host)
    expect(JSON.stringify(sent)).not.toContain('elsewhere')
    expect(JSON.stringify(sent)).not.toContain(new URL(elsewhere.url).port)
    expect(JSON.stringify(sent?.headers)).not.toContain(key)
  })

  test('a forged host changes nothing, and is asked nothing', async () => {
    const host = new URL(elsewhere.url).host
    for (const forged of [host, 'localhost', 'dragoman.internal', '[::1]:80']) {
      const text = await raw(request('POST /v1/chat/completions', [`host: ${forged}`, bearer()], body()))
      expect(statusesIn(text), forged).toEqual([200])
      expect(text).not.toContain('location:')
    }
    for (const { headers } of upstream.requests) expect(headers.host).toBe(new URL(upstream.url).host)
  })

  test.each([
    'gateway.test/admin',
    'gateway.test/v1/models?',
    'gateway.test#',
    'a@gateway.test',
    'a b',
    'gateway.test\\',
  ])('a host that is none, %j, makes no path', async (host) => {
    const text = await raw(request('GET /healthz', [`host: ${host}`]))
    expect(statusesIn(text)).toEqual([400])
  })

  test('an address in the request line is only its path', async () => {
    const text = await raw(request(`POST ${elsewhere.url}/v1/chat/completions`, [bearer()], body()))
    expect([200, 400, 404]).toContain(statusesIn(text)[0])
    for (const { headers } of upstream.requests) expect(headers.host).toBe(new URL(upstream.url).host)
  })

  test('the path is that of the request line, whatever headers say', async () => {
    const headers = Object.entries(smuggled()).map(([name, value]) => `${name}: ${value}`)
    const text = await raw(request('GET /healthz', [...headers, `authorization: ${ADMIN.authorization}`]))
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n\{"status":"ok"\}$/)
  })
})

describe('paths', () => {
  const ODD = [
    '//admin/keys',
    '/%2e%2e/admin/keys',
    '/v1/../admin/keys',
    '/v1/%2e%2e/admin/keys',
    '/v1/..%2fadmin/keys',
    '/v1/models/../../admin/keys',
    '/v1/models/..%2f..%2fadmin%2fkeys',
    '/healthz/../admin/keys',
    '/healthz%2f..%2fadmin/keys',
    '/./admin/keys',
    '/%61dmin/keys',
    '/admin%2fkeys',
    '/admin/%6beys',
    '/admin//keys',
    '/admin/keys/',
    '/admin/keys;x=1',
    '/admin/keys%00',
    '/admin\\keys',
    '/ADMIN/keys',
    '/admin/keys?x=/v1/models',
  ]

  test.each(ODD)('%s lists no keys to a client', async (path) => {
    for (const headers of [[], [bearer()], [`x-api-key: ${key}`]]) {
      const text = await raw(request(`GET ${path}`, headers))
      expect(text).not.toContain('"created_at"')
      const [status = 0] = statusesIn(text)
      // The model that there is not is looked for among the key's own.
      expect([400, 401, 404], text).toContain(status)
    }
  })

  test.each([
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1%2Fchat%2Fcompletions',
    '/v1/chat%2fcompletions',
    '/%2fv1/chat/completions',
    '/v1/chat/completions/x',
    '/V1/chat/completions',
    '/v1/chat/completions%00',
    '/v1/chat/completions%0d%0a',
    '/v1/chat/../chat/completions/..',
  ])('%s is no other name of an endpoint', async (path) => {
    const text = await raw(request(`POST ${path}`, [bearer()], body()))
    expect(statusesIn(text), text).toEqual([404])
    expect(text).toContain('"code":"unknown_url"')
    expect(upstream.requests).toEqual([])
  })

  test('what is said of a path is neither a header nor a page', async () => {
    const text = await raw(
      request('GET /v1/x%0d%0aset-cookie:%20a=1%0d%0a%0d%0a%3Cscript%3Ealert(1)%3C/script%3E', [bearer()]),
    )
    const [head = ''] = text.split('\r\n\r\n')
    expect(head).not.toMatch(/^set-cookie/im)
    expect(head).toMatch(/^content-type: application\/json/im)
  })

  test.each([
    'GET /v1/mod\rels',
    'GET /v1/mod\nels',
    'GET /v1/models HTTP/1.1\r\nx: y\r\n',
    'GET  /v1/models',
    'GÉT /v1/models',
  ])('the request line %j is refused, or is one request', async (line) => {
    const statuses = statusesIn(await raw(request(line, [])))
    expect(statuses.length).toBeLessThanOrEqual(1)
    expect(statuses[0] ?? 400).not.toBe(200)
  })
})

describe('keys', () => {
  test('twice is not once', async () => {
    const other = await gateway.createKey({ providers: providersFor(CREDENTIAL) })
    const doubled = [
      [bearer(), bearer()],
      [bearer(), bearer(other)],
      [bearer(), `x-api-key: ${other}`],
      [`x-api-key: ${key}`, `x-api-key: ${key}`],
      [bearer(), 'authorization: Basic eA=='],
      [bearer(TEST_SECRETS.ADMIN_TOKEN), bearer()],
    ]
    for (const headers of doubled) {
      const text = await raw(request('GET /v1/models', headers))
      expect(statusesIn(text), headers.join()).toEqual([401])
      expect(text).not.toContain(key.slice(22))
    }
    expect(statusesIn(await raw(request('GET /admin/keys', [bearer(TEST_SECRETS.ADMIN_TOKEN), bearer(key)])))).toEqual([
      401,
    ])
    // The same one in the ways of two SDKs is one.
    expect(statusesIn(await raw(request('GET /v1/models', [bearer(), `x-api-key: ${key}`])))).toEqual([200])
  })

  test.each(['authorization: Bearer', 'x-api-key:', 'api-key:'])(
    'of a megabyte, as %s, is refused at once',
    async (name) => {
      const began = Date.now()
      const text = await raw(request('GET /v1/models', [`${name} sk-dg-${'a'.repeat(1024 * 1024)}`]))
      for (const status of statusesIn(text)) expect([400, 401, 413, 431]).toContain(status)
      expect(Date.now() - began).toBeLessThan(5000)
      expect(gateway.logs.join('')).not.toContain('aaaaaaaaaaaaaaaaaaaaaaaa')
      expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    },
  )

  test('of odd characters is refused, and never repeated', async () => {
    for (const odd of [
      '\t',
      'ü',
      '\u0000',
      `${key}\u0001`,
      `${key},`,
      `"${key}"`,
      `${key} ${key}`,
      key.toUpperCase(),
      key.slice(0, -1),
    ]) {
      const text = await raw(Buffer.from(request('GET /v1/models', [bearer(odd)]), 'latin1'))
      for (const status of statusesIn(text)) expect([400, 401], JSON.stringify(odd)).toContain(status)
      expect(text).not.toContain(key.slice(22, -1))
    }
  })
})

describe('two in one', () => {
  const inner = request('GET /admin/keys', [`authorization: ${ADMIN.authorization}`])
  const content = body()
  const chunked = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n\r\n`
  const post = (headers: readonly string[], rest: string) =>
    [
      'POST /v1/chat/completions HTTP/1.1',
      'host: gateway.test',
      bearer(),
      'content-type: application/json',
      ...headers,
      '',
      rest,
    ].join('\r\n')

  test.each([
    ['a length and chunks', ['content-length: 4', 'transfer-encoding: chunked'], chunked(content)],
    ['chunks and a length', ['transfer-encoding: chunked', `content-length: ${content.length}`], `0\r\n\r\n`],
    ['two lengths', [`content-length: ${content.length}`, 'content-length: 3'], content],
    ['two lengths in one', [`content-length: ${content.length}, 3`], content],
    ['a length with a sign', [`content-length: +${content.length}`], content],
    ['a length in hexadecimals', ['content-length: 0x10'], content],
    ['a negative length', ['content-length: -1'], content],
    ['an unknown coding', ['transfer-encoding: xchunked'], chunked(content)],
    ['a coding twice', ['transfer-encoding: chunked', 'transfer-encoding: identity'], chunked(content)],
    ['a coding behind a tab', ['transfer-encoding:\tchunked', 'content-length: 4'], chunked(content)],
    ['a coding before a colon', ['transfer-encoding : chunked', `content-length: ${content.length}`], content],
    ['a folded coding', ['transfer-encoding:\r\n chunked', 'content-length: 4'], chunked(content)],
    ['a coding after a bare line end', ['x: y\ntransfer-encoding: chunked', 'content-length: 4'], chunked(content)],
    ['a chunk of a size that is none', ['transfer-encoding: chunked'], `zz\r\n${content}\r\n0\r\n\r\n`],
    ['a chunk of too large a size', ['transfer-encoding: chunked'], `ffffffffffffffffff\r\n${content}\r\n0\r\n\r\n`],
  ])('%s: at most one request goes on, and it is the client’s own', async (_what, headers, rest) => {
    const text = await raw(post(headers, rest))
    // Whatever the runtime makes of it: no more than one is answered with success, and that was read whole.
    expect(upstream.requests.length).toBeLessThanOrEqual(1)
    for (const { body: sent } of upstream.requests) expect(JSON.parse(sent).messages).toHaveLength(1)
    expect(statusesIn(text).filter((status) => status < 300).length).toBe(upstream.requests.length)
    expect(text).not.toContain('"created_at"')
  })

  test('what stands behind a body is a request of its own, with a key of its own', async () => {
    const anonymous = request('GET /v1/models')
    const text = await raw(post([`content-length: ${content.length}`], content + anonymous))
    expect(statusesIn(text)).toEqual([200, 401])
  })

  test('what stands in a body is none', async () => {
    const hidden = body({ messages: [{ role: 'user', content: inner }] })
    const text = await raw(post([`content-length: ${Buffer.byteLength(hidden)}`, 'connection: close'], hidden))
    expect(statusesIn(text)).toEqual([200])
    expect(upstream.requests).toHaveLength(1)
  })

  test.each(MODELS)('a line end in a header that %s knows ends the header', async (model) => {
    for (const end of ['\r\n', '\n', '\r', '%0d%0a', '\\r\\n', '\u560d\u560a']) {
      const beta = model === CLAUDE ? 'anthropic-beta' : 'openai-beta'
      const bytes = request(
        'POST /v1/chat/completions',
        [bearer(), `${beta}: a-2024-01-01${end}x-smuggled: 1`],
        body({ model }),
      )
      await raw(Buffer.from(bytes, 'utf8'))
    }
    expect(upstream.requests.length).toBeGreaterThan(0)
    for (const { headers } of upstream.requests) {
      expect(Object.keys(headers).filter((name) => !SENT.has(name))).toEqual([])
    }
  })
})

test('streams that run side by side hold only what is theirs, also while others leave', async () => {
  const lanes = Array.from({ length: 30 }, (_, i) => ({
    canary: `canary-${i}-${crypto.randomUUID()}`,
    model: MODELS[i % 2] ?? GPT,
    key: i % 3,
    leaves: i % 5 === 4,
  }))
  const credentialOf = (number: number) => `credential-of-key-number-${number}`
  const keys = await Promise.all(
    [0, 1, 2].map((number) => gateway.createKey({ providers: providersFor(credentialOf(number)) })),
  )
  upstream.play = async (response, { path, body: sent }) => {
    const canary = /canary-\d+-[\w-]+/.exec(sent)?.[0] ?? 'none'
    const words = `${canary} `.repeat(20).split(/(?<=-)/)
    const frames = path.endsWith('/messages') ? messageFrames(...words) : chatFrames(...words)
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': canary, 'x-request-id': canary })
    response.flushHeaders()
    // All of them wait for each other, and then take turns.
    while (upstream.requests.length < lanes.length) await sleep(5)
    for (const frame of frames) {
      for (const piece of [frame.slice(0, 11), frame.slice(11)]) {
        if (response.destroyed) return
        response.write(piece)
        await sleep(Math.random() * 3)
      }
    }
    response.end()
  }
  await Promise.all(
    lanes.map(async ({ canary, model, key: number, leaves }) => {
      const asked = { model, stream: true, messages: [{ role: 'user', content: canary }], [`x_${canary}`]: 1 }
      const leaving = new AbortController()
      const response = await gateway.chat(keys[number] ?? '', asked, { signal: leaving.signal })
      const headers = JSON.stringify([...response.headers])
      expect(headers).toContain(`["dragoman-upstream-request-id","${canary}"]`)
      const reader = response.body?.getReader()
      const decoder = new TextDecoder()
      let text = ''
      for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
        text += decoder.decode(read.value, { stream: true })
        if (leaves && text.length > 2000) break
      }
      leaving.abort()
      const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('')
      if (leaves) expect(`${canary} `.repeat(20)).toContain(said)
      else expect(said).toBe(`${canary} `.repeat(20))
      for (const other of lanes) if (other.canary !== canary) expect(headers + text).not.toContain(other.canary)
    }),
  )
  expect(upstream.requests).toHaveLength(lanes.length)
  for (const { headers, body: sent } of upstream.requests) {
    const lane = lanes.find(({ canary }) => sent.includes(canary))
    expect(headers['x-api-key'] ?? headers.authorization).toMatch(
      new RegExp(`^(?:Bearer )?${credentialOf(lane?.key ?? -1)}$`),
    )
  }
  for (const [number, one] of keys.entries()) {
    const outcomes = await gateway.accounts(one, lanes.length / 3)
    const left = lanes.filter(({ key: own, leaves }) => own === number && leaves).length
    expect(outcomes).toHaveLength(lanes.length / 3)
    expect(outcomes.filter((line) => line.startsWith('client_gone'))).toHaveLength(left)
  }
})

describe('headers of answers', () => {
  const HOSTILE: Record<string, string> = {
    'set-cookie': 'a=b',
    server: 'evil',
    'x-powered-by': 'evil',
    'x-frame-options': 'evil',
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2030-01-01T00:00:00Z',
    'anthropic-ratelimit-unified-status': 'evil',
    'x-ratelimit-limit-requests': '50',
    'x-ratelimit-remaining-requests': '49',
    'x-ratelimit-reset-requests': '1s',
    'x-ratelimit-evil': '1',
    'access-control-allow-credentials': 'true',
    'www-authenticate': 'Basic',
    'openai-processing-ms': 'evil',
    'cf-ray': 'evil',
    'alt-svc': 'evil',
    'content-security-policy': 'evil',
    vary: 'evil',
    age: '1',
    'x-evil': 'evil',
  }
  const STANDARD = ['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']
  const OURS = ['x-request-id', 'request-id']
  const CORS = ['access-control-allow-origin', 'access-control-expose-headers']
  const PUBLIC = ['openai-version', 'server-timing']
  const UPSTREAM = ['dragoman-route', 'dragoman-attempts', 'dragoman-upstream-request-id', 'openai-processing-ms']
  const WINDOWS = ['limit', 'remaining', 'reset'].map((one) => `x-ratelimit-${one}-requests`)
  const RETRY = ['retry-after', 'retry-after-ms', 'x-should-retry']
  const V1 = [...STANDARD, ...OURS, ...CORS, ...PUBLIC]
  const CHAT = [...V1, ...UPSTREAM, ...WINDOWS, 'dragoman-loss']
  const PREFLIGHT = ['allow-origin', 'allow-methods', 'allow-headers', 'max-age'].map((one) => `access-control-${one}`)

  const ask = (model: string, rest: object = {}) => ({ method: 'POST', body: body({ model, seed: 1, ...rest }) })
  const client = () => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' })

  beforeEach(() => {
    upstream.play = (response, received) => {
      for (const [name, value] of Object.entries(HOSTILE)) response.setHeader(name, value)
      if (received.body.includes('refused'))
        return sayJson(response, 429, { error: { message: 'No' } }, { 'retry-after': '3' })
      if (received.body.includes('broken')) return sayJson(response, 200, '<html>')
      return answer(response, received)
    }
  })

  test.each([
    ['a whole answer, translated', '/v1/chat/completions', ask(CLAUDE), 200, CHAT],
    ['a whole answer, relayed', '/v1/chat/completions', ask(GPT), 200, CHAT],
    ['a stream, translated', '/v1/chat/completions', ask(CLAUDE, { stream: true }), 200, [...CHAT, 'cache-control']],
    ['a stream, relayed', '/v1/chat/completions', ask(GPT, { stream: true }), 200, [...CHAT, 'cache-control']],
    ['a refusal', '/v1/chat/completions', ask(`${GPT}-refused`), 429, [...CHAT, ...RETRY]],
    ['a refusal, translated', '/v1/chat/completions', ask(`${CLAUDE}-refused`), 429, [...CHAT, ...RETRY]],
    ['nonsense', '/v1/chat/completions', ask(`${GPT}-broken`), 502, CHAT],
    ['a bad request', '/v1/chat/completions', { method: 'POST', body: '{' }, 400, V1],
    ['what would be sent', '/v1/translate', ask(CLAUDE), 200, [...V1, 'dragoman-route', 'dragoman-loss']],
    ['the models', '/v1/models', {}, 200, V1],
    ['a model', '/v1/models/x', {}, 404, V1],
    ['a method that is not', '/v1/models', { method: 'DELETE' }, 405, [...V1, 'allow']],
    ['a path that is not', '/v1/files', {}, 404, V1],
    ['a wrong key', '/v1/models', { headers: { authorization: 'Bearer x' } }, 401, V1],
    ['health', '/healthz', {}, 200, [...STANDARD, ...OURS]],
    ['nothing', '/nothing', {}, 404, [...STANDARD, ...OURS]],
    ['keys', '/admin/keys', { headers: ADMIN }, 200, [...STANDARD, ...OURS, 'cache-control']],
    ['keys, to a client', '/admin/keys', {}, 401, [...STANDARD, ...OURS, 'cache-control']],
    ['a preflight', '/v1/chat/completions', { method: 'OPTIONS' }, 204, [...STANDARD, ...PREFLIGHT, 'vary']],
    ['a preflight of nothing', '/v1/nothing', { method: 'OPTIONS' }, 204, [...STANDARD, ...PREFLIGHT, 'vary']],
    [
      'a preflight of the admin API',
      '/admin/keys',
      { method: 'OPTIONS' },
      401,
      [...STANDARD, ...OURS, 'cache-control'],
    ],
  ] as const)('of %s are those that are promised', async (_what, path, init, status, allowed) => {
    const response = await fetch(`${gateway.url}${path}`, { headers: client(), ...init })
    expect(response.status).toBe(status)
    await response.text()
    const names = [...response.headers.keys()]
    expect(names.filter((name) => !(allowed as readonly string[]).includes(name))).toEqual([])
    expect(JSON.stringify([...response.headers])).not.toContain('evil')
    if (path.startsWith('/v1') && status !== 204) {
      const exposed = response.headers.get('access-control-expose-headers')?.split(', ') ?? []
      const own = names.filter((name) => /^(?:x-|request-id|dragoman-|retry-|openai-|server-timing)/.test(name))
      expect(own.filter((name) => !exposed.includes(name))).toEqual([])
    }
    if (!path.startsWith('/v1')) expect(names.filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('a credential that a provider sends back', () => {
  const hex = (make: (code: string) => string) =>
    [...CREDENTIAL].map((one) => make(one.charCodeAt(0).toString(16))).join('')
  const SPELLINGS: readonly (readonly [string, string])[] = [
    ['as it is', CREDENTIAL],
    ['as a header', `authorization: Bearer ${CREDENTIAL}`],
    ['in JSON', JSON.stringify({ headers: { 'x-api-key': CREDENTIAL } })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ key: CREDENTIAL }))],
    ['in escapes', hex((code) => `\\u00${code}`)],
    ['in percents', hex((code) => `%${code}`)],
    ['in base64', btoa(CREDENTIAL)],
    ['in base64 with a name', `Basic ${btoa(`key:${CREDENTIAL}`)}`],
    ['in two parts', `${CREDENTIAL.slice(0, 13)}\n${CREDENTIAL.slice(13)}`],
    ['by letters', [...CREDENTIAL].join(' ')],
    ['cut', `${CREDENTIAL.slice(0, 18)}…`],
    ['in capitals', CREDENTIAL.toUpperCase()],
  ]
  const squeezed = CREDENTIAL.replace(/\W/g, '').toLowerCase()
  /** No eight letters in a row of it are left, in any of the spellings. */
  const clean = (text: string) => {
    const decoded = text
      .replace(/\\+u00([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/[^a-z0-9]/gi, '')
      .toLowerCase()
    for (let i = 0; i + 8 <= squeezed.length; i++) expect(decoded).not.toContain(squeezed.slice(i, i + 8))
    expect(text).not.toContain(btoa(CREDENTIAL).slice(0, 20))
    expect(text).not.toContain(btoa(`key:${CREDENTIAL}`).slice(8, 28))
  }

  describe.each([400, 401, 404, 422, 429, 500])('in a refusal, %i', (status) => {
    test.each(SPELLINGS)('%s', async (_how, spelt) => {
      for (const model of MODELS) {
        upstream.play = (response) =>
          sayJson(
            response,
            status,
            {
              type: 'error',
              error: { type: spelt, message: `Bad: ${spelt}`, code: spelt, param: spelt },
            },
            { 'request-id': `req_${CREDENTIAL}`, 'x-request-id': `req_${CREDENTIAL}`, 'retry-after': '1' },
          )
        const response = await gateway.chat(key, { model, messages })
        expect(response.status).toBeGreaterThanOrEqual(400)
        clean(await response.text())
        clean(JSON.stringify([...response.headers]))
      }
    })
  })

  test.each(SPELLINGS)('in an error event of a stream that is translated, %s', async (_how, spelt) => {
    const event = `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'api_error', message: `Bad: ${spelt}` } })}\n\n`
    upstream.play = (response) => sayStream(response, [...messageFrames('Hi').slice(0, 3), event])
    const text = await (await gateway.chat(key, { model: CLAUDE, messages, stream: true })).text()
    expect(text).toContain('"error"')
    clean(text)
  })

  test('in a page of something in between', async () => {
    upstream.play = (response) => sayJson(response, 400, `<html>${CREDENTIAL}</html>`, { 'content-type': 'text/html' })
    for (const model of MODELS) clean(await (await gateway.chat(key, { model, messages })).text())
  })

  test('or that the preview would show', async () => {
    const response = await fetch(`${gateway.url}/v1/translate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body(),
    })
    expect(response.status).toBe(200)
    clean(await response.text())
  })
})

test('nothing of all that was logged', () => {
  const log = gateway.logs.join('\n') + JSON.stringify(gateway.entries)
  for (const secret of [CREDENTIAL, key.slice(22), ...Object.values(TEST_SECRETS)]) expect(log).not.toContain(secret)
})
