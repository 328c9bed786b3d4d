// The same conversation, sent by the official client and by us: the service gets the same body.
import { CohereClientV2 } from 'cohere-ai'
import { describe, expect, it } from 'vitest'
import { type Fields, send, THINKER } from './accepted.ts'

type Request = Parameters<CohereClientV2['chat']>[0]

/** What the official client sends, and where. */
async function sentByClient(request: Request, stream: boolean): Promise<{ url: string; body: unknown }> {
  let sent: { url: string; body: unknown } | undefined
  const client = new CohereClientV2({
    token: 'none',
    maxRetries: 0,
    fetch: async (url, init) => {
      sent = { url: String(url), body: JSON.parse(String(init?.body)) }
      return new Response('{"message":"stop"}', { status: 400 })
    },
  })
  const asked = stream ? client.chatStream(request) : client.chat(request)
  await expect(asked).rejects.toThrow()
  if (!sent) throw new Error('The client sent nothing.')
  return sent
}

const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'Tells the weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
const PNG = 'data:image/png;base64,iVBORw0KGgo='
const call = { id: 'weather_1', type: 'function' as const, function: { name: 'weather', arguments: '{"city":"Oslo"}' } }
const detail = (format: string, text: string) => ({ type: 'reasoning.text', index: 0, format, text })

/** The client's request, and the fields of a chat request that mean the same. */
const TWINS: Readonly<Record<string, readonly [Request, Fields]>> = {
  'a question': [
    { model: 'command-a-03-2025', messages: [{ role: 'user', content: 'Hi' }] },
    { messages: [{ role: 'user', content: 'Hi' }] },
  ],
  'a conversation with every sampling field': [
    {
      model: 'command-a-03-2025',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
      ],
      maxTokens: 50,
      temperature: 0.1,
      p: 0.5,
      k: 20,
      seed: 7,
      frequencyPenalty: 0.5,
      presencePenalty: 0.25,
      stopSequences: ['END'],
      logprobs: true,
      priority: 3,
      safetyMode: 'STRICT',
      citationOptions: { mode: 'FAST' },
    },
    {
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
      ],
      max_completion_tokens: 50,
      temperature: 0.1,
      top_p: 0.5,
      top_k: 20,
      seed: 7,
      frequency_penalty: 0.5,
      presence_penalty: 0.25,
      stop: 'END',
      logprobs: true,
      priority: 3,
      safety_mode: 'STRICT',
      citation_options: { mode: 'FAST' },
    },
  ],
  'a loop of tools': [
    {
      model: 'command-a-03-2025',
      messages: [
        { role: 'user', content: 'Oslo?' },
        { role: 'assistant', toolPlan: 'I will look.', toolCalls: [call] },
        { role: 'tool', toolCallId: 'weather_1', content: 'rain' },
      ],
      tools: [weather],
      strictTools: true,
      toolChoice: 'REQUIRED',
    },
    {
      messages: [
        { role: 'user', content: 'Oslo?' },
        {
          role: 'assistant',
          content: null,
          reasoning_details: [detail('cohere-plan-v2', 'I will look.')],
          tool_calls: [call],
        },
        { role: 'tool', tool_call_id: 'weather_1', content: [{ type: 'text', text: 'rain' }] },
      ],
      tools: [{ ...weather, function: { ...weather.function, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    },
  ],
  'thinking, there and back': [
    {
      model: THINKER,
      messages: [
        { role: 'user', content: '2+2?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Easy.' },
            { type: 'text', text: '4' },
          ],
        },
        { role: 'user', content: '3+3?' },
      ],
      thinking: { type: 'enabled', tokenBudget: 4096 },
    },
    {
      model: THINKER,
      messages: [
        { role: 'user', content: '2+2?' },
        { role: 'assistant', content: '4', reasoning_content: 'Easy.' },
        { role: 'user', content: '3+3?' },
      ],
      reasoning_effort: 'medium',
    },
  ],
  'an answer by schema': [
    {
      model: 'command-a-03-2025',
      messages: [{ role: 'user', content: 'n?' }],
      responseFormat: { type: 'json_object', jsonSchema: schema },
    },
    {
      messages: [{ role: 'user', content: 'n?' }],
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } },
    },
  ],
  'documents and images': [
    {
      model: 'command-a-vision-07-2025',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What?' },
            { type: 'image_url', imageUrl: { url: PNG, detail: 'high' } },
          ],
        },
      ],
      documents: ['They swim.', { id: 'a', data: { text: 'Penguins.' } }],
    },
    {
      model: 'command-a-vision-07-2025',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What?' },
            { type: 'image_url', image_url: { url: PNG, detail: 'high' } },
          ],
        },
      ],
      documents: ['They swim.', { id: 'a', data: { text: 'Penguins.' } }],
    },
  ],
}

describe.each(Object.entries(TWINS))('%s', (_name, [request, fields]) => {
  it.each([false, true])('is sent as the client sends it (stream: %s)', async (stream) => {
    const { url, body } = await sentByClient(request, stream)
    const { call: ours, told } = send({ ...fields, ...(stream && { stream }) })
    expect(told).toEqual([])
    // The client says that it wants no stream, which needs no saying.
    expect({ stream: false, ...JSON.parse(ours.body) }).toEqual(body)
    expect(new URL(url).pathname).toBe(ours.path)
  })
})
