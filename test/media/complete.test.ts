import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Call, Media, RemoteMedia } from '../../src/hub/provider.ts'
import { complete } from '../../src/media/complete.ts'
import { deadline } from '../../src/timeouts.ts'
import { type Asked, held, networkOf, picture } from './network.ts'

const at = (i: number) => `https://pictures.example/${i}.png?token=secret`

function callOf(urls: readonly string[]): Call {
  const call = {
    path: '/chat',
    headers: {},
    body: '',
    streams: false,
    paramOf: () => undefined,
    reader: () => expect.unreachable(),
    answer: () => expect.unreachable(),
  }
  const media: RemoteMedia[] = urls.map((url, i) => ({ url, path: `messages[${i}].content[0].image_url.url` }))
  const whole = (fetched: ReadonlyMap<string, Media>) => ({ ...call, body: JSON.stringify([...fetched]) })
  return { ...call, needs: { urls: media, with: whole } }
}

const never = new AbortController().signal

function completed(urls: readonly string[], network: Parameters<typeof complete>[1]['network'], signal = never) {
  return complete(callOf(urls), { network, own: 'gateway.example.com', signal })
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a call', () => {
  it('that needs nothing is as it was', async () => {
    const { needs: _needs, ...call } = callOf([])
    expect(await complete(call, { network: networkOf(() => expect.unreachable()), own: '', signal: never })).toBe(call)
  })

  it('has what it needs, each address asked once', async () => {
    const network = networkOf(() => held(picture(), 'image/png'))
    const { body } = await completed([at(1), at(2), at(1)], network)
    const base64 = Buffer.from(picture()).toString('base64')
    expect(JSON.parse(body)).toEqual([
      [at(1), { type: 'image/png', base64 }],
      [at(2), { type: 'image/png', base64 }],
    ])
    expect(network.asked.map(({ url }) => url)).toEqual([at(1), at(2)])
  })

  it('asks for four at once', async () => {
    let open = 0
    let most = 0
    const network = networkOf(async () => {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve, 10))
      open--
      return held(picture(), 'image/png')
    })
    const done = completed(
      Array.from({ length: 11 }, (_, i) => at(i)),
      network,
    )
    await vi.runAllTimersAsync()
    await done
    expect([most, network.asked.length]).toEqual([4, 11])
  })

  it('needs no more than 32', async () => {
    const network = networkOf(() => held(picture(), 'image/png'))
    const urls = Array.from({ length: 33 }, (_, i) => at(i))
    await expect(completed(urls, network)).rejects.toMatchObject({
      code: 'invalid_image_url',
      details: { param: 'messages[32].content[0].image_url.url' },
    })
    expect(network.asked).toEqual([])
    await completed(urls.slice(1), network)
  })
})

describe('an error', () => {
  it.each([
    ['an address that is refused', 'http://pictures.example/?token=secret', 'invalid_image_url'],
    ['one that is none', 'token=secret', 'invalid_image_url'],
    ['what is no medium', at(1), 'invalid_image_format'],
  ])('of %s is a 400 that names the field, and not the address', async (_, url, code) => {
    const network = networkOf(() => held('<html>', 'text/html'))
    const error = await completed([url], network).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 400, code, details: { param: 'messages[0].content[0].image_url.url' } })
    expect(error).toHaveProperty('message', expect.stringContaining('messages[0].content[0].image_url.url'))
    expect(error).not.toHaveProperty('message', expect.stringMatching(/secret|pictures/))
  })

  it('of the network is told in our own words', async () => {
    const network = networkOf(() => Promise.reject(new TypeError('connect ECONNREFUSED 10.0.0.1:443')))
    await expect(completed([at(1)], network)).rejects.toMatchObject({
      status: 400,
      message: "The media at 'messages[0].content[0].image_url.url' cannot be used: its server cannot be reached.",
    })
  })

  it('of one ends the others', async () => {
    const network = networkOf((url, init) => (url === at(1) ? held('', 'text/html') : untilAborted(init)))
    await expect(completed([at(1), at(2)], network)).rejects.toMatchObject({ code: 'invalid_image_format' })
    expect(network.asked.map(isOver)).toEqual([true, true])
  })
})

describe('time', () => {
  it('is 30 s for all', async () => {
    const network = networkOf((_, init) => untilAborted(init))
    const done = expect(completed([at(1)], network)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('it takes too long'),
    })
    await vi.advanceTimersByTimeAsync(29_999)
    expect(network.asked.map(isOver)).toEqual([false])
    await vi.advanceTimersByTimeAsync(1)
    await done
  })

  it('is also for a body that does not come', async () => {
    const network = networkOf((_, init) => {
      const body = new ReadableStream({
        start: (controller) => init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
      })
      return new Response(body, { headers: { 'content-type': 'image/png' } })
    })
    const done = expect(completed([at(1)], network)).rejects.toThrow('it takes too long')
    await vi.advanceTimersByTimeAsync(30_000)
    await done
  })

  it('that the key gives is a 504', async () => {
    const { signal } = deadline(1000, 'The answer took longer than the key allows.')
    const network = networkOf((_, init) => untilAborted(init))
    const done = expect(completed([at(1)], network, signal)).rejects.toMatchObject({ status: 504, code: 'timeout' })
    await vi.advanceTimersByTimeAsync(1000)
    await done
  })

  it('is over when the client leaves', async () => {
    const client = new AbortController()
    const network = networkOf((_, init) => untilAborted(init))
    const done = expect(completed([at(1)], network, client.signal)).rejects.toThrow()
    client.abort()
    await done
    expect(network.asked.map(isOver)).toEqual([true])
  })

  it('leaves no timer behind', async () => {
    await completed(
      [at(1)],
      networkOf(() => held(picture(), 'image/png')),
    )
    expect(vi.getTimerCount()).toBe(0)
  })
})

function untilAborted({ signal }: RequestInit): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}

function isOver({ init }: Asked): boolean {
  return init.signal?.aborted ?? false
}
