// Recorded answers through the production bundle over real sockets: whole, byte by byte, and cut at random. What comes
// out is what the pure core makes of them, which test/corpus compares with what the official clients read.
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, casesOf, kindredStreams, listed } from '../corpus/cases.ts'
import { refusalOf, relayedOf, requestOf, type Said, streamedOf, wholeOf } from '../corpus/core.ts'
import { Count } from '../corpus/counts.ts'
import { byteByByte, randomCuttings, randomOf, SEED, SMALL } from '../corpus/cuts.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { startUpstream, type Upstream } from '../harness/upstream.ts'

const CUTTINGS = 20

describe.skipIf(listed().length === 0)(`recorded answers through the Worker, seed ${SEED}`, () => {
  let gateway: Gateway
  let upstream: Upstream
  let key: string
  /** What the upstream is to say, by the model that it is asked for. */
  const plays = new Map<string, { one: Case; pieces: readonly Uint8Array[] }>()

  beforeAll(async () => {
    console.log(`corpus e2e: seed ${SEED}`)
    upstream = await startUpstream(async (response, { body }) => {
      const { model } = JSON.parse(body) as { model: string }
      const play = plays.get(model)
      if (play) await say(response, play.one, play.pieces)
      else response.destroy()
    })
    gateway = await startGateway()
    key = await gateway.createKey({
      name: 'corpus',
      providers: {
        anthropic: { base_url: upstream.url, credential: 'none' },
        openai: { base_url: `${upstream.url}/v1`, credential: 'none' },
      },
    })
  })

  afterAll(async () => {
    await gateway?.close()
    await upstream?.close()
  })

  async function expectSame(slot: 'anthropic' | 'openai', one: Case): Promise<void> {
    const { bytes, stream } = one
    const { status, body } = slot === 'anthropic' ? await translated(one) : await relayed(one)
    const type = stream && status === 200 ? 'text/event-stream' : 'application/json'
    // Relayed bytes are the same to the last one.
    const text = slot === 'anthropic' ? timeless(charactersOf(body)) : charactersOf(body)
    const cuttings = [[bytes], ...randomCuttings(bytes, CUTTINGS, randomOf(SEED))]
    if (stream && bytes.length <= SMALL) cuttings.push(byteByByte(bytes))
    for (const pieces of cuttings) {
      const model = `model-${plays.size}`
      plays.set(model, { one, pieces })
      const response = await gateway.chat(key, requestOf(stream, `${slot}/${model}`))
      const said = charactersOf(new Uint8Array(await response.arrayBuffer()))
      const name = `cut into ${pieces.map(({ length }) => length).join(' + ')}`
      expect(slot === 'anthropic' ? timeless(said) : said, name).toBe(text)
      expect([response.status, response.headers.get('content-type')?.split(';')[0]], name).toEqual([status, type])
    }
  }

  for (const provider of ['anthropic', 'openai'] as const) {
    const cases = casesOf(provider)
    describe.skipIf(cases.length === 0)(provider, () => {
      const count = new Count(provider, 'e2e')
      afterAll(() => count.tell())

      it.concurrent.each(cases)('$name', async (one) => {
        await expectSame(provider, one)
        count.ran(one.name)
      })
    })
  }

  // OpenAI's own chat streams are not in every set of recordings, and the relay is the same for all.
  const kindred = kindredStreams('openai')
  describe.skipIf(kindred.length === 0)("streams of others in OpenAI's format", () => {
    it.concurrent.each(kindred)('$provider: $name', (one) => expectSame('openai', one))
  })
})

async function translated(one: Case): Promise<Said> {
  if (one.status >= 400) return refusalOf(one)
  return one.stream ? streamedOf(one) : wholeOf(one)
}

async function relayed(one: Case): Promise<Said> {
  if (one.status >= 400) return refusalOf(one)
  return one.stream ? relayedOf(one) : { status: 200, body: one.bytes }
}

/** One character a byte. */
function charactersOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** The answer without the second in which it was given. */
function timeless(text: string): string {
  return text.replaceAll(/"created":\d+/g, '"created":0')
}

/** Each piece is a network chunk of its own. */
async function say(response: ServerResponse, one: Case, pieces: readonly Uint8Array[]): Promise<void> {
  response.writeHead(one.status, { 'content-type': one.contentType })
  for (const piece of pieces) {
    if (response.destroyed) return
    response.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
}
