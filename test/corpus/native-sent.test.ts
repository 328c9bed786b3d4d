// What is sent of a request is what the service's own client in the AI SDK sends of the same one.
import { createDeepSeek } from '@ai-sdk/deepseek'
import { createPerplexity } from '@ai-sdk/perplexity'
import { describe, expect, it } from 'vitest'
import { chat } from '../../src/dialects/index.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { providers } from '../../src/providers/index.ts'
import { ACCOUNT } from '../account.ts'
import type { Options } from './native-client.ts'

type Body = Record<string, unknown>
type Prompt = Options['prompt']

interface Example {
  readonly name: string
  readonly model: string
  readonly theirs: Omit<Options, 'prompt'> & { readonly prompt?: Prompt }
  readonly ours: Body
}

const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] })
const HELLO: Prompt = [{ role: 'system', content: 'Be brief.' }, user('Hello')]
const HELLO_OURS = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello' },
]

const LOOP: Prompt = [
  user('Hi'),
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'A greeting.' },
      { type: 'text', text: 'Hello.' },
    ],
  },
  user('And the weather?'),
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'I need the tool.' },
      { type: 'text', text: 'I look.' },
      { type: 'tool-call', toolCallId: 'call_1', toolName: 'find', input: { q: 'Rome' } },
    ],
  },
  {
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: 'call_1', toolName: 'find', output: { type: 'text', value: 'Sunny' } },
    ],
  },
]
const LOOP_OURS = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello.', reasoning_content: 'A greeting.' },
  { role: 'user', content: 'And the weather?' },
  {
    role: 'assistant',
    content: 'I look.',
    reasoning_content: 'I need the tool.',
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"q":"Rome"}' } }],
  },
  { role: 'tool', tool_call_id: 'call_1', content: 'Sunny' },
]
const inputSchema = { type: 'object' as const, properties: { q: { type: 'string' as const } } }
const TOOLS = [{ type: 'function' as const, name: 'find', inputSchema }]
const TOOLS_OURS = [{ type: 'function', function: { name: 'find', parameters: inputSchema } }]
const PIXEL = 'iVBORw0KGgo='

const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  deepseek: [
    {
      name: 'numbers, without thinking',
      model: 'deepseek-chat',
      theirs: { maxOutputTokens: 50, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
      ours: { max_completion_tokens: 50, temperature: 0.5, top_p: 0.9, stop: ['END'] },
    },
    {
      name: 'numbers, while thinking',
      model: 'deepseek-reasoner',
      theirs: { maxOutputTokens: 50, temperature: 0.5, topP: 0.9, seed: 7 },
      ours: { max_tokens: 50, temperature: 0.5, top_p: 0.9, seed: 7 },
    },
    ...['deepseek-reasoner', 'deepseek-v4-pro'].map((model) => ({
      name: `a loop of tools with ${model}`,
      model,
      theirs: { prompt: LOOP, tools: TOOLS },
      ours: { messages: LOOP_OURS, tools: TOOLS_OURS },
    })),
    {
      name: 'thoughts that were lost',
      model: 'deepseek-v4-flash',
      theirs: {
        prompt: [user('Hi'), { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] }, user('Again')],
      },
      ours: {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello.' },
          { role: 'user', content: 'Again' },
        ],
      },
    },
    {
      name: 'a tool that has to be called, without thinking',
      model: 'deepseek-chat',
      theirs: { tools: TOOLS, toolChoice: { type: 'tool', toolName: 'find' } },
      ours: { tools: TOOLS_OURS, tool_choice: { type: 'function', function: { name: 'find' } } },
    },
    {
      name: 'effort',
      model: 'deepseek-v4-pro',
      theirs: { providerOptions: { deepseek: { thinking: { type: 'enabled' }, reasoningEffort: 'max' } } },
      ours: { reasoning_effort: 'max' },
    },
    {
      name: 'no thinking',
      model: 'deepseek-v4-pro',
      theirs: { temperature: 0.5, providerOptions: { deepseek: { thinking: { type: 'disabled' }, userId: 'ann-1' } } },
      ours: { reasoning_effort: 'none', temperature: 0.5, user: 'ann-1' },
    },
  ],
  perplexity: [
    {
      name: 'numbers',
      model: 'sonar',
      theirs: {
        maxOutputTokens: 50,
        temperature: 0.5,
        topP: 0.9,
        topK: 5,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        seed: 7,
      },
      ours: {
        max_tokens: 50,
        temperature: 0.5,
        top_p: 0.9,
        top_k: 5,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        seed: 7,
      },
    },
    {
      name: 'search',
      model: 'sonar-pro',
      theirs: {
        providerOptions: {
          perplexity: { search_recency_filter: 'week', web_search_options: { search_context_size: 'high' } },
        },
      },
      ours: { search_recency_filter: 'week', web_search_options: { search_context_size: 'high' } },
    },
    {
      name: 'images',
      model: 'sonar',
      theirs: {
        prompt: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'file', mediaType: 'image/png', data: PIXEL },
            ],
          },
        ],
      },
      ours: {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
            ],
          },
        ],
      },
    },
  ],
}

/** The body that the client sends. */
async function sentByTheirs(provider: string, { model, theirs }: Example): Promise<Body> {
  let body: Body = {}
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    body = JSON.parse(String(init?.body)) as Body
    return new Response('{}', { status: 500 })
  }
  const settings = { apiKey: 'none', fetch }
  const client = provider === 'deepseek' ? createDeepSeek(settings)(model) : createPerplexity(settings)(model)
  await client.doGenerate({ prompt: HELLO, ...theirs }).then(undefined, () => undefined)
  return body
}

function sentByUs(name: string, { model, ours }: Example): Body {
  const its = providers.get(name)?.chat
  if (!its || !('encode' in its)) throw new Error(`${name} is not translated.`)
  const request = chat.read({ model, messages: HELLO_OURS, ...ours })
  return JSON.parse(its.encode(request, model, new Ledger(false), ACCOUNT).body) as Body
}

describe.each(Object.entries(EXAMPLES))('requests to %s', (provider, examples) => {
  it.each(examples)('$name', async (one) => {
    expect(sentByUs(provider, one)).toEqual(await sentByTheirs(provider, one))
  })
})
