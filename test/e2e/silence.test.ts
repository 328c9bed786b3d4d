// A provider that takes its time: the head goes out after ten seconds, and a comment after every fifteen of silence.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClient } from '../harness/client.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { chatFrames, messageFrames } from '../harness/stream.ts'
import { sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(() => undefined)])
  upstream.play = async (response, { path }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    await sleep(17_000)
    await sayStream(response, path.includes('chat') ? chatFrames('Late') : messageFrames('Late'))
  }
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))

/** When the head came, and when each chunk did, in seconds; and the whole text. */
async function listen(provider: string, model: string) {
  const base_url = upstream.url
  const key = await gateway.createKey({ providers: { [provider]: { base_url, credential: 'canary' } } })
  const from = Date.now()
  const seconds = () => (Date.now() - from) / 1000
  const { response } = startClient(gateway, key, { model, stream: true, messages: [{ role: 'user', content: 'Hi' }] })
  const message = await response
  const head = seconds()
  const chunks: { readonly at: number; readonly text: string }[] = []
  for await (const chunk of message) chunks.push({ at: seconds(), text: String(chunk) })
  return { head, chunks, text: chunks.map(({ text }) => text).join(''), key }
}

describe('a silence of seventeen seconds', () => {
  test.concurrent.each([
    ['translated', 'anthropic', 'claude-haiku-4-5'],
    ['relayed', 'openai', 'gpt-4o'],
  ])('%s', async (_way, provider, model) => {
    const { head, chunks, text, key } = await listen(provider, model)
    expect(head).toBeGreaterThan(9.9)
    expect(head).toBeLessThan(11)
    expect(chunks[0]?.text).toBe(': keep-alive\n\n')
    expect(chunks[0]?.at).toBeGreaterThan(14.9)
    expect(chunks[0]?.at).toBeLessThan(16.9)
    expect(text.match(/^: keep-alive$/gm)).toHaveLength(1)
    expect(text).toContain('"content":"Late"')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(await gateway.accounts(key)).toEqual([`complete - ${provider}/${model}`])
  })
})
