// A chat request as it is read: whole, and without what says nothing.
import { describe, expect, it } from 'vitest'
import { chatRequest } from '../../schemas/chat.ts'
import { chatRequestOf } from '../../src/hub/request.ts'

const hello = { role: 'user', content: 'Hello.' }
const read = (fields: object) => chatRequestOf({ model: 'm', messages: [hello], ...fields })
const f = { type: 'function', function: { name: 'f' } }
const c = { type: 'custom', custom: { name: 'c' } }

describe('a request', () => {
  it.each([
    ['null in every field', Object.fromEntries(optionalFields().map((name) => [name, null])), {}],
    [
      'numbers that are the default',
      { temperature: 1, top_p: 1, n: 1, frequency_penalty: 0, presence_penalty: -0 },
      {},
    ],
    ['flags that are the default', { stream: false, store: false, logprobs: false, parallel_tool_calls: true }, {}],
    [
      'words that are the default',
      { service_tier: 'auto', verbosity: 'medium', response_format: { type: 'text' } },
      {},
    ],
    ['what is empty', { tools: [], functions: [], stop: [], logit_bias: {}, metadata: {}, modalities: [] }, {}],
    ['text alone', { modalities: ['text'] }, {}],
    ['a choice where there is none', { tool_choice: 'none', function_call: 'auto' }, {}],
    ['another choice where there is none', { tool_choice: 'auto', function_call: 'none' }, {}],
    ['a choice that is left to the model', { tools: [f], tool_choice: 'auto' }, { tools: [f] }],
    [
      'a call that is left to the model',
      { functions: [{ name: 'f' }], function_call: 'auto' },
      { functions: [{ name: 'f' }] },
    ],
  ])('leaves out %s', (_name, fields, rest) => {
    expect(read(fields)).toEqual({ fields: { model: 'm', messages: [hello], ...rest }, extras: {} })
  })

  it.each([
    { temperature: 0 },
    { temperature: 2 },
    { n: 128 },
    { top_p: 0 },
    { stream: true, stream_options: { include_usage: true, include_obfuscation: null } },
    { logprobs: true, top_logprobs: 0 },
    { stop: '' },
    { stop: 'a' },
    { stop: ['a', 'b', 'c', 'd', 'e'] },
    { seed: -1 },
    { seed: 2 ** 60 },
    { parallel_tool_calls: false },
    { tools: [f], tool_choice: 'none' },
    { tools: [f, c], tool_choice: 'required' },
    { tools: [f], tool_choice: { type: 'function', function: { name: 'f' }, name: null } },
    { tools: [f], tool_choice: { type: 'function', name: 'f', function: null } },
    { tools: [c], tool_choice: { type: 'custom', custom: { name: 'c' } } },
    {
      tools: [f],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'auto',
        tools: [{ type: 'function', name: 'f' }],
        allowed_tools: null,
      },
    },
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    { tools: [{ type: 'bash_20250124', name: 'bash' }], tool_choice: { type: 'function', function: { name: 'bash' } } },
    { functions: [{ name: 'f' }], function_call: { name: 'f' } },
    { functions: [{ name: 'f' }], function_call: 'none' },
    { response_format: { type: 'json_object' } },
    {
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {}, strict: null, description: null } },
    },
    { reasoning_effort: 'a new one' },
    { reasoning_effort: 'low', reasoning: { effort: 'low', max_tokens: null } },
    { modalities: ['text', 'audio'], audio: { voice: 'x', format: 'wav' } },
    {
      messages: [
        { role: 'user', content: null },
        { role: 'user', content: [] },
        { role: 'user', content: '' },
      ],
    },
    {
      messages: [
        { role: 'assistant' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [],
          refusal: null,
          audio: null,
          function_call: null,
          annotations: [],
          parsed: null,
        },
      ],
    },
    { messages: [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'x' } }] }] },
    { messages: [{ role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: '' }], extra: 1 }] },
    {
      messages: [
        { role: 'assistant', content: 'x', tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{broken' } }] },
      ],
    },
  ])('keeps %j as it is', (fields) => {
    expect(read(fields)).toEqual({ fields: { model: 'm', messages: [hello], ...fields }, extras: {} })
  })

  it('keeps fields that OpenAI lacks apart', () => {
    const { fields, extras } = read({ min_p: 0.1, provider: { order: ['a'] }, constructor: 1, toString: null })
    expect(Object.keys(fields).sort()).toEqual(['messages', 'model'])
    expect(extras).toEqual({ min_p: 0.1, provider: { order: ['a'] }, constructor: 1, toString: null })
  })

  it('takes no field from a prototype', () => {
    const body: unknown = JSON.parse(
      '{"model":"m","messages":[{"role":"user","content":"Hello."}],"__proto__":{"stream":true}}',
    )
    const { fields, extras } = chatRequestOf(body)
    expect(fields.stream).toBeUndefined()
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
    expect(Object.getPrototypeOf(extras)).toBe(Object.prototype)
  })

  it('does not change what it was given', () => {
    const body = { model: 'm', messages: [hello], tools: [f], tool_choice: 'auto', temperature: 1, x: null }
    const before = structuredClone(body)
    chatRequestOf(body)
    expect(body).toEqual(before)
  })
})

/** Every field that OpenAI calls optional, with the extensions. */
function optionalFields(): string[] {
  const { messages: _messages, model: _model, ...rest } = chatRequest.def.shape
  return Object.keys(rest)
}
