// Providers' windows: what one answer told of them holds for the next request, in every isolate, before it is sent.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { knownLimits } from '../../schemas/limits.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { chatFrames, messageFrames } from '../harness/stream.ts'
import { type Play, sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let claude: Upstream
let gpt: Upstream

const silent: Play = (response) => void response.end()
beforeAll(async () => {
  ;[gateway, claude, gpt] = await Promise.all([startGateway(), startUpstream(silent), startUpstream(silent)])
})
afterAll(() => Promise.all([gateway.close(), claude.close(), gpt.close()]))
beforeEach(() => {
  claude.requests.length = 0
  gpt.requests.length = 0
  gpt.play = answering()
  claude.play = (response) => sayStream(response, messageFrames('From Claude.'))
})

/** With credentials of its own: windows are theirs. `hard`: the limiter is waited for, so that no test is a race. */
const keyOf = (rest: Record<string, unknown> = {}) =>
  gateway.createKey({
    providers: {
      gpt: { provider: 'openai-compatible', base_url: `${gpt.url}/v1`, credential: crypto.randomUUID() },
      anthropic: { base_url: claude.url, credential: crypto.randomUUID() },
    },
    models: { both: ['gpt/m', 'anthropic/claude-haiku-4-5'] },
    limits_mode: 'hard',
    ...rest,
  })
const ask = { model: 'gpt/m', messages: [{ role: 'user', content: 'Hi' }], stream: true }

function answering(headers: Record<string, string> = {}): Play {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
    return sayStream(response, chatFrames('From GPT.'))
  }
}
const refusing =
  (headers: Record<string, string>, body: unknown = '', status = 429): Play =>
  (response) =>
    sayJson(response, status, body, headers)

/** A window's headers. */
const left = (remaining: number, reset?: string, limit = 10) => ({
  'x-ratelimit-limit-requests': String(limit),
  'x-ratelimit-remaining-requests': String(remaining),
  ...(reset !== undefined && { 'x-ratelimit-reset-requests': reset }),
})

async function answered(key: string, more: object = {}, url = gateway.url) {
  const response = await gateway.chat(key, { ...ask, ...more }, { url })
  const text = await response.text()
  const { headers, status } = response
  return {
    status,
    headers,
    route: headers.get('dragoman-route'),
    attempts: headers.get('dragoman-attempts'),
    error: status === 200 ? undefined : JSON.parse(text).error,
  }
}

