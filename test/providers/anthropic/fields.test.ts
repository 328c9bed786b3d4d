// The other fields, one by one: limits, sampling, stops, users, tiers, and all that Messages does not have.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { chatRequest } from '../../../schemas/chat.ts'
import { extensions, fields as table } from '../../../src/providers/anthropic/fields.ts'
import { type Fields, hello, refusal, send } from './accepted.ts'

describe('the limit', () => {
  it.each([
    ['claude-opus-5-5', 128_000],
    ['claude-sonnet-4-6', 128_000],
    ['claude-haiku-4-5', 64_000],
    ['claude-sonnet-4-0', 64_000],
    ['claude-opus-4-1', 32_000],
    ['claude-opus-4-20250514', 32_000],
    ['claude-3-5-haiku-20241022', 8192],
    ['claude-3-haiku-20240307', 4096],
  ])('of %s is %i tokens, also where the client names none', (model, most) => {
    expect(send({ model }).body.max_tokens).toBe(most)
    const { body, told } = send({ model, max_completion_tokens: 200_000 })
    expect(body.max_tokens).toBe(most)
    expect(told).toEqual([`max_completion_tokens clamped → ${most}`])
  })

  it.each([
    [{ max_tokens: 10 }, 10, []],
    [{ max_completion_tokens: 20 }, 20, []],
    [{ max_tokens: 10, max_completion_tokens: 20 }, 20, ['max_tokens dropped']],
    [{ max_tokens: 20, max_completion_tokens: 20 }, 20, []],
    [{ max_tokens: 100_000 }, 64_000, ['max_tokens clamped → 64000']],
  ])('%j', (fields, sent, losses) => {
    const { body, told } = send(fields)
    expect(body.max_tokens).toBe(sent)
    expect(told).toEqual(losses)
  })

  it('of nothing is refused', () => {
    expect(refusal({ max_completion_tokens: 0 })).toMatchObject({
      param: 'max_completion_tokens',
      code: 'integer_below_min_value',
    })
  })

  it('makes a long answer stream, whatever the client asked for', () => {
    expect(send({ max_tokens: 21_333 }).call.streams).toBe(false)
    expect(send({ max_tokens: 21_334 }).call.streams).toBe(true)
    expect(send({ max_tokens: 10, stream: true }).call.streams).toBe(true)
  })
})

describe('sampling', () => {
  const sampled = (fields: Fields) => {
    const { body, told } = send(fields)
    const { temperature, top_p, top_k } = body
    return { temperature, top_p, top_k, told }
  }
  const none = { temperature: undefined, top_p: undefined, top_k: undefined, told: [] }

  it.each([
    ['claude-sonnet-4-6', { temperature: 1.7 }, { temperature: 1, told: ['temperature clamped → 1'] }],
    ['claude-sonnet-4-6', { temperature: 0 }, { temperature: 0 }],
    ['claude-sonnet-4-5', { temperature: 1, top_p: 0.5 }, { top_p: 0.5 }],
    ['claude-sonnet-4-5', { temperature: 0.2, top_p: 0.5 }, { temperature: 0.2, told: ['top_p dropped'] }],
    ['claude-sonnet-4-5', { temperature: 0.2, top_p: 1 }, { temperature: 0.2 }],
    [
      'claude-3-5-haiku-20241022',
      { temperature: 0.2, top_p: 0.5, top_k: 3 },
      { temperature: 0.2, top_p: 0.5, top_k: 3 },
    ],
    ['claude-opus-5-5', { temperature: 0.2 }, { told: ['temperature dropped'] }],
    ['claude-opus-5-5', { temperature: 1 }, {}],
    ['claude-opus-4-7', { top_p: 0.5 }, { told: ['top_p dropped'] }],
    ['claude-opus-4-7', { top_p: 0.995 }, { top_p: 0.995 }],
    ['claude-opus-4-7', { top_k: 5 }, { told: ['top_k dropped'] }],
    ['claude-opus-4-7', { top_k: -1 }, {}],
    [
      'claude-sonnet-4-5',
      { reasoning_effort: 'low', temperature: 0.2, top_p: 0.96 },
      { top_p: 0.96, told: ['temperature dropped'] },
    ],
    [
      'claude-sonnet-4-5',
      { reasoning_effort: 'low', top_p: 0.9, top_k: 3 },
      { told: ['top_p dropped', 'top_k dropped'] },
    ],
    ['claude-opus-4-6', { reasoning_effort: 'none', temperature: 0.2 }, { temperature: 0.2 }],
  ])('%s %j', (model, fields, expected) => {
    expect(sampled({ model, ...fields })).toEqual({ ...none, ...expected })
  })

  it.each([
    [{ temperature: -0.1 }, 'decimal_below_min_value'],
    [{ temperature: 2.1 }, 'decimal_above_max_value'],
    [{ top_p: 1.1 }, 'decimal_above_max_value'],
  ])('%j is refused, as OpenAI refuses it', (fields, code) => {
    expect(refusal(fields)).toMatchObject({ status: 400, code })
  })
})

