// A key's limits from outside, over real sockets: what a request used is what it is charged, however it ends.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startClient } from '../harness/client.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { COMPLETION, chatFrames, MESSAGE, messageFrames } from '../harness/stream.ts'
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

const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 }

/** A stream of OpenAI's as it is for those who ask for usage: every chunk has a place for it, and one has it. */
function counted(frames: readonly string[]): string[] {
  const [done = '', ...before] = [...frames].reverse()
  const chunks = before.reverse().map((frame) => frame.replace(/\}\n\n$/, ',"usage":null}\n\n'))
  return [...chunks, `data: ${JSON.stringify({ ...COMPLETION, choices: [], usage })}\n\n`, done]
}

/** So much that no lease of the isolate's is at its end: what comes back is seen at once. */
const LIMIT = 1_000_000

async function keyOf(providers: readonly string[], rest: Record<string, unknown> = {}): Promise<string> {
  const slots = providers.map((provider) => [provider, { base_url: upstream.url, credential: 'canary' }])
  return gateway.createKey({
    providers: Object.fromEntries(slots),
    limits: { tokens_per_minute: LIMIT },
    ...rest,
  })
}

const ask = { messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 50 }

/** What is left of a key's tokens for others, as a request is told that is refused before it is sent. */
async function remaining(key: string, model: string): Promise<number> {
  const before = upstream.play
  upstream.play = (response) => sayJson(response, 400, { error: { message: 'No.' } })
  const response = await gateway.chat(key, { ...ask, model })
  await response.text()
  upstream.play = before
  return Number(response.headers.get('x-ratelimit-remaining-tokens'))
}

/** The tokens that what happens in between has used. */
async function usedBy(key: string, model: string, work: () => Promise<unknown>): Promise<number> {
  const before = await remaining(key, model)
  await work()
  await sleep(100)
  return before - (await remaining(key, model))
}

const WAYS = [
  ['translated', 'anthropic', 'claude-haiku-4-5', messageFrames('One ', 'Two '), MESSAGE],
  ['relayed', 'openai', 'gpt-4o', counted(chatFrames('One ', 'Two ')), COMPLETION],
] as const

describe.each(WAYS)('tokens, %s', (_way, provider, name, frames, whole) => {
  const model = `${provider}/${name}`
  const streaming = { ...ask, model, stream: true }
  const say = (bytes: readonly string[]) => {
    upstream.play = (response) => sayStream(response, bytes)
  }
  /** Of "Hi" and what stands around it. */
  const input = Math.ceil((JSON.stringify({ ...streaming }).length - 20) / 4)
  const near = (tokens: number) => ({ low: tokens - 15, high: tokens + 15 })
  const expectNear = (actual: number, tokens: number) => {
    const { low, high } = near(tokens)
    expect(actual).toBeGreaterThan(Math.max(0, low))
    expect(actual).toBeLessThan(high)
  }

  test('of a stream are what the provider says in the end', async () => {
    const key = await keyOf([provider])
    say(frames)
    expect(await usedBy(key, model, async () => (await gateway.chat(key, streaming)).text())).toBe(19)
  })

  test('of a whole answer are what it says', async () => {
    const key = await keyOf([provider])
    const work = async () => {
      upstream.play = (response) => sayJson(response, 200, whole)
      await (await gateway.chat(key, { ...ask, model })).text()
    }
    expect(await usedBy(key, model, work)).toBe(42)
  })

  test('of a refusal are none', async () => {
    const key = await keyOf([provider])
    const work = async () => {
      upstream.play = (response) => sayJson(response, 429, { error: { message: 'No.' } })
      expect((await gateway.chat(key, streaming)).status).toBe(429)
    }
    expect(await usedBy(key, model, work)).toBe(0)
  })

  test('are counted once where a target was abandoned', async () => {
    const key = await keyOf([provider], { models: { both: [model, `${model}-2`] } })
    let first = true
    const work = async () => {
      upstream.play = (response) => {
        if (!first) return sayStream(response, frames)
        first = false
        return sayJson(response, 503, '')
      }
      const response = await gateway.chat(key, { ...streaming, model: 'both' })
      expect(response.headers.get('dragoman-attempts')).toBe('2')
      await response.text()
    }
    expect(await usedBy(key, model, work)).toBe(19)
  })

  test('of a stream that breaks off are its input and what came', async () => {
    const key = await keyOf([provider])
    const long = [...frames]
    long.splice(2, 0, ...Array<string>(100).fill(long[2] ?? ''))
    say(long.slice(0, -3))
    expectNear(await usedBy(key, model, async () => (await gateway.chat(key, streaming)).text()), input + 100)
  })

  async function leave(key: string): Promise<void> {
    const client = startClient(gateway, key, streaming)
    while (upstream.requests.every(({ path, body }) => !path || !body.includes('"stream":true'))) await sleep(5)
    await sleep(100)
    client.reset()
    await upstream.requests.at(-1)?.closed
    await gateway.accounts(key, 2)
  }
  const slowly = (first: readonly string[], rest: readonly string[]) => {
    upstream.play = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first.join(''))
      await sleep(400)
      response.end(rest.join(''))
    }
  }
  const half = frames.flatMap((frame, i) => (i === 2 ? Array<string>(100).fill(frame) : [frame]))

  test('of a client that left are its input and what came', async () => {
    const key = await keyOf([provider])
    slowly(half.slice(0, 102), half.slice(102))
    expectNear(await usedBy(key, model, () => leave(key)), input + 100)
  })

  test('of a client that left are what the provider says, where the answer is read on', async () => {
    const key = await keyOf([provider], { on_disconnect: 'drain' })
    slowly(half.slice(0, 102), half.slice(102))
    expect(await usedBy(key, model, () => leave(key))).toBe(19)
  })

  test('of a client that left before the head are its input', async () => {
    const key = await keyOf([provider])
    upstream.play = async (response) => {
      await sleep(400)
      response.destroy()
    }
    expectNear(await usedBy(key, model, () => leave(key)), input)
  })

  test.each(['cancel', 'drain'])('a client that leaves leaves its slot, too (%s)', async (on_disconnect) => {
    const key = await keyOf([provider], { on_disconnect, limits: { concurrent_requests: 1 } })
    slowly(half.slice(0, 102), half.slice(102))
    const client = startClient(gateway, key, streaming)
    await client.response
    const crowded = await gateway.chat(key, streaming)
    expect(crowded.status).toBe(429)
    expect(await crowded.json()).toEqual({
      error: {
        message:
          'Rate limit reached for this key on concurrent requests: Limit 1, Used 1, Requested 1. Please try again when another request has ended.',
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      },
    })
    expect(crowded.headers.get('retry-after')).toBe('1')
    expect(crowded.headers.get('retry-after-ms')).toBe('1000')
    expect([...crowded.headers.keys()].filter((header) => header.startsWith('x-ratelimit'))).toEqual([])
    client.reset()
    await upstream.requests.at(-1)?.closed
    // The refused one is accounted for, and the one that left.
    await gateway.accounts(key, 2)
    const next = await gateway.chat(key, streaming)
    expect(next.status).toBe(200)
    await next.text()
  })
})

