// Several choices from a provider that gives one at a time: calls side by side that are one answer.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { messageError, messageFrames, seenIn } from '../harness/stream.ts'
import { type Play, sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream
let key: string

const ask = { model: 'claude-haiku-4-5', n: 3, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
const route = 'anthropic/claude-haiku-4-5'

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(() => undefined)])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(async () => {
  upstream.requests.length = 0
  key = await gateway.createKey({ providers: { anthropic: { base_url: upstream.url, credential: 'canary' } } })
})

/** The second of the calls goes another way than the others. */
function exceptSecond(others: Play, second: Play): Play {
  let calls = 0
  return (response, request) => (++calls === 2 ? second(response, request) : others(response, request))
}

const ends = () => Promise.all(upstream.requests.map(({ closed }) => closed))
const busy: Play = (response) =>
  sayJson(response, 529, { type: 'error', error: { type: 'overloaded_error', message: 'Busy' } })

describe.each([
  ['streamed', true],
  ['whole', false],
])('before the first byte, %s', (_way, stream) => {
  test('one call that is refused fails the request, and the others are hung up on', async () => {
    upstream.play = exceptSecond(
      () => undefined,
      async (...call) => {
        await sleep(50)
        await busy(...call)
      },
    )
    const response = await gateway.chat(key, { ...ask, stream })
    expect([response.status, JSON.parse(await response.text()).error.code]).toEqual([503, 'overloaded'])
    expect(response.headers.get('dragoman-attempts')).toBe('3')
    expect((await ends()).sort()).toEqual(['ended', 'hung up', 'hung up'])
    expect(await gateway.accounts(key)).toEqual([`failed overloaded ${route}`])
  })

  test('one call that fails with its first event does, too', async () => {
    upstream.play = exceptSecond(
      (response) => {
        response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' }).flushHeaders()
      },
      async (response) => {
        await sleep(50)
        if (stream) await sayStream(response, [messageError('overloaded_error', 'Busy')])
        else sayJson(response, 200, 'no JSON at all')
      },
    )
    const response = await gateway.chat(key, { ...ask, stream })
    expect(response.status).toBe(stream ? 503 : 502)
    expect((await ends()).sort()).toEqual(['ended', 'hung up', 'hung up'])
    expect(await gateway.accounts(key)).toEqual([`failed ${stream ? 'overloaded' : 'upstream_error'} ${route}`])
  })
})

test('one call that fails later ends the stream with one error event, and the others are hung up on', async () => {
  const frames = messageFrames('One', 'Two')
  upstream.play = exceptSecond(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frames.slice(0, 3).join(''))
    },
    async (response) => {
      await sleep(200)
      await sayStream(response, [...frames.slice(0, 4), messageError('overloaded_error', 'Busy')])
    },
  )
  const response = await gateway.chat(key, { ...ask, stream: true })
  expect(response.status).toBe(200)
  const { events, content, error } = seenIn(await response.text())
  expect(content).toBe('OneOneOneTwo')
  expect(events.filter((event) => !['role', 'text'].includes(event))).toEqual(['error overloaded'])
  expect(error?.message).toBe('Busy')
  expect(await ends()).toContain('hung up')
  expect(await gateway.accounts(key)).toEqual([`failed overloaded ${route}`])
})

test('a choice that is torn after the others were whole is told', async () => {
  const frames = messageFrames('One')
  upstream.play = exceptSecond(
    (response) => sayStream(response, frames),
    async (response) => {
      await sleep(100)
      await sayStream(response, frames.slice(0, -1))
    },
  )
  const response = await gateway.chat(key, { ...ask, stream: true, stream_options: { include_usage: true } })
  const { events } = seenIn(await response.text())
  expect(events.filter((event) => event === 'finish stop')).toHaveLength(2)
  expect(events.at(-1)).toBe('error upstream_truncated')
  expect(events).not.toContain('usage')
})

test('each choice has its own chunks, and all of them one id, one usage and one end', async () => {
  let calls = 0
  upstream.play = (response) => sayStream(response, messageFrames(`Call ${++calls}`))
  const response = await gateway.chat(key, { ...ask, stream: true, stream_options: { include_usage: true } })
  const text = await response.text()
  const { events } = seenIn(text)
  expect(events.filter((event) => event === 'role')).toHaveLength(3)
  expect(events.slice(-2)).toEqual(['usage', '[DONE]'])
  expect(new Set(Array.from(text.matchAll(/"id":"([^"]+)"/g), ([, id]) => id)).size).toBe(1)
  expect(text).toContain('"usage":{"prompt_tokens":36,"completion_tokens":21,"total_tokens":57')
  expect(response.headers.get('dragoman-loss')).toBe('"n";kind=emulated')
})

test('more choices than are allowed', async () => {
  const response = await gateway.chat(key, { ...ask, n: 9 })
  const { error } = JSON.parse(await response.text())
  expect([response.status, error.code, error.param]).toEqual([400, 'integer_above_max_value', 'n'])
  expect(upstream.requests).toEqual([])
})
