// Recorded answers in Responses through the production bundle over real sockets: relayed to the last byte, however cut.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesOf, listed } from '../corpus/cases.ts'
import { Count } from '../corpus/counts.ts'
import { randomCuttings, randomOf, SEED } from '../corpus/cuts.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Play, startUpstream, type Upstream } from '../harness/upstream.ts'

const FOLDERS = [...new Set(listed(undefined, 'responses').map(({ provider }) => provider))]

describe.skipIf(FOLDERS.length === 0)(`recorded Responses through the Worker, seed ${SEED}`, () => {
  let gateway: Gateway
  let upstream: Upstream
  let key: string
  /** What the upstream is to say, by the model that it is asked for. */
  const plays = new Map<string, Play>()

  beforeAll(async () => {
    upstream = await startUpstream(async (response, received) => {
      const { model }: { model: string } = JSON.parse(received.body)
      await plays.get(model)?.(response, received)
    })
    gateway = await startGateway()
    key = await gateway.createKey({ providers: { openai: { base_url: upstream.url, credential: 'none' } } })
  })
  afterAll(async () => {
    await gateway?.close()
    await upstream?.close()
  })

  describe.each(FOLDERS)('%s', (folder) => {
    const count = new Count(folder, 'e2e', 'all', 'responses')
    afterAll(() => count.tell())

    it.each(casesOf(folder, 'responses'))('$name', async ({ name, bytes, status, stream, contentType }) => {
      for (const pieces of [[bytes], ...randomCuttings(bytes, 3, randomOf(SEED))]) {
        const model = `model-${plays.size}`
        plays.set(model, async (response) => {
          response.writeHead(status, { 'content-type': contentType })
          for (const piece of pieces) {
            response.write(piece)
            await new Promise((resolve) => setImmediate(resolve))
          }
          response.end()
        })
        const answer = await fetch(`${gateway.url}/v1/responses`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: `openai/${model}`, input: 'x', ...(stream && { stream }) }),
        })
        const said = Buffer.from(await answer.arrayBuffer())
        if (status >= 400) {
          expect(answer.status).toBeGreaterThanOrEqual(400)
          continue
        }
        expect(answer.status).toBe(200)
        // What has no end in the recording is told as torn.
        const whole = /"type": ?"response\.(?:completed|incomplete|failed)"/.test(said.toString())
        expect(said.subarray(0, bytes.length).equals(Buffer.from(bytes))).toBe(true)
        if (!stream || whole) expect(said.length >= bytes.length).toBe(true)
      }
      count.ran(name)
    })
  })
})
