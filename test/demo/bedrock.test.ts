// The demo's Bedrock, asked by AWS' own client: it reads its streams, and its signatures are taken.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACCESS_KEY } from '../../demo/bedrock/key.ts'
import { type Demo, startDemo } from '../../demo/index.ts'
import { sign } from '../../src/wire/sigv4.ts'
import { fetchHandler } from './aws-fetch.ts'

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo.close())

function client(secretAccessKey: string = ACCESS_KEY.secret_access_key): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: demo.bases.bedrock ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: ACCESS_KEY.access_key_id, secretAccessKey },
    maxAttempts: 1,
    requestHandler: fetchHandler,
  })
}

function input(text: string, more: Partial<ConverseCommandInput> = {}): ConverseCommandInput {
  return { modelId: MODEL, messages: [{ role: 'user', content: [{ text }] }], ...more }
}

const whole = (text: string, more?: Partial<ConverseCommandInput>) =>
  client().send(new ConverseCommand(input(text, more)))

async function streamed(text: string, more?: Partial<ConverseCommandInput>) {
  const { stream } = await client().send(new ConverseStreamCommand(input(text, more)))
  const events = []
  for await (const event of stream ?? []) events.push(event)
  return events
}

describe('the demo of Converse', () => {
  it('answers in one piece and as a stream, with counts', async () => {
    const { output, stopReason, usage, $metadata } = await whole('Hello')
    expect(output?.message?.content).toEqual([{ text: 'You said: "Hello"' }])
    expect(stopReason).toBe('end_turn')
    expect(usage?.totalTokens).toBe((usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0))
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/)

    const events = await streamed('Hello')
    const text = events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')
    expect(text).toBe('You said: "Hello"')
    expect(events.flatMap((event) => event.messageStop?.stopReason ?? [])).toEqual(['end_turn'])
    expect(events.at(-1)?.metadata?.usage).toEqual(usage)
  })

  it('calls tools, and thinks with a signature that it knows again', async () => {
    const toolConfig = {
      tools: [{ toolSpec: { name: 'find', inputSchema: { json: { type: 'object', properties: { q: {} } } } } }],
    }
    const events = await streamed('demo:tool=find', { toolConfig })
    expect(events.flatMap((event) => event.contentBlockStart?.start?.toolUse?.name ?? [])).toEqual(['find'])
    const json = events.map((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? '').join('')
    expect(JSON.parse(json)).toEqual({ q: 'q' })

    const thinking = {
      inferenceConfig: { maxTokens: 4000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    }
    const { output } = await whole('Hello', thinking)
    const said = output?.message
    expect(said?.content?.[0]?.reasoningContent?.reasoningText?.signature).toBeTruthy()
    const again = (content: typeof said) =>
      whole('', {
        ...thinking,
        messages: [
          { role: 'user', content: [{ text: 'Hello' }] },
          { role: 'assistant', content: content?.content },
          { role: 'user', content: [{ text: 'And?' }] },
        ],
      })
    expect((await again(said)).stopReason).toBe('end_turn')
    const forged = structuredClone(said)
    const text = forged?.content?.[0]?.reasoningContent?.reasoningText
    if (text) text.text = 'Something else.'
    await expect(again(forged)).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it.each([
    ['demo:429', 'ThrottlingException'],
    ['demo:503', 'ServiceUnavailableException'],
    ['demo:404', 'ResourceNotFoundException'],
    ['demo:418', 'ValidationException'],
  ])('fails as it is asked to: %s', async (text, name) => {
    await expect(whole(text)).rejects.toMatchObject({ name })
  })

  it('fails within its stream', async () => {
    await expect(streamed('demo:error-mid')).rejects.toMatchObject({ name: 'ServiceUnavailableException' })
    await expect(streamed('demo:overloaded-first')).rejects.toMatchObject({ name: 'ServiceUnavailableException' })
    await expect(streamed('demo:garbage')).rejects.toThrow(/checksum/)
    expect((await streamed('demo:truncate')).some((event) => event.messageStop)).toBe(false)
    expect((await streamed('demo:shred demo:unknown')).some((event) => event.metadata)).toBe(true)
  })

  it('refuses a signature of another key, and takes a bearer key', async () => {
    await expect(client('another').send(new ConverseCommand(input('Hello')))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    })
    const url = `${demo.bases.bedrock}/foundation-models`
    const list = async (headers: Record<string, string>) => {
      const response = await fetch(url, { headers })
      return { status: response.status, body: await response.json() }
    }
    expect(await list({ authorization: 'Bearer key' })).toMatchObject({
      status: 200,
      body: { modelSummaries: expect.any(Array) },
    })
    expect(await list({ authorization: 'Bearer invalid' })).toMatchObject({ status: 403 })
    expect(await list({})).toMatchObject({ status: 403, body: { message: 'Missing Authentication Token' } })

    const key = { accessKeyId: ACCESS_KEY.access_key_id, secretAccessKey: ACCESS_KEY.secret_access_key }
    const scope = { region: 'eu-west-1', service: 'bedrock', date: new Date() }
    const request = { method: 'GET', url, headers: {}, body: '' }
    expect(await list(await sign(request, { ...key, sessionToken: 'T' }, scope))).toMatchObject({ status: 200 })
    const old = { ...scope, date: new Date(Date.now() - 10 * 60_000) }
    expect(await list(await sign(request, key, old))).toMatchObject({ status: 403 })
    expect(await list(await sign(request, key, { ...scope, service: 's3' }))).toMatchObject({ status: 403 })
    expect(await list(await sign(request, { ...key, accessKeyId: 'AKIDOTHER' }, scope))).toMatchObject({ status: 403 })
  })

  it('knows no other ways', async () => {
    const ask = (path: string, method: string) =>
      fetch(`${demo.bases.bedrock}${path}`, { method, headers: { authorization: 'Bearer key' } })
    expect((await ask('/model/x/invoke', 'POST')).status).toBe(400)
    expect((await ask('/model/x/apply', 'POST')).status).toBe(404)
    expect((await ask('/model/x/converse', 'GET')).status).toBe(405)
  })
})

const text = (value: string) => ({ text: value })
const user = (...content: object[]) => ({ role: 'user', content })
const assistant = (...content: object[]) => ({ role: 'assistant', content })
const use = { toolUse: { toolUseId: 'a', name: 'find', input: {} } }
const result = { toolResult: { toolUseId: 'a', content: [text('one')] } }
const document = { document: { format: 'txt', name: 'A', source: { bytes: 'QQ==' } } }
const image = { image: { format: 'png', source: { bytes: 'QQ==' } } }
const tool = { toolSpec: { name: 'find', inputSchema: { json: { type: 'object' } } } }
const tools = { toolConfig: { tools: [tool] } }
const point = { cachePoint: { type: 'default' } }

/** What the service refuses, and a word of why. */
const REFUSED: Record<string, [object, RegExp, string?]> = {
  'no user first': [{ messages: [assistant(text('Hi'))] }, /start with a user message/],
  'no alternation': [{ messages: [user(text('a')), user(text('b'))] }, /alternate/],
  'blank text': [{ messages: [user(text(' '))] }, /regular expression/],
  'no content': [{ messages: [user()] }, /length greater/],
  'nothing but a cache point': [{ messages: [user(point)] }, /is empty/],
  'two kinds in one block': [{ messages: [user({ ...text('a'), ...image })] }, /exactly one/],
  'an unknown member': [{ messages: [user(text('a'))], model: 'x' }, /not a member/],
  'an image of the assistant': [{ messages: [user(text('a')), assistant(image), user(text('b'))] }, /not allowed/],
  'a call without tools': [{ messages: [user(text('a')), assistant(use), user(result)] }, /toolConfig/],
  'a call without a result': [
    { messages: [user(text('a')), assistant(use), user(text('b'))], ...tools },
    /Expected toolResult/,
  ],
  'a result without a call': [{ messages: [user(result)], ...tools }, /exceeds/],
  'one id twice': [{ messages: [user(text('a')), assistant(use, use), user(result)], ...tools }, /duplicate/],
  'a document alone': [{ messages: [user(document)] }, /text block/],
  'one name twice': [{ messages: [user(text('a'), document, document)] }, /unique/],
  'a strange name': [{ messages: [user(text('a'), { document: { ...document.document, name: 'a_b' } })] }, /regular/],
  'many images': [{ messages: [user(text('a'), ...Array.from({ length: 21 }, () => image))] }, /too many images/],
  'no base64': [{ messages: [user({ image: { format: 'png', source: { bytes: 'https://x' } } })] }, /regular/],
  'late reasoning': [
    {
      messages: [
        user(text('a')),
        assistant(text('b'), { reasoningContent: { redactedContent: 'QQ==' } }),
        user(text('c')),
      ],
    },
    /come first/,
  ],
  'a long tool name': [
    { messages: [user(text('a'))], toolConfig: { tools: [{ toolSpec: { ...tool.toolSpec, name: 'x'.repeat(65) } }] } },
    /length less/,
  ],
  'one tool twice': [{ messages: [user(text('a'))], toolConfig: { tools: [tool, tool] } }, /unique/],
  'a schema that is no object': [
    {
      messages: [user(text('a'))],
      toolConfig: { tools: [{ toolSpec: { name: 'find', inputSchema: { json: { type: 'array' } } } }] },
    },
    /must be one of/,
  ],
  'a tool that is not there': [
    { messages: [user(text('a'))], toolConfig: { ...tools.toolConfig, toolChoice: { tool: { name: 'x' } } } },
    /not found/,
  ],
  'a forced call of Llama': [
    { messages: [user(text('a'))], toolConfig: { ...tools.toolConfig, toolChoice: { any: {} } } },
    /toolChoice\.any field/,
    'meta.llama3-3-70b-instruct-v1:0',
  ],
  'instructions for Titan': [
    { messages: [user(text('a'))], system: [text('b')] },
    /system field/,
    'amazon.titan-text-express-v1',
  ],
  'tools for Titan': [{ messages: [user(text('a'))], ...tools }, /toolConfig field/, 'amazon.titan-text-express-v1'],
  'stops for gpt-oss': [
    { messages: [user(text('a'))], inferenceConfig: { stopSequences: ['x'] } },
    /stopSequences field/,
    'openai.gpt-oss-120b-1:0',
  ],
  'a long id for Mistral': [
    { messages: [user(text('a')), assistant(use), user(result)], ...tools },
    /length of 9/,
    'mistral.mistral-large-2407-v1:0',
  ],
  'a temperature above 1': [
    { messages: [user(text('a'))], inferenceConfig: { temperature: 1.5 } },
    /less than or equal to 1/,
  ],
  'both samplings': [{ messages: [user(text('a'))], inferenceConfig: { temperature: 0.5, topP: 0.5 } }, /cannot both/],
  'a large limit': [{ messages: [user(text('a'))], inferenceConfig: { maxTokens: 90_000 } }, /model limit of 64000/],
  'an effort of another model': [
    { messages: [user(text('a'))], additionalModelRequestFields: { reasoning_effort: 'low' } },
    /extraneous key/,
  ],
  'a large budget': [
    {
      messages: [user(text('a'))],
      inferenceConfig: { maxTokens: 2000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    },
    /must be greater/,
  ],
  'adaptive thinking of old': [
    { messages: [user(text('a'))], additionalModelRequestFields: { thinking: { type: 'adaptive' } } },
    /not supported/,
  ],
  'five cache points': [
    { messages: [user(...Array.from({ length: 5 }, (_, i) => [text(`${i}`), point]).flat())] },
    /maximum of 4/,
  ],
  'an hour behind minutes': [
    { messages: [user(text('a'), point, text('b'), { cachePoint: { type: 'default', ttl: '1h' } })] },
    /must not come after/,
  ],
  'a cache point for Llama': [
    { messages: [user(text('a'), point)] },
    /prompt caching/,
    'meta.llama3-3-70b-instruct-v1:0',
  ],
  'an open schema': [
    {
      messages: [user(text('a'))],
      outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}' } } } },
    },
    /additionalProperties/,
  ],
  'a model that is not there': [{ messages: [user(text('a'))] }, /identifier is invalid/, 'no.such-model'],
  'strange metadata': [{ messages: [user(text('a'))], requestMetadata: { a: 'b|c' } }, /regular/],
  'a mode of streams': [
    {
      messages: [user(text('a'))],
      guardrailConfig: { guardrailIdentifier: 'a', guardrailVersion: '1', streamProcessingMode: 'sync' },
    },
    /not a member/,
  ],
}

it.each(Object.entries(REFUSED))('refuses %s', async (_name, [body, why, model = MODEL]) => {
  const response = await fetch(`${demo.bases.bedrock}/model/${encodeURIComponent(model)}/converse`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { message } = (await response.json()) as { message: string }
  expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException')
  expect(message).toMatch(why)
})
