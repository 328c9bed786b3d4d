// Requests: what is read at once, what only where it is translated, where things stood, and what is refused how.
import { describe, expect, it } from 'vitest'
import { counting, messages } from '../../../src/dialects/index.ts'
import { errorOf } from '../../../src/dialects/messages/error.ts'
import { Paths } from '../../../src/dialects/messages/paths.ts'
import { unsealed } from '../../../src/dialects/messages/relayed.ts'
import { isSealed, seal, unseal } from '../../../src/dialects/messages/seal.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { estimatedTokens } from '../../../src/hub/tokens.ts'
import { openai } from '../../../src/providers/openai/index.ts'

const hello = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hello.' }] }

function translated(body: object) {
  const request = messages.read({ ...hello, ...body })
  return request.origin?.translate?.(openai.chat) ?? expect.unreachable()
}

function refused(body: unknown, read: (body: unknown) => unknown = (one) => translated(one as object)): string {
  try {
    read(body)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    const { error } = messages.error(thrown) as { error: { type: string; message: string } }
    return `${messages.status?.(thrown)} ${error.type} ${error.message}`
  }
  return 'Nothing was refused.'
}

describe('a request', () => {
  it('that is only passed on needs no more than a model', () => {
    const request = messages.read({ model: 'm', stream: true, max_tokens: 5, messages: 'whatever', new: 1 })
    expect(request.fields).toEqual({ model: 'm', messages: [], stream: true, max_completion_tokens: 5 })
    expect(request.origin?.knows('thinking')).toBe(true)
    expect(request.origin?.knows('new')).toBe(false)
    expect(refused(null, messages.read)).toMatch(/^400 invalid_request_error/)
    expect(refused({}, messages.read)).toBe('400 invalid_request_error model: Field required')
    expect(refused({ model: 7 }, messages.read)).toMatch(/^400 invalid_request_error model: /)
  })

  it('is translated once, however many targets there are', () => {
    const request = messages.read(hello)
    expect(request.origin?.translate?.(openai.chat)).toBe(request.origin?.translate?.(openai.chat))
  })

  it('is put into the hub’s words', () => {
    const { fields, extras, origin } = translated({
      system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'b' }] },
        { role: 'system', content: [{ type: 'text', text: 'c' }] },
        { role: 'assistant', content: 'd' },
      ],
      tools: [{ name: 'find', input_schema: { type: 'object' }, strict: true, allowed_callers: ['direct'] }],
      tool_choice: { type: 'tool', name: 'find', disable_parallel_tool_use: true },
      output_format: { type: 'json_schema', schema: { type: 'object' } },
      service_tier: 'standard_only',
      container: 'c',
      speed: 'standard',
      temperature: null,
    })
    expect(fields).toEqual({
      model: 'm',
      max_completion_tokens: 10,
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
        { role: 'user', content: 'b' },
        { role: 'system', content: 'c' },
        { role: 'assistant', content: 'd' },
      ],
      tools: [{ type: 'function', function: { name: 'find', parameters: { type: 'object' }, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'find' } },
      parallel_tool_calls: false,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'output', schema: { type: 'object' }, strict: true },
      },
      service_tier: 'default',
    })
    expect(extras).toEqual({ container: 'c' })
    expect(origin?.losses).toEqual([])
  })

  it.each([
    [{ tools: [{ name: 'f', input_schema: {} }], tool_choice: { type: 'any' } }, 'required'],
    [{ tools: [{ name: 'f', input_schema: {} }], tool_choice: { type: 'none' } }, 'none'],
    [{ tools: [{ name: 'f', input_schema: {} }], tool_choice: { type: 'auto' } }, undefined],
  ])('%j chooses %s', (body, choice) => {
    expect(translated(body).fields.tool_choice).toEqual(choice)
  })

  it('loses by its own names', () => {
    const { origin } = translated({
      future: 1,
      diagnostics: { previous_message_id: 'msg_1' },
      metadata: { user_id: 'u', tag: 'x' },
      tools: [
        { name: 'f', input_schema: {}, defer_loading: true, input_examples: [{}], allowed_callers: ['x'], odd: 1 },
        { type: 'web_search_20250305', name: 'web_search', blocked_domains: ['x'] },
      ],
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              source: { type: 'url', url: 'https://x/a.png' },
              transformations: { oversized_image: 'error' },
            },
            { type: 'search_result', source: 's', title: 't', content: [], citations: { enabled: true } },
            { type: 'document', source: { type: 'content', content: 'Said.' } },
          ],
        },
      ],
    })
    expect(origin?.losses.map(({ path, kind }) => `${path} ${kind}`).sort()).toEqual([
      'diagnostics dropped',
      'future dropped',
      'messages[0].content[0].transformations dropped',
      'messages[0].content[1] emulated',
      'messages[0].content[1].citations dropped',
      'messages[0].content[2].source emulated',
      'metadata.tag dropped',
      'tools[0].allowed_callers dropped',
      'tools[0].defer_loading dropped',
      'tools[0].input_examples dropped',
      'tools[0].odd dropped',
      'tools[1].blocked_domains dropped',
    ])
  })

  it.each([{ type: 'create' }, { type: 'continue', previous_message_id: 'msg_1' }])(
    'knows no thread, and says so before all else: %j',
    (thread) => {
      const messages = [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }] }]
      const refusal = (body: object) => {
        try {
          translated(body)
        } catch (thrown) {
          return errorOf(thrown as GatewayError)
        }
        throw new Error('It was taken.')
      }
      const error = { type: 'invalid_request_error', details: { error_code: 'thread_unsupported_request' } }
      expect(refusal({ messages, thread })).toMatchObject({ type: 'error', error })
      expect(refusal({ messages: [], thread })).toMatchObject({ error })
      expect(refusal({ messages, thread: null }).error).not.toHaveProperty('details')
    },
  )

  const user = (...content: object[]) => ({ messages: [{ role: 'user', content }] })
  it.each([
    [{ messages: [] }, /'messages': empty array/],
    [{ messages: [{ role: 'tool', content: 'x' }] }, /messages\.0\.role/],
    [{ temperature: 1.5 }, /temperature/],
    [{ tool_choice: { type: 'any' } }, /tool_choice/],
    [user({ type: 'text', text: '' }), /messages\.0\.content\.0: text content blocks must be non-empty/],
    [user({ type: 'image', source: { type: 'base64' } }), /messages\.0\.content\.0\.source: /],
    [user({ type: 'document', source: { type: 'content', content: [{ type: 'video' }] } }), /content\.0\.source: /],
    [user({ type: 'thinking', thinking: 'x', signature: 's' }), /messages\.0\.content\.0\.type: /],
    [
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
        ],
      },
      /messages\.1\.content\.0: `tool_result` blocks can only be in `user` messages/,
    ],
    [
      {
        messages: [
          { role: 'user', content: 'x' },
          {
            role: 'assistant',
            content: [1, 2].map(() => ({ type: 'tool_use', id: 'a', name: 'f', input: {} })),
          },
        ],
      },
      /messages\.1\.content\.1: `tool_use` ids must be unique/,
    ],
  ])('%j is refused', (body, message) => {
    const said = refused({ ...body })
    expect(said).toMatch(/^400 invalid_request_error /)
    expect(said).toMatch(message)
  })

  it('that counts needs no limit', () => {
    const { max_tokens: _limit, ...prompt } = hello
    expect(refused({ ...prompt, max_tokens: undefined })).toBe('400 invalid_request_error max_tokens: Field required')
    expect(counting.read(prompt).origin?.translate?.(openai.chat).fields.messages).toHaveLength(1)
  })
})

