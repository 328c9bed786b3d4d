// A key with `on_disconnect: drain`: the client leaves, and its answer is read on to the usage at its end.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startClient } from '../harness/client.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { COMPLETION, chatFrames, MESSAGE, messageFrames } from '../harness/stream.ts'
import { sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(() => undefined)])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
})

const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 }
const counted = `data: ${JSON.stringify({ ...COMPLETION, object: 'chat.completion.chunk', choices: [], usage })}\n\n`

const WAYS = [
  ['translated', 'anthropic', 'claude-haiku-4-5', messageFrames('One', 'Two'), MESSAGE],
  ['relayed', 'openai', 'gpt-4o', chatFrames('One', 'Two').toSpliced(-1, 0, counted), COMPLETION],
] as const

describe.each(WAYS)('a client that leaves, %s', (_way, provider, model, frames, whole) => {
  const ask = { model, messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 50 }
  const streaming = { ...ask, stream: true, stream_options: { include_usage: true } }
  const keyOf = (rest: Record<string, unknown> = {}) =>
    gateway.createKey({
      providers: { [provider]: { base_url: upstream.url, credential: 'canary' } },
      on_disconnect: 'drain',
      ...rest,
    })

  async function leave(key: string, body: unknown): Promise<string[]> {
    const client = startClient(gateway, key, body)
    while (upstream.requests.length === 0) await sleep(5)
    await sleep(50)
    client.reset()
    return Promise.all(upstream.requests.map(({ closed }) => closed))
  }

  /** How a key's request was accounted for, with the tokens that it used. */
  async function account(key: string): Promise<string> {
    const [line = ''] = await gateway.accounts(key)
    const logged = gateway.logs.findLast((one) => one.includes(`key_${key.slice(6, 22)}`)) ?? ''
    return `${line} ${/\btotal_tokens: (\d+)/.exec(logged)?.[1]}`
  }

  test('in the middle of the text', async () => {
    const key = await keyOf()
    upstream.play = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frames.slice(0, 3).join(''))
      await sleep(300)
      response.end(frames.slice(3).join(''))
    }
    expect(await leave(key, streaming)).toEqual(['ended'])
    expect(await account(key)).toBe(`client_gone - ${provider}/${model} 19`)
  })

  test('while the provider has not even sent a head', async () => {
    const key = await keyOf()
    upstream.play = async (response) => {
      await sleep(300)
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames.join(''))
    }
    expect(await leave(key, streaming)).toEqual(['ended'])
    expect(await account(key)).toBe(`client_gone - ${provider}/${model} 19`)
  })

  test('in the middle of an answer that is not streamed', async () => {
    const key = await keyOf()
    upstream.play = async (response) => {
      await sleep(300)
      sayJson(response, 200, whole)
    }
    expect(await leave(key, ask)).toEqual(['ended'])
    expect(await account(key)).toBe(`client_gone - ${provider}/${model} 42`)
  })

  test('of an answer that does not end in 25 s: the provider is hung up on', async () => {
    const key = await keyOf()
    upstream.play = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frames.slice(0, 2).join(''))
      while (!response.destroyed) {
        response.write(frames[2])
        await sleep(100)
      }
    }
    const from = Date.now()
    expect(await leave(key, streaming)).toEqual(['hung up'])
    expect(Date.now() - from).toBeGreaterThan(24_000)
    expect(Date.now() - from).toBeLessThan(30_000)
    expect(await account(key)).toMatch(/^client_gone - /)
  })

  test.runIf(provider === 'anthropic')('with several choices under way', async () => {
    const key = await keyOf()
    upstream.play = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frames.slice(0, 3).join(''))
      await sleep(300)
      response.end(frames.slice(3).join(''))
    }
    expect((await leave(key, { ...streaming, n: 2 })).every((end) => end === 'ended')).toBe(true)
    expect(await account(key)).toMatch(/^client_gone - /)
  })

  test('when its answer then fails: nothing is asked for again', async () => {
    const key = await keyOf({ retries: 3, models: { both: [`${provider}/${model}`, `${provider}/${model}-2`] } })
    upstream.play = async (response) => {
      await sleep(300)
      sayJson(response, 503, '')
    }
    expect(await leave(key, { ...streaming, model: 'both' })).toEqual(['ended'])
    await sleep(100)
    expect(upstream.requests).toHaveLength(1)
    expect(await account(key)).toMatch(/^client_gone /)
  })
})
