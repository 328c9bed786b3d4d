// The same conversation by the gateway and by a service's own client in the AI SDK: the requests say the same.
import { describe, expect, it } from 'vitest'
import { chat } from '../../src/dialects/index.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { providers } from '../../src/providers/index.ts'
import { ACCOUNT } from '../account.ts'
import { clientOf, type Options } from '../corpus/native-client.ts'

type Body = Record<string, unknown>

/** What a client of the AI SDK sends. */
async function theirs(provider: string, options: Options): Promise<Body> {
  let sent = ''
  const client = clientOf(provider, async (_url, init) => {
    sent = String(init?.body)
    throw new Error('Enough was seen.')
  })
  await Promise.resolve(client.doGenerate(options)).catch(() => undefined)
  return JSON.parse(sent)
}

/** What the gateway sends. */
function ours(provider: string, body: object): Body {
  const how = providers.get(provider)?.chat
  if (!how || !('encode' in how)) throw new Error('It is not translated.')
  const request = chat.read({ model: 'any', ...body })
  return JSON.parse(how.encode(request, 'any', new Ledger(true), ACCOUNT).body)
}

/** Text in one part is text; a result needs no name, since its id names the call. */
function plain({ messages, ...body }: Body): Body {
  const list = messages as Body[]
  return {
    ...body,
    messages: list.map(({ content, name: _said, ...message }) => {
      const [only, ...more] = Array.isArray(content) ? (content as Body[]) : []
      return { ...message, content: more.length === 0 && only?.type === 'text' ? only.text : (content ?? '') }
    }),
  }
}

const ASKED: Options['prompt'] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
]
const asked = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello' },
]
const schema = { type: 'object', properties: { q: { type: 'string' } } } as const
const tools = [{ type: 'function' as const, name: 'f', description: 'Finds.', inputSchema: schema }]
const functions = [{ type: 'function', function: { name: 'f', description: 'Finds.', parameters: schema } }]
const LOOP: Options['prompt'] = [
  ...ASKED,
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'tool-call', toolCallId: 'D681PevKs', toolName: 'f', input: { q: 'a' } },
    ],
  },
  {
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId: 'D681PevKs', toolName: 'f', output: { type: 'text', value: '1' } }],
  },
]
const loop = [
  ...asked,
  {
    role: 'assistant',
    content: null,
    reasoning_content: 'Hm.',
    tool_calls: [{ id: 'D681PevKs', type: 'function', function: { name: 'f', arguments: '{"q":"a"}' } }],
  },
  { role: 'tool', tool_call_id: 'D681PevKs', content: '1' },
]
const image = { type: 'file', mediaType: 'image/png', data: new URL('https://example.com/a.png') } as const

/** The same in the two forms. */
const conversations: readonly (readonly [string, Options, object])[] = [
  [
    'settings',
    { prompt: ASKED, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
    { messages: asked, temperature: 0.5, top_p: 0.9, stop: ['END'] },
  ],
  ['a tool', { prompt: ASKED, tools }, { messages: asked, tools: functions }],
  [
    'a tool that must be called',
    { prompt: ASKED, tools, toolChoice: { type: 'required' } },
    { messages: asked, tools: functions, tool_choice: 'required' },
  ],
  ['a result', { prompt: LOOP, tools }, { messages: loop, tools: functions }],
  [
    'an image',
    { prompt: [{ role: 'user', content: [{ type: 'text', text: 'See' }, image] }] },
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
      ],
    },
  ],
]

/** Those that the gateway names otherwise than the client does, though the service takes both. */
function alike(body: Body): Body {
  const { tool_choice: choice, max_completion_tokens: limit, messages, ...rest } = plain(body)
  return {
    ...rest,
    ...(limit !== undefined && { max_tokens: limit }),
    // Left to itself a service chooses by itself.
    ...(choice !== undefined && choice !== 'auto' && { tool_choice: choice }),
    messages: JSON.parse(JSON.stringify(messages).replaceAll(/"image_url":\{"url":("[^"]*")\}/g, '"image_url":$1')),
  }
}

describe.each(['mistral', 'groq'])('a request to %s', (provider) => {
  it.each(conversations)('says the same of %s', async (_name, options, body) => {
    expect(alike(ours(provider, body))).toEqual(alike(await theirs(provider, options)))
  })

  it('says the same of a limit', async () => {
    const their = await theirs(provider, { prompt: ASKED, maxOutputTokens: 50 })
    expect(alike(ours(provider, { messages: asked, max_completion_tokens: 50 }))).toEqual(alike(their))
  })
})

describe('a request to mistral', () => {
  it('says the same of what only it has', async () => {
    const pdf = { type: 'file', mediaType: 'application/pdf', data: 'JVBERi0xLjQK' } as const
    const their = await theirs('mistral', {
      prompt: [
        { role: 'user', content: [{ type: 'text', text: 'Hello' }, pdf] },
        { role: 'assistant', content: [{ type: 'text', text: 'My name is' }] },
      ],
      seed: 7,
      presencePenalty: 0.5,
      responseFormat: { type: 'json', schema, name: 'r' },
    })
    const file = { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0xLjQK' } }
    const own = ours('mistral', {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hello' }, file] },
        { role: 'assistant', content: 'My name is' },
      ],
      seed: 7,
      presence_penalty: 0.5,
      response_format: { type: 'json_schema', json_schema: { name: 'r', schema, strict: false } },
    })
    expect(alike(own)).toEqual(alike(their))
  })
})
