// Bedrock with a pair of access keys: the Worker signs, and the demo checks each signature.
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ACCESS_KEY } from '../../demo/bedrock/key.ts'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'

let gateway: Gateway
let demo: Demo
beforeAll(async () => {
  const started = await Promise.all([startGateway(), startDemo()])
  gateway = started[0]
  demo = started[1]
})
afterAll(() => Promise.all([gateway.close(), demo.close()]))

async function clientWith(credential: object): Promise<OpenAI> {
  const slot = { base_url: demo.bases.bedrock, region: 'eu-central-1', credential }
  const key = await gateway.createKey({ providers: { bedrock: slot } })
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
}

const hello = {
  model: 'bedrock/amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: 'Hello, Ünï 😀' }],
}

test('signs what it sends, in every form', async () => {
  const openai = await clientWith(ACCESS_KEY)
  const whole = await openai.chat.completions.create(hello)
  expect(whole.choices[0]?.message.content).toBe('You said: "Hello, Ünï 😀"')
  const stream = openai.chat.completions.stream({ ...hello, stream: true })
  expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe('You said: "Hello, Ünï 😀"')
  const { data } = await openai.models.list()
  expect(data.map(({ id }) => id)).toContain('bedrock/amazon.nova-lite-v1:0')
  expect(demo.requests.every(({ headers }) => /\/eu-central-1\/bedrock\//.test(headers.authorization ?? ''))).toBe(true)
})

test('a pair that is not known is refused in words of our own', async () => {
  const openai = await clientWith({ ...ACCESS_KEY, secret_access_key: 'wrong', session_token: 'token' })
  await expect(openai.chat.completions.create(hello)).rejects.toMatchObject({
    status: 401,
    code: 'invalid_api_key',
    message: expect.not.stringContaining('signature'),
  })
})

test('a damaged stream is an error, wherever the damage is', async () => {
  const openai = await clientWith(ACCESS_KEY)
  const broken = { ...hello, messages: [{ role: 'user' as const, content: 'demo:garbage' }] }
  await expect(openai.chat.completions.stream(broken).finalChatCompletion()).rejects.toThrow(/damaged/)
})

test('thinking goes back as it came, and its signature holds', async () => {
  const openai = await clientWith(ACCESS_KEY)
  const find = { type: 'function' as const, function: { name: 'find', parameters: { type: 'object', properties: {} } } }
  const asked = {
    model: 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    reasoning_effort: 'low' as const,
    max_completion_tokens: 4000,
    tools: [find],
  }
  const question = { role: 'user' as const, content: 'demo:tool' }
  const { choices } = await openai.chat.completions.create({ ...asked, messages: [question] })
  const said = choices[0]?.message ?? expect.fail('Nothing was said.')
  expect(said).toMatchObject({
    reasoning_content: 'The user wants an answer.',
    reasoning_details: [{ type: 'reasoning.text' }],
  })
  const result = { role: 'tool' as const, tool_call_id: said.tool_calls?.[0]?.id ?? '', content: '2 hits' }
  const next = await openai.chat.completions.create({ ...asked, messages: [question, said, result] }).withResponse()
  expect(next.data.choices[0]?.message.content).toBe('find answered: 2 hits.')
  // Nothing was lost on the way: thinking is on, with the thought that led to the call.
  expect(next.response.headers.get('dragoman-loss')).toBeNull()
  expect(demo.requests.at(-1)?.body).toMatchObject({
    messages: [{}, { content: [{ reasoningContent: { reasoningText: { signature: expect.any(String) } } }, {}] }, {}],
    additionalModelRequestFields: { thinking: { type: 'enabled' } },
  })
})
