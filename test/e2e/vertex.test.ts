// A service account on the real runtime, where what belongs to one request is out of reach for another.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Play, sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'
import { keyFile } from '../providers/vertex/key-file.ts'

let gateway: Gateway
let upstream: Upstream
let key: string

const MESSAGE = {
  ...{ id: 'msg_vrtx_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' },
  ...{ content: [{ type: 'text', text: 'Hello.' }], stop_reason: 'end_turn' },
  usage: { input_tokens: 3, output_tokens: 2 },
}
const ask = { model: 'claude-haiku-4-5', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }

beforeAll(async () => {
  ;[gateway, upstream] = await Promise.all([startGateway(), startUpstream(() => undefined)])
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))
beforeEach(async () => {
  upstream.requests.length = 0
  upstream.play = playing(sayToken)
  key = await gateway.createKey({
    providers: {
      vertex: { base_url: upstream.url, location: 'eu', credential: keyFile({ token_uri: `${upstream.url}/token` }) },
    },
  })
})

const sayToken: Play = (response) => sayJson(response, 200, { access_token: 'ya29.t', expires_in: 3599 })
const playing =
  (exchange: Play): Play =>
  (response, request) =>
    request.path === '/token' ? exchange(response, request) : sayJson(response, 200, MESSAGE)
const sent = (path: RegExp) => upstream.requests.filter((request) => path.test(request.path))

describe('an exchange', () => {
  test('is shared by the requests of its time', async () => {
    upstream.play = playing(async (...call) => {
      await sleep(100)
      await sayToken(...call)
    })
    const all = await Promise.all(Array.from({ length: 8 }, () => gateway.chat(key, ask)))
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200))
    expect(sent(/^\/token$/)).toHaveLength(1)
    expect(sent(/rawPredict$/).map(({ path, headers }) => [path, headers.authorization])).toEqual(
      all.map(() => [
        '/v1/projects/own-project/locations/eu/publishers/anthropic/models/claude-haiku-4-5:rawPredict',
        'Bearer ya29.t',
      ]),
    )
  })

  test('that its client leaves behind keeps nobody waiting for ever', async () => {
    let first = true
    upstream.play = playing(async (...call) => {
      // The first never answers.
      if (!first) return sayToken(...call)
      first = false
    })
    const leaving = new AbortController()
    const left = gateway.chat(key, ask, { signal: leaving.signal }).catch(() => undefined)
    while (sent(/^\/token$/).length === 0) await sleep(10)
    const waiting = [gateway.chat(key, ask), gateway.chat(key, ask)]
    await sleep(50)
    leaving.abort()
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200])
    await left
    expect(sent(/^\/token$/)).toHaveLength(2)
  })

  test('that is refused refuses all of them, and none of the next', async () => {
    upstream.play = playing((response) => sayJson(response, 400, { error: 'invalid_grant' }))
    const all = await Promise.all(Array.from({ length: 3 }, () => gateway.chat(key, ask)))
    for (const answer of all) {
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({
        error: { message: "The provider refused the credential of slot 'vertex'.", code: 'invalid_api_key' },
      })
    }
    upstream.play = playing(sayToken)
    expect((await gateway.chat(key, ask)).status).toBe(200)
    expect(gateway.logs.join()).not.toMatch(/PRIVATE KEY|assertion|ya29/)
  })
})