describe('a window that is spent', () => {
  test('refuses the next request before it is sent, until it ends', async () => {
    const key = await keyOf()
    gpt.play = answering(left(0, '2s'))
    expect((await answered(key)).status).toBe(200)
    const refused = await answered(key)
    expect(refused.status).toBe(429)
    expect(refused.error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded', param: null })
    expect(refused.error.message).toMatch(
      /^Rate limit reached at the provider of slot 'gpt' on requests: Limit 10, Remaining 0\. Please try again in /,
    )
    expect(gpt.requests).toHaveLength(1)
    expect(refused.attempts).toBeNull()
    expect(refused.route).toBe('gpt/m')
    const ms = Number(refused.headers.get('retry-after-ms'))
    expect(ms).toBeGreaterThan(0)
    expect(ms).toBeLessThanOrEqual(2000)
    expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('10')
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(refused.headers.get('x-ratelimit-reset-requests')).toMatch(/s$/)
    await sleep(ms)
    gpt.play = answering(left(9, '60s'))
    expect((await answered(key)).status).toBe(200)
    expect((await answered(key)).status).toBe(200)
    expect(gpt.requests).toHaveLength(3)
  })

  test('is another isolate’s business as well', async () => {
    const key = await keyOf()
    gpt.play = answering(left(0, '60s'))
    await answered(key)
    await gateway.accounts(key)
    expect((await answered(key, {}, gateway.other)).status).toBe(429)
    expect(gpt.requests).toHaveLength(1)
  })

  test('makes way for the next target of a list', async () => {
    const key = await keyOf()
    gpt.play = answering(left(0, '60s'))
    expect((await answered(key, { model: 'both' })).route).toBe('gpt/m')
    const next = await answered(key, { model: 'both' })
    expect([next.status, next.route, next.attempts]).toEqual([200, 'anthropic/claude-haiku-4-5', '1'])
    expect([gpt.requests.length, claude.requests.length]).toEqual([1, 1])
  })

  test('of every target: the soonest end is told', async () => {
    const key = await keyOf()
    gpt.play = answering(left(0, '50s'))
    claude.play = refusing(
      { 'retry-after': '20' },
      { type: 'error', error: { type: 'rate_limit_error', message: 'No.' } },
    )
    await answered(key)
    await answered(key, { model: 'anthropic/claude-haiku-4-5' })
    for (const order of [
      ['gpt/m', 'anthropic/claude-haiku-4-5'],
      ['anthropic/claude-haiku-4-5', 'gpt/m'],
    ]) {
      const id = await gateway.createKey({
        providers: {
          gpt: { provider: 'openai-compatible', base_url: `${gpt.url}/v1`, credential: crypto.randomUUID() },
          anthropic: { base_url: claude.url, credential: crypto.randomUUID() },
        },
        models: { both: order },
        limits_mode: 'hard',
      })
      await answered(id)
      await answered(id, { model: 'anthropic/claude-haiku-4-5' })
      const sent = gpt.requests.length + claude.requests.length
      const refused = await answered(id, { model: 'both' })
      expect([refused.status, refused.route]).toEqual([429, 'anthropic/claude-haiku-4-5'])
      expect(Number(refused.headers.get('retry-after-ms'))).toBeLessThanOrEqual(20_000)
      expect(gpt.requests.length + claude.requests.length).toBe(sent)
    }
  })

  test('costs nothing of the key’s own limits', async () => {
    const key = await keyOf({ limits: { requests_per_minute: 2 } })
    gpt.play = answering(left(0, '60s'))
    await answered(key)
    for (let i = 0; i < 3; i++) expect((await answered(key)).error.message).toContain('provider')
    expect((await answered(key, { model: 'anthropic/claude-haiku-4-5' })).status).toBe(200)
    expect((await answered(key, { model: 'anthropic/claude-haiku-4-5' })).error.message).toContain('this key')
  })

  test.each([
    ['of another family of models', { model: 'gpt/n' }],
    ['of another account', { model: 'anthropic/claude-haiku-4-5' }],
  ])('keeps back nothing %s', async (_, more) => {
    const key = await keyOf()
    gpt.play = answering(left(0, '60s'))
    await answered(key)
    expect((await answered(key, more)).status).toBe(200)
  })

  test.each([
    ['without an end', left(0)],
    ['that has ended', left(0, '0s')],
    ['that is none', { ...left(0, '60s'), 'x-ratelimit-limit-requests': '0' }],
    ['that nobody can read', { ...left(0), 'x-ratelimit-reset-requests': 'soon' }],
  ])('keeps nobody back %s', async (_, headers) => {
    const key = await keyOf()
    gpt.play = answering(headers)
    for (let i = 0; i < 3; i++) expect((await answered(key)).status).toBe(200)
  })

  test('is not believed of an answer that was asked for before, and came later', async () => {
    const key = await keyOf()
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    gpt.play = async (response, request) => {
      await held
      // Counted when it came, long ago.
      return answering(left(90, '10s', 100))(response, request)
    }
    const late = answered(key)
    while (gpt.requests.length === 0) await sleep(5)
    await sleep(20)
    gpt.play = answering(left(0, '60s', 100))
    await answered(key)
    release()
    expect((await late).status).toBe(200)
    expect((await answered(key)).status).toBe(429)
    expect(gpt.requests).toHaveLength(2)
  })
})

describe('a refusal', () => {
  test('that says only when to come back keeps requests back until then', async () => {
    const key = await keyOf()
    gpt.play = failingOnce(refusing({ 'retry-after': '2' }), answering())
    expect((await answered(key)).status).toBe(429)
    const refused = await answered(key)
    expect([refused.status, refused.error.type]).toEqual([429, 'rate_limit_error'])
    expect(gpt.requests).toHaveLength(1)
    await sleep(Number(refused.headers.get('retry-after-ms')))
    expect((await answered(key)).status).toBe(200)
  })

  test('with a wait that is shorter than its window is believed in the wait', async () => {
    const key = await keyOf()
    gpt.play = failingOnce(refusing({ ...left(0, '60s'), 'retry-after-ms': '300' }), answering(left(1, '60s')))
    expect((await answered(key)).headers.get('retry-after-ms')).toBe('300')
    await sleep(310)
    expect((await answered(key)).status).toBe(200)
  })

  test('for want of money is no limit: the next target is asked first for a while, a sole one is asked again', async () => {
    const key = await keyOf()
    const broke = {
      error: { message: 'No money.', type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
    }
    gpt.play = refusing({}, broke)
    expect((await answered(key)).error.code).toBe('insufficient_quota')
    expect((await answered(key)).error.code).toBe('insufficient_quota')
    expect(gpt.requests).toHaveLength(2)
    const next = await answered(key, { model: 'both' })
    expect([next.status, next.route, next.attempts]).toEqual([200, 'anthropic/claude-haiku-4-5', '1'])
    // Somebody paid: the first answer is a sign of it.
    gpt.play = answering()
    await answered(key)
    expect((await answered(key, { model: 'both' })).route).toBe('gpt/m')
  })

  test('that overload brings is no limit either', async () => {
    const key = await keyOf()
    gpt.play = failingOnce(refusing({ 'retry-after': '30' }, '', 503), answering())
    expect((await answered(key)).status).toBe(503)
    expect((await answered(key)).status).toBe(200)
  })
})

test('near the edge no isolate sends what another has taken', async () => {
  const key = await keyOf()
  gpt.play = answering(left(3, '60s'))
  await answered(key)
  await answered(key, {}, gateway.other)
  // None of these is answered before all are asked for.
  let arrived = 0
  let all: () => void = () => undefined
  const asked = new Promise<void>((resolve) => {
    all = resolve
  })
  gpt.play = async (response, request) => {
    if (++arrived === 3) all()
    await asked
    return answering(left(3 - arrived, '60s'))(response, request)
  }
  const urls = [gateway.url, gateway.other]
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => answered(key, {}, urls[i % 2])))
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(3).fill(200), ...Array(7).fill(429)])
})

