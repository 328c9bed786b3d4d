// Recorded completions through the production bundle over real sockets, cut at random, as the official client reads them.
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servedBy } from '../../scripts/corpus-count.ts'
import { type Case, casesOf, listed } from '../corpus/cases.ts'
import { readingOf, readWith } from '../corpus/completions-client.ts'
import { Count } from '../corpus/counts.ts'
import { randomCuttings, randomOf, SEED } from '../corpus/cuts.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

const folders = [...new Set(listed(undefined, 'completions').map(({ provider }) => provider))]

describe.skipIf(folders.length === 0)(`recorded completions through the Worker, seed ${SEED}`, () => {
  let gateway: Gateway
  let upstream: Upstream
  let client: OpenAI
  let playing: { one: Case; pieces: readonly Uint8Array[] }

  beforeAll(async () => {
    upstream = await startUpstream(async (response) => {
      const { one, pieces } = playing
      response.writeHead(one.status, { 'content-type': one.contentType })
      await sayStream(response, pieces)
    })
    gateway = await startGateway()
    const slot = { base_url: upstream.url, credential: 'none' }
    const key = await gateway.createKey({
      providers: Object.fromEntries(folders.map((folder) => [servedBy(folder), slot])),
    })
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
  })
  afterAll(() => Promise.all([gateway?.close(), upstream?.close()]))

  describe.each(folders)('of %s', (folder) => {
    const count = new Count(folder, 'e2e', 'all', 'completions')
    afterAll(() => count.tell())
    it.each(casesOf(folder, 'completions'))('$name', async (one) => {
      const theirs = await readingOf(one.bytes, one.stream)
      for (const pieces of [[one.bytes], ...randomCuttings(one.bytes, 5, randomOf(SEED))]) {
        playing = { one, pieces }
        const ours = await readWith(client, one.stream, `${one.provider}/m`)
        // Usage comes only to who asks for it, and a whole answer has ended.
        const reason = one.stream ? theirs.reason : (theirs.reason ?? 'stop')
        expect({ ...ours, usage: null }).toEqual({ ...theirs, reason, usage: null })
      }
      count.ran(one.name)
    })
  })
})
