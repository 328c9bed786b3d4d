// Bodies that cannot be answered: OpenAI's status, type, code and param; nothing goes upstream, and nothing of it is logged.
import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, type Quiet, startQuiet } from '../harness/quiet.ts'

const LIMIT = 20_000

let quiet: Quiet
let key: string

beforeAll(async () => {
  quiet = await startQuiet({ MAX_BODY_BYTES: String(LIMIT) })
  key = await quiet.makeKey()
})
afterAll(() => quiet.close())
afterEach(() => quiet.check())

const messages = [{ role: 'user', content: CANARY }]
const ask = { model: 'claude-haiku-4-5', messages }

const post = async (body: unknown, headers: Record<string, string> = {}) =>
  quiet.verdict(await quiet.gateway.chat(key, body, { headers }))

describe('bodies', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

  test.each([
    ['not JSON', `{"model": ${CANARY}`],
    ['nothing', ''],
    ['two values', '{} {}'],
    ['a comment', `{/* ${CANARY} */}`],
    ['NaN', '{"temperature": NaN}'],
  ])('%s', async (_what, body) => {
    expect(await post(body)).toBe('400 invalid_request_error -')
  })

  test.each([
    ['a list', '[]', '400 invalid_request_error invalid_type'],
    ['null', 'null', '400 invalid_request_error invalid_type'],
    ['a string', `"${CANARY}"`, '400 invalid_request_error invalid_type'],
    ['no model', { messages }, '400 invalid_request_error missing_required_parameter model'],
    ['no messages', { model: 'm' }, '400 invalid_request_error missing_required_parameter messages'],
    ['an empty conversation', { ...ask, messages: [] }, '400 invalid_request_error empty_array messages'],
    ['messages of another type', { ...ask, messages: CANARY }, '400 invalid_request_error invalid_type messages'],
    ['a message that is none', { ...ask, messages: [CANARY] }, '400 invalid_request_error invalid_type messages[0]'],
    [
      'no role',
      { ...ask, messages: [{ content: CANARY }] },
      '400 invalid_request_error missing_required_parameter messages[0].role',
    ],
    [
      'an unknown role',
      { ...ask, messages: [{ role: CANARY, content: '' }] },
      '400 invalid_request_error invalid_value messages[0].role',
    ],
    [
      'content of another type',
      { ...ask, messages: [{ role: 'user', content: 5 }] },
      '400 invalid_request_error invalid_type messages[0].content',
    ],
    [
      'a part without its text',
      { ...ask, messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      '400 invalid_request_error missing_required_parameter messages[0].content[0].text',
    ],
    [
      'a tool message without its call',
      { ...ask, messages: [{ role: 'tool', content: CANARY }] },
      '400 invalid_request_error missing_required_parameter messages[0].tool_call_id',
    ],
    ['a number as a string', { ...ask, max_tokens: '100' }, '400 invalid_request_error invalid_type max_tokens'],
    ['a fraction', { ...ask, max_tokens: 1.5 }, '400 invalid_request_error invalid_type max_tokens'],
    ['too little', { ...ask, temperature: -1 }, '400 invalid_request_error decimal_below_min_value temperature'],
    ['too much', { ...ask, temperature: 2.5 }, '400 invalid_request_error decimal_above_max_value temperature'],
    ['no choices', { ...ask, n: 0 }, '400 invalid_request_error integer_below_min_value n'],
    ['too many choices', { ...ask, n: 9 }, '400 invalid_request_error integer_above_max_value n'],
    ['far too many choices', { ...ask, n: 129 }, '400 invalid_request_error integer_above_max_value n'],
    ['a flag as a string', { ...ask, stream: 'true' }, '400 invalid_request_error invalid_type stream'],
    [
      'options of a stream without one',
      { ...ask, stream_options: { include_usage: true } },
      '400 invalid_request_error - stream_options',
    ],
    ['a choice among no tools', { ...ask, tool_choice: 'required' }, '400 invalid_request_error - tool_choice'],
    [
      'a tool without a name',
      { ...ask, tools: [{ type: 'function', function: {} }] },
      '400 invalid_request_error missing_required_parameter tools[0].function.name',
    ],
    [
      'a format without its schema',
      { ...ask, response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      '400 invalid_request_error missing_required_parameter response_format.json_schema.schema',
    ],
    [
      'an unknown format',
      { ...ask, response_format: { type: CANARY } },
      '400 invalid_request_error invalid_value response_format.type',
    ],
    [
      'two efforts',
      { ...ask, reasoning_effort: 'low', reasoning: { effort: 'high' } },
      '400 invalid_request_error invalid_value reasoning.effort',
    ],
  ])('%s', async (_what, body, expected) => {
    expect(await post(body)).toBe(expected)
  })

  test('nested a hundred deep, and a hundred thousand', async () => {
    const bare = `{"model":"m","messages":[{"role":"user","content":"${CANARY}"}],"metadata":`
    expect(await post(`${bare}${deep(100)}}`)).toBe('400 invalid_request_error invalid_value metadata')
    expect(await post(`${bare}${deep(9000)}}`)).toBe('400 invalid_request_error invalid_value metadata')
  })

  test('half a surrogate pair, wherever it stands', async () => {
    const spoiled = (text: string) => JSON.stringify(ask).replace(CANARY, text)
    expect(await post(spoiled('\\ud83d'))).toBe('400 invalid_request_error invalid_value messages[0].content')
    expect(await post(spoiled('x\\uDE00\\ud83d'))).toBe('400 invalid_request_error invalid_value messages[0].content')
    expect(await post(JSON.stringify({ ...ask, user: '?' }).replace('?', '\\udc00'))).toBe(
      '400 invalid_request_error invalid_value user',
    )
  })

  test('bytes that are no UTF-8', async () => {
    const response = await fetch(`${quiet.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    })
    expect(await quiet.verdict(response)).toBe('400 invalid_request_error -')
  })

  test.each(['text/plain', 'multipart/form-data; boundary=x', 'application/jsonp', ''])(
    'content type %j',
    async (type) => {
      const answer = await post(ask, { 'content-type': type })
      // An empty one counts as none, and without one it is JSON until the contrary is proved.
      if (type === '') expect(answer).not.toContain('unsupported_content_type')
      else expect(answer).toBe('400 invalid_request_error unsupported_content_type')
      quiet.upstream.requests.length = 0
    },
  )

  test('larger than is read, announced and not', async () => {
    const text = JSON.stringify({ ...ask, user: 'x'.repeat(LIMIT) })
    expect(await post(text)).toBe('413 invalid_request_error request_too_large')
    const chunked = request(`${quiet.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    })
    const answered = new Promise<number | undefined>((resolve) => {
      chunked.on('response', (message) => resolve(message.resume().statusCode))
      chunked.on('error', () => undefined)
    })
    for (let i = 0; i < text.length; i += 1000) chunked.write(text.slice(i, i + 1000))
    chunked.end()
    expect(await answered).toBe(413)
    // It is refused before anything looks at it.
    expect(await post('x'.repeat(LIMIT + 1))).toBe('413 invalid_request_error request_too_large')
  })

  test('a model that nobody knows, by every way of naming one', async () => {
    const strict = await quiet.makeKey({ allowed_models: ['anthropic/claude-haiku-*'] })
    const lost = await quiet.makeKey({ default_provider: undefined })
    for (const [by, model] of [
      [strict, 'claude-opus-4-5'],
      [strict, `anthropic/${CANARY}`],
      [strict, `nowhere/${CANARY}`],
      [lost, CANARY],
      [lost, `${CANARY}/x`],
      [lost, key],
    ]) {
      expect(await quiet.verdict(await quiet.gateway.chat(by ?? '', { ...ask, model }))).toBe(
        '404 invalid_request_error model_not_found',
      )
    }
  })

  test('what Claude cannot take', async () => {
    const part = (content: unknown) => ({ ...ask, messages: [{ role: 'user', content: [content] }] })
    const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }
    expect(await post(part(audio))).toBe('400 invalid_request_error unsupported_value messages[0].content[0]')
    expect(await post(part({ type: CANARY, x: 1 }))).toMatch(
      /^400 invalid_request_error \w+ messages\[0\]\.content\[0\]/,
    )
  })
})
