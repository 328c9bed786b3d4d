// A client that leaves takes its provider's call along, at once, and is accounted for once; one that does not read is
// waited for, and nothing piles up behind it.
import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startClient } from '../harness/client.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { chatFrames, messageFrames, seenIn } from '../harness/stream.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(() => undefined)])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
})

const WAYS = [
  ['translated', 'anthropic', 'claude-haiku-4-5', messageFrames],
  ['relayed', 'openai', 'gpt-4o', chatFrames],
] as const

describe.each(WAYS)('a client that leaves, %s', (_way, provider, model, framesOf) => {
  const ask = { model, messages: [{ role: 'user', content: 'Hi' }] }
  const route = `${provider}/${model}`
  const keyOf = (rest: Record<string, unknown> = {}) =>
    gateway.createKey({ providers: { [provider]: { base_url: upstream.url, credential: 'canary' } }, ...rest })

  /** Asks, leaves after a moment, and looks at what the provider saw. */
  async function leave(key: string, body: unknown, how: 'reset' | 'leave' = 'reset') {
    const client = startClient(gateway, key, body)
    while (upstream.requests.length === 0) await sleep(5)
    await sleep(50)
    const from = Date.now()
    client[how]()
    const ends = await Promise.all(upstream.requests.map(({ closed }) => closed))
    expect(Date.now() - from).toBeLessThan(1000)
    return ends
  }

  test('while the provider has not even sent a head', async () => {
    const key = await keyOf()
    upstream.play = () => undefined
    expect(await leave(key, { ...ask, stream: true })).toEqual(['hung up'])
    expect(await gateway.accounts(key)).toEqual([`client_gone - ${route}`])
  })

  test('while the provider has sent nothing but a head', async () => {
    const key = await keyOf()
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    }
    expect(await leave(key, { ...ask, stream: true })).toEqual(['hung up'])
    expect(await gateway.accounts(key)).toEqual([`client_gone - ${route}`])
  })

  test('in the middle of the text', async () => {
    const key = await keyOf()
    upstream.play = (response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .write(framesOf('One', 'Two').slice(0, 3).join(''))
    }
    expect(await leave(key, { ...ask, stream: true })).toEqual(['hung up'])
    expect(await gateway.accounts(key)).toEqual([`client_gone - ${route}`])
  })

  test('in the middle of a flood', async () => {
    const key = await keyOf()
    const [, , word = ''] = framesOf('x'.repeat(1000))
    upstream.play = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(framesOf('').slice(0, 2).join(''))
      while (!response.destroyed) {
        response.write(word)
        await sleep(1)
      }
    }
    expect(await leave(key, { ...ask, stream: true }, 'leave')).toEqual(['hung up'])
    expect(await gateway.accounts(key)).toEqual([`client_gone - ${route}`])
  })

  test('in the middle of an answer that is not streamed', async () => {
    const key = await keyOf()
    upstream.play = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":')
    }
    expect(await leave(key, ask)).toEqual(['hung up'])
    expect(await gateway.accounts(key)).toEqual([`client_gone - ${route}`])
  })

  test('no other target is asked for it', async () => {
    const key = await keyOf({ models: { both: [route, `${route}-2`] } })
    upstream.play = () => undefined
    expect(await leave(key, { ...ask, model: 'both' })).toEqual(['hung up'])
    await sleep(100)
    expect(upstream.requests).toHaveLength(1)
    expect(await gateway.accounts(key)).toEqual([`client_gone - ${route}`])
  })

  test('while the gateway waits to try again: it does not', async () => {
    const key = await keyOf({ retries: 3, models: { both: [route, `${route}-2`] } })
    upstream.play = (response) => sayJson(response, 503, '', { 'retry-after': '1' })
    const client = startClient(gateway, key, { ...ask, stream: true, model: 'both' })
    while (upstream.requests.length === 0) await sleep(5)
    await upstream.requests[0]?.closed
    await sleep(50)
    client.reset()
    expect((await gateway.accounts(key))[0]).toMatch(/^client_gone /)
    await sleep(1500)
    expect(upstream.requests).toHaveLength(1)
  })

  test('that does not read is waited for: the provider is not read either', async () => {
    const key = await keyOf()
    const [, , word = ''] = framesOf('x'.repeat(64 * 1024))
    let taken = 0
    upstream.play = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(framesOf('').slice(0, 2).join(''))
      while (!response.destroyed && taken < 256 * 1024 * 1024) {
        taken += word.length
        response.write(word)
        while (response.writableNeedDrain && !response.destroyed) await sleep(5)
      }
    }
    const before = memoryOfWorkerd()
    const client = startClient(gateway, key, { ...ask, stream: true })
    ;(await client.response).pause()
    let soon = -1
    while (taken > soon) {
      soon = taken
      await sleep(400)
    }
    // No more than what sockets on the way hold.
    expect(taken).toBeLessThan(48 * 1024 * 1024)
    if (before !== undefined) expect((memoryOfWorkerd() ?? 0) - before).toBeLessThan(128 * 1024)
    client.reset()
    expect(await upstream.requests[0]?.closed).toBe('hung up')
    expect(await gateway.accounts(key)).toEqual([`client_gone - ${route}`])
  })
})

