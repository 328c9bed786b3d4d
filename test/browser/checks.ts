// What has to hold in a real browser, of a page on another origin.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Frame, Page } from 'playwright-core'
import type { Demo } from '../../demo/index.ts'
import type { Gateway } from '../harness/gateway.ts'
import type { Api, Ask } from './page.ts'
import type { Site } from './site.ts'

export interface Scene {
  /** A fresh page of the application. */
  readonly page: Page
  readonly site: Site
  readonly gateway: Gateway
  readonly demo: Demo
  /** A key for the demo; `more` is what else its binding says. */
  makeKey(more?: Record<string, unknown>): Promise<string>
}

const CLAUDE = 'anthropic/claude-haiku-4-5'
const GPT = 'openai/gpt-4o'

/** Calls a function of the page. */
function call<Name extends keyof Api>(page: Page | Frame, name: Name, ...args: Parameters<Api[Name]>) {
  const run = ([key, given]: [Name, Parameters<Api[Name]>]): unknown => {
    const { api } = globalThis as unknown as { api: Record<Name, (...all: Parameters<Api[Name]>) => unknown> }
    return api[key](...given)
  }
  // What crosses to the page and back is JSON, so that its type is the function's own.
  return page.evaluate(run as never, [name, args]) as ReturnType<Api[Name]>
}

async function askOf({ gateway, makeKey }: Scene, content: string, rest: Partial<Ask> = {}): Promise<Ask> {
  return { baseURL: `${gateway.url}/v1`, apiKey: rest.apiKey ?? (await makeKey()), model: CLAUDE, content, ...rest }
}

/** The service has seen its client leave. */
export async function hungUp(demo: Demo): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (demo.requests.at(-1)?.aborted) return
    await sleep(30)
  }
  assert.fail('The service was not hung up on.')
}