it.each([
  ['END', ['END'], []],
  [['A', 'B'], ['A', 'B'], []],
  [[' ', 'END', ''], ['END'], ['stop[0] dropped', 'stop[2] dropped']],
  ['\n\n', undefined, ['stop dropped']],
  ['', undefined, ['stop dropped']],
  [[], undefined, []],
  [null, undefined, []],
])('stop %j', (stop, sent, losses) => {
  const { body, told } = send({ stop })
  expect(body.stop_sequences).toEqual(sent)
  expect(told).toEqual(losses)
})

it('stop of another type is refused', () => {
  expect(refusal({ stop: 5 })).toMatchObject({ param: 'stop', code: 'invalid_type' })
  expect(refusal({ stop: ['a', 5] })).toMatchObject({ param: 'stop[1]', code: 'invalid_type' })
})

describe('the user', () => {
  const long = 'x'.repeat(257)
  const hash = createHash('sha256').update(long).digest('hex')

  it.each([
    [{ user: 'u' }, 'u', []],
    [{ safety_identifier: 's' }, 's', []],
    [{ user: 'u', safety_identifier: 's' }, 's', ['user dropped']],
    [{ user: 's', safety_identifier: 's' }, 's', []],
    [{ metadata: { user_id: 'm' } }, 'm', []],
    [{ metadata: { user_id: 'm', plan: 'pro' } }, 'm', ['metadata dropped']],
    [{ metadata: { plan: 'pro' } }, undefined, ['metadata dropped']],
    [{ user: 'u', metadata: { user_id: 'm' } }, 'u', ['metadata dropped']],
    [{ user: long }, hash, [`user clamped → "${hash}"`]],
    [{ safety_identifier: long }, hash, [`safety_identifier clamped → "${hash}"`]],
    [{ metadata: { user_id: long } }, hash, [`metadata.user_id clamped → "${hash}"`]],
    [{ user: '' }, undefined, []],
    [{ metadata: {} }, undefined, []],
  ])('%j', (fields, id, losses) => {
    const { call, told } = send(fields)
    expect(JSON.parse(call.body).metadata).toEqual(id === undefined ? undefined : { user_id: id })
    expect(told).toEqual(losses)
  })
})

it.each([
  ['auto', undefined, []],
  ['default', 'standard_only', []],
  ['standard_only', 'standard_only', []],
  ['priority', 'auto', ['service_tier clamped → "auto"']],
  ['flex', 'auto', ['service_tier clamped → "auto"']],
  ['scale', 'auto', ['service_tier clamped → "auto"']],
  ['fast', 'auto', ['service_tier clamped → "auto"']],
])('service_tier %s', (service_tier, sent, losses) => {
  const { body, told } = send({ service_tier })
  expect(body.service_tier).toBe(sent)
  expect(told).toEqual(losses)
})

