// What claif_cla, an OpenAI-like Python client of Claude's, promises its users, row by row, against the provider that
// keeps it: what is sent, and what the user is told is not.
import { describe, expect, it } from 'vitest'
import { CODES } from '../../../src/hub/error.ts'
import { collect } from '../../../src/hub/reply.ts'
import { anthropic } from '../../../src/providers/anthropic/index.ts'
import { NO_HEADERS } from '../../account.ts'
import { type Fields, hello, refusal, send } from './accepted.ts'

/** A model of each kind that its users meet today: one that takes sampling parameters, and one that takes none. */
const SAMPLED = 'claude-sonnet-4-5'
const NEWEST = 'claude-opus-4-8'

describe('parameters', () => {
  it.each([
    'claude-3-5-sonnet-20241022',
    'claude-3-opus-20240229',
    'claude-3-sonnet-20240229',
    'claude-3-haiku-20240307',
  ])('model: %s is asked for as it is called, retired or not', (model) => {
    const { body, told } = send({ model, messages: [hello], max_tokens: 100 })
    expect([body.model, told]).toEqual([model, []])
  })

  it('messages: all of a conversation is sent, not only the last of it', () => {
    const { body, told } = send({
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        { role: 'user', content: 'My name is Ann.' },
        { role: 'assistant', content: 'Hello Ann.' },
        { role: 'user', content: 'What is my name?' },
      ],
    })
    expect(body.system).toBe('You are a helpful assistant.')
    expect(body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(told).toEqual([])
  })

  it.each<[string, Fields, Fields, string[]]>([
    ['max_tokens', { max_tokens: 1000 }, { max_tokens: 1000 }, []],
    ['stream', { stream: true }, { stream: true }, []],
    ['temperature', { temperature: 0.7 }, { temperature: 0.7 }, []],
    ['temperature', { temperature: 0 }, { temperature: 0 }, []],
    ['temperature, above what Claude takes', { temperature: 1.8 }, { temperature: 1 }, ['temperature clamped → 1']],
    [
      'temperature, of the newest models',
      { model: NEWEST, temperature: 0.7 },
      { temperature: undefined },
      ['temperature dropped'],
    ],
    ['top_p', { top_p: 0.9 }, { top_p: 0.9 }, []],
    [
      'top_p beside temperature',
      { temperature: 0.5, top_p: 0.9 },
      { temperature: 0.5, top_p: undefined },
      ['top_p dropped'],
    ],
    ['top_p, of the newest models', { model: NEWEST, top_p: 0.5 }, { top_p: undefined }, ['top_p dropped']],
    ['frequency_penalty', { frequency_penalty: 0.5 }, { frequency_penalty: undefined }, ['frequency_penalty dropped']],
    ['presence_penalty', { presence_penalty: 0.5 }, { presence_penalty: undefined }, ['presence_penalty dropped']],
    ['penalties of nothing', { frequency_penalty: 0, presence_penalty: 0 }, {}, []],
    ['stop', { stop: 'END' }, { stop_sequences: ['END'] }, []],
    ['stop, a list', { stop: ['END', 'STOP'] }, { stop_sequences: ['END', 'STOP'] }, []],
    ['stop, of white space', { stop: ['\n\n', 'END'] }, { stop_sequences: ['END'] }, ['stop[0] dropped']],
    ['stop, of nothing else', { stop: '\n\n' }, { stop_sequences: undefined }, ['stop dropped']],
    ['logit_bias', { logit_bias: { 50256: -100 } }, { logit_bias: undefined }, ['logit_bias dropped']],
    ['logit_bias of nothing', { logit_bias: {} }, {}, []],
    ['user', { user: 'user-123' }, { metadata: { user_id: 'user-123' } }, []],
    ['n', { n: 2 }, { n: undefined }, ['n emulated']],
    ['n of one', { n: 1 }, { n: undefined }, []],
    ['seed', { seed: 7 }, { seed: undefined }, ['seed dropped']],
    ['logprobs', { logprobs: true }, { logprobs: undefined }, ['logprobs dropped']],
  ])('%s: %j', (_name, fields, sent, losses) => {
    const { body, told } = send({ model: SAMPLED, ...fields })
    for (const [name, value] of Object.entries(sent)) expect(Reflect.get(body, name)).toEqual(value)
    expect(told).toEqual(losses)
  })

  it.each<[Fields, string, string]>([
    [{ temperature: 2.1 }, 'temperature', 'decimal_above_max_value'],
    [{ temperature: -0.1 }, 'temperature', 'decimal_below_min_value'],
    [{ top_p: 1.1 }, 'top_p', 'decimal_above_max_value'],
    [{ max_tokens: 0 }, 'max_tokens', 'integer_below_min_value'],
  ])('%j is refused as OpenAI refuses it', (fields, param, code) => {
    expect(refusal({ model: SAMPLED, ...fields })).toEqual({ status: 400, param, code })
  })

  it('in strict mode what would be lost is refused', () => {
    expect(refusal({ model: SAMPLED, frequency_penalty: 0.5 }, true)).toMatchObject({ param: 'frequency_penalty' })
    expect(refusal({ model: SAMPLED, logit_bias: { 1: 1 } }, true)).toMatchObject({ param: 'logit_bias' })
  })
})

