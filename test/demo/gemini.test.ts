// What the demo's Gemini API answers and what it refuses: by the request, by directives, whole and streamed.
import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo.close())

type Fields = Record<string, unknown>
const FLASH = 'gemini-3-flash-preview'
const user = (text: string) => ({ role: 'user', parts: [{ text }] })
const hello = [user('Hello')]

function post(model: string, body: unknown, verb = 'generateContent', key = 'k'): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-goog-api-key': key }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${demo.url}/v1beta/models/${model}:${verb}`, { method: 'POST', headers, body: text })
}

interface Candidate {
  content?: { parts: Fields[] }
  finishReason: string
  [field: string]: unknown
}
interface Answer {
  candidates: Candidate[]
  usageMetadata: Record<string, number>
  error: { code: number; status: string; message: string; details?: Fields[] }
}
const ask = async (body: Fields, model = FLASH) => (await (await post(model, body)).json()) as Answer
const partsOf = async (body: Fields, model = FLASH) => (await ask(body, model)).candidates[0]?.content?.parts
const clientOf = () =>
  new GoogleGenAI({ apiKey: 'k', vertexai: false, apiVersion: 'v1beta', httpOptions: { baseUrl: demo.url } })

const rain = {
  name: 'rain',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const tools = [{ functionDeclarations: [rain] }]
const call = { functionCall: { id: 'a', name: 'rain', args: { city: 'Oslo' } }, thoughtSignature: 'c2ln' }
const result = { functionResponse: { id: 'a', name: 'rain', response: { output: 'no' } } }
const loop = (called: Fields[] = [call], answered: Fields[] = [result]) => [
  ...hello,
  { role: 'model', parts: called },
  { role: 'user', parts: answered },
]

describe('answers', () => {
  it('say back what was said and seen', async () => {
    const contents = [
      { role: 'user', parts: [{ text: 'Hi.' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
    ]
    expect(await partsOf({ contents }, 'gemini-2.5-flash')).toEqual([{ text: 'You said: "Hi." I see image/png.' }])
    expect((await partsOf({ contents: loop() }))?.[0]).toEqual({
      text: 'rain answered: {"output":"no"}. You said: "Hello"',
    })
  })

  it('call what they are told of, signed once', async () => {
    const both = { contents: [user('demo:parallel')], tools: [{ functionDeclarations: [rain, { name: 'clock' }] }] }
    expect(await partsOf(both)).toMatchObject([
      { functionCall: { name: 'rain', args: { city: 'city' } }, thoughtSignature: expect.any(String) },
      { functionCall: { name: 'clock', args: {} } },
    ])
    expect(await partsOf({ ...both, toolConfig: { functionCallingConfig: { mode: 'NONE' } } })).toMatchObject([
      { text: expect.any(String) },
      { text: '' },
    ])
    const only = { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['clock'] } }
    expect(await partsOf({ ...both, contents: hello, toolConfig: only }, 'gemini-2.5-pro')).toEqual([
      { functionCall: { name: 'clock', args: {} } },
    ])
    expect(await partsOf({ contents: [user('demo:tool=rain')], tools })).toHaveLength(1)
  })

  it('think when asked to, and answer in JSON', async () => {
    const generationConfig = {
      thinkingConfig: { includeThoughts: true },
      responseMimeType: 'application/json',
      responseJsonSchema: rain.parametersJsonSchema,
    }
    expect(await partsOf({ contents: hello, generationConfig })).toMatchObject([
      { thought: true },
      { text: '{"city":"city"}' },
      { text: '', thoughtSignature: expect.any(String) },
    ])
    const schema = { type: 'OBJECT', properties: { a: { type: 'STRING' } } }
    const older = { responseMimeType: 'application/json', responseSchema: schema }
    expect(await partsOf({ contents: hello, generationConfig: older }, 'gemini-2.0-flash')).toEqual([
      { text: '{"a":"a"}' },
    ])
    const plain = { responseMimeType: 'application/json' }
    expect(await partsOf({ contents: hello, generationConfig: plain }, 'gemini-2.0-flash')).toEqual([
      { text: '{"answer":"You said: \\"Hello\\""}' },
    ])
  })

  it('end where they are told to', async () => {
    const finish = async (generationConfig: Fields, text = 'Hello END there') => {
      const { candidates } = await ask({ contents: [user(text)], generationConfig }, 'gemini-2.0-flash')
      return [candidates[0]?.content?.parts[0]?.text, candidates[0]?.finishReason]
    }
    expect(await finish({ stopSequences: ['END'] })).toEqual(['You said: "Hello ', 'STOP'])
    expect(await finish({ maxOutputTokens: 1 })).toEqual(['You ', 'MAX_TOKENS'])
    expect(await finish({}, 'demo:refusal')).toEqual([undefined, 'SAFETY'])
    expect(await finish({}, 'demo:empty')).toEqual([undefined, 'STOP'])
    expect(await finish({}, 'demo:words=2')).toEqual(['word1 word2', 'STOP'])
    expect((await finish({}, 'demo:echo'))[0]).toMatch(/"contents"/)
  })

  it('have candidates, log probabilities and sources', async () => {
    const { candidates } = await ask(
      { contents: [user('demo:cite')], generationConfig: { candidateCount: 2, responseLogprobs: true, logprobs: 2 } },
      'gemini-2.0-flash',
    )
    expect(candidates).toMatchObject([{ groundingMetadata: {}, logprobsResult: {} }, { index: 1 }])
  })

  it("are what Google's own client reads, whole and streamed", async () => {
    const { models } = clientOf()
    const params = { model: FLASH, contents: 'Hello there', config: { thinkingConfig: { includeThoughts: true } } }
    const whole = await models.generateContent(params)
    expect(whole.text).toBe('You said: "Hello there"')
    let text = ''
    const finishes: unknown[] = []
    for await (const chunk of await models.generateContentStream(params)) {
      for (const part of chunk.candidates?.[0]?.content?.parts ?? []) text += part.thought ? '' : (part.text ?? '')
      finishes.push(chunk.candidates?.[0]?.finishReason)
      expect(chunk.responseId).toMatch(/^demo/)
    }
    expect(text).toBe(whole.text)
    expect(finishes.filter(Boolean)).toEqual(['STOP'])
  })

  it('are one array where nobody asks for events', async () => {
    const answer = await post(FLASH, { contents: hello }, 'streamGenerateContent')
    const chunks = (await answer.json()) as Answer[]
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks.at(-1)?.candidates[0]?.finishReason).toBe('STOP')
  })
})

describe('directives', () => {
  const stream = async (text: string) =>
    (await post(FLASH, { contents: [user(text)] }, 'streamGenerateContent?alt=sse')).text()

  it('fail in the form of the service', async () => {
    const failed = await post(FLASH, { contents: [user('demo:429=7')] })
    expect(failed.status).toBe(429)
    expect(((await failed.json()) as Answer).error.details).toContainEqual(
      expect.objectContaining({ retryDelay: '7s' }),
    )
    expect((await post(FLASH, { contents: [user('demo:overloaded')] })).status).toBe(503)
    expect((await post(FLASH, { contents: [user('demo:418')] })).status).toBe(418)
    const flaky = () => post(FLASH, { contents: [user('demo:flaky')] })
    expect([(await flaky()).status, (await flaky()).status]).toEqual([500, 200])
    expect((await post(FLASH, { contents: [user('demo:html')] })).status).toBe(502)
  })

  it('fail in mid-stream as bare JSON over several lines', async () => {
    expect(await stream('Hello you demo:error-mid')).toMatch(/\r\n\r\n\{\n {2}"error": \{\n/)
    expect(await stream('demo:overloaded-first')).toMatch(/^\{\n {2}"error"/)
    expect(await stream('Hello demo:truncate')).not.toMatch(/finishReason/)
  })
})

it('lists its models, and shows one', async () => {
  const get = async (path: string) => {
    const answer = await fetch(`${demo.url}/v1beta/models${path}`, { headers: { 'x-goog-api-key': 'k' } })
    return {
      status: answer.status,
      body: (await answer.json()) as { models: Fields[]; nextPageToken?: string; name?: string },
    }
  }
  const first = (await get('?pageSize=3')).body
  const rest = (await get(`?pageSize=1000&pageToken=${first.nextPageToken}`)).body
  expect(first.models).toHaveLength(3)
  expect(rest.nextPageToken).toBeUndefined()
  expect(new Set([...first.models, ...rest.models].map(({ name }) => name)).size).toBe(10)
  expect((await get(`/${FLASH}`)).body.name).toBe(`models/${FLASH}`)
  expect((await get('/none')).status).toBe(404)
  expect((await get('?pageSize=0')).status).toBe(400)
  expect((await fetch(`${demo.url}/v1beta/other`, { headers: { 'x-goog-api-key': 'k' } })).status).toBe(404)
})

describe('a key', () => {
  it('must be there, and be known', async () => {
    expect((await post(FLASH, { contents: hello }, 'generateContent', 'invalid')).status).toBe(400)
    const { error } = (await (await post(FLASH, { contents: hello }, 'generateContent', 'invalid')).json()) as Answer
    expect(error.details).toMatchObject([{ reason: 'API_KEY_INVALID' }])
    expect((await post(FLASH, { contents: hello }, 'generateContent', '')).status).toBe(403)
  })
})

describe('refuses', () => {
  const config = (generationConfig: Fields) => ({ contents: hello, generationConfig })
  const withTools = (declaration: Fields, more: Fields = {}) => ({
    contents: hello,
    tools: [{ functionDeclarations: [declaration] }],
    ...more,
  })
  const parts = (...all: Fields[]) => ({ contents: [{ role: 'user', parts: all }] })
  const openapi = (parameters: Fields) => withTools({ name: 'a', parameters })
  const json = (parametersJsonSchema: Fields) => withTools({ name: 'a', parametersJsonSchema })
  const EARLY = 'gemini-2.0-flash'
  const SECOND = 'gemini-2.5-pro'

  it.each<[string, unknown, string?]>([
    ['what is no JSON', '{"contents'],
    ['a field it does not know', { contents: hello, novelty: 1 }],
    ['a part it does not know', parts({ novelty: 1 })],
    ['a list that is none', { contents: {} }],
    ['a text that is none', parts({ text: 7 })],
    ['an object that is none', { contents: [7] }],
    ['a flag that is none', parts({ text: 'a', thought: 1 })],
    [
      'a result that is no object',
      { contents: loop([call], [{ functionResponse: { ...result.functionResponse, response: 7 } }]) },
    ],
    ['nothing', {}],
    ['a turn of nobody', { contents: [{ parts: [{ text: 'a' }] }] }],
    ['a turn without parts', { contents: [{ role: 'user', parts: [] }] }],
    ['a part that is two', parts({ text: 'a', inlineData: { mimeType: 'image/png', data: 'AAAA' } })],
    ['a part that is none', parts({ thought: true })],
    ['an empty text', parts({ text: '' })],
    ['GIF', parts({ inlineData: { mimeType: 'image/gif', data: 'AAAA' } })],
    ['data that are none', parts({ inlineData: { mimeType: 'image/png', data: 'data:' } })],
    ['data of no type', parts({ inlineData: { data: 'AAAA' } })],
    ['a bucket', parts({ fileData: { fileUri: 'gs://a/b' } })],
    ['an address, of a model that reads none', parts({ fileData: { fileUri: 'https://a/b.png' } }), EARLY],
    ["a call of the user's", { contents: [{ role: 'user', parts: [call] }] }],
    ["a result of the model's", { contents: [...hello, { role: 'model', parts: [result] }] }],
    [
      'a call without a turn before',
      {
        contents: [
          { role: 'model', parts: [call] },
          { role: 'user', parts: [result] },
        ],
      },
    ],
    ['a result without a call', { contents: [...hello, { role: 'user', parts: [result] }] }],
    ['a call without a result', { contents: loop([call, call]) }],
    [
      'a result of another call',
      { contents: loop([call], [{ functionResponse: { ...result.functionResponse, name: 'b' } }]) },
    ],
    ['a result without what came of it', { contents: loop([call], [{ functionResponse: { id: 'a', name: 'rain' } }]) }],
    ['a call without its signature', { contents: loop([{ functionCall: call.functionCall }]) }],
    ['a signature that is none', { contents: loop([{ ...call, thoughtSignature: '%' }]) }],
    [
      'media in a result',
      { contents: loop([call], [{ functionResponse: { ...result.functionResponse, parts: [] } }]) },
      SECOND,
    ],
    [
      'an instruction that is no text',
      { contents: hello, systemInstruction: { parts: [{ fileData: { fileUri: 'x' } }] } },
    ],
    [
      'an instruction, of a model without',
      { contents: hello, systemInstruction: { parts: [{ text: 'a' }] } },
      'gemma-3-27b-it',
    ],
    ['heat', config({ temperature: 3 })],
    ['heat that is none', config({ temperature: 'x' })],
    ['half a token', config({ maxOutputTokens: 1.5 })],
    ['a reason that is none', config({ responseMimeType: 'text/html' })],
    ['penalties', config({ presencePenalty: 0.5 })],
    ['log probabilities', config({ responseLogprobs: true }), SECOND],
    ['log probabilities of nothing', config({ logprobs: 1 })],
    ['candidates', config({ candidateCount: 2 })],
    ['six stops', config({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] })],
    ['an empty stop', config({ stopSequences: [''] })],
    ['a budget and a level', config({ thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } })],
    ['a level it lacks', config({ thinkingConfig: { thinkingLevel: 'MEDIUM' } }), 'gemini-3-pro-preview'],
    ['a level, of a model with budgets', config({ thinkingConfig: { thinkingLevel: 'LOW' } }), SECOND],
    ['a budget of nothing', config({ thinkingConfig: { thinkingBudget: 0 } }), SECOND],
    ['a budget too large', config({ thinkingConfig: { thinkingBudget: 99_999 } }), SECOND],
    ['thinking', config({ thinkingConfig: {} }), EARLY],
    ['a schema without a type of answer', config({ responseJsonSchema: { type: 'object' } })],
    ['two schemas', config({ responseMimeType: 'application/json', responseSchema: {}, responseJsonSchema: {} })],
    ['a newer schema', config({ responseMimeType: 'application/json', responseJsonSchema: {} }), EARLY],
    ['JSON beside functions', { ...config({ responseMimeType: 'application/json' }), tools }, SECOND],
    ['an empty tool', { contents: hello, tools: [{}] }],
    ['a name that is none', withTools({ name: '1' })],
    ['two of one name', { contents: hello, tools: [{ functionDeclarations: [{ name: 'a' }, { name: 'a' }] }] }],
    ['two kinds of parameters', withTools({ ...rain, parameters: { type: 'object' } })],
    ['newer parameters', { contents: hello, tools }, EARLY],
    ['a choice of nothing', { contents: hello, toolConfig: { functionCallingConfig: { mode: 'ANY' } } }],
    ['a choice that is none', { contents: hello, tools, toolConfig: { functionCallingConfig: { mode: 'SOME' } } }],
    [
      'names beside a free choice',
      { contents: hello, tools, toolConfig: { functionCallingConfig: { allowedFunctionNames: ['rain'] } } },
    ],
    [
      'names of nobody',
      { contents: hello, tools, toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['b'] } } },
    ],
    [
      'validation',
      {
        contents: hello,
        tools: [{ functionDeclarations: [{ name: 'a' }] }],
        toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
      },
      EARLY,
    ],
    ['a mixture', { contents: hello, tools: [...tools, { googleSearch: {} }] }],
    ['a mixture, of a model that takes none', { contents: hello, tools: [...tools, { googleSearch: {} }] }, SECOND],
    ['several types', openapi({ type: ['string', 'null'] })],
    ['a type that is none', json({ type: 'text' })],
    ['a keyword that is none', json({ type: 'object', not: {} })],
    ['words beside a reference', json({ $ref: '#', title: 'a' })],
    ['an enum that is none', json({ enum: [] })],
    ['an enum with nothing', json({ enum: [''] })],
    ['an enum of flags', json({ enum: [true] })],
    ['an enum of numbers', openapi({ type: 'string', enum: [1] })],
    ['an enum of no type', openapi({ enum: ['a'] })],
    ['an object of nothing', openapi({ type: 'object', properties: {} })],
    [
      'a property that is not there',
      openapi({ type: 'object', properties: { a: { type: 'string' } }, required: ['b'] }),
    ],
    ['an array of nothing', openapi({ type: 'array' })],
    ['a format', openapi({ type: 'string', format: 'uri' })],
    ['a schema deep inside', json({ anyOf: [{ items: { additionalProperties: { const: 1 } } }] })],
    ['a schema that is none', json({ properties: { a: 7 } })],
  ])('%s', async (_name, body, model = FLASH) => {
    const answer = await post(model, body)
    const { error } = (await answer.json()) as Answer
    expect([answer.status, error.code, error.status]).toEqual([400, 400, 'INVALID_ARGUMENT'])
    expect(error.message).not.toBe('')
  })

  it('a model that is not there', async () => {
    expect((await post('gemini-9', { contents: hello })).status).toBe(404)
  })

  it('nothing of what it should take', async () => {
    const fine: [unknown, string][] = [
      [{ contents: loop(), tools }, FLASH],
      [{ contents: [...loop(), { role: 'model', parts: [{ text: 'a' }] }, user('b')] }, FLASH],
      [{ contents: loop([{ ...call, thoughtSignature: 'skip_thought_signature_validator' }]) }, FLASH],
      [{ contents: loop([{ functionCall: call.functionCall }]) }, SECOND],
      [{ contents: [...loop([{ functionCall: call.functionCall }]), user('b')] }, FLASH],
      [{ contents: hello, generation_config: { thinking_config: { thinking_budget: -1 } } }, SECOND],
      [{ contents: parts({ fileData: { fileUri: 'https://youtu.be/a' } }).contents }, EARLY],
      [
        {
          contents: hello,
          tools: [...tools, { urlContext: {} }],
          toolConfig: { includeServerSideToolInvocations: true },
        },
        FLASH,
      ],
    ]
    for (const [body, model] of fine) expect((await post(model, body)).status).toBe(200)
  })
})
