// A request that the provider refuses for a field that it does not know goes again without it, and that is told.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream
let key: string

const ANSWER = {
  id: 'a',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

beforeAll(async () => {
  const started = await Promise.all([
    startGateway({ ALLOW_HTTP_UPSTREAMS: 'loopback' }),
    // It names one field at a time, the first that it does not know.
    startUpstream((response, { body }) => {
      const unknown = Object.keys(JSON.parse(body)).find((field) => !['model', 'messages'].includes(field))
      if (unknown === undefined) return sayJson(response, 200, ANSWER)
      sayJson(response, 422, { detail: [{ loc: ['body', unknown], msg: 'Extra inputs are not permitted' }] })
    }),
  ])
  gateway = started[0]
  upstream = started[1]
  key = await gateway.createKey({ providers: { 'openai-compatible': { base_url: `${upstream.url}/v1` } } })
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))

const ask = (more: object, headers: Record<string, string> = {}) =>
  gateway.chat(key, { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more }, { headers })

test('field after field, as long as it is named', async () => {
  const response = await ask({ seed: 7, verbosity: 'low', colour: 'red' })
  expect(response.status).toBe(200)
  expect(response.headers.get('dragoman-attempts')).toBe('4')
  expect(response.headers.get('dragoman-loss')?.split(', ').sort()).toEqual([
    '"colour";kind=dropped',
    '"seed";kind=dropped',
    '"verbosity";kind=dropped',
  ])
})

test('but not for ever', async () => {
  const response = await ask({ seed: 7, verbosity: 'low', colour: 'red', taste: 'sour' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { param: expect.any(String) } })
})

test('and not in strict mode, which says what would be lost', async () => {
  upstream.requests.length = 0
  const response = await ask({ seed: 7 }, { 'dragoman-strict': '?1' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'seed' } })
  expect(upstream.requests).toHaveLength(1)
})
