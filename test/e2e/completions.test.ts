// OpenAI's older endpoint through the official client: answered by models that converse, by services that go on with a
// text, and by those that have the endpoint themselves.
import OpenAI, { BadRequestError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, sayStream, startUpstream, type Upstream } from '../harness/upstream.ts'

let gateway: Gateway
let demo: Demo
let upstream: Upstream
let client: OpenAI

const NATIVE = ['openai', 'vllm', 'compactifai', 'azure-openai'] as const

beforeAll(async () => {
  ;[gateway, demo, upstream] = await Promise.all([
    startGateway(),
    startDemo({ delayMs: 0 }),
    startUpstream(() => undefined),
  ])
  const played = Object.entries(demo.bases).map(([name, base_url]) => [name, { base_url, credential: 'demo' }])
  const scripted = NATIVE.map((name) => [name, { base_url: `${upstream.url}/v1`, credential: 'key' }])
  const key = await gateway.createKey({ providers: { ...Object.fromEntries(played), ...Object.fromEntries(scripted) } })
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })
})
afterAll(() => Promise.all([gateway.close(), demo.close(), upstream.close()]))
beforeEach(() => {
  upstream.requests.length = 0
})

type Ask = Partial<OpenAI.CompletionCreateParamsNonStreaming>

async function folded(body: OpenAI.CompletionCreateParamsNonStreaming) {
  const stream = await client.completions.create({ ...body, stream: true, stream_options: { include_usage: true } })
  const texts: string[] = []
  const reasons: string[] = []
  let usage: OpenAI.CompletionUsage | null | undefined
  for await (const chunk of stream) {
    usage = chunk.usage ?? usage
    for (const { index, text, finish_reason } of chunk.choices) {
      texts[index] = (texts[index] ?? '') + text
      if (finish_reason) reasons[index] = finish_reason
    }
  }
  return { texts, reasons, usage }
}