describe('what Messages does not have', () => {
  it.each([
    ['seed', 7],
    ['frequency_penalty', 0.5],
    ['presence_penalty', -0.5],
    ['logit_bias', { '1': 5 }],
    ['logprobs', true],
    ['prediction', { type: 'content', content: 'x' }],
    ['verbosity', 'low'],
    ['moderation', { model: 'x' }],
    ['store', true],
    ['audio', { voice: 'x', format: 'wav' }],
    ['unheard_of', 1],
  ])('%s is dropped, and told', (field, value) => {
    const { body, told } = send({ [field]: value })
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream'])
    expect(told).toEqual([`${field} dropped`])
  })

  it('is absent where it says what happens anyway', () => {
    const fields = {
      ...{ n: 1, temperature: 1, top_p: 1, frequency_penalty: 0, presence_penalty: 0, store: false, logprobs: false },
      ...{ response_format: { type: 'text' }, modalities: ['text'], verbosity: 'medium', logit_bias: {}, tools: [] },
      ...{ seed: null, user: null, stop: null, tool_choice: null, reasoning_effort: null, unheard_of: null },
    }
    expect(send(fields).told).toEqual([])
  })

  it('is silent where it cannot change the answer', () => {
    const { told } = send({
      prompt_cache_key: 'x',
      prompt_cache_retention: '24h',
      stream: true,
      stream_options: { include_obfuscation: true },
    })
    expect(told).toEqual([])
  })

  it('speaks: text beside sound is text, sound alone is refused', () => {
    expect(send({ modalities: ['text', 'audio'], audio: { voice: 'x', format: 'wav' } }).told).toEqual([
      'audio dropped',
      'modalities dropped',
    ])
    expect(refusal({ modalities: ['audio'] })).toMatchObject({
      status: 400,
      param: 'modalities',
      code: 'unsupported_value',
    })
  })

  it('is refused in strict mode, each by its own path', () => {
    expect(refusal({ seed: 7 }, true)).toEqual({ status: 400, param: 'seed', code: 'unsupported_parameter' })
    expect(refusal({ temperature: 1.5 }, true)).toEqual({
      status: 400,
      param: 'temperature',
      code: 'unsupported_value',
    })
    expect(refusal({ messages: [{ ...hello, name: 'Ann' }] }, true)).toMatchObject({ param: 'messages[0].name' })
  })

  it('has several choices from as many calls', () => {
    const { body, told } = send({ n: 2 })
    expect(body).not.toHaveProperty('n')
    expect(told).toEqual(['n emulated'])
  })
})

describe('what only Messages has', () => {
  it.each([
    ['container', 'container_1', []],
    ['inference_geo', 'eu', []],
    ['speed', 'fast', []],
    ['context_management', { edits: [] }, ['context-management-2025-06-27']],
    ['mcp_servers', [{ type: 'url', name: 'a', url: 'https://example.com' }], ['mcp-client-2025-11-20']],
  ])('%s passes as it is', (field, value, betas) => {
    const { call, told } = send({ [field]: value }, betas)
    expect(JSON.parse(call.body)[field]).toEqual(value)
    expect(told).toEqual([])
  })

  it('output_config goes beside what other fields write there', () => {
    const { body } = send({ model: 'claude-opus-4-8', reasoning_effort: 'low', output_config: { effort: 'max' } })
    expect(body.output_config).toEqual({ effort: 'max' })
  })

  it('a schema written in its own form forbids a begun answer as well', () => {
    const format = { type: 'json_schema', schema: { type: 'object', properties: {}, additionalProperties: false } }
    const { body } = send({ messages: [hello, { role: 'assistant', content: 'So' }], output_config: { format } })
    expect(body.messages.at(-1)?.role).toBe('user')
  })
})

it('the table has every field, and a reason for every one that is not sent', () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(chatRequest.def.shape).sort())
  for (const row of [...Object.values(table), ...Object.values(extensions)]) {
    if (row.kind !== 'full' && row.kind !== 'renamed') expect(row.reason).toMatch(/\.$/)
    for (const { reason } of row.may) expect(reason).toMatch(/\.$/)
  }
})