describe('errors', () => {
  it('name their field in front, unless the words do', () => {
    const error = (code: ConstructorParameters<typeof GatewayError>[0], message: string, param?: string) =>
      (messages.error(new GatewayError(code, message, param ? { param } : {})) as { error: { message: string } }).error
        .message
    expect(error('invalid_value', 'No.', 'messages[2].content[0]')).toBe('messages.2.content.0: No.')
    expect(error('invalid_value', "Invalid 'top_p'.", 'top_p')).toBe("Invalid 'top_p'.")
    expect(error('context_length_exceeded', 'Too many tokens.')).toBe('prompt is too long: Too many tokens.')
    expect(error('context_length_exceeded', 'prompt is too long: 9 > 8')).toBe('prompt is too long: 9 > 8')
  })
})

describe('a seal', () => {
  it('opens to what it was made of, or not at all', () => {
    for (const one of [
      { format: 'f' },
      { format: 'f', index: 3, id: 'ü', summary: true, text: '🦉', signature: 'a.b', data: '' },
      { format: 'extra', extra: { a: { b: 1 } } },
    ] as const) {
      const sealed = seal(one)
      expect(isSealed(sealed)).toBe(true)
      expect(unseal(sealed)).toEqual(one)
      for (const torn of [`${sealed}x`, 'EqQB', 'dg1.', 'dg1.@@.', 'dg1.e30.']) expect(unseal(torn)).toBeUndefined()
    }
    expect(unseal(seal({ format: 'f', data: 'abc' }).slice(0, -1))).toBeUndefined()
    expect(isSealed(undefined)).toBe(false)
  })

  it('is no reason to write a request anew that has none', () => {
    expect(unsealed({ messages: 'odd' })).toBeUndefined()
    expect(
      unsealed({ messages: [{ role: 'assistant', content: [1, { type: 'thinking', signature: 'EqQB' }] }] }),
    ).toBeUndefined()
  })

  it('turns a budget off where the calls lost their thinking, and says so', () => {
    const signature = seal({ format: 'f' })
    const thought = { type: 'thinking', thinking: 'x', signature }
    const body = {
      model: 'm',
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [{ role: 'assistant', content: [thought, { type: 'tool_use', id: 'a', name: 'f', input: {} }] }, 7],
    }
    const { text, losses } = unsealed(body) ?? expect.unreachable()
    expect(JSON.parse(text)).not.toHaveProperty('thinking')
    expect(losses).toMatchObject([{ path: 'thinking', kind: 'clamped' }])
    const adaptive = unsealed({ ...body, thinking: { type: 'adaptive' } })
    expect(adaptive?.losses).toEqual([])
    expect(adaptive?.text).toContain('adaptive')
  })
})

