// Answers in JSON: how they are asked for, by model and by schema.
import { describe, expect, it } from 'vitest'
import { type Fields, hello, send } from './accepted.ts'

const schema = (one: Fields, more: Fields = {}) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: one, ...more } },
})
const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const closed = { ...city, additionalProperties: false }
const fn = (name: string) => ({ type: 'function', function: { name } })
const tree = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'], additionalProperties: false }
const map = { type: 'object', additionalProperties: { type: 'integer' } }

describe('a schema that the model has', () => {
  it.each(['claude-opus-5-5', 'claude-sonnet-4-6', 'claude-haiku-4-5', 'claude-opus-4-1'])(
    '%s holds to it',
    (model) => {
      const { body, told } = send({ model, ...schema(closed, { strict: true, description: 'Where.' }) })
      expect(body.output_config).toEqual({ format: { type: 'json_schema', schema: closed } })
      expect(body).not.toHaveProperty('tools')
      expect(told).toEqual([])
    },
  )

  it('stands beside tools, a forced call and thinking', () => {
    const fields = { tools: [fn('find')], tool_choice: 'required', reasoning_effort: 'high' }
    const { body, told } = send({ model: 'claude-opus-4-6', ...schema(city), ...fields })
    expect(body.output_config).toEqual({ effort: 'high', format: { type: 'json_schema', schema: closed } })
    expect(body.tool_choice).toEqual({ type: 'any' })
    expect(told).toEqual([])
  })

  it('loses what no table names', () => {
    expect(send(schema(city, { mood: 'good' })).told).toEqual(['response_format.json_schema.mood dropped'])
  })
})

describe('a forced tool carries the answer', () => {
  const single = { disable_parallel_tool_use: true }

  it.each([
    ['on models without schemas', 'claude-sonnet-4-0', city],
    ['for a schema that refers to itself', 'claude-sonnet-4-5', tree],
    ['for a map', 'claude-sonnet-4-5', map],
  ])('%s', (_name, model, one) => {
    const { body, told } = send({ model, ...schema(one, { description: 'Where.' }) })
    expect(body.tools).toEqual([{ name: 'answer', description: 'Where.', input_schema: one }])
    expect(body.tool_choice).toEqual({ type: 'tool', name: 'answer', ...single })
    expect(told).toEqual(['response_format emulated'])
  })

  it("beside the client's tools, of which it has no name", () => {
    const { body } = send({ model: 'claude-sonnet-4-0', tools: [fn('answer'), fn('b')], ...schema(city) })
    expect(body.tools?.map(({ name }) => name)).toEqual(['answer', 'b', 'answer_2'])
    expect(body.tool_choice).toEqual({ type: 'any', ...single })
  })

  it('alone where no tool of the client may be called', () => {
    const { body } = send({ model: 'claude-sonnet-4-0', tools: [fn('b')], tool_choice: 'none', ...schema(city) })
    expect(body.tool_choice).toEqual({ type: 'tool', name: 'answer', ...single })
    expect(body.tools).toHaveLength(2)
  })

  it('and turns a thinking budget off', () => {
    const { body, told } = send({ model: 'claude-sonnet-4-0', reasoning_effort: 'high', ...schema(city) })
    expect(body).not.toHaveProperty('thinking')
    expect(told).toEqual(['reasoning_effort clamped → "none"', 'response_format emulated'])
  })
})

describe('words ask for it', () => {
  it.each(['claude-opus-5-5', 'claude-sonnet-4-5', 'claude-3-haiku-20240307'])('json_object on %s', (model) => {
    const messages = [{ role: 'system', content: 'S' }, hello]
    const { body, told } = send({ model, messages, response_format: { type: 'json_object' } })
    expect(body.system).toBe('S\nRespond with one valid JSON object and nothing else.')
    expect(told).toEqual(['response_format emulated'])
  })

  it('behind instructions with cache points', () => {
    const messages = [{ role: 'system', content: 'S', cache_control: { type: 'ephemeral' } }, hello]
    expect(send({ messages, response_format: { type: 'json_object' } }).body.system).toEqual([
      { type: 'text', text: 'S\n', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'Respond with one valid JSON object and nothing else.' },
    ])
  })

  it.each([
    ['the model cannot be forced', { model: 'claude-opus-5-5', ...schema(tree) }],
    [
      'a call is demanded anyway',
      { model: 'claude-sonnet-4-0', tools: [fn('a')], tool_choice: 'required', ...schema(city) },
    ],
    ['the answer is no object', { model: 'claude-sonnet-4-0', ...schema({ type: 'array', items: city }) }],
  ])('where %s', (_name, fields) => {
    const { body, told } = send(fields)
    expect(body.system).toMatch(/^Respond with one JSON value that matches this JSON Schema, and nothing else:\n\{/)
    expect(body.tools?.some(({ name }) => name === 'answer') ?? false).toBe(false)
    expect(told).toEqual(['response_format emulated'])
  })
})

it('plain text is asked for by nothing', () => {
  const { body, told } = send({ response_format: { type: 'text' } })
  expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream'])
  expect(told).toEqual([])
})
