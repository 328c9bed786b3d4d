// What the demo's chat endpoint answers and refuses, in OpenAI's own format.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'

type Fields = Record<string, unknown>

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo.close())

const hello = { role: 'user', content: 'Hello' }
const find = {
  type: 'function',
  function: { name: 'find', parameters: { type: 'object', properties: { q: { type: 'string' } } } },
}
const calls = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'find', arguments: '{}' } })),
})

const post = (fields: Fields) =>
  fetch(`${demo.bases.openai}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4.1', messages: [hello], ...fields }),
  })

const say = (words: string, fields: Fields = {}): Fields => ({
  messages: [{ role: 'user', content: words }],
  ...fields,
})
const ask = async (fields: Fields) => (await (await post(fields)).json()) as { choices: Fields[]; usage: Fields }
const choice = async (fields: Fields) => (await ask(fields)).choices[0]

const chunks = async (fields: Fields) =>
  (await (await post({ ...fields, stream: true })).text())
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => frame.slice('data: '.length))

describe('answers', () => {
  it('says back what was said', async () => {
    expect(await choice({})).toEqual({
      index: 0,
      message: { role: 'assistant', content: 'You said: "Hello"', refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    })
  })

  it('streams in the exact order, with usage if asked', async () => {
    const frames = await chunks(say('Hi', { stream_options: { include_usage: true } }))
    expect(frames.at(-1)).toBe('[DONE]')
    const parsed = frames.slice(0, -1).map((frame) => JSON.parse(frame) as { choices: Fields[]; usage: unknown })
    expect(parsed[0]?.choices).toEqual([
      { index: 0, delta: { role: 'assistant', content: '', refusal: null }, logprobs: null, finish_reason: null },
    ])
    expect(parsed.at(-2)?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }])
    expect(parsed.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } })
    expect(parsed.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    expect(JSON.parse((await chunks({}))[0] ?? '')).not.toHaveProperty('usage')
  })

  it('makes several choices', async () => {
    const { choices } = await ask({ n: 2, logprobs: true, top_logprobs: 1 })
    expect(choices.map(({ message }) => (message as Fields).content)).toEqual([
      'You said: "Hello"',
      'You said: "Hello" (2)',
    ])
    expect(choices[0]?.logprobs).toMatchObject({ content: [{ token: 'You' }, { token: ' said:' }, {}] })
  })

  it('calls tools as it is told', async () => {
    expect(await choice({ tools: [find], tool_choice: 'required' })).toMatchObject({
      message: {
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'find', arguments: '{"q":"q"}' } }],
      },
      finish_reason: 'tool_calls',
    })
    const named = { type: 'function', function: { name: 'find' } }
    expect(await choice({ tools: [find], tool_choice: named })).toMatchObject({ finish_reason: 'stop' })
    expect(await choice({ functions: [find.function], function_call: { name: 'find' } })).toMatchObject({
      message: { function_call: { name: 'find' } },
      finish_reason: 'function_call',
    })
    // A name on a result is no part of the reference, and taken.
    const answered = [hello, calls('a'), { role: 'tool', tool_call_id: 'a', name: 'find', content: '2 hits' }]
    expect(await choice({ messages: answered, tools: [find] })).toMatchObject({
      message: { content: 'find answered: 2 hits. You said: "Hello"' },
    })
  })

  it('follows a schema, stops and runs out', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer' } },
      required: ['a'],
      additionalProperties: false,
    }
    const json = { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } }
    expect(await choice({ response_format: json })).toMatchObject({ message: { content: '{"a":1}' } })
    expect(await choice(say('one two', { stop: 'two' }))).toMatchObject({ message: { content: 'You said: "one ' } })
    expect(await choice(say('demo:words=9', { max_tokens: 2 }))).toMatchObject({ finish_reason: 'length' })
  })
})

describe('refusals', () => {
  const refusals: readonly (readonly [Fields, number, string | null, string | null, string])[] = [
    [
      { model: 'gpt-x' },
      404,
      'model_not_found',
      null,
      'The model `gpt-x` does not exist or you do not have access to it.',
    ],
    [{ top_k: 1 }, 400, 'unknown_parameter', 'top_k', "Unknown parameter: 'top_k'."],
    [{ messages: undefined }, 400, 'missing_required_parameter', 'messages', "Missing required parameter: 'messages'."],
    [
      { messages: [] },
      400,
      'empty_array',
      'messages',
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
    [
      { temperature: -1 },
      400,
      'decimal_below_min_value',
      'temperature',
      "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
    ],
    [
      { n: 129 },
      400,
      'integer_above_max_value',
      'n',
      "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
    ],
    [
      { max_tokens: '9' },
      400,
      'invalid_type',
      'max_tokens',
      "Invalid type for 'max_tokens': expected an integer, but got a string instead.",
    ],
    [
      { stop: ['a', 'b', 'c', 'd', 'e'] },
      400,
      'array_above_max_length',
      'stop',
      "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
    ],
    [
      { messages: [{ role: 'bot', content: 'x' }] },
      400,
      'invalid_value',
      'messages[0].role',
      "Invalid value: 'bot'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool', and 'function'.",
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] },
      400,
      'invalid_value',
      'messages[0].content[0].type',
      "Invalid value: 'image'. Supported values are: 'text', 'image_url', 'input_audio', and 'file'.",
    ],
    [
      { model: 'o3', max_tokens: 9 },
      400,
      'unsupported_parameter',
      'max_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    [
      { model: 'gpt-5', temperature: 0.1 },
      400,
      'unsupported_value',
      'temperature',
      "Unsupported value: 'temperature' does not support 0.1 with this model. Only the default (1) value is supported.",
    ],
    [
      { stream_options: { include_usage: true } },
      400,
      null,
      'stream_options',
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    ],
    [
      { tool_choice: 'auto' },
      400,
      null,
      'tool_choice',
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    ],
    [
      { response_format: { type: 'json_object' } },
      400,
      null,
      'messages',
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    ],
    [
      { messages: [hello, calls('a')] },
      400,
      null,
      'messages[1].role',
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: a",
    ],
    [
      { messages: [hello, { role: 'tool', tool_call_id: 'a', content: 'x' }] },
      400,
      null,
      'messages[1].role',
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    ],
    [{ web_search_options: {} }, 400, null, 'web_search_options', 'Web search options not supported with this model.'],
  ]

  it.each(refusals)('%j', async (fields, status, code, param, message) => {
    const answer = await post(fields)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ error: { message, type: 'invalid_request_error', param, code } })
  })

  it('takes null for absent', async () => {
    expect((await post({ n: null, stop: null, temperature: null, tools: null, response_format: null })).status).toBe(
      200,
    )
  })

  it('asks for a key and knows its paths', async () => {
    const get = (path: string, headers = {}) => fetch(`${demo.bases.openai}${path}`, { headers })
    expect((await get('/models')).status).toBe(401)
    expect((await get('/models', { authorization: 'Bearer invalid' })).status).toBe(401)
    const key = { authorization: 'Bearer demo' }
    expect(await (await get('/models', key)).json()).toMatchObject({ object: 'list' })
    expect(await (await get('/nothing', key)).json()).toMatchObject({ error: { code: 'unknown_url' } })
    expect((await get('/chat/completions', key)).status).toBe(405)
  })
})

describe('failures', () => {
  it('says when to come back', async () => {
    const answer = await post(say('demo:429=2'))
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after-ms')).toBe('2000')
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(await answer.json()).toMatchObject({ error: { type: 'requests', code: 'rate_limit_exceeded' } })
  })

  it('fails inside a stream', async () => {
    const last = (await chunks(say('demo:error-mid'))).at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ error: { type: 'server_error' } })
    expect(await chunks(say('demo:overloaded-first'))).toHaveLength(1)
    expect((await chunks(say('demo:truncate'))).at(-1)).not.toContain('"finish_reason":"stop"')
    const cut = await post(say('demo:cut', { stream: true }))
    await expect(cut.text()).rejects.toThrow()
  })
})