test('GET /v1/limits shows what is used, and nothing of what is only on lease or no longer reserved', async () => {
  const limits = { requests_per_minute: 100, tokens_per_minute: 1000, tokens_per_day: 100_000, concurrent_requests: 50 }
  const key = await keyOf(['openai'], { limits })
  const left = async () => {
    const response = await fetch(`${gateway.url}/v1/limits`, { headers: { authorization: `Bearer ${key}` } })
    const body = (await response.json()) as { key: { limits: { name: string; remaining: number }[] } }
    return body.key.limits.map(({ name, remaining }) => `${name} ${remaining}`)
  }
  let end = () => {}
  upstream.play = async (response) => {
    await new Promise<void>((resolve) => {
      end = resolve
    })
    sayJson(response, 200, COMPLETION)
  }
  const answer = gateway.chat(key, { ...ask, model: 'gpt-4o' })
  while (upstream.requests.length === 0) await sleep(5)
  const [requests, minute, , slots] = await left()
  expect([requests, slots]).toEqual(['requests_per_minute 99', 'concurrent_requests 49'])
  expect(Number(minute?.split(' ')[1])).toBeLessThan(1000 - 50)
  end()
  await (await answer).text()
  await sleep(100)
  expect(await left()).toEqual([
    'requests_per_minute 99',
    'tokens_per_minute 958',
    'tokens_per_day 99958',
    'concurrent_requests 50',
  ])
})

