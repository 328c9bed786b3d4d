// The gateway's own pump, frames, reader and renderer, without all that stands before them: no key, no limits, no Hono.
import { chat } from '../../src/dialects/index.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { anthropic } from '../../src/providers/anthropic/index.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { pump } from '../../src/wire/pump.ts'
import { forward, type Worker } from './forward.ts'

const request = chat.read({ model: 'bench', stream: true, messages: [{ role: 'user', content: 'Hello.' }] })
if (!('encode' in anthropic.chat)) throw new Error('Anthropic is relayed: there is nothing to measure.')
const call = anthropic.chat.encode(request, 'claude-sonnet-4-6', new Ledger(false), { name: 'bench' })

export default {
  async fetch(incoming, env, context) {
    const { body } = await forward(incoming, env)
    if (!body) throw new Error('The upstream sent no body.')
    const renderer = chat.renderer({ request, created: Math.floor(Date.now() / 1000), report: undefined })
    const translator = new Transcoder(new Joint(renderer, 1), call.reader(new Headers()), 0, 1, () => Promise.reject())
    const { readable, head, finished } = pump([{ body, translator }], {
      signal: incoming.signal,
      keepAlive: ': keep-alive\n\n',
      keepAliveMs: 15_000,
      holdMs: 10_000,
      firstByteMs: 600_000,
      idleMs: 300_000,
      drainMs: 0,
      fail: () => '',
      settle: () => undefined,
    })
    context.waitUntil(finished)
    await head
    return new Response(readable, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  },
} satisfies Worker
