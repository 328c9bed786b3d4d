// The checks of Open Responses' compliance suite, as our own, for every native provider. Those over WebSockets and of
// compaction are left out: the gateway has neither.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsIn, lastOf, type Response, response } from '../harness/open-responses.ts'
import { type ResponsesClients, startResponses } from '../harness/responses-client.ts'
import { startScripted } from '../harness/scripted.ts'
import type { Upstream } from '../harness/upstream.ts'

/** A model of each, and what of its input it takes. */
const NATIVE = [
  ['anthropic', 'anthropic/claude-haiku-4-5', ['image', 'file']],
  ['gemini', 'gemini/gemini-2.5-flash', ['image', 'file']],
  ['vertex', 'vertex/gemini-2.5-flash', ['image', 'file']],
  ['bedrock', 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', ['image', 'file']],
  ['cohere', 'cohere/command-a-vision-07-2025', ['image']],
  ['mistral', 'mistral/mistral-small-latest', ['image', 'file']],
  ['paddler', 'paddler/local', ['image']],
  ['openai-compatible', 'like/gpt-4o', ['image', 'file']],
] as const

let clients: ResponsesClients
let scripted: Upstream
let key: string

beforeAll(async () => {
  ;[clients, scripted] = await Promise.all([startResponses(), startScripted()])
  const { bases } = clients.demo
  const slot = (provider: string, base_url = bases[provider]) => ({ provider, base_url, credential: 'demo' })
  const { openai: _relayed, ...played } = bases
  key = await clients.gateway.createKey({
    providers: {
      ...Object.fromEntries(Object.keys(played).map((name) => [name, slot(name)])),
      like: slot('openai-compatible', bases.openai),
      mistral: slot('mistral', `${scripted.url}/v1`),
      vertex: { ...slot('vertex', scripted.url), project: 'p', location: 'global', credential: 'ya29.token' },
    },
  })
})
afterAll(() => Promise.all([clients.close(), scripted.close()]))

const WEATHER = {
  type: 'function',
  name: 'get_weather',
  description: 'Get the current weather for a location',
  parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
}
const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = 'data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK'
const user = (content: unknown) => ({ type: 'message', role: 'user', content })

async function post(body: object) {
  return clients.ask('/responses', { key, method: 'POST', body: JSON.stringify(body) })
}

describe.each(NATIVE)('%s', (_name, model, takes) => {
  async function whole(body: object): Promise<Response> {
    const answer = await post({ model, ...body })
    const text = await answer.text()
    expect(answer.status, text).toBe(200)
    return response.parse(JSON.parse(text))
  }
  async function streamed(body: object) {
    const answer = await post({ model, ...body, stream: true })
    const text = await answer.text()
    expect(answer.status, text).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    const events = eventsIn(text)
    return { events, last: lastOf(events), types: events.map(({ type }) => type) }
  }
  const calls = ({ output }: Response) => output.filter((item) => item.type === 'function_call')

  it('basic-response', async () => {
    const { status, output } = await whole({ input: [user('Say hello in exactly 3 words.')] })
    expect(status).toBe('completed')
    expect(output.length).toBeGreaterThan(0)
  })

  it('streaming-response', async () => {
    const { last, types } = await streamed({ input: [user('Count from 1 to 5.')] })
    expect(last.status).toBe('completed')
    expect(types.slice(0, 3)).toEqual(['response.created', 'response.in_progress', 'response.output_item.added'])
    expect(types.at(-1)).toBe('response.completed')
  })

  it('assistant-phase, response-output-phase-schema', async () => {
    const said = { type: 'message', role: 'assistant', content: 'I look.', phase: 'commentary' }
    const done = { ...said, content: 'Hello.', phase: 'final_answer' }
    expect(await whole({ input: [user('Hi.'), said, done, user('Again.')] })).toMatchObject({ status: 'completed' })
  })

  it('system-prompt', async () => {
    const system = { type: 'message', role: 'system', content: 'You are a pirate.' }
    expect(await whole({ input: [system, user('Say hello.')] })).toMatchObject({ status: 'completed' })
  })

  it('tool-calling', async () => {
    const one = await whole({ input: [user("What's the weather like? demo:tool")], tools: [WEATHER] })
    expect(calls(one)).toMatchObject([{ name: 'get_weather', status: 'completed' }])
  })

  it('tool-calling-streaming', async () => {
    const { events, types } = await streamed({ input: [user("What's the weather like? demo:tool")], tools: [WEATHER] })
    const items = (type: string) => events.filter((event) => event.type === type).map(({ item }) => item)
    expect(items('response.output_item.added')).toContainEqual(expect.objectContaining({ type: 'function_call' }))
    expect(items('response.output_item.done')).toContainEqual(expect.objectContaining({ type: 'function_call' }))
    expect(types).toContain('response.function_call_arguments.delta')
    expect(types).toContain('response.function_call_arguments.done')
  })

  it('function-call-roundtrip', async () => {
    const question = user("What's the weather like?")
    const choice = { type: 'function', name: 'get_weather' }
    const first = await whole({ input: [question], tools: [WEATHER], tool_choice: choice })
    const [call] = calls(first)
    const output = { type: 'function_call_output', call_id: call?.call_id, output: '{"celsius": 20}' }
    const second = await whole({ input: [question, ...first.output, output], tools: [WEATHER] })
    expect(second.status).toBe('completed')
    expect(second.output.at(-1)).toMatchObject({ type: 'message' })
  })

  it.each([
    ['image', { type: 'input_image', image_url: PNG }],
    ['file', { type: 'input_file', filename: 'a.pdf', file_data: PDF }],
  ] as const)('%s-input', async (kind, part) => {
    const input = [user([{ type: 'input_text', text: 'What is this?' }, part])]
    if ((takes as readonly string[]).includes(kind)) {
      expect(await whole({ input })).toMatchObject({ status: 'completed' })
      return
    }
    // A model that cannot look at it is not asked.
    const answer = await post({ model, input })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { param: 'input[0].content[1]' } })
  })

  it('multi-turn', async () => {
    const said = { type: 'message', role: 'assistant', content: 'Hello Alice!' }
    const one = await whole({ input: [user('My name is Alice.'), said, user('What is my name?')] })
    expect(one.status).toBe('completed')
  })

  it('previous-response-id', async () => {
    const first = await whole({ input: [user('My name is Alice.')] })
    const { last } = await streamed({ input: [user('What is my name?')], previous_response_id: first.id })
    expect(last).toMatchObject({ status: 'completed', previous_response_id: first.id })
  })

  it('previous-response-not-found', async () => {
    const answer = await post({ model, input: 'Hi.', previous_response_id: `resp_${'0'.repeat(32)}` })
    expect(answer.status).toBe(400)
    const error = { code: 'previous_response_not_found', param: 'previous_response_id', type: 'invalid_request_error' }
    expect(await answer.json()).toMatchObject({ error })
  })

  it('reconnect-store-false-recovery', async () => {
    const first = await whole({ input: [user('One.')], store: false })
    expect(first.store).toBe(false)
    const lost = await post({ model, input: 'Two.', previous_response_id: first.id })
    expect(lost.status).toBe(400)
    expect(await whole({ input: [user('One.'), ...first.output, user('Two.')], store: false })).toMatchObject({
      status: 'completed',
    })
  })
})