describe('a limit on tokens', () => {
  const openai = (limits: Record<string, number>) => keyOf(['openai'], { limits })
  const gpt = { ...ask, model: 'gpt-4o' }

  test('is refused in OpenAI’s form, with headers that a browser can read', async () => {
    const key = await openai({ tokens_per_minute: 100, requests_per_minute: 10 })
    upstream.play = (response) => sayJson(response, 200, COMPLETION)
    const bodies: { error?: { message: string } }[] = []
    let last: Response | undefined
    for (let sent = 0; sent < 3; sent++) {
      last = await gateway.chat(key, { ...gpt, max_completion_tokens: 30 })
      bodies.push(await last.json())
    }
    expect(bodies.map(({ error }) => error !== undefined)).toEqual([false, false, true])
    expect(last?.status).toBe(429)
    const asked =
      /^Rate limit reached for this key on tokens per min \(TPM\): Limit 100, Used 84, Requested (\d+)\. Please/
    expect(bodies[2]?.error).toMatchObject({ type: 'tokens', param: null, code: 'rate_limit_exceeded' })
    expect(bodies[2]?.error?.message).toMatch(asked)
    const headers = last?.headers
    expect(headers?.get('x-ratelimit-limit-tokens')).toBe('100')
    expect(headers?.get('x-ratelimit-remaining-tokens')).toBe('16')
    expect(headers?.get('x-ratelimit-reset-tokens')).toMatch(/^59(?:\.\d+)?s$/)
    expect(headers?.get('x-ratelimit-remaining-requests')).toBe('8')
    expect(Number(headers?.get('retry-after'))).toBeGreaterThanOrEqual(59)
    expect(Number(headers?.get('retry-after-ms'))).toBeGreaterThan(58_000)
    const exposed = headers?.get('access-control-expose-headers') ?? ''
    for (const name of ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens', 'retry-after', 'retry-after-ms'])
      expect(exposed).toContain(name)
  })

  test('that a request can never keep is told at once, and that trying again is useless', async () => {
    const key = await openai({ tokens_per_minute: 100 })
    const response = await gateway.chat(key, { ...gpt, max_completion_tokens: 500 })
    expect(response.status).toBe(429)
    expect(response.headers.get('x-should-retry')).toBe('false')
    const { error } = (await response.json()) as { error: { message: string; type: string } }
    expect(error.type).toBe('tokens')
    expect(error.message).toMatch(
      /^Request too large for this key on tokens per min \(TPM\): Limit 100, Requested 5\d\d\.$/,
    )
    expect(upstream.requests).toHaveLength(0)
  })

  test('counts a picture as one, not as text', async () => {
    const key = await openai({ tokens_per_minute: 5000 })
    upstream.play = (response) => sayJson(response, 200, COMPLETION)
    const url = `data:image/png;base64,${'iVBORw0KGgo'.repeat(10_000)}`
    const content = [{ type: 'image_url', image_url: { url } }]
    const response = await gateway.chat(key, { ...gpt, messages: [{ role: 'user', content }] })
    expect(response.status).toBe(200)
    expect(Number(response.headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(3800)
    await response.text()
  })

  test('counts each of several answers', async () => {
    const key = await keyOf(['anthropic'], { limits: { tokens_per_minute: LIMIT, requests_per_minute: 10 } })
    const model = 'anthropic/claude-haiku-4-5'
    const work = async () => {
      upstream.play = (response) => sayJson(response, 200, MESSAGE)
      await (await gateway.chat(key, { ...ask, model, n: 3 })).text()
    }
    expect(await usedBy(key, model, work)).toBe(3 * 42)
    const last = await gateway.chat(key, { ...ask, model, n: 8 })
    expect(((await last.json()) as { error: { message: string } }).error.message).toContain('Used 5, Requested 8.')
  })
})

describe('usage that only the limits want', () => {
  const frames = chatFrames('One ', 'Two ')
  const stream = async (key: string, more: Record<string, unknown> = {}) => {
    upstream.play = (response) => sayStream(response, counted(frames))
    const response = await gateway.chat(
      key,
      `{"model":"gpt-4o", "stream" : true,"n":1.0${extra(more)},"messages":[{"role":"user","content":"Hi"}]}`,
    )
    return { body: await response.text(), sent: upstream.requests.at(-1)?.body }
  }
  const extra = (more: Record<string, unknown>) =>
    Object.entries(more)
      .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join('')
  const head = '{"model":"gpt-4o", "stream" : true,"n":1.0'
  const messages = ',"messages":[{"role":"user","content":"Hi"}]'

  test('is asked for, and not told', async () => {
    const { body, sent } = await stream(await keyOf(['openai']))
    expect(sent).toBe(`${head}${messages},"stream_options":{"include_usage":true}}`)
    expect(body).toBe(frames.join(''))
  })

  test('is asked for beside what else is', async () => {
    const stream_options = { include_usage: false, include_obfuscation: false }
    const { body, sent } = await stream(await keyOf(['openai']), { stream_options })
    expect(sent).toBe(`${head},"stream_options":{"include_usage":true,"include_obfuscation":false}${messages}}`)
    expect(body).toBe(frames.join(''))
  })

  test('is told to who asked for it', async () => {
    const stream_options = { include_usage: true }
    const { body, sent } = await stream(await keyOf(['openai']), { stream_options })
    expect(sent).toBe(`${head},"stream_options":{"include_usage":true}${messages}}`)
    expect(body).toBe(counted(frames).join(''))
  })

  test('is not asked for without limits on tokens', async () => {
    const { body, sent } = await stream(await keyOf(['openai'], { limits: { requests_per_minute: 5 } }))
    expect(sent).toBe(`${head}${messages}}`)
    expect(body).toBe(counted(frames).join(''))
  })
})
