// The same conversation, asked through the gateway and through Google's own client, is the same request.
import { type GenerateContentParameters, GoogleGenAI } from '@google/genai'
import { expect, it } from 'vitest'
import { type Fields, send } from './accepted.ts'

/** What Google's client sends. */
async function sentByGoogle(
  params: GenerateContentParameters,
  stream: boolean,
): Promise<{ path: string; body: unknown }> {
  const out: { path: string; body: unknown }[] = []
  const fetch = async (url: RequestInfo | URL, init?: RequestInit) => {
    const { pathname, search } = new URL(String(url))
    out.push({ path: pathname + search, body: JSON.parse(String(init?.body)) })
    return new Response(stream ? '' : '{}', { headers: { 'content-type': 'application/json' } })
  }
  const { models } = new GoogleGenAI({ apiKey: 'none', vertexai: false, apiVersion: 'v1beta', httpOptions: { fetch } })
  if (stream) for await (const _chunk of await models.generateContentStream(params)) expect.fail('There is no chunk.')
  else await models.generateContent(params)
  const [first] = out
  if (!first) throw new Error('Nothing was sent.')
  return first
}

const PNG = 'iVBORw0KGgo='
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
}
const rain = { name: 'rain', description: 'Whether it rains', parameters: schema }
const declared = { name: 'rain', description: 'Whether it rains', parametersJsonSchema: schema }
const model = 'gemini-3-flash-preview'
const user = (text: string) => ({ role: 'user', parts: [{ text }] })
const instruction = (text: string) => ({ role: 'user', parts: [{ text }] })

interface Pair {
  readonly ours: Fields
  readonly theirs: Omit<GenerateContentParameters, 'model'>
}

const PAIRS: Readonly<Record<string, Pair>> = {
  'an instruction, sampling and limits': {
    ours: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi.' },
      ],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      max_completion_tokens: 100,
      stop: ['END'],
      seed: 7,
      reasoning_effort: 'low',
      service_tier: 'flex',
    },
    theirs: {
      contents: [user('Hi.')],
      config: {
        systemInstruction: instruction('Be brief.'),
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        maxOutputTokens: 100,
        stopSequences: ['END'],
        seed: 7,
        thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' as never },
        serviceTier: 'flex' as never,
      },
    },
  },
  'functions, calls, signatures and results': {
    ours: {
      messages: [
        { role: 'user', content: 'Rain in Oslo?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'k1',
              type: 'function',
              function: { name: 'rain', arguments: '{"city":"Oslo"}' },
              extra_content: { google: { thought_signature: 'c2ln' } },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'k1', content: '{"rain":true}' },
      ],
      tools: [{ type: 'function', function: rain }],
      tool_choice: { type: 'function', function: { name: 'rain' } },
    },
    theirs: {
      contents: [
        user('Rain in Oslo?'),
        {
          role: 'model',
          parts: [{ functionCall: { id: 'k1', name: 'rain', args: { city: 'Oslo' } }, thoughtSignature: 'c2ln' }],
        },
        { role: 'user', parts: [{ functionResponse: { id: 'k1', name: 'rain', response: { rain: true } } }] },
      ],
      config: {
        tools: [{ functionDeclarations: [declared] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' as never, allowedFunctionNames: ['rain'] } },
      },
    },
  },
  'media by bytes and by address, and an answer in JSON': {
    ours: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'file', file: { file_data: 'https://example.com/a.pdf' } },
          ],
        },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
      safety_settings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    },
    theirs: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is this?' },
            { inlineData: { mimeType: 'image/png', data: PNG } },
            { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } },
          ],
        },
      ],
      config: {
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT' as never, threshold: 'BLOCK_NONE' as never }],
      },
    },
  },
  'a search and log probabilities': {
    ours: { messages: [{ role: 'user', content: 'News?' }], web_search_options: {}, logprobs: true, top_logprobs: 2 },
    theirs: {
      contents: [user('News?')],
      config: { tools: [{ googleSearch: {} }], responseLogprobs: true, logprobs: 2 },
    },
  },
}

it.each(Object.entries(PAIRS))('%s', async (_name, { ours, theirs }) => {
  for (const stream of [false, true]) {
    const { call, told } = send({ model, ...ours, ...(stream && { stream }) })
    const expected = await sentByGoogle({ model, ...theirs }, stream)
    expect(call.path).toBe(expected.path)
    expect(plain(JSON.parse(call.body))).toEqual(plain(expected.body))
    expect(told).toEqual([])
  }
})

/** The instruction's role and an empty configuration say nothing, and only one of the two sends them. */
function plain(body: unknown): unknown {
  const { systemInstruction, generationConfig, ...rest } = body as Record<string, { parts?: unknown }>
  return {
    ...rest,
    ...(systemInstruction && { systemInstruction: { parts: systemInstruction.parts } }),
    ...(generationConfig && Object.keys(generationConfig).length > 0 && { generationConfig }),
  }
}
