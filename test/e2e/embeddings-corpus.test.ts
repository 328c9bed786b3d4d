// Recorded embeddings through the production bundle over real sockets, cut at random, as the official client reads them.
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, casesOf, listed } from '../corpus/cases.ts'
import { Count } from '../corpus/counts.ts'
import { randomCuttings, randomOf, SEED } from '../corpus/cuts.ts'
import { textsIn, tokensIn, vectorsIn } from '../corpus/embedded.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

const folders = [...new Set(listed(undefined, 'embeddings').map(({ provider }) => provider))]

describe.skipIf(folders.length === 0)(`recorded embeddings through the Worker, seed ${SEED}`, () => {
  let gateway: Gateway
  let upstream: Upstream
  let openai: OpenAI
  let playing: { one: Case; pieces: readonly Uint8Array[] }

  beforeAll(async () => {
    upstream = await startUpstream(async (response) => {
      const { one, pieces } = playing
      response.writeHead(one.status, { 'content-type': one.contentType })
      await sayStream(response, pieces)
    })
    gateway = await startGateway()
    const slot = { base_url: upstream.url, credential: 'none', region: 'us-east-1' }
    const key = await gateway.createKey({ providers: Object.fromEntries(folders.map((name) => [name, slot])) })
    openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
  })
  afterAll(() => Promise.all([gateway?.close(), upstream?.close()]))

  describe.each(folders)('of %s', (folder) => {
    const count = new Count(folder, 'e2e', 'all', 'embeddings')
    afterAll(() => count.tell())
    it.each(casesOf(folder, 'embeddings'))('$name', async (one) => {
      for (const pieces of [[one.bytes], ...randomCuttings(one.bytes, 3, randomOf(SEED))]) {
        playing = { one, pieces }
        const input = textsIn(one)
        const asked = openai.embeddings.create({ model: `${folder}/${one.model}`, input })
        if (one.status >= 400) {
          await expect(asked).rejects.toSatisfy((error) => error instanceof APIError && error.status === one.status)
          continue
        }
        const { data, usage } = await asked
        const decoded = data.map(({ embedding }) => [...new Float32Array(embedding)])
        expect(decoded).toEqual(vectorsIn(one).map((vector) => [...new Float32Array(vector)]))
        // The sockets carry no other header than the content's type.
        expect(usage.total_tokens).toBe(tokensIn({ ...one, headers: new Headers() }))
      }
      count.ran(one.name)
    })
  })
})
