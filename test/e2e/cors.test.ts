// Browsers: what they may send, what they may read, and where they may come from.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { messageFrames } from '../harness/stream.ts'
import { sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([
    startGateway(),
    startUpstream((response) => sayStream(response, messageFrames('Hi'))),
  ])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))

const APP = 'https://app.example.com'

/** What the official clients send from a browser. */
const SDK_HEADERS = [
  ...['authorization', 'content-type', 'x-api-key', 'api-key', 'openai-organization', 'openai-project', 'openai-beta'],
  ...['x-stainless-arch', 'x-stainless-lang', 'x-stainless-os', 'x-stainless-package-version', 'x-stainless-runtime'],
  ...['x-stainless-runtime-version', 'x-stainless-retry-count', 'x-stainless-timeout', 'x-stainless-helper-method'],
  ...['idempotency-key', 'x-client-request-id', 'anthropic-version', 'anthropic-dangerous-direct-browser-access'],
  ...['dragoman-strict', 'dragoman-report'],
]

/** Every header that is promised to scripts. */
const EXPOSED = [
  ...['x-request-id', 'request-id', 'dragoman-upstream-request-id', 'dragoman-route', 'dragoman-attempts'],
  ...['dragoman-loss', 'retry-after', 'retry-after-ms', 'x-should-retry', 'server-timing', 'openai-version'],
  ...['openai-processing-ms', 'openai-organization'],
  ...['limit', 'remaining', 'reset'].flatMap((one) => [`x-ratelimit-${one}-requests`, `x-ratelimit-${one}-tokens`]),
]

/** As a browser asks; `fetch` would not send these headers. */
function preflight(path: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sent = request(gateway.url + path, { method: 'OPTIONS', headers }, async (response) => {
        let body = ''
        for await (const chunk of response) body += chunk
        resolve({ status: response.statusCode, headers: response.headers, body })
      })
      sent.on('error', reject)
      sent.end()
    },
  )
}

const listOf = (value: unknown) =>
  new Set(
    String(value)
      .toLowerCase()
      .split(/\s*,\s*/),
  )

function expectReadable(headers: Headers): void {
  expect(headers.get('access-control-allow-origin')).toBe('*')
  const exposed = listOf(headers.get('access-control-expose-headers'))
  expect(EXPOSED.filter((name) => !exposed.has(name))).toEqual([])
}

describe('a preflight', () => {
  test.each(['/v1/chat/completions', '/v1/models', '/v1/models/a%2Fb', '/v1/responses', '/v1/nowhere', '/v1'])(
    'of %s is let through, whoever asks and for whatever header',
    async (path) => {
      const logged = gateway.logs.length
      for (const origin of [APP, 'null', 'https://evil.example']) {
        const answer = await preflight(path, {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': SDK_HEADERS.join(','),
        })
        expect([answer.status, answer.body]).toEqual([204, ''])
        expect(answer.headers['access-control-allow-origin']).toBe('*')
        const allowed = listOf(answer.headers['access-control-allow-headers'])
        expect(SDK_HEADERS.filter((name) => !allowed.has(name))).toEqual([])
        const methods = listOf(answer.headers['access-control-allow-methods'])
        expect(['get', 'post', 'delete'].filter((name) => !methods.has(name))).toEqual([])
        expect(answer.headers['access-control-max-age']).toBe('7200')
        expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
      }
      expect(gateway.logs.length).toBe(logged)
    },
  )

  test('needs no key, and not even secrets', async () => {
    const bare = await startGateway({ ADMIN_TOKEN: undefined, SEAL_KEYS: undefined })
    const response = await fetch(`${bare.url}/v1/chat/completions`, { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expectReadable((await fetch(`${bare.url}/v1/models`)).headers)
    await bare.close()
  })

  test('of /admin is not', async () => {
    const answer = await preflight('/admin/keys', { origin: APP, 'access-control-request-method': 'GET' })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('an answer is readable', () => {
  const body = { model: 'claude-haiku-4-5', stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const keyOf = (more: Record<string, unknown> = {}) =>
    gateway.createKey({ providers: { anthropic: { base_url: upstream.url, credential: 'canary' } }, ...more })

  test('when it succeeds', async () => {
    const response = await gateway.chat(await keyOf(), body, { headers: { origin: APP } })
    expect(response.status).toBe(200)
    expectReadable(response.headers)
    expect(await response.text()).toContain('[DONE]')
  })

  test('and when it fails, however early', async () => {
    const key = await keyOf()
    const answers = [
      gateway.chat('sk-none', body),
      gateway.chat(key, '{'),
      gateway.chat(key, { ...body, model: '' }),
      gateway.chat(key, body, { headers: { 'dragoman-strict': 'x' } }),
      fetch(`${gateway.url}/v1/nowhere`),
      fetch(`${gateway.url}/v1/files`, { method: 'POST' }),
      fetch(`${gateway.url}/v1/chat/completions`),
      fetch(`${gateway.url}/v1`),
    ]
    const statuses: number[] = []
    for (const response of await Promise.all(answers)) {
      statuses.push(response.status)
      expectReadable(response.headers)
    }
    expect(statuses).toEqual([401, 400, 400, 400, 404, 404, 405, 404])
  })

  test('but nothing under /admin is', async () => {
    for (const path of ['/admin/keys', '/admin/nowhere']) {
      const response = await fetch(gateway.url + path, { headers: { origin: APP } })
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  describe('from the origins of its key', () => {
    const own = () => gateway.url
    const from = async (key: string, origin?: string) => {
      const sent = upstream.requests.length
      const response = await gateway.chat(key, body, origin === undefined ? {} : { headers: { origin } })
      const text = await response.text()
      expectReadable(response.headers)
      if (response.status === 200) return 200
      const { error } = JSON.parse(text)
      expect(upstream.requests.length).toBe(sent)
      return `${response.status} ${error.type} ${error.code}`
    }
    const refused = '403 invalid_request_error origin_not_allowed'

    test('those that are listed, and the gateway’s own', async () => {
      const key = await keyOf({ origins: [APP, 'http://localhost:3000'] })
      expect(await from(key, APP)).toBe(200)
      expect(await from(key, 'http://localhost:3000')).toBe(200)
      expect(await from(key, own())).toBe(200)
      expect(await from(key)).toBe(200)
      for (const origin of [
        'null',
        'https://evil.example',
        `${APP}.evil.example`,
        `${APP}:8443`,
        'http://app.example.com',
      ]) {
        expect(await from(key, origin)).toBe(refused)
      }
      const models = await fetch(`${gateway.url}/v1/models`, {
        headers: { authorization: `Bearer ${key}`, origin: 'https://evil.example' },
      })
      expect(models.status).toBe(403)
    })

    test('any, where none are listed', async () => {
      const key = await keyOf()
      for (const origin of [APP, 'null', own()]) expect(await from(key, origin)).toBe(200)
    })

    test('none but the gateway’s own, where the list is empty', async () => {
      const key = await keyOf({ origins: [] })
      for (const origin of [APP, 'null']) expect(await from(key, origin)).toBe(refused)
      expect(await from(key, own())).toBe(200)
      expect(await from(key)).toBe(200)
    })
  })

  test('and the page’s origin does not go to the provider', async () => {
    upstream.requests.length = 0
    await (
      await gateway.chat(await keyOf(), body, { headers: { origin: APP, referer: `${APP}/chat`, cookie: 'a=b' } })
    ).text()
    expect(Object.keys(upstream.requests[0]?.headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:origin|referer|cookie|authorization|x-stainless.*)$/)]),
    )
  })
})
