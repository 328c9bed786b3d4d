// One provider's bad hour is another provider's traffic: retries, orders of fallback, shares of load.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { chatFrames, messageError, messageFrames, seenIn } from '../harness/stream.ts'
import { type Play, type Received, sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

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
  gpt.play = (response) => sayStream(response, chatFrames('From GPT.'))
  claude.play = (response) => sayStream(response, messageFrames('From Claude.'))
})

let keys = 0
/** With credentials of its own for each key: what is known of limits and failures belongs to one. */
const keyOf = (rest: Record<string, unknown> = {}) =>
  gateway.createKey({
    providers: {
      anthropic: { base_url: claude.url, credential: `canary-of-claude-${++keys}`, headers: { 'x-team': 'claude' } },
      openai: { base_url: `${gpt.url}/v1`, credential: `canary-of-gpt-${keys}`, organization: 'org-gpt' },
    },
    models: { smart: ['anthropic/claude-haiku-4-5', 'openai/gpt-4o'] },
    ...rest,
  })

const ask = { model: 'smart', messages: [{ role: 'user', content: 'Hi' }], stream: true, seed: 7 }
const only = { ...ask, model: 'anthropic/claude-haiku-4-5' }

/** Fails so many times, each in its own way, and then plays on. */
function failing(times: number, fail: Play, then: Play): Play {
  let left = times
  return (response, request) => (left-- > 0 ? fail(response, request) : then(response, request))
}

/** A refusal without words, which is told by its status alone. */
const refuse =
  (status: number, headers: Record<string, string> = {}): Play =>
  (response) =>
    sayJson(response, status, '', headers)

const seenBy = async (response: Response) => seenIn(await response.text())

const ways: readonly (readonly [string, Play])[] = [
  ...[408, 409, 500, 502, 503, 504, 529].map((status) => [`a ${status}`, refuse(status)] as const),
  ['a 429', refuse(429, { 'retry-after': '0' })],
  ['a reset', (response) => void response.socket?.resetAndDestroy()],
  ['an error before the first word', (response) => sayStream(response, [messageError('overloaded_error', 'Busy.')])],
  ['an end before the first word', (response) => sayStream(response, [])],
]