describe('tools', () => {
  it('without parameters, as features are detected by, take an empty object', () => {
    const { body, told } = send({ tools: [{ type: 'function', function: { name: 'test' } }], max_tokens: 1 })
    expect(body.tools).toEqual([{ name: 'test', input_schema: { type: 'object', properties: {} } }])
    expect(told).toEqual([])
  })

  it('are called as the model likes, whether that is said or not', () => {
    const weather = {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'Get the weather.',
        parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
      },
    }
    const { body, told } = send({ tools: [weather], tool_choice: 'auto' })
    expect(body).toMatchObject({ tools: [{ name: 'get_weather', description: 'Get the weather.' }] })
    expect(body).not.toHaveProperty('tool_choice')
    expect(told).toEqual([])
  })
})

describe('images', () => {
  const image = (url: string) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: "What's in this image?" },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
  })

  it('are data', () => {
    const { body, told } = send(image('data:image/jpeg;base64,/9j/4AAQSkZJRg=='))
    expect(body.messages[0]?.content).toEqual([
      { type: 'text', text: "What's in this image?" },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQSkZJRg==' } },
    ])
    expect(told).toEqual([])
  })

  it('that are none are refused with the place where they stand', () => {
    expect(refusal(image('not an image'))).toEqual({
      status: 400,
      param: 'messages[0].content[1]',
      code: 'invalid_image_url',
    })
  })
})

it('JSON comes by a schema where the model has it, and by word where there is none', () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
    additionalProperties: false,
  }
  const json_schema = { name: 'person', schema, strict: true }
  const bySchema = send({ model: SAMPLED, response_format: { type: 'json_schema', json_schema } })
  expect(bySchema.body.output_config).toEqual({ format: { type: 'json_schema', schema } })
  expect(bySchema.told).toEqual([])
  const byWord = send({ model: SAMPLED, response_format: { type: 'json_object' } })
  expect(byWord.body.system).toContain('JSON')
  expect(byWord.told).toEqual(['response_format emulated'])
})

describe('errors', () => {
  /** What the service says, and the class that the client makes of the status. */
  it.each([
    [400, 'invalid_request_error', 'max_tokens: required', 400, null],
    [401, 'authentication_error', 'invalid x-api-key', 401, 'invalid_api_key'],
    [403, 'permission_error', 'Forbidden', 403, 'insufficient_permissions'],
    [404, 'not_found_error', 'model: claude-3-opus-20240229', 404, 'model_not_found'],
    [413, 'request_too_large', 'Too large', 413, 'request_too_large'],
    [429, 'rate_limit_error', 'Slow down', 429, 'rate_limit_exceeded'],
    [500, 'api_error', 'Internal server error', 500, null],
    [529, 'overloaded_error', 'Overloaded', 503, 'overloaded'],
  ])('%i %s', (status, type, message, ours, code) => {
    const body = JSON.stringify({ type: 'error', error: { type, message } })
    const error = anthropic.refuse({ status, headers: new Headers(), body }, 'claude', send({}).call)
    expect([error.status, error.body.code]).toEqual([ours, code])
    expect(error.body.type).toBe(CODES[error.code].type)
    // Its examples try again after these, and only these.
    expect(error.status === 429 || error.status >= 500).toBe(status === 429 || status >= 500)
  })
})

it('an answer has the finish that the model gave it, and the counts', () => {
  const { call } = send({ model: SAMPLED })
  const answer = (stop_reason: string) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: SAMPLED,
    content: [{ type: 'text', text: 'Hello!' }],
    stop_reason,
    usage: { input_tokens: 10, output_tokens: 3 },
  })
  const read = (reason: string) => collect(call.answer(answer(reason), NO_HEADERS).deltas)
  expect(read('end_turn').choices[0]?.finish).toBe('stop')
  expect(read('stop_sequence').choices[0]?.finish).toBe('stop')
  expect(read('max_tokens').choices[0]?.finish).toBe('length')
  expect(read('end_turn').usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 })
})
