// The tables of fields: what has no place in a request, or the wrong shape, is refused in the service's words.
import { describe, expect, it } from 'vitest'
import { checkCount } from '../../demo/anthropic/check.ts'
import {
  assistant,
  call,
  type Fields,
  find,
  hello,
  image,
  mark,
  NEW,
  OLD,
  refusal,
  request,
  text,
  thought,
  user,
} from './requests.ts'

const messageOf = (fields: Fields, context = OLD) => refusal(request(fields), context)?.message

describe('fields', () => {
  const golden: readonly (readonly [Fields, string])[] = [
    [{ seed: 1 }, 'seed: Extra inputs are not permitted'],
    [{ max_tokens: undefined }, 'max_tokens: Field required'],
    [{ max_tokens: -1 }, 'max_tokens: Input should be greater than or equal to 0'],
    [{ max_tokens: 1.5 }, 'max_tokens: Input should be a valid integer'],
    [{ model: undefined }, 'model: Field required'],
    [{ messages: 'Hello' }, 'messages: Input should be a valid list'],
    [
      { messages: [{ role: 'tool', content: 'x' }] },
      "messages.0.role: Input should be 'user', 'assistant' or 'system'",
    ],
    [{ messages: [{ ...hello, name: 'Ann' }] }, 'messages.0.name: Extra inputs are not permitted'],
    [{ temperature: 1.5 }, 'temperature: range: 0..1'],
    [{ temperature: null }, 'temperature: Input should be a valid number'],
    [{ system: null }, 'system: Input should be a valid list'],
    [{ stop_sequences: 'END' }, 'stop_sequences: Input should be a valid list'],
    [{ metadata: { user_id: 'x'.repeat(257) } }, 'metadata.user_id: String should have at most 256 characters'],
    [{ service_tier: 'flex' }, "service_tier: Input should be 'auto' or 'standard_only'"],
    [
      { output_config: { effort: 'minimal' } },
      "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
    ],
    [
      { thinking: { type: 'enabled', budget_tokens: 100 }, max_tokens: 2048 },
      'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    ],
    [{ messages: [user({ text: 'x' })] }, 'messages.0.content.0.type: Field required'],
    [{ messages: [user({ type: 'text' })] }, 'messages.0.content.0.text.text: Field required'],
    [
      { messages: [user(hello), assistant({ ...call('a'), input: '{}' })] },
      'messages.0.content.0.type: Field required',
    ],
    [
      { messages: [hello, assistant({ ...call('a'), input: '{}' })] },
      'messages.1.content.0.tool_use.input: Input should be a valid dictionary',
    ],
    [
      { messages: [hello, assistant(call('call.1'))] },
      "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      { messages: [hello, assistant({ type: 'thinking', thinking: 'x' })] },
      'messages.1.content.0.thinking.signature: Field required',
    ],
    [
      { messages: [hello, assistant({ ...thought('EqQB'), ...mark() }, text('x'))] },
      'messages.1.content.0.thinking.cache_control: Extra inputs are not permitted',
    ],
    [
      { messages: [user(image('image/bmp', 'Qk0='))] },
      "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ],
    [
      { messages: [user({ type: 'document', source: { type: 'base64', media_type: 'text/csv', data: 'YQ==' } })] },
      "messages.0.content.0.document.source.base64.media_type: Input should be 'application/pdf'",
    ],
    [
      { messages: [user(text('x', { cache_control: { type: 'ephemeral', ttl: '30m' } }))] },
      "messages.0.content.0.text.cache_control.ttl: Input should be '5m' or '1h'",
    ],
    [
      { tools: [{ ...find, name: 'find it' }] },
      "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ],
    [{ tools: [{ name: 'find' }] }, 'tools.0.custom.input_schema: Field required'],
    [{ tools: [{ ...find, parameters: {} }] }, 'tools.0.custom.parameters: Extra inputs are not permitted'],
    [{ tools: [find], tool_choice: 'auto' }, 'tool_choice: Input should be an object'],
    [
      { tools: [find], tool_choice: { type: 'required' } },
      "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
    ],
    [
      { tools: [find], tool_choice: { type: 'none', disable_parallel_tool_use: true } },
      'tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted',
    ],
  ]

  it.each(golden)('%j', (fields, message) => {
    expect(messageOf(fields)).toBe(message)
  })

  it('names every kind of block and tool it knows when it meets another', () => {
    const block = messageOf({ messages: [user({ type: 'image_url', image_url: { url: 'x' } })] })
    expect(block).toContain(
      "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags: 'text', 'image'",
    )
    const tool = messageOf({ tools: [{ type: 'function', function: { name: 'f' } }] })
    expect(tool).toContain(
      "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags: 'custom'",
    )
  })

  it('knows beta fields only with their beta', () => {
    const fields = { mcp_servers: [{ type: 'url', name: 'a', url: 'https://example.com' }] }
    expect(messageOf(fields)).toBe('mcp_servers: Extra inputs are not permitted')
    expect(messageOf(fields, { ...OLD, betas: new Set(['mcp-client-2025-11-20']) })).toBeUndefined()
  })

  it('knows no sampling in the newest version', () => {
    expect(messageOf({ temperature: 1 }, NEW)).toBe('temperature: Extra inputs are not permitted')
    expect(messageOf({ temperature: 1 })).toBeUndefined()
  })

  it('answers 404 to a model nobody knows', () => {
    const answer = refusal(request({ model: 'claude-x' }))
    expect(answer).toMatchObject({ status: 404, message: 'model: claude-x' })
  })

  it('counts tokens of a prompt alone', () => {
    expect(refusal(request(), OLD, checkCount)?.message).toBe('max_tokens: Extra inputs are not permitted')
    expect(refusal({ model: 'claude-sonnet-4-5', messages: [hello] }, OLD, checkCount)).toBeUndefined()
  })

  it('is not fooled by names that every object has', () => {
    expect(messageOf({ constructor: 1 })).toBe('constructor: Extra inputs are not permitted')
  })
})