describe('paths', () => {
  it('are the client’s', () => {
    const paths = new Paths()
    paths.set('messages[1].content[0]', 'messages[0].content[2]')
    paths.set('messages[1]', 'messages[0]')
    paths.set('tools[0]', 'tools[3]')
    for (const [hub, own] of [
      ['messages[1].content[0].image_url.url', 'messages[0].content[2].source'],
      ['messages[1].content[0].file.filename', 'messages[0].content[2].title'],
      ['messages[1].tool_calls[0].function.arguments', 'messages[0].tool_calls[0].function.arguments'],
      ['messages[1].reasoning_details', 'messages[0]'],
      ['tools[0].function.parameters.x', 'tools[3].input_schema.x'],
      ['tools[0].function.strict', 'tools[3].strict'],
      ['max_completion_tokens', 'max_tokens'],
      ['stop[1]', 'stop_sequences[1]'],
      ['top_k', 'top_k'],
      ['', ''],
    ])
      expect(paths.of(hub ?? '')).toBe(own)
  })
})

describe('an estimate', () => {
  const tokens = (...content: object[]) => estimatedTokens(translated({ messages: [{ role: 'user', content }] }))
  const text = { type: 'text', text: 'x'.repeat(4000) }
  const file = (data: string, media_type: string) => ({
    type: 'document',
    source: { type: 'base64', media_type, data },
  })

  it('takes four characters for a token, and media for what they usually are', () => {
    const plain = tokens(text)
    expect(plain).toBeGreaterThanOrEqual(1000)
    expect(plain).toBeLessThan(1100)
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(1_000_000) } }
    expect(tokens(text, image) - plain).toBeGreaterThan(1400)
    expect(tokens(text, image) - plain).toBeLessThan(1700)
    expect(tokens(text, file('A'.repeat(40_000), 'application/pdf')) - plain).toBeGreaterThan(900)
    expect(tokens(text, file(btoa('y'.repeat(4000)), 'text/plain')) - plain).toBeGreaterThan(950)
  })
})
