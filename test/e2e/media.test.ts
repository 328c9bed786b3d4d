// Media that clients name by address, through the production bundle: what a provider gets of them, and what is asked.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { convertV4MiniflareOptions, Miniflare, Response as Sent } from 'miniflare'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PUBLIC } from '../../scripts/worker.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const MODEL = 'gemini/gemini-2.0-flash'

describe('an image that a client names', () => {
  let gateway: Gateway
  let upstream: Upstream
  let key: string
  const fetched: string[] = []

  beforeAll(async () => {
    upstream = await startUpstream((response) =>
      sayJson(response, 200, { candidates: [{ content: { parts: [{ text: 'A dot.' }] }, finishReason: 'STOP' }] }),
    )
    gateway = await startGateway({}, (url) => {
      fetched.push(url)
      if (url.includes('moved')) return new Sent(null, { status: 302, headers: { location: 'https://10.0.0.1/' } })
      return new Sent(PNG, { headers: { 'content-type': 'image/png' } })
    })
    const slot = { base_url: upstream.url, credential: 'none' }
    const providers = { gemini: slot, paddler: slot, moonshot: slot, bedrock: { ...slot, region: 'us-east-1' } }
    key = await gateway.createKey({ name: 'media', providers })
  })

  afterAll(async () => {
    await gateway?.close()
    await upstream?.close()
  })

  beforeEach(() => {
    fetched.length = 0
    upstream.requests.length = 0
  })

  const look = (...urls: readonly string[]) => lookAs(MODEL, ...urls)
  const lookAs = (model: string, ...urls: readonly string[]) =>
    gateway.chat(key, {
      model,
      messages: [{ role: 'user', content: urls.map((url) => ({ type: 'image_url', image_url: { url } })) }],
    })

  it('is sent as bytes', async () => {
    const url = 'https://pictures.example/dot.png?size=1'
    const response = await look(url, url)
    expect(response.status).toBe(200)
    expect(fetched).toEqual([url])
    const sent = upstream.requests.map(({ body }) => body).join()
    expect(sent.split(PNG.toString('base64'))).toHaveLength(3)
    expect(sent).not.toContain('pictures.example')
  })

  it.each(['paddler/any', 'moonshot/kimi-latest', 'bedrock/us.amazon.nova-lite-v1:0'])(
    'is sent as bytes to %s',
    async (model) => {
      const url = 'https://pictures.example/dot.png'
      await (await lookAs(model, url)).text()
      expect(fetched).toEqual([url])
      expect(upstream.requests.map(({ body }) => body.includes(PNG.toString('base64')))).toEqual([true])
    },
  )

  it.each([
    ['an address in digits', 'https://0x7f.1/a.png'],
    ['metadata', 'https://169.254.169.254/latest/a.png'],
    ['a name inside of a network', 'https://metadata.google.internal/a.png'],
    ['no https', 'http://pictures.example/a.png'],
    ['another port', 'https://pictures.example:8443/a.png'],
  ])('by %s is refused, and nobody is asked', async (_, url) => {
    const response = await look(url)
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error: {
          message: expect.stringContaining('messages[0].content[0].image_url'),
          type: 'invalid_request_error',
          param: expect.stringContaining('messages[0].content[0].image_url'),
          code: 'invalid_image_url',
        },
      },
    ])
    expect([fetched, upstream.requests]).toEqual([[], []])
  })

  it('by an address that leads inside is refused, and the provider is not asked', async () => {
    const response = await look('https://pictures.example/moved?token=secret')
    const text = await response.text()
    expect([response.status, text.includes('secret'), text.includes('10.0.0.1')]).toEqual([400, false, false])
    expect([fetched.length, upstream.requests.length]).toEqual([1, 0])
  })
})

describe('the network that media are fetched from where the Worker is run by oneself', () => {
  it('has no address of the machine, whatever its name', async () => {
    const server = createServer((_, response) => response.end('inside'))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const script = `export default {
      async fetch(request, { MEDIA }) {
        const url = request.headers.get('x-url')
        const plain = await globalThis.fetch(url).then((response) => response.text())
        const media = await MEDIA.fetch(url).then((response) => response.text(), () => 'refused')
        return Response.json([plain, media])
      },
    }`
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        handleStructuredLogs: () => undefined,
        workers: [
          {
            name: 'asker',
            modules: [{ type: 'ESModule', path: 'index.js', contents: script }],
            compatibilityDate: '2026-10-01',
            serviceBindings: { MEDIA: PUBLIC },
          },
        ],
      }),
    )
    try {
      for (const host of ['127.0.0.1', 'localhost']) {
        const url = `http://${host}:${port}/`
        const response = await miniflare.dispatchFetch('http://asker/', { headers: { 'x-url': url } })
        expect(await response.json()).toEqual(['inside', 'refused'])
      }
    } finally {
      await miniflare.dispose()
      server.close()
    }
  })
})