export const CHECKS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async 'a preflight passes, and an answer comes'(scene) {
    for (const model of [CLAUDE, GPT]) {
      const ask = await askOf(scene, 'hello', { model })
      assert.equal((await call(scene.page, 'whole', ask)).content, 'You said: "hello"')
    }
  },

  async 'the client’s own headers are sent, and let through'(scene) {
    const sent = scene.page.waitForRequest((request) => request.method() === 'POST')
    await call(
      scene.page,
      'whole',
      await askOf(scene, 'hello', { headers: { 'dragoman-report': '?1', 'x-made-up': '1' } }),
    )
    const headers = await (await sent).allHeaders()
    const names = Object.keys(headers).filter((name) => name.startsWith('x-stainless-'))
    assert.ok(names.length >= 5, `only ${names.join()}`)
    assert.equal(headers.origin, scene.site.origin)
    const upstream = Object.keys(scene.demo.requests.at(-1)?.headers ?? {})
    assert.deepEqual(
      upstream.filter((name) => /^(?:x-stainless|origin|referer|sec-|dragoman|x-made-up)/.test(name)),
      [],
    )
  },

  async 'a stream comes piece by piece'(scene) {
    for (const model of [CLAUDE, GPT]) {
      const { said } = await call(scene.page, 'streamed', await askOf(scene, 'demo:words=12 demo:slow=40', { model }))
      assert.match(said.map(({ text }) => text).join(''), /^word1 .* word12$/)
      assert.ok(said.length >= 6)
      assert.ok((said.at(-1)?.at ?? 0) - (said[0]?.at ?? 0) > 150, 'all of it came at once')
    }
  },

  async 'the promised headers are readable'(scene) {
    const apiKey = await scene.makeKey({ limits: { requests_per_minute: 10 } })
    const ask = await askOf(scene, 'hello', { apiKey, more: { seed: 1 } })
    const { headers } = await call(scene.page, 'streamed', ask)
    assert.match(headers['x-request-id'] ?? '', /^req_/)
    assert.equal(headers['request-id'], headers['x-request-id'])
    assert.equal(headers['x-ratelimit-limit-requests'], '10')
    assert.equal(headers['x-ratelimit-remaining-requests'], '9')
    assert.match(headers['x-ratelimit-reset-requests'] ?? '', /^(?:1m0s|[\d.]+s)$/)
    assert.ok(Number(headers['x-ratelimit-limit-tokens']) > 0)
    assert.equal(headers['dragoman-loss'], '"seed";kind=dropped')
    assert.equal(headers['dragoman-route'], CLAUDE)
    assert.equal(headers['dragoman-attempts'], '1')
    assert.match(headers['dragoman-upstream-request-id'] ?? '', /^req_/)
    assert.equal(headers['openai-version'], '2020-10-01')
    assert.match(headers['openai-processing-ms'] ?? '', /^\d+$/)
    assert.match(headers['server-timing'] ?? '', /^auth;dur=/)
  },

  async 'leaving a stream ends the call at the service'(scene) {
    for (const model of [CLAUDE, GPT]) {
      const ask = await askOf(scene, 'demo:words=9000 demo:slow=10', { model })
      const { said } = await call(scene.page, 'streamed', ask, 3)
      assert.equal(said.length, 3)
      await hungUp(scene.demo)
      assert.deepEqual(await scene.gateway.accounts(ask.apiKey), [`client_gone - ${model}`])
    }
  },

  async 'closing the page does, too'(scene) {
    const ask = await askOf(scene, 'demo:words=9000 demo:slow=10')
    const reading = call(scene.page, 'streamed', ask).catch(() => undefined)
    while (scene.demo.requests.at(-1)?.status !== 200) await sleep(20)
    await sleep(100)
    await scene.page.close()
    await reading
    await hungUp(scene.demo)
    assert.deepEqual(await scene.gateway.accounts(ask.apiKey), [`client_gone - ${CLAUDE}`])
  },

  async 'errors have their class, code and param'({ page, ...rest }) {
    const scene = { page, ...rest }
    const bad = await call(page, 'failure', await askOf(scene, 'hi', { more: { temperature: 3 } }))
    assert.deepEqual(
      [bad.kind, bad.status, bad.type, bad.code, bad.param],
      ['BadRequestError', 400, 'invalid_request_error', 'decimal_above_max_value', 'temperature'],
    )
    assert.match(bad.requestId ?? '', /^req_/)
    const wrong = await call(page, 'failure', await askOf(scene, 'hi', { apiKey: 'sk-wrong' }))
    assert.deepEqual([wrong.kind, wrong.status, wrong.code], ['AuthenticationError', 401, 'invalid_api_key'])
    const none = await call(page, 'failure', await askOf(scene, 'hi', { model: 'nowhere' }))
    assert.deepEqual([none.kind, none.status, none.code], ['NotFoundError', 404, 'model_not_found'])
    const path = await call(page, 'plain', `${scene.gateway.url}/v1/files`, { method: 'POST' })
    assert.equal(path.status, 404)
    assert.equal(JSON.parse(path.text).error.code, 'unknown_url')
  },

  async 'when to try again is readable, and obeyed'(scene) {
    const limited = await call(scene.page, 'failure', await askOf(scene, 'demo:429=9'))
    assert.deepEqual([limited.kind, limited.status, limited.code], ['RateLimitError', 429, 'rate_limit_exceeded'])
    assert.equal(limited.headers['retry-after'], '9')
    assert.ok(Number(limited.headers['retry-after-ms']) > 8000)
    const before = scene.demo.requests.length
    const poor = await call(scene.page, 'failure', await askOf(scene, 'demo:402', { maxRetries: 2 }))
    assert.deepEqual([poor.code, poor.headers['x-should-retry']], ['insufficient_quota', 'false'])
    assert.equal(scene.demo.requests.length, before + 1)
  },

  async 'an error in the middle of a stream is thrown'(scene) {
    const torn = await call(scene.page, 'failure', await askOf(scene, 'demo:words=20 demo:truncate'), true)
    assert.deepEqual([torn.kind, torn.type, torn.code], ['APIError', 'server_error', 'upstream_truncated'])
  },

  async 'an origin that is not listed learns that, and one that is gets its answer'(scene) {
    const elsewhere = await scene.makeKey({ origins: ['https://app.example.com'] })
    const refused = await call(scene.page, 'failure', await askOf(scene, 'hi', { apiKey: elsewhere }))
    assert.deepEqual([refused.kind, refused.status, refused.code], ['PermissionDeniedError', 403, 'origin_not_allowed'])
    const here = await scene.makeKey({ origins: [scene.site.origin] })
    assert.equal(
      (await call(scene.page, 'whole', await askOf(scene, 'hi', { apiKey: here }))).content,
      'You said: "hi"',
    )
  },

  async 'a page without an origin is none that is listed'(scene) {
    await scene.page.goto(`${scene.site.origin}/frame`, { waitUntil: 'load' })
    const frame = scene.page.frame('nowhere')
    assert.ok(frame)
    const listed = await scene.makeKey({ origins: [scene.site.origin] })
    const refused = await call(frame, 'failure', await askOf(scene, 'hi', { apiKey: listed }))
    assert.deepEqual([refused.status, refused.code], [403, 'origin_not_allowed'])
    assert.equal((await call(frame, 'whole', await askOf(scene, 'hi'))).content, 'You said: "hi"')
  },

  async 'the admin API is not for pages'(scene) {
    const url = `${scene.gateway.url}/admin/keys`
    assert.equal((await call(scene.page, 'plain', url)).status, 0)
    const asked = await call(scene.page, 'plain', url, { headers: { authorization: 'Bearer x' } })
    assert.deepEqual([asked.status, asked.text], [0, 'TypeError'])
  },
}
