// What the demo's Messages API answers: by the request, by directives, whole and streamed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { assistant, type Fields, find, format, mark, request, text, user } from './requests.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo.close())

const HEADERS = { 'x-api-key': 'demo', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' }

const post = (fields: Fields, headers: Record<string, string> = HEADERS) =>
  fetch(`${demo.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(request(fields)) })

interface Block {
  type: string
  [field: string]: unknown
}
interface Message {
  content: Block[]
  stop_reason: string
  stop_sequence: string | null
  usage: Record<string, unknown>
  [field: string]: unknown
}

const say = (words: string, fields: Fields = {}): Fields => ({
  messages: [{ role: 'user', content: words }],
  ...fields,
})
const ask = async (fields: Fields) => (await (await post(fields)).json()) as Message

/** The events of a stream, each checked to name its type twice. */
async function events(fields: Fields): Promise<Fields[]> {
  const answer = await post({ ...fields, stream: true })
  const body = (await answer.text()).replaceAll('\r\n', '\n').replace(/^: .*\n/gm, '')
  return body
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => {
      const [name, data = ''] = frame.split('\n')
      const event = JSON.parse(data.slice('data: '.length)) as Fields
      expect(name).toBe(`event: ${event.type}`)
      return event
    })
}

/** A message put together again from its events. */
function collect(stream: readonly Fields[]): Block[] {
  const blocks: Block[] = []
  const json: string[] = []
  for (const event of stream) {
    const index = Number(event.index)
    const block = blocks[index]
    const delta = event.delta as Record<string, string>
    if (event.type === 'content_block_start') blocks[index] = event.content_block as Block
    else if (event.type === 'content_block_stop' && block && json[index] !== undefined) {
      block.input = JSON.parse(json[index] || '{}')
    } else if (event.type !== 'content_block_delta' || !block) continue
    else if (delta.type === 'text_delta') block.text += delta.text ?? ''
    else if (delta.type === 'thinking_delta') block.thinking += delta.thinking ?? ''
    else if (delta.type === 'signature_delta') block.signature = delta.signature
    else if (delta.type === 'input_json_delta') json[index] = (json[index] ?? '') + delta.partial_json
    else if (delta.type === 'citations_delta') block.citations = [...((block.citations as []) ?? []), delta.citation]
  }
  return blocks
}

describe('answers', () => {
  it('says back what was said', async () => {
    const { content, stop_reason, usage } = await ask(say('Hello there'))
    expect(content).toEqual([text('You said: "Hello there"')])
    expect(stop_reason).toBe('end_turn')
    expect(usage).toMatchObject({ input_tokens: 12, output_tokens: 6, cache_read_input_tokens: 0 })
  })

  it('says what it sees and what tools answered', async () => {
    const messages = [
      user(text('Look.')),
      assistant({ type: 'tool_use', id: 'a', name: 'find', input: {} }),
      user(
        { type: 'tool_result', tool_use_id: 'a', content: '2 hits' },
        { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      ),
    ]
    const { content } = await ask({ messages, tools: [find] })
    expect(content).toEqual([text('find answered: 2 hits. I see 1 image.')])
  })

  it.each([
    [
      'thinks and shows it',
      say('Hi', { model: 'claude-opus-5-5', thinking: { type: 'adaptive', display: 'summarized' } }),
    ],
    ['thinks and holds it back', say('Hi', { model: 'claude-opus-5-5' })],
    ['thinks in a redacted block', say('demo:redacted', { model: 'claude-fable-5' })],
    ['calls a tool it was told of', say('Please find it', { tools: [find, { ...find, name: 'lose' }] })],
    ['calls all tools', say('demo:parallel', { tools: [find, { ...find, name: 'lose' }] })],
    ['cites', say('demo:cite')],
    ['refuses', say('demo:refusal')],
    ['pauses', say('demo:pause')],
    ['ends without content', say('demo:empty')],
  ])('is the same whole and streamed: %s', async (_, fields) => {
    const whole = await ask(fields)
    const stream = await events(fields)
    const hidden = (blocks: Block[]) =>
      JSON.parse(JSON.stringify(blocks).replaceAll(/"(id|tool_use_id)":"[^"]+"/g, '"$1":""')) as unknown
    expect(hidden(collect(stream))).toEqual(hidden(whole.content))
    expect(stream.at(-2)).toMatchObject({ type: 'message_delta', delta: { stop_reason: whole.stop_reason } })
    expect(stream.at(-1)).toEqual({ type: 'message_stop' })
  })

  it('gives arguments that conform to the schema, and none where there are none', async () => {
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { enum: ['c', 'f'] },
        days: { type: 'integer', minimum: 3 },
        at: { type: 'string', format: 'date' },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
      },
      $defs: { tag: { anyOf: [{ type: 'null' }, { type: 'boolean' }] } },
    }
    const { content } = await ask(
      say('x', { tools: [{ ...find, input_schema: schema }], tool_choice: { type: 'any' } }),
    )
    expect(content[0]?.input).toEqual({ city: 'city', unit: 'c', days: 3, at: '2026-11-20', tags: [true] })
    const stream = await events(say('demo:tool', { tools: [find] }))
    const deltas = stream.filter(({ type }) => type === 'content_block_delta')
    expect(deltas.map(({ delta }) => delta)).toEqual([{ type: 'input_json_delta', partial_json: '' }])
  })

  it('obeys an order in plain words where a choice cannot be forced', async () => {
    const tools = [find, { ...find, name: 'lose' }]
    const { content } = await ask(
      say('x', { model: 'claude-fable-5-1', tools, system: 'You must call the tool lose.' }),
    )
    expect(content.at(-1)).toMatchObject({ type: 'tool_use', name: 'lose' })
  })

  it('follows an output schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    }
    expect((await ask(say('x', format(schema)))).content).toEqual([text('{"name":"name"}')])
  })

  it('stops where it was told to, and where its tokens end', async () => {
    const stopped = await ask(say('one two three', { stop_sequences: ['three', 'two'] }))
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'two' })
    expect(stopped.content).toEqual([text('You said: "one ')])
    const cut = await ask(say('demo:words=50', { max_tokens: 3 }))
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 3 } })
    expect(cut.content).toEqual([text('word1 word2 ')])
  })

  it('caches what was marked', async () => {
    const fields = { system: [text('A long story, told anew.', mark())], ...say('Hello') }
    const first = (await ask(fields)).usage
    const second = (await ask(fields)).usage
    expect(first).toMatchObject({ cache_creation_input_tokens: 6, cache_read_input_tokens: 0 })
    expect(second).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 6 })
    expect(second.input_tokens).toBe(first.input_tokens)
  })

  it('goes on after a pause', async () => {
    const messages: Fields[] = [{ role: 'user', content: 'demo:pause=2' }]
    const reasons: string[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      const { content, stop_reason } = await ask({ messages })
      reasons.push(stop_reason)
      const last = messages.at(-1)
      if (last?.role === 'assistant') last.content = [...(last.content as []), ...content]
      else messages.push({ role: 'assistant', content })
    }
    expect(reasons).toEqual(['pause_turn', 'pause_turn', 'end_turn'])
  })
})

describe('signatures', () => {
  const model = 'claude-opus-5-5'
  const think = { model, thinking: { type: 'adaptive', display: 'summarized' } }
  const refusal = async (fields: Fields) => {
    const answer = await post(fields)
    return answer.ok ? undefined : ((await answer.json()) as { error: { message: string } }).error.message
  }

  it('hold for the text and the conversation they were made for', async () => {
    const { content } = await ask(say('Hi', think))
    const more = { role: 'user', content: 'And?' }
    const back = (blocks: Block[], first = 'Hi') => [
      { role: 'user', content: first },
      { role: 'assistant', content: blocks },
      more,
    ]
    expect(await refusal({ ...think, messages: back(content) })).toBeUndefined()
    const changed = content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'Hm.' } : block))
    expect(await refusal({ ...think, messages: back(changed) })).toBe(
      'messages.1.content.0: Invalid `signature` in `thinking` block',
    )
    expect(await refusal({ ...think, messages: back(content, 'Ho') })).toContain('bound to a different conversation')
    expect(await refusal({ ...think, messages: back(content), system: 'Be brief.' })).toContain('bound to a different')
    // Models before these take a block wherever it comes from.
    expect(await refusal({ ...think, model: 'claude-opus-5', messages: back(content, 'Ho') })).toBeUndefined()
  })
})

describe('heads', () => {
  const status = async (headers: Record<string, string>) => {
    const answer = await post({}, headers)
    return [answer.status, ((await answer.json()) as { error?: { message: string } }).error?.message]
  }

  it('asks for a key, a version and JSON', async () => {
    const { 'x-api-key': key, ...keyless } = HEADERS
    const { 'anthropic-version': _version, ...versionless } = HEADERS
    expect(await status(keyless)).toEqual([401, 'x-api-key header is required'])
    expect(await status({ ...HEADERS, 'x-api-key': 'invalid' })).toEqual([401, 'invalid x-api-key'])
    expect(await status({ ...keyless, authorization: `Bearer ${key}` })).toEqual([200, undefined])
    expect(await status(versionless)).toEqual([400, 'anthropic-version: header is required'])
    expect(await status({ ...HEADERS, 'content-type': 'text/plain' })).toEqual([
      400,
      'content-type: Input should be application/json',
    ])
    const [code, message] = await status({ ...HEADERS, 'anthropic-beta': 'pdfs-2024-09-25, nothing-2026-01-01' })
    expect(code).toBe(400)
    expect(message).toContain('Unexpected value(s) `nothing-2026-01-01` for the `anthropic-beta` header')
  })

  it('refuses browsers, because only a gateway asks', async () => {
    const [code, message] = await status({ ...HEADERS, origin: 'https://app.example.com' })
    expect([code, message]).toEqual([401, "CORS requests must set 'anthropic-dangerous-direct-browser-access' header"])
  })

  it('tells its limits, going down', async () => {
    const remaining = async () => Number((await post({})).headers.get('anthropic-ratelimit-requests-remaining'))
    const before = await remaining()
    expect(await remaining()).toBe(before - 1)
    const { headers } = await post({})
    expect(headers.get('request-id')).toMatch(/^req_01/)
    expect(headers.get('anthropic-ratelimit-tokens-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })
})

describe('failures', () => {
  const answer = async (words: string, fields: Fields = {}) => post(say(words, fields))

  it.each([
    ['demo:overloaded', 529, 'overloaded_error'],
    ['demo:500', 500, 'api_error'],
    ['demo:402', 402, 'billing_error'],
    ['demo:529 demo:only=claude-sonnet-4-5', 529, 'overloaded_error'],
  ])('%s', async (words, status, type) => {
    const response = await answer(words)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type }, request_id: expect.any(String) })
  })

  it('says when to come back', async () => {
    const { status, headers } = await answer('demo:429=7')
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toBe('7')
    expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
  })

  it('fails now and then', async () => {
    const statuses = []
    for (let attempt = 0; attempt < 3; attempt += 1) statuses.push((await answer('demo:flaky=2')).status)
    expect(statuses).toEqual([500, 500, 200])
  })

  it('keeps to the model that a directive names', async () => {
    expect((await answer('demo:529 demo:only=claude-opus-4-8')).status).toBe(200)
  })

  it('can answer with anything', async () => {
    expect((await answer('demo:html')).headers.get('content-type')).toBe('text/html')
    const redirect = await fetch(`${demo.url}/v1/messages`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(request(say('demo:redirect'))),
      redirect: 'manual',
    })
    expect(redirect.status).toBe(302)
    await expect(answer('demo:reset')).rejects.toThrow()
  })

  it('fails inside a stream', async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(await events(say('demo:overloaded-first'))).toEqual([overloaded])
    expect((await events(say('demo:error-mid'))).at(-1)).toEqual(overloaded)
    const truncated = await events(say('demo:truncate'))
    expect(truncated.at(-1)).toMatchObject({ type: 'content_block_stop' })
    const cut = await answer('demo:cut', { stream: true })
    await expect(cut.text()).rejects.toThrow()
    expect(await (await answer('demo:garbage', { stream: true })).text()).toContain('data: {"type":\n\n')
  })

  it('streams in shreds what is the same in one piece', async () => {
    const [shredded, whole] = [await events(say('demo:shred demo:crlf Grüße')), await events(say('Grüße'))]
    expect(collect(shredded)).toEqual(collect(whole))
  })

  it('mixes in what nobody knows', async () => {
    const types = (await events(say('demo:unknown demo:fallback Hi'))).map(({ type }) => type)
    expect(types).toContain('novelty')
    expect(types.filter((type) => type === 'message_start')).toHaveLength(2)
  })
})

describe('models and tokens', () => {
  const get = async (path: string) => (await (await fetch(`${demo.url}${path}`, { headers: HEADERS })).json()) as Fields

  it('lists models in pages', async () => {
    const first = await get('/v1/models?limit=2')
    expect(first).toMatchObject({ has_more: true, last_id: 'claude-mythos-5-2' })
    const next = await get(`/v1/models?limit=2&after_id=${first.last_id}`)
    expect(next).toMatchObject({ first_id: 'claude-opus-5-5' })
    expect(await get('/v1/models/claude-opus-4-8')).toMatchObject({ id: 'claude-opus-4-8', max_tokens: 128_000 })
    expect(await get('/v1/models/claude-x')).toMatchObject({ error: { type: 'not_found_error' } })
  })

  it('counts tokens', async () => {
    const body = JSON.stringify({ model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'Hello' }] })
    const answer = await fetch(`${demo.url}/v1/messages/count_tokens`, { method: 'POST', headers: HEADERS, body })
    expect(await answer.json()).toEqual({ input_tokens: 12 })
  })
})

describe('threads', () => {
  const BETA = { ...HEADERS, 'anthropic-beta': 'message-threads-2026-08-12' }
  const send = async (fields: Fields, headers: Record<string, string> = BETA) => {
    const answer = await post(fields, headers)
    return { status: answer.status, body: JSON.parse(await answer.text()) }
  }

  it('go on where they were left, with the tools they began with', async () => {
    const { body: first } = await send(say('find', { tools: [find], thread: { type: 'create' } }))
    const [call] = first.content
    const next = { type: 'continue', previous_message_id: first.id }
    const messages = [user({ type: 'tool_result', tool_use_id: call.id, content: 'two hits' })]
    const { status, body } = await send({ messages, thread: next })
    expect([status, body.content[0].text]).toEqual([200, 'find answered: two hits.'])
  })

  it('are not found where nobody asked to keep them, and need the beta', async () => {
    const { body: first } = await send(say('hello'))
    const thread = { type: 'continue', previous_message_id: first.id }
    expect(await send(say('again', { thread }))).toMatchObject({
      status: 404,
      body: { error: { type: 'not_found_error', details: { error_code: 'thread_not_found' } } },
    })
    expect(await send(say('hello', { thread: { type: 'create' } }), HEADERS)).toMatchObject({ status: 400 })
  })
})

describe('records', () => {
  it('keeps what arrived and whether the client stayed', async () => {
    const before = demo.requests.length
    const hangUp = new AbortController()
    const fields = { ...request(say('demo:hang')), stream: true }
    const answer = fetch(`${demo.url}/v1/messages?beta=true`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(fields),
      signal: hangUp.signal,
    })
    await expect.poll(() => demo.requests.length).toBe(before + 1)
    hangUp.abort()
    await expect(answer).rejects.toThrow()
    const recorded = demo.requests.at(-1)
    await expect.poll(() => recorded?.aborted).toBe(true)
    expect(recorded).toMatchObject({ method: 'POST', path: '/v1/messages', body: fields })
    expect(recorded?.headers['x-api-key']).toBe('demo')
  })
})
