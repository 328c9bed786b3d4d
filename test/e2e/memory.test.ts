// Large bodies: what one isolate holds of them while they pass. Not how fast they do.
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Memory, memoryOfRuntime } from '../harness/memory.ts'
import { messageFrames } from '../harness/stream.ts'
import { sayStream } from '../harness/upstream.ts'

const MB = 1024 * 1024
/** An isolate's memory on Workers: what a request may add to it. */
const LIMIT = 128

let gateway: Gateway
let server: Server
let base: string
let memory: Memory | undefined
/** Bytes that the upstream got with its last request: it keeps none of them. */
let received = 0

beforeAll(async () => {
  server = createServer(async (message, response) => {
    received = 0
    for await (const chunk of message) received += chunk.length
    if (/messages/.test(message.url ?? '')) return sayStream(response, messageFrames('ok'))
    response.writeHead(200, { 'content-type': 'application/json' })
    const answers: [RegExp, unknown][] = [
      [/audio/, { text: 'Hello.' }],
      [
        /generateContent/,
        { candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] },
      ],
      [
        /./,
        {
          id: 'x',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
        },
      ],
    ]
    response.end(JSON.stringify(answers.find(([path]) => path.test(message.url ?? ''))?.[1]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
// Each in a process of its own: what one leaves behind is not the next one's.
beforeEach(async () => {
  gateway = await startGateway()
  memory = memoryOfRuntime()
})
afterEach(() => gateway.close())

/** Sends a body of pieces, each as soon as the last was taken. */
async function send(path: string, key: string, type: string, pieces: () => Iterable<Uint8Array>): Promise<number> {
  let length = 0
  for (const piece of pieces()) length += piece.length
  const sent = httpRequest(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type, 'content-length': length },
  })
  const status = new Promise<number>((resolve, reject) => {
    sent.once('error', reject)
    sent.once('response', (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    })
  })
  for (const piece of pieces()) {
    if (!sent.write(piece)) await new Promise((resolve) => sent.once('drain', resolve))
  }
  sent.end()
  return status
}

/** By how much the process grew at most, in MiB, beyond what it held after a small request. */
async function growth(work: () => Promise<number>): Promise<number> {
  memory?.reset()
  const before = memory?.now() ?? 0
  expect(await work()).toBe(200)
  const grown = (memory?.peak() ?? 0) - before
  return grown
}

const text = (value: string) => new TextEncoder().encode(value)
const field = (name: string, value: string) =>
  text(`--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)

function* audio(size: number): Generator<Uint8Array> {
  yield field('model', 'a/whisper-1')
  yield text('--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n')
  const piece = new Uint8Array(64 * 1024).map((_, i) => (i * 31) % 256)
  for (let left = size; left > 0; left -= piece.length) yield piece
  yield text('\r\n--B--\r\n')
}

function* chat(model: string, size: number): Generator<Uint8Array> {
  yield text(`{"model":"${model}","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},`)
  yield text('{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo')
  const piece = text('ABCD'.repeat(16 * 1024))
  for (let left = size; left > 0; left -= piece.length) yield piece
  yield text('"}}]}]}')
}

const makeKey = () =>
  gateway.createKey({
    providers: {
      a: { provider: 'openai', base_url: `${base}/v1`, credential: 'sk-a' },
      b: { provider: 'anthropic', base_url: base, credential: 'sk-b' },
      c: { provider: 'gemini', base_url: base, credential: 'sk-c' },
      d: { provider: 'openai-compatible', base_url: `${base}/v1` },
    },
  })

it('passes 50 MB of sound', async () => {
  const key = await makeKey()
  await send('/v1/audio/transcriptions', key, 'multipart/form-data; boundary=B', () => audio(MB))
  const grown = await growth(() =>
    send('/v1/audio/transcriptions', key, 'multipart/form-data; boundary=B', () => audio(50 * MB)),
  )
  expect(received).toBeGreaterThan(50 * MB)
  expect(grown).toBeLessThan(LIMIT)
})

it.each(['a/gpt-4o', 'b/claude-haiku-4-5', 'c/gemini-2.5-flash', 'd/model'])(
  'passes a chat body of 30 MB to %s',
  async (model) => {
    const key = await makeKey()
    await send('/v1/chat/completions', key, 'application/json', () => chat(model, 1000))
    const grown = await growth(() => send('/v1/chat/completions', key, 'application/json', () => chat(model, 30 * MB)))
    expect(received).toBeGreaterThan(30 * MB)
    expect(grown).toBeLessThan(LIMIT)
  },
)
