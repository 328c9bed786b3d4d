// Responses of a service that speaks the dialect itself: bytes pass, its ids are remembered with their slot, and what the
// gateway keeps is sent to it in full.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Received, sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let upstream: Upstream
let demo: Demo
let key: string

/** A name as the service gives it, which is none of ours. */
const id = (n: number) => `resp_${'ab'.repeat(22)}${n}`
const object = (n: number, more: object = {}) => ({
  id: id(n),
  object: 'response',
  status: 'completed',
  model: 'gpt-5',
  output: [{ type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: `Grüße ${n}` }] }],
  usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7, output_tokens_details: { reasoning_tokens: 2 } },
  store: true,
  ...more,
})
const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const streamOf = (n: number) => [
  event('response.created', { sequence_number: 0, response: object(n, { status: 'in_progress', usage: null }) }),
  event('response.output_text.delta', { sequence_number: 1, item_id: 'msg_1', delta: 'Grüße' }),
  event('response.completed', { sequence_number: 2, response: object(n) }),
]

let made = 0
/** The service: it makes responses, and answers about them. */
function service({ method, path, body }: Received): string[] | object {
  if (method !== 'POST' || path.endsWith('/cancel')) {
    if (path.includes('stream=true')) return streamOf(1)
    return path.includes('/input_items')
      ? { object: 'list', data: [], asked: path }
      : { ...object(1), asked: `${method} ${path}` }
  }
  const asked = JSON.parse(body)
  made++
  if (asked.stream) return streamOf(made)
  return object(made, asked.store === false ? { store: false } : {})
}

beforeAll(async () => {
  ;[gateway, demo, upstream] = await Promise.all([
    startGateway(),
    startDemo({ delayMs: 0 }),
    startUpstream(async (response, request) => {
      const answer = service(request)
      if (Array.isArray(answer)) await sayStream(response, answer)
      else sayJson(response, 200, JSON.stringify(answer, null, 1))
    }),
  ])
  key = await makeKey()
})
beforeEach(() => {
  upstream.requests.length = 0
})
afterAll(() => Promise.all([gateway.close(), demo.close(), upstream.close()]))

const makeKey = (more: object = {}) =>
  gateway.createKey({
    providers: {
      openai: { base_url: `${upstream.url}/v1`, credential: 'sk-a' },
      second: { provider: 'openai', base_url: `${upstream.url}/second/v1`, credential: 'sk-b' },
      azure: { provider: 'azure-openai', base_url: `${upstream.url}/azure`, credential: 'k' },
      classic: {
        provider: 'azure-openai',
        base_url: `${upstream.url}/classic`,
        api_version: '2024-10-21',
        credential: 'k',
      },
      anthropic: { base_url: demo.bases.anthropic, credential: 'k' },
    },
    models: { either: ['anthropic/claude-haiku-4-5', 'second/gpt-5', 'openai/gpt-5'] },
    ...more,
  })

function ask(path: string, init: RequestInit = {}, own = key) {
  const headers = { authorization: `Bearer ${own}`, 'content-type': 'application/json', ...init.headers }
  return fetch(`${gateway.url}/v1${path}`, { ...init, headers })
}
const post = (body: object, own = key) => ask('/responses', { method: 'POST', body: JSON.stringify(body) }, own)
const last = () => upstream.requests.at(-1) ?? expect.unreachable()

describe('bytes', () => {
  it('pass as they are, whole and streamed', async () => {
    const body =
      '{ "model": "openai/gpt-5",\n "input":"x", "temperature":1.0, "tools":[{"type":"file_search","a":1e400}] }'
    const answer = await ask('/responses', { method: 'POST', body: body.replace('1e400', '1') })
    expect(last().path).toBe('/v1/responses')
    expect(last().body).toBe(body.replace('1e400', '1').replace('openai/gpt-5', 'gpt-5'))
    expect(await answer.text()).toBe(JSON.stringify(object(made), null, 1))
    expect(answer.headers.get('dragoman-loss')).toBeNull()
    const stream = await post({ model: 'openai/gpt-5', input: 'x', stream: true })
    expect(await stream.text()).toBe(streamOf(made).join(''))
  })

  it('are counted in passing', async () => {
    const before = gateway.logs.length
    await (await post({ model: 'openai/gpt-5', input: 'x', stream: true })).text()
    await gateway.accounts(key, 1)
    expect(gateway.logs.slice(before).join('\n')).toMatch(/input_tokens: 3,[^}]*output_tokens: 4,/)
  })

  it('go to v1 at Azure, and are translated for its classic paths', async () => {
    await post({ model: 'azure/dep', input: 'x' })
    expect(last().path).toBe('/azure/openai/v1/responses')
    await post({ model: 'classic/dep', input: 'x' })
    expect(last().path).toMatch(/^\/classic\/openai\/deployments\/dep\/chat\/completions\?/)
  })

  it('that break off are followed by an error, and what failed by nothing', async () => {
    const { play } = upstream
    upstream.play = (response) => sayStream(response, streamOf(1).slice(0, 2))
    const torn = await (await post({ model: 'openai/gpt-5', input: 'x', stream: true })).text()
    expect(torn.startsWith(streamOf(1).slice(0, 2).join(''))).toBe(true)
    expect(torn).toContain('event: error\n')
    expect(torn).toContain('upstream_truncated')
    const failure = [
      event('error', { sequence_number: 2, error: { type: 'x', code: 'y', message: 'No.', param: null } }),
      event('response.failed', { sequence_number: 3, response: object(1, { status: 'failed' }) }),
    ]
    const told = [...streamOf(1).slice(0, 2), ...failure]
    upstream.play = (response) => sayStream(response, told)
    expect(await (await post({ model: 'openai/gpt-5', input: 'x', stream: true })).text()).toBe(told.join(''))
    upstream.play = play
  })

  it('carry the report where it is asked for', async () => {
    const body = JSON.stringify({ model: 'openai/gpt-5', input: 'x', stream: true })
    const answer = await ask('/responses', { method: 'POST', body, headers: { 'dragoman-report': '?1' } })
    expect(await answer.text()).toMatch(/,"dragoman":\{"losses":\[\]\}\}\n\n$/)
  })
})

