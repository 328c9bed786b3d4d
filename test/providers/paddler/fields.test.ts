// What is sent for each field, and what is lost.
import { describe, expect, it } from 'vitest'
import { encoded, type Fields, hello, refusal, send } from './accepted.ts'

describe('a plain request', () => {
  it('thinks, and has the limit of the service', () => {
    const { call, body, told } = send({})
    expect(body).toEqual({
      add_generation_prompt: true,
      conversation_history: [hello],
      enable_thinking: true,
      max_tokens: 2000,
    })
    expect(told).toEqual([])
    expect(call).toMatchObject({
      path: '/api/v1/continue_from_conversation_history',
      headers: {},
      streams: true,
    })
    expect(call.paramOf('max_tokens')).toBeUndefined()
    expect(call.needs).toBeUndefined()
  })

  it('is the same to every version', () => {
    for (const version of ['2.1', '3.0', '3.1', '4.0', 'v4.1.0', 'next']) {
      expect(encoded({}, version).body).toBe(encoded({}).body)
    }
  })
})

describe('the limit', () => {
  it.each<[Fields, number, string[]]>([
    [{ max_completion_tokens: 5 }, 5, []],
    [{ max_tokens: 6 }, 6, []],
    [{ max_completion_tokens: 5, max_tokens: 5 }, 5, []],
    [{ max_completion_tokens: 5, max_tokens: 6 }, 5, ['max_tokens dropped']],
    [{ max_completion_tokens: 2 ** 40 }, 2 ** 31 - 1, ['max_completion_tokens clamped → 2147483647']],
    [{ max_tokens: 2 ** 40 }, 2 ** 31 - 1, ['max_tokens clamped → 2147483647']],
  ])('%j', (fields, limit, losses) => {
    const { body, told } = send(fields)
    expect(body.max_tokens).toBe(limit)
    expect(told).toEqual(losses)
  })
})

describe('what the service does not have', () => {
  it.each<[string, unknown]>([
    ['temperature', 0.5],
    ['top_p', 0.5],
    ['top_k', 40],
    ['seed', 7],
    ['frequency_penalty', 1],
    ['presence_penalty', 1],
    ['logit_bias', { 1: 2 }],
    ['logprobs', true],
    ['metadata', { a: 'b' }],
    ['store', true],
    ['service_tier', 'flex'],
    ['web_search_options', {}],
    ['verbosity', 'low'],
    ['prediction', { type: 'content', content: 'x' }],
    ['audio', { voice: 'x', format: 'wav' }],
    ['moderation', { model: 'x' }],
    ['modalities', ['text', 'audio']],
    ['min_p', 0.1],
  ])('%s is dropped, and that is told', (name, value) => {
    const { call, told } = send({ [name]: value })
    expect(call.body).toBe(encoded({}).body)
    expect(told).toEqual([`${name} dropped`])
  })

  it.each<[string, unknown]>([
    ['user', 'me'],
    ['safety_identifier', 'me'],
    ['cache_control', { type: 'ephemeral' }],
    ['prompt_cache_key', 'k'],
    ['prompt_cache_options', { mode: 'explicit' }],
    ['prompt_cache_retention', '24h'],
    ['modalities', ['image']],
  ])('%s cannot change the answer', (name, value) => {
    const { call, told } = send({ [name]: value })
    expect(call.body).toBe(encoded({}).body)
    expect(told).toEqual([])
  })

  it('puts out no audio', () => {
    expect(refusal({ modalities: ['audio'] })).toEqual({ param: 'modalities', code: 'unsupported_value' })
  })

  it.each<[string, unknown]>([
    ['n', 2],
    ['stop', ['a', 'b']],
    ['parallel_tool_calls', false],
  ])('%s is done by the gateway', (name, value) => {
    const { call, told } = send({ [name]: value })
    expect(call.body).toBe(encoded({}).body)
    expect(told).toEqual([`${name} emulated`])
  })

  it.each<[Fields, string | undefined, string[]]>([
    [{}, undefined, []],
    [{}, '3.1', ['stream_options emulated']],
    [{ stop: 'END' }, '4.0', ['stop emulated', 'stream_options emulated']],
    [{ stream_options: { include_usage: false } }, '3.1', []],
  ])('streams whatever is asked for, and guesses usage where it must: %j, %s', (fields, version, losses) => {
    const { call, told } = send({ stream: true, stream_options: { include_usage: true }, ...fields }, version)
    expect(call.body).toBe(encoded({}).body)
    expect(told).toEqual(losses)
  })
})