describe('GET /v1/limits', () => {
  const limitsOf = async (key: string, init: RequestInit = {}, url = gateway.url) => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers }
    return fetch(`${url}/v1/limits`, { ...init, headers })
  }
  const read = async (response: Response) => knownLimits.parse(await response.json())

  test('shows the key’s own limits, and what its accounts’ providers told', async () => {
    const key = await keyOf({ limits: { requests_per_minute: 60, requests_per_day: 500 } })
    gpt.play = answering({ ...left(0, '60s'), 'x-ratelimit-limit-tokens': '1000' })
    await answered(key)
    await gateway.accounts(key)
    const response = await limitsOf(key)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    const { key: own, providers } = await read(response)
    expect(own.id).toBe(`key_${key.slice(6, 22)}`)
    expect(own.limits.map(({ name, limit }) => [name, limit])).toEqual([
      ['requests_per_minute', 60],
      ['requests_per_day', 500],
    ])
    for (const { remaining, limit, reset_at } of own.limits) {
      expect(remaining).toBeLessThan(limit)
      expect(Date.parse(reset_at ?? '')).toBeGreaterThan(Date.now())
    }
    expect(providers.map(({ slot, provider, family }) => [slot, provider, family])).toEqual([
      ['gpt', 'openai-compatible', 'm'],
      ['anthropic', 'anthropic', expect.any(String)],
    ])
    const [one, other] = providers
    expect(one?.windows).toEqual([
      { unit: 'requests', limit: 10, remaining: 0, reset_at: expect.any(String), seen_at: expect.any(String) },
      { unit: 'tokens', limit: 1000, seen_at: expect.any(String) },
    ])
    expect(one?.blocked_until).toBe(one?.windows[0]?.reset_at)
    expect(one?.breaker).toEqual({ state: 'closed', failures: 0 })
    expect(other).toMatchObject({ windows: [], breaker: { state: 'closed', failures: 0 } })
    expect(JSON.stringify(providers)).not.toContain(key)
    // Asking costs nothing.
    expect((await read(await limitsOf(key))).key.limits).toEqual(
      own.limits.map((limit) => ({ ...limit, reset_at: expect.any(String) })),
    )
  })

  test('in an isolate that has never asked a provider as well', async () => {
    const key = await keyOf()
    gpt.play = answering(left(7, '60s'))
    await answered(key)
    await gateway.accounts(key)
    const { providers } = await read(await limitsOf(key, {}, gateway.other))
    expect(providers[0]?.windows[0]).toMatchObject({ limit: 10, remaining: 7 })
  })

  test('shows families that were asked without an alias, as far as the key may name them', async () => {
    const credential = crypto.randomUUID()
    const slot = { provider: 'openai-compatible', base_url: `${gpt.url}/v1`, credential }
    const open = await gateway.createKey({ providers: { a: slot }, limits_mode: 'hard' })
    const narrow = await gateway.createKey({ providers: { b: slot }, allowed_models: ['b/x'], limits_mode: 'hard' })
    for (const model of ['x', 'y']) await answered(open, { model })
    const families = async (key: string) =>
      (await read(await limitsOf(key))).providers.map(({ slot, family }) => `${slot} ${family}`)
    expect(await families(open)).toEqual(['a x', 'a y'])
    expect(await families(narrow)).toEqual(['b x'])
  })

  test('is for keys, from where they may be used, and for GET', async () => {
    const key = await keyOf({ origins: ['https://app.example.com'] })
    expect((await limitsOf('sk-dg-none')).status).toBe(401)
    expect((await limitsOf(key, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    const post = await limitsOf(key, { method: 'POST' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET'])
  })
})

/** Once one way, then another. */
function failingOnce(first: Play, then: Play): Play {
  let times = 0
  return (response, request) => (times++ === 0 ? first : then)(response, request)
}