describe.each([
  ['anthropic', 'claude-haiku-4-5'],
  ['gemini', 'gemini-2.5-flash'],
  ['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['cohere', 'command-a-03-2025'],
  ['paddler', 'local'],
] as const)('%s', (slot, name) => {
  const model = `${slot}/${name}`
  const ask = (more: Ask = {}) => ({ model, prompt: 'hello', max_tokens: 200, ...more })

  test('answers, whole and streamed, with the prompt where it is to be repeated', async () => {
    const { data, response } = await client.completions.create(ask({ echo: true })).withResponse()
    expect(data).toMatchObject({ object: 'text_completion', choices: [{ index: 0, finish_reason: 'stop' }] })
    expect(data.id).toMatch(/^cmpl-./)
    expect(data.choices[0]?.text).toBe('helloYou said: "hello"')
    expect(data.usage?.completion_tokens).toBeGreaterThan(0)
    const loss = response.headers.get('dragoman-loss')
    expect(loss).toContain('"echo";kind=emulated')
    // A text that is gone on with is no message.
    expect(loss?.includes('"prompt";kind=emulated')).toBe(slot !== 'paddler')
    const stream = await folded(ask({ echo: true }))
    expect(stream).toEqual({ texts: [data.choices[0]?.text], reasons: ['stop'], usage: data.usage })
  })

  test('answers several prompts by their places', async () => {
    const body = ask({ prompt: ['one', 'two'], n: 2 })
    const { choices } = await client.completions.create(body)
    const expected = ['one', 'one', 'two', 'two'].map((said) => `You said: "${said}"`)
    expect(choices.map(({ index, text }) => [index, text])).toEqual([...expected.entries()])
    expect((await folded(body)).texts).toEqual(expected)
  })

  test('refuses what only tokens or a native endpoint can say', async () => {
    for (const [more, param] of [
      [{ prompt: [1, 2] }, 'prompt'],
      [{ suffix: 'The end.' }, 'suffix'],
      [{ prompt: Array.from({ length: 9 }, String) }, 'prompt'],
    ] as const) {
      const error = await client.completions.create(ask(more as Ask)).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(BadRequestError)
      expect(error).toMatchObject({ param })
    }
  })

  test('writes sixteen tokens where no limit is named', async () => {
    const { choices } = await client.completions.create({ model, prompt: 'demo:words=100' })
    expect(choices[0]?.finish_reason).toBe('length')
  })
})

const whole = {
  ...{ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm' },
  choices: [{ text: ' upon', index: 0, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

describe('a service of the same endpoint', () => {
  test('is relayed byte for byte where chat is', async () => {
    const said = ` ${JSON.stringify(whole)}\n`
    upstream.play = (response) => sayJson(response, 200, said)
    const body = { model: 'openai/davinci-002', prompt: [1, 2], suffix: '.', best_of: 2, logprobs: 1, echo: true }
    const response = await client.completions.create(body).asResponse()
    expect(await response.text()).toBe(said)
    expect(response.headers.get('dragoman-loss')).toBeNull()
    expect(upstream.requests).toMatchObject([{ path: '/v1/completions' }])
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toEqual({ ...body, model: 'davinci-002' })
  })

  test('is told where its stream breaks off', async () => {
    const chunk = (text: string, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ ...whole, choices: [{ text, index: 0, logprobs: null, finish_reason }] })}\n\n`
    upstream.play = (response) => sayStream(response, [chunk(' upon'), chunk(' a')])
    const torn = folded({ model: 'openai/davinci-002', prompt: 'Once' })
    await expect(torn).rejects.toThrow('before it was whole')
    upstream.play = (response) => sayStream(response, [chunk(' upon'), chunk('', 'stop')])
    expect((await folded({ model: 'openai/davinci-002', prompt: 'Once' })).texts).toEqual([' upon'])
  })

  test('gets all of it where it is read and written anew, and what it leaves out is filled in', async () => {
    upstream.play = (response) =>
      sayJson(response, 200, { model: 'm', choices: [{ text: 'Once <think>a', log_probs: null }] })
    const body = { model: 'vllm/m', prompt: [[1, 2], [3]], suffix: '.', echo: true, logprobs: 2, max_tokens: 0 }
    const { data, response } = await client.completions.create(body).withResponse()
    expect(data).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Once <think>a', index: 0, finish_reason: 'stop' }],
    })
    expect(data.id).toMatch(/^cmpl-./)
    expect(response.headers.get('dragoman-loss')).toBeNull()
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toEqual({ ...body, model: 'm' })
    expect(upstream.requests[0]?.path).toBe('/v1/completions')
  })

  test('that has less of it is told so, field by field', async () => {
    upstream.play = (response) => sayJson(response, 200, whole)
    const body = { model: 'compactifai/m', prompt: 'Once', seed: 7, logprobs: 1, best_of: 2, min_tokens: 1 }
    const { response } = await client.completions
      .create(body as OpenAI.CompletionCreateParamsNonStreaming)
      .withResponse()
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toEqual({
      model: 'm',
      prompt: 'Once',
      max_tokens: 16,
      min_tokens: 1,
    })
    const told = response.headers.get('dragoman-loss')?.split(', ').sort()
    expect(told).toEqual(['"best_of";kind=dropped', '"logprobs";kind=dropped', '"seed";kind=dropped'])
  })

  test('stands where the account has it', async () => {
    upstream.play = (response) => sayJson(response, 200, whole)
    await client.completions.create({ model: 'azure-openai/gpt-35', prompt: 'Once' })
    expect(upstream.requests[0]?.path).toBe('/v1/openai/v1/completions')
  })
})

test('strict mode refuses what would not go on with the text itself', async () => {
  const strict = client.withOptions({ defaultHeaders: { 'dragoman-strict': '?1' } })
  const error = await strict.completions
    .create({ model: 'anthropic/claude-haiku-4-5', prompt: 'Once' })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ status: 400, param: 'prompt', code: 'unsupported_parameter' })
})