describe('whether the model thinks', () => {
  it.each<[Fields, boolean, string[]]>([
    [{ reasoning_effort: 'none' }, false, []],
    [{ reasoning_effort: 'low' }, true, ['reasoning_effort clamped → true']],
    [{ reasoning: { effort: 'none' } }, false, []],
    [{ reasoning: { effort: 'high', exclude: true } }, true, ['reasoning.effort clamped → true']],
    [{ reasoning: { enabled: false } }, false, []],
    [{ reasoning: { max_tokens: 5 } }, true, ['reasoning.max_tokens dropped']],
    [{ reasoning: {} }, true, []],
    [{ thinking: { type: 'disabled' } }, false, []],
    [{ thinking: { type: 'enabled', budget_tokens: 5 } }, true, ['thinking.budget_tokens dropped']],
    [{ enable_thinking: false }, false, []],
    [{ enable_thinking: true }, true, []],
    [{ enable_thinking: 'no' }, true, ['enable_thinking dropped']],
    [{ reasoning_effort: 'none', thinking: { type: 'enabled' } }, false, ['thinking dropped']],
    [
      { reasoning_effort: 'low', enable_thinking: false },
      true,
      ['reasoning_effort clamped → true', 'enable_thinking dropped'],
    ],
  ])('%j', (fields, thinks, losses) => {
    const { body, told } = send(fields)
    expect(body.enable_thinking).toBe(thinks)
    expect(told).toEqual(losses)
  })

  it('is no question of any word', () => {
    expect(refusal({ reasoning_effort: 'hard' })).toEqual({ param: 'reasoning_effort', code: 'invalid_value' })
    expect(refusal({ reasoning: { effort: 'hard' } })).toEqual({ param: 'reasoning.effort', code: 'invalid_value' })
  })
})

describe('an answer in JSON', () => {
  const schema = { anyOf: [{ type: 'object', properties: { a: { $ref: '#/$defs/b' } } }], $defs: { b: {} } }
  const format = (more: Fields = {}) => ({
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema, ...more } },
  })
  const object = { response_format: { type: 'json_object' } }
  const grammar = (value: unknown) => ({ type: 'json_schema', schema: JSON.stringify(value) })

  it('is held to by a grammar, which excludes thinking', () => {
    const { body, told } = send(format({ description: 'd' }))
    expect(body).toMatchObject({ grammar: grammar(schema), enable_thinking: false, conversation_history: [hello] })
    expect(told).toEqual([])
    expect(send(object, '3.1').body).toMatchObject({ grammar: grammar({ type: 'object' }), enable_thinking: false })
  })

  it.each<[Fields, string[]]>([
    [{ reasoning_effort: 'none' }, []],
    [{ reasoning_effort: 'low' }, ['reasoning_effort clamped → false']],
    [{ reasoning: { enabled: true } }, ['reasoning clamped → false']],
    [{ thinking: { type: 'enabled' } }, ['thinking clamped → false']],
    [{ thinking: { type: 'disabled' } }, []],
  ])('%j loses its thinking', (fields, losses) => {
    expect(send({ ...object, ...fields }).told).toEqual(losses)
  })

  it('tells what its format does not name', () => {
    expect(send(format({ mood: 'good' })).told).toEqual(['response_format.json_schema.mood dropped'])
  })

  it('is asked for in words where there is no grammar, or where calls may come', () => {
    const instruction = 'Respond with one valid JSON object and nothing else.'
    const old = send(object, '3.0')
    expect(old.body).toEqual({
      ...JSON.parse(encoded({}).body),
      conversation_history: [{ role: 'system', content: instruction }, hello],
    })
    expect(old.told).toEqual(['response_format emulated'])

    const tools = [{ type: 'function', function: { name: 'find' } }]
    const messages = [{ role: 'system', content: 'S' }, hello]
    const beside = send({ ...object, messages, tools })
    expect(beside.body.conversation_history[0]).toEqual({ role: 'system', content: `S\n\n${instruction}` })
    expect(beside.body.enable_thinking).toBe(true)
    expect(beside.told).toEqual(['response_format emulated'])
    expect(send({ ...object, tools, tool_choice: 'none' }).body.grammar).toEqual(grammar({ type: 'object' }))
  })
})
