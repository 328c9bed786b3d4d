// A target that fails again and again is tried after all others, until one request finds it well.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { OPENS_AT } from '../../src/limits/breaker.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { chatFrames, messageError, messageFrames } from '../harness/stream.ts'
import { type Play, sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let claude: Upstream
let gpt: Upstream

const silent: Play = (response) => void response.end()
const well: Play = (response) => sayStream(response, messageFrames('From Claude.'))
const refuse =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Play =>
  (response) =>
    sayJson(response, status, body, headers)
beforeAll(async () => {
  ;[gateway, claude, gpt] = await Promise.all([startGateway(), startUpstream(silent), startUpstream(silent)])
})
afterAll(() => Promise.all([gateway.close(), claude.close(), gpt.close()]))
beforeEach(() => {
  claude.requests.length = 0
  gpt.requests.length = 0
  gpt.play = (response) => sayStream(response, chatFrames('From GPT.'))
  claude.play = well
})

/** With a credential of its own: failures are its own. `hard`: the limiter is waited for, so that no test is a race. */
const keyOf = (rest: Record<string, unknown> = {}) =>
  gateway.createKey({
    providers: {
      anthropic: { base_url: claude.url, credential: crypto.randomUUID() },
      openai: { base_url: `${gpt.url}/v1`, credential: crypto.randomUUID() },
    },
    models: { smart: ['anthropic/claude-haiku-4-5', 'openai/gpt-4o'] },
    limits_mode: 'hard',
    ...rest,
  })
const ask = { model: 'smart', messages: [{ role: 'user', content: 'Hi' }], stream: true }
const only = { ...ask, model: 'anthropic/claude-haiku-4-5' }

async function answered(key: string, body: object = ask, url = gateway.url) {
  const response = await gateway.chat(key, body, { url })
  await response.text()
  const { status, headers } = response
  return { status, route: headers.get('dragoman-route'), attempts: headers.get('dragoman-attempts') }
}
const fromGpt = (attempts: number) => ({ status: 200, route: 'openai/gpt-4o', attempts: String(attempts) })
const fromClaude = { status: 200, route: 'anthropic/claude-haiku-4-5', attempts: '1' }

const ways: readonly (readonly [string, Play])[] = [
  ['500', refuse(500)],
  ['529', refuse(529)],
  ['connections that break', (response) => void response.socket?.resetAndDestroy()],
  ['errors before the first word', (response) => sayStream(response, [messageError('overloaded_error', 'Busy.')])],
  ['ends before the first word', (response) => sayStream(response, [])],
]

test.each(ways)('it is passed over after %s in a row, here and in other isolates', async (_, fail) => {
  const key = await keyOf()
  claude.play = fail
  for (let i = 0; i < OPENS_AT; i++) expect(await answered(key)).toEqual(fromGpt(2))
  expect(await answered(key)).toEqual(fromGpt(1))
  expect(claude.requests).toHaveLength(OPENS_AT)
  await gateway.accounts(key, OPENS_AT + 1)
  expect(await answered(key, ask, gateway.other)).toEqual(fromGpt(1))
  expect(claude.requests).toHaveLength(OPENS_AT)
})

test('one that takes too long, too', async () => {
  const key = await keyOf({ timeouts: { first_byte_ms: 100 } })
  claude.play = () => undefined
  for (let i = 0; i < OPENS_AT; i++) expect(await answered(key)).toEqual(fromGpt(2))
  expect(await answered(key)).toEqual(fromGpt(1))
})

test('when it has cooled down one request tries it, and if that is well, all do', async () => {
  const key = await keyOf()
  claude.play = refuse(503)
  for (let i = 0; i < OPENS_AT; i++) await answered(key)
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  claude.play = async (response, request) => {
    await held
    return well(response, request)
  }
  await sleep(5100)
  // Side by side and in both isolates: it is one that tries.
  const urls = [gateway.url, gateway.other]
  const asked = Array.from({ length: 6 }, (_, i) => answered(key, ask, urls[i % 2]))
  while (gpt.requests.length < OPENS_AT + 5) await sleep(10)
  expect(claude.requests).toHaveLength(OPENS_AT + 1)
  release()
  const routes = (await Promise.all(asked)).map(({ route }) => route)
  expect(routes.filter((route) => route === fromClaude.route)).toHaveLength(1)
  expect(await answered(key)).toEqual(fromClaude)
})

test('if it is not well, the next target answers, and it stays open', async () => {
  const key = await keyOf()
  claude.play = refuse(503)
  for (let i = 0; i < OPENS_AT; i++) await answered(key)
  await sleep(5100)
  expect(await answered(key)).toEqual(fromGpt(2))
  expect(await answered(key)).toEqual(fromGpt(1))
  expect(claude.requests).toHaveLength(OPENS_AT + 1)
})

describe('nothing is refused because of it', () => {
  test('a sole target is asked, however often it failed, and closes with its first answer', async () => {
    const key = await keyOf()
    claude.play = refuse(503)
    for (let i = 0; i < OPENS_AT + 3; i++) expect((await answered(key, only)).status).toBe(503)
    expect(claude.requests).toHaveLength(OPENS_AT + 3)
    claude.play = well
    expect(await answered(key, only)).toEqual(fromClaude)
    expect(await answered(key)).toEqual(fromClaude)
  })

  test('the last resort is asked when all others have failed', async () => {
    const key = await keyOf()
    claude.play = refuse(503)
    for (let i = 0; i < OPENS_AT; i++) await answered(key)
    claude.play = well
    gpt.play = refuse(500)
    expect(await answered(key)).toEqual({ ...fromClaude, attempts: '2' })
  })

  test('nor when all of them are open: they are tried in their order', async () => {
    const key = await keyOf()
    claude.play = refuse(503)
    gpt.play = refuse(503)
    for (let i = 0; i < OPENS_AT; i++) expect((await answered(key)).attempts).toBe('2')
    const last = await answered(key)
    expect([last.status, last.attempts, last.route]).toEqual([503, '2', 'openai/gpt-4o'])
    claude.play = well
    expect(await answered(key)).toEqual(fromClaude)
  })
})

test.each([
  ['400', refuse(400, { type: 'error', error: { type: 'invalid_request_error', message: 'No.' } })],
  ['401', refuse(401)],
  ['404 without a word', refuse(404)],
  ['429', refuse(429)],
])('refusals with %s do not open it', async (_, play) => {
  const key = await keyOf()
  claude.play = play
  for (let i = 0; i < OPENS_AT + 1; i++) await answered(key)
  claude.play = well
  expect(await answered(key)).toEqual(fromClaude)
})

test('answers that break off after their first word do not either: nothing can take their place', async () => {
  const key = await keyOf()
  claude.play = (response) => sayStream(response, messageFrames('Half').slice(0, 3))
  for (let i = 0; i < OPENS_AT + 1; i++) expect(await answered(key)).toEqual(fromClaude)
})

test('nor do clients that leave', async () => {
  const key = await keyOf()
  claude.play = () => undefined
  for (let i = 0; i < OPENS_AT + 1; i++) {
    const sent = claude.requests.length
    const leaving = new AbortController()
    const asked = gateway.chat(key, ask, { signal: leaving.signal }).catch(() => undefined)
    while (claude.requests.length === sent) await sleep(5)
    leaving.abort()
    await asked
  }
  await gateway.accounts(key, OPENS_AT + 1)
  claude.play = well
  expect(await answered(key)).toEqual(fromClaude)
})
