// Recorded answers through the production bundle over real sockets: whole, byte by byte, and cut at random. What comes
// out is what the pure core makes of them, which test/corpus compares with what the official clients read.
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servedBy } from '../../scripts/corpus-count.ts'
import { providers } from '../../src/providers/index.ts'
import { type Case, casesOf, kindredStreams, listed } from '../corpus/cases.ts'
import { isRelayed, refusalOf, relayedOf, requestOf, type Said, streamedOf, wholeOf } from '../corpus/core.ts'
import { Count } from '../corpus/counts.ts'
import { byteByByte, randomCuttings, randomOf, SEED, SMALL } from '../corpus/cuts.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { startUpstream, type Upstream } from '../harness/upstream.ts'

/** How often an answer is cut. The ways through the Worker are two: what is relayed, and what is translated. */
const CUTTINGS = 20
const MORE_CUTTINGS = 4
const EVERY_WAY = ['anthropic', 'openai']

/** What slots say beside their address. */
const SLOTS: Readonly<Record<string, object>> = { bedrock: { region: 'us-east-1' } }

/** The folders of those providers that are there. */
const folders = [...new Set(listed().map(({ provider }) => provider))].filter((folder) =>
  providers.has(servedBy(folder)),
)

describe.skipIf(listed().length === 0)(`recorded answers through the Worker, seed ${SEED}`, () => {
  let gateway: Gateway
  let upstream: Upstream
  let key: string
  /** What the upstream is to say, by the model that it is asked for. */
  const plays = new Map<string, { one: Case; pieces: readonly Uint8Array[] }>()

  beforeAll(async () => {
    console.log(`corpus e2e: seed ${SEED}`)
    upstream = await startUpstream(async (response, { body, path }) => {
      // Some providers have it in the path.
      const { model = path } = JSON.parse(body) as { model?: string }
      const play = plays.get(/model-\d+/.exec(model)?.[0] ?? '')
      if (play) await say(response, play.one, play.pieces)
      else response.destroy()
    })
    gateway = await startGateway()
    key = await gateway.createKey({
      name: 'corpus',
      providers: Object.fromEntries(
        [...new Set(folders.map(servedBy))].map((name) => [
          name,
          { base_url: upstream.url, credential: 'none', ...SLOTS[name] },
        ]),
      ),
    })
  })

  afterAll(async () => {
    await gateway?.close()
    await upstream?.close()
  })

  /** @param slot the provider, which is another where a stream is only given to the relay. */
  async function expectSame(slot: string, one: Case): Promise<void> {
    const { bytes, stream } = one
    const cuttings = [[bytes]]
    const random = randomOf(SEED)
    cuttings.push(...randomCuttings(bytes, EVERY_WAY.includes(slot) ? CUTTINGS : MORE_CUTTINGS, random))
    if (stream && bytes.length <= SMALL) cuttings.push(byteByByte(bytes))
    for (const pieces of cuttings) {
      const model = `model-${plays.size}`
      plays.set(model, { one, pieces })
      const { status, body } = isRelayed(slot) ? await relayed(one) : await translated({ ...one, model })
      const type = stream && status === 200 ? 'text/event-stream' : 'application/json'
      const response = await gateway.chat(key, requestOf(stream, `${slot}/${model}`, one.asked))
      const name = `cut into ${pieces.map(({ length }) => length).join(' + ')}`
      const said = charactersOf(new Uint8Array(await response.arrayBuffer()))
      // Relayed bytes are the same to the last one.
      const same = isRelayed(slot) ? (text: string) => text : timeless
      expect(same(said), name).toBe(same(charactersOf(body)))
      expect([response.status, response.headers.get('content-type')?.split(';')[0]], name).toEqual([status, type])
    }
  }

  for (const folder of folders) {
    const cases = casesOf(folder)
    describe(folder, () => {
      const count = new Count(folder, 'e2e')
      afterAll(() => count.tell())

      it.concurrent.each(cases)('$name', async (one) => {
        await expectSame(one.provider, one)
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

/** The answer without the second in which it was given, and without the name it got here where it had none. */
function timeless(text: string): string {
  return text.replaceAll(/"created":\d+/g, '"created":0').replaceAll(/"id":"chatcmpl-[\da-f]{32}"/g, '"id":"chatcmpl-"')
}

/** Each piece is a network chunk of its own. */
async function say(response: ServerResponse, one: Case, pieces: readonly Uint8Array[]): Promise<void> {
  response.writeHead(one.status, Object.fromEntries(one.headers))
  for (const piece of pieces) {
    if (response.destroyed) return
    response.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
}