describe('a key that retries', () => {
  test.each(ways)('tries again after %s', async (_, fail) => {
    const key = await keyOf({ retries: 2 })
    claude.play = failing(1, fail, claude.play)
    const response = await gateway.chat(key, only)
    expect(response.status).toBe(200)
    expect((await seenBy(response)).content).toBe('From Claude.')
    expect(response.headers.get('dragoman-attempts')).toBe('2')
    const [first, second] = claude.requests
    expect(second?.body).toBe(first?.body)
    expect(await gateway.accounts(key)).toEqual(['complete - anthropic/claude-haiku-4-5'])
  })

  test('gives up after as many as it may, with the last failure', async () => {
    const key = await keyOf({ retries: 1 })
    claude.play = failing(1, refuse(500), refuse(529))
    const response = await gateway.chat(key, only)
    expect([response.status, response.headers.get('dragoman-attempts')]).toEqual([503, '2'])
    expect(claude.requests).toHaveLength(2)
  })

  test('waits as long as the provider asks', async () => {
    const key = await keyOf({ retries: 1 })
    const at: number[] = []
    const note =
      (play: Play): Play =>
      (response, request) => {
        at.push(Date.now())
        return play(response, request)
      }
    claude.play = failing(1, note(refuse(429, { 'retry-after': '1' })), note(claude.play))
    expect((await gateway.chat(key, only)).status).toBe(200)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  test.each([400, 401, 403, 404, 413, 422])('does not repeat what a %i refused', async (status) => {
    const key = await keyOf({ retries: 3 })
    claude.play = refuse(status)
    const response = await gateway.chat(key, only)
    expect(response.ok).toBe(false)
    expect(claude.requests).toHaveLength(1)
  })

  test('repeats nothing once a word was sent', async () => {
    const key = await keyOf({ retries: 3 })
    claude.play = (response) => sayStream(response, messageFrames('Half').slice(0, 3))
    const seen = await seenBy(await gateway.chat(key, ask))
    expect([seen.content, seen.error?.code]).toEqual(['Half', 'upstream_truncated'])
    expect([claude.requests.length, gpt.requests.length]).toEqual([1, 0])
  })

  test('repeats of several choices only the one that failed', async () => {
    const key = await keyOf({ retries: 1 })
    claude.play = failing(1, refuse(503), claude.play)
    const response = await gateway.chat(key, { ...only, n: 3 })
    expect(response.status).toBe(200)
    await response.text()
    expect(claude.requests).toHaveLength(4)
  })

  test('does so without being asked only if it says so', async () => {
    const key = await keyOf()
    claude.play = refuse(500)
    expect((await gateway.chat(key, only)).status).toBe(502)
    expect(claude.requests).toHaveLength(1)
  })
})

describe('a list', () => {
  test.each(ways)('goes on to the next target after %s', async (_, fail) => {
    const key = await keyOf()
    claude.play = fail
    const response = await gateway.chat(key, ask)
    expect([response.status, response.headers.get('dragoman-route')]).toEqual([200, 'openai/gpt-4o'])
    expect((await seenBy(response)).content).toBe('From GPT.')
    expect(response.headers.get('dragoman-attempts')).toBe('2')
    // What the first would have lost, the second keeps.
    expect(response.headers.has('dragoman-loss')).toBe(false)
    expect(await gateway.accounts(key)).toEqual(['complete - openai/gpt-4o'])
  })

  test('sends each target what the client said, and nothing of another target', async () => {
    const key = await keyOf()
    claude.play = (response, request) =>
      refuse(503, { 'request-id': 'req_claude', 'set-cookie': 'a=b' })(response, request)
    const response = await gateway.chat(key, ask, { headers: { 'anthropic-beta': 'a-beta', 'x-team': 'client' } })
    expect(response.headers.get('dragoman-upstream-request-id')).toBeNull()
    await response.text()
    const [toClaude, toGpt] = [claude.requests[0], gpt.requests[0]] as [Received, Received]
    expect(toClaude.headers['x-api-key']).toBe(`canary-of-claude-${keys}`)
    expect(JSON.stringify(toClaude.headers)).not.toContain('gpt')
    expect(JSON.parse(toClaude.body)).not.toHaveProperty('seed')
    expect(toGpt.headers.authorization).toBe(`Bearer canary-of-gpt-${keys}`)
    expect(JSON.stringify(toGpt.headers)).not.toMatch(/claude|a-beta|anthropic|client/)
    expect(JSON.parse(toGpt.body)).toEqual({ ...ask, model: 'gpt-4o' })
  })

  test('fails as its last target did', async () => {
    const key = await keyOf()
    claude.play = refuse(529)
    gpt.play = (response) =>
      sayJson(response, 500, { error: { message: 'Oh.', type: 'server_error', param: null, code: null } })
    const response = await gateway.chat(key, ask)
    expect([response.status, response.headers.get('dragoman-route')]).toEqual([500, 'openai/gpt-4o'])
    expect(response.headers.get('dragoman-attempts')).toBe('2')
  })

  test('is tried with the retries that the key has at each target', async () => {
    const key = await keyOf({ retries: 1 })
    claude.play = refuse(503)
    gpt.play = failing(1, refuse(503), gpt.play)
    const response = await gateway.chat(key, ask)
    expect([response.status, response.headers.get('dragoman-attempts')]).toEqual([200, '4'])
    await response.text()
  })

  test('shares the load by weights', async () => {
    const key = await keyOf({
      models: {
        smart: [
          { model: 'anthropic/claude-haiku-4-5', weight: 1 },
          { model: 'openai/gpt-4o', weight: 3 },
        ],
      },
    })
    const answers = await Promise.all(Array.from({ length: 120 }, () => gateway.chat(key, ask)))
    await Promise.all(answers.map((answer) => answer.text()))
    expect(claude.requests.length + gpt.requests.length).toBe(120)
    // Nine in ten thousand runs would leave these bounds if the shares were even.
    expect(gpt.requests.length).toBeGreaterThan(70)
    expect(claude.requests.length).toBeGreaterThan(8)
  })
})

describe('times', () => {
  test('a streamed head that takes longer than connect_ms is not waited for', async () => {
    const key = await keyOf({ timeouts: { connect_ms: 150 } })
    claude.play = () => undefined
    const response = await gateway.chat(key, ask)
    expect(response.headers.get('dragoman-route')).toBe('openai/gpt-4o')
    await response.text()
    expect(await claude.requests[0]?.closed).toBe('hung up')
  })

  test('a whole answer, whose head comes when it is done, has the time of its first byte', async () => {
    const key = await keyOf({ timeouts: { connect_ms: 150 } })
    claude.play = async (response) => {
      await new Promise((resolve) => setTimeout(resolve, 400))
      sayJson(response, 200, {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [{ type: 'text', text: 'Slow.' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      })
    }
    const response = await gateway.chat(key, { ...ask, stream: false, max_completion_tokens: 100 })
    expect(response.headers.get('dragoman-route')).toBe('anthropic/claude-haiku-4-5')
    await response.text()
  })

  test('a head without a first byte is given up as well', async () => {
    const key = await keyOf({ timeouts: { first_byte_ms: 200 } })
    claude.play = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    }
    const response = await gateway.chat(key, ask)
    expect([response.status, response.headers.get('dragoman-route')]).toEqual([200, 'openai/gpt-4o'])
    await response.text()
  })
})