test('a client that leaves in the middle of its own request', async () => {
  const key = await gateway.createKey({ providers: { anthropic: { base_url: upstream.url, credential: 'canary' } } })
  const { hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n`
  socket.write(`${head}{"model":"claude-haiku-4-5","messages":[`)
  await sleep(100)
  socket.destroy()
  expect(await gateway.accounts(key)).toEqual(['refused invalid_request -'])
  expect(upstream.requests).toEqual([])
})

test('all calls of an answer with several choices end with the client', async () => {
  const key = await gateway.createKey({ providers: { anthropic: { base_url: upstream.url, credential: 'canary' } } })
  upstream.play = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(messageFrames('One').slice(0, 3).join(''))
  }
  const body = { model: 'claude-haiku-4-5', n: 3, stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const client = startClient(gateway, key, body)
  await client.response
  client.reset()
  expect(await Promise.all(upstream.requests.map(({ closed }) => closed))).toEqual(['hung up', 'hung up', 'hung up'])
  expect(await gateway.accounts(key)).toEqual(['client_gone - anthropic/claude-haiku-4-5'])
})

test('several requests on one connection, sent before the first is answered', async () => {
  const key = await gateway.createKey({ providers: { anthropic: { base_url: upstream.url, credential: 'canary' } } })
  upstream.play = (response, { body }) => {
    const { stream, messages }: { stream?: boolean; messages: { content: { text: string }[] | string }[] } =
      JSON.parse(body)
    const content = messages[0]?.content
    const text = typeof content === 'string' ? content : (content?.[0]?.text ?? '')
    if (stream) return sayStream(response, messageFrames(text))
    const answer = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-haiku-4-5',
      stop_reason: 'end_turn',
    }
    return sayJson(response, 200, { ...answer, content: [{ type: 'text', text }], usage: {} })
  }
  const ask = (content: string, more: object) => {
    const body = JSON.stringify({
      model: 'claude-haiku-4-5',
      max_tokens: 9,
      messages: [{ role: 'user', content }],
      ...more,
    })
    return `POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`.concat(
      content === 'three' ? 'connection: close\r\n\r\n' : '\r\n',
      body,
    )
  }
  const { hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  socket.write(ask('one', {}) + ask('two', { stream: true }) + ask('three', {}))
  let text = ''
  for await (const chunk of socket) text += chunk
  const answers = text.split(/(?=HTTP\/1\.1 200)/)
  expect(answers).toHaveLength(3)
  expect(answers.map((one) => /"content":"(one|two|three)"/.exec(one)?.[1])).toEqual(['one', 'two', 'three'])
  expect(answers[1]).toContain('data: [DONE]')
  expect(await gateway.accounts(key, 3)).toHaveLength(3)
})

test('requests side by side do not wait for each other', async () => {
  const key = await gateway.createKey({ providers: { anthropic: { base_url: upstream.url, credential: 'canary' } } })
  upstream.play = async (response, { body }) => {
    const slow = body.includes('slow')
    if (slow) await sleep(500)
    await sayStream(response, messageFrames(slow ? 'slow' : 'quick'))
  }
  const order: string[] = []
  const ask = async (content: string) => {
    const body = { model: 'claude-haiku-4-5', stream: true, messages: [{ role: 'user', content }] }
    const seen = seenIn(await (await gateway.chat(key, body)).text())
    order.push(seen.content)
  }
  await Promise.all([ask('slow'), ask('one'), ask('two'), ask('three')])
  expect(order).toEqual(['quick', 'quick', 'quick', 'slow'])
})

/** What workerd holds in memory, in KB; undefined where nobody tells. */
function memoryOfWorkerd(): number | undefined {
  try {
    const rows = execFileSync('ps', ['-o', 'rss=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    const [, rss] = /^\s*(\d+) workerd/m.exec(rows) ?? []
    return rss === undefined ? undefined : Number(rss)
  } catch {
    return undefined
  }
}