describe('ids', () => {
  it.each([false, true])('are remembered with their slot, and asked of it (streamed: %s)', async (stream) => {
    await (await post({ model: 'second/gpt-5', input: 'x', stream })).text()
    const name = id(made)
    const shown = await ask(`/responses/${name}?include[]=reasoning.encrypted_content&other=1`)
    expect(await shown.json()).toMatchObject({
      asked: `GET /second/v1/responses/${name}?include%5B%5D=reasoning.encrypted_content`,
    })
    expect(last().headers.authorization).toBe('Bearer sk-b')
    expect(await (await ask(`/responses/${name}/input_items?limit=2`)).json()).toMatchObject({
      asked: `/second/v1/responses/${name}/input_items?limit=2`,
    })
    expect(await (await ask(`/responses/${name}/cancel`, { method: 'POST' })).json()).toMatchObject({
      asked: `POST /second/v1/responses/${name}/cancel`,
    })
    expect(await (await ask(`/responses/${name}?stream=true`)).text()).toBe(streamOf(1).join(''))
    const goesOn = await post({ model: 'either', input: 'y', previous_response_id: name })
    expect(goesOn.headers.get('dragoman-route')).toBe('second/gpt-5')
    expect(JSON.parse(last().body)).toEqual({ model: 'gpt-5', input: 'y', previous_response_id: name })
    const deleted = await ask(`/responses/${name}`, { method: 'DELETE' })
    expect(deleted.status).toBe(200)
    expect(last().method).toBe('DELETE')
    expect((await ask(`/responses/${name}`)).status).toBe(404)
  })

  it('of another slot, or another key, go nowhere', async () => {
    await post({ model: 'second/gpt-5', input: 'x' })
    const name = id(made)
    for (const model of ['openai/gpt-5', 'anthropic/claude-haiku-4-5']) {
      const answer = await post({ model, input: 'y', previous_response_id: name })
      expect(answer.status).toBe(400)
      const error = { param: 'previous_response_id', message: expect.stringContaining("slot 'second'") }
      expect(await answer.json()).toMatchObject({ error })
    }
    const other = await makeKey()
    expect((await ask(`/responses/${name}`, {}, other)).status).toBe(404)
    const answer = await post({ model: 'second/gpt-5', input: 'y', previous_response_id: name }, other)
    expect(await answer.json()).toMatchObject({ error: { code: 'previous_response_not_found' } })
  })

  it('of what is not stored are not', async () => {
    await post({ model: 'openai/gpt-5', input: 'x', store: false })
    expect((await ask(`/responses/${id(made)}`)).status).toBe(404)
  })
})

describe('what the gateway keeps', () => {
  it('is sent in full where the service goes on with it', async () => {
    const { id: first } = (await (
      await post({ model: 'anthropic/claude-sonnet-4-6', input: 'One.', reasoning: { effort: 'low' } })
    ).json()) as { id: string }
    const answer = await post({ model: 'openai/gpt-5', input: 'Two.', previous_response_id: first })
    expect(answer.headers.get('dragoman-loss')).toBe('"previous_response_id";kind=emulated')
    const sent = JSON.parse(last().body)
    expect(sent.previous_response_id).toBeUndefined()
    expect(sent.input).toMatchObject([
      { type: 'message', role: 'user', content: 'One.' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'You said: "One."' }] },
      { role: 'user', content: 'Two.' },
    ])
    for (const item of sent.input) expect(item.id).toBeUndefined()
    // What was said there stays there.
    const next = await post({ model: 'either', input: 'Three.', previous_response_id: id(made) })
    expect(next.headers.get('dragoman-route')).toBe('openai/gpt-5')
  })

  it('of thoughts of another service is left out, and that is told', async () => {
    const thought = { model: 'anthropic/claude-sonnet-4-6', input: 'One.', reasoning: { effort: 'low' }, store: false }
    const { output } = (await (await post(thought)).json()) as { output: object[] }
    expect(output[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.any(String) })
    const answer = await post({ model: 'openai/gpt-5', input: [...output, { role: 'user', content: 'Two.' }] })
    expect(answer.headers.get('dragoman-loss')).toBe('"input[0]";kind=dropped')
    expect(last().body).not.toContain('reasoning')
  })
})

it('a key that stores nothing keeps the service from it, too', async () => {
  const own = await makeKey({ store_responses: false })
  await post({ model: 'openai/gpt-5', input: 'x' }, own)
  expect(JSON.parse(last().body)).toEqual({ model: 'gpt-5', input: 'x', store: false })
  const asked = await post({ model: 'openai/gpt-5', input: 'x', store: true }, own)
  expect(asked.headers.get('dragoman-loss')).toBe('"store";kind=dropped')
  expect(JSON.parse(last().body).store).toBe(false)
})
