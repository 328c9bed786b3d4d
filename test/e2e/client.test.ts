// What the official client gets, streamed and not, from a service that is translated and from one that is relayed.
import type OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type Clients, MODELS, startClients } from '../harness/openai-client.ts'

type Chunk = OpenAI.ChatCompletionChunk
type Params = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'messages' | 'stream'>

let clients: Clients
let openai: OpenAI

beforeAll(async () => {
  clients = await startClients()
  openai = clients.openai
})
afterAll(() => clients.close())

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = 'data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK'

async function chunksOf(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

/** What the chunks of one choice say. */
function told(chunks: readonly Chunk[], index = 0) {
  const own = chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index)
  return {
    content: own.map(({ delta }) => delta.content ?? '').join(''),
    refusal: own.map(({ delta }) => delta.refusal ?? '').join(''),
    roles: own.filter(({ delta }) => delta.role !== undefined).length,
    finishes: own.flatMap(({ finish_reason }) => finish_reason ?? []),
  }
}

describe.each(MODELS)('%s', (_way, model) => {
  const claude = model.startsWith('anthropic')
  const user = (content: OpenAI.ChatCompletionUserMessageParam['content']) => [{ role: 'user' as const, content }]

  /** The same question four ways: at once, by chunks, by the helper, and by the helper's final message alone. */
  async function ask(content: OpenAI.ChatCompletionUserMessageParam['content'], params: Params = {}) {
    const body = { model, messages: user(content), ...params }
    const whole = await openai.chat.completions.create({ ...body, stream: false })
    const chunks = await chunksOf(await openai.chat.completions.create({ ...body, stream: true }))
    const folded = await openai.chat.completions.stream({ ...body, stream: true }).finalChatCompletion()
    return { whole, chunks, folded }
  }

  test('text', async () => {
    const { whole, chunks, folded } = await ask('hello')
    expect(whole.id).toMatch(/^chatcmpl-/)
    expect(whole.object).toBe('chat.completion')
    expect(Math.abs(whole.created - Date.now() / 1000)).toBeLessThan(10)
    expect(whole.model).toBe(model.split('/')[1])
    expect(whole._request_id).toMatch(/^req_/)
    expect(whole.choices).toHaveLength(1)
    expect(whole.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', logprobs: null })
    expect(whole.choices[0]?.message).toMatchObject({ role: 'assistant', content: 'You said: "hello"', refusal: null })
    expect(whole.choices[0]?.message).not.toHaveProperty('tool_calls')
    expect(whole.usage?.total_tokens).toBe((whole.usage?.prompt_tokens ?? 0) + (whole.usage?.completion_tokens ?? 0))
    expect(told(chunks)).toEqual({ content: 'You said: "hello"', refusal: '', roles: 1, finishes: ['stop'] })
    expect(chunks.length).toBeGreaterThan(3)
    expect(
      new Set(chunks.map(({ id, created, object, model: name }) => `${id} ${created} ${object} ${name}`)).size,
    ).toBe(1)
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false)
    expect(folded.choices[0]?.message.content).toBe('You said: "hello"')
    expect(folded.choices[0]?.finish_reason).toBe('stop')
  })

  test('the helper tells of content as it comes', async () => {
    const said: string[] = []
    const runner = openai.chat.completions.stream({ model, messages: user('one two three'), stream: true })
    runner.on('content', (delta) => said.push(delta))
    expect(await runner.finalContent()).toBe('You said: "one two three"')
    expect(said.join('')).toBe('You said: "one two three"')
    expect(said.length).toBeGreaterThan(2)
  })

  test('usage, in a chunk of its own before the end', async () => {
    const body = { model, messages: user('hello') }
    const whole = await openai.chat.completions.create(body)
    const options = { include_usage: true }
    const chunks = await chunksOf(
      await openai.chat.completions.create({ ...body, stream: true, stream_options: options }),
    )
    const last = chunks.at(-1)
    expect(last?.choices).toEqual([])
    expect(last?.usage).toMatchObject({ total_tokens: expect.any(Number) })
    expect(last?.usage?.completion_tokens).toBe(whole.usage?.completion_tokens)
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
  })

  test('JSON by schema, parsed', async () => {
    const format = zodResponseFormat(
      z.object({ city: z.string(), size: z.number(), tags: z.array(z.string()) }),
      'place',
    )
    const body = { model, messages: user('Where?'), response_format: format }
    const { choices } = await openai.chat.completions.parse(body)
    const expected = { city: 'city', size: 1, tags: [expect.any(String)] }
    expect(choices[0]?.message.parsed).toEqual(expected)
    const streamed = await openai.chat.completions.stream({ ...body, stream: true }).finalChatCompletion()
    expect(streamed.choices[0]?.message.parsed).toEqual(expected)
  })

  test('JSON without a schema', async () => {
    const { whole, chunks } = await ask('Answer in JSON.', { response_format: { type: 'json_object' } })
    expect(JSON.parse(whole.choices[0]?.message.content ?? '')).toEqual({ answer: expect.any(String) })
    expect(JSON.parse(told(chunks).content)).toEqual({ answer: expect.any(String) })
  })

  test('stop strings and the limit', async () => {
    for (const stop of ['word3', ['zzz', 'word3']]) {
      const stopped = await ask('demo:words=20', { stop })
      expect(stopped.whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'word1 word2 ' } })
      expect(told(stopped.chunks)).toMatchObject({ content: 'word1 word2 ', finishes: ['stop'] })
    }
    for (const limit of [{ max_tokens: 2 }, { max_completion_tokens: 2 }]) {
      const cut = await ask('demo:words=20', limit)
      expect(cut.whole.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'word1 wo' } })
      expect(told(cut.chunks)).toMatchObject({ content: 'word1 wo', finishes: ['length'] })
    }
  })

  test('an answer without content', async () => {
    const { whole, chunks } = await ask('demo:empty')
    expect(whole.choices[0]?.message.content).toBe('')
    expect(told(chunks)).toMatchObject({ content: '', roles: 1, finishes: ['stop'] })
  })

  test('a refusal', async () => {
    const { whole, chunks, folded } = await ask('demo:refusal')
    const { message, finish_reason } = whole.choices[0] ?? {}
    expect(message?.content).toBeNull()
    expect(message?.refusal).toBeTruthy()
    expect(finish_reason).toBe(claude ? 'content_filter' : 'stop')
    expect(told(chunks)).toMatchObject({ content: '', refusal: message?.refusal, finishes: [finish_reason] })
    expect(folded.choices[0]?.message.refusal).toBe(message?.refusal)
  })

  test('three choices', async () => {
    const { whole, chunks, folded } = await ask('hello', { n: 3 })
    expect(whole.choices.map(({ index }) => index)).toEqual([0, 1, 2])
    for (const { index, message } of whole.choices) {
      expect(message.content).toMatch(/^You said: "hello"/)
      expect(told(chunks, index)).toMatchObject({ content: message.content, roles: 1, finishes: ['stop'] })
      expect(folded.choices[index]?.message.content).toBe(message.content)
    }
    expect(whole.usage?.completion_tokens).toBeGreaterThan(10)
  })

  test('pictures and documents', async () => {
    const parts: OpenAI.ChatCompletionContentPart[] = [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: PIXEL, detail: 'low' } },
    ]
    if (claude) parts.push({ type: 'file', file: { filename: 'a.pdf', file_data: PDF } })
    const { whole, chunks } = await ask(parts)
    const seen = claude ? 'I see 1 image and 1 document.' : 'I see 1 image.'
    expect(whole.choices[0]?.message.content).toBe(`You said: "What is it?" ${seen}`)
    expect(told(chunks).content).toBe(whole.choices[0]?.message.content)
  })

  test('every role, names, and an answer sent back as it came', async () => {
    const first = await openai.chat.completions.create({ model, messages: user('one') })
    const message = first.choices[0]?.message
    if (!message) throw new Error('No message.')
    const { choices } = await openai.chat.completions.create({
      model,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
        { role: 'user', content: 'one', name: 'ann' },
        message,
        { role: 'user', content: [{ type: 'text', text: 'two' }] },
      ],
    })
    expect(choices[0]?.message.content).toBe('You said: "two"')
  })

  test('odds and ends that clients in the wild send', async () => {
    const nothing = ['n', 'temperature', 'stop', 'logit_bias', 'metadata', 'max_tokens', 'seed', 'tool_choice']
    const odd: object = {
      ...Object.fromEntries(nothing.map((name) => [name, null])),
      ...{ top_p: 1, presence_penalty: 0, frequency_penalty: 0, response_format: { type: 'text' } },
    }
    const { choices } = await openai.chat.completions.create({
      ...odd,
      model,
      messages: user('hello'),
    })
    expect(choices[0]?.message.content).toBe('You said: "hello"')
  })

  test('bytes in pieces, CRLF and comments change nothing', async () => {
    for (const how of ['demo:crlf', 'demo:shred', 'demo:crlf demo:shred']) {
      const body = { model, messages: user(`${how} grün ☃ 😀`), stream: true as const }
      expect(told(await chunksOf(await openai.chat.completions.create(body))).content).toBe('You said: "grün ☃ 😀"')
    }
  })

  test('headers', async () => {
    const { response, data, request_id } = await openai.chat.completions
      .create({ model, messages: user('hello'), stream: true })
      .withResponse()
    const header = (name: string) => response.headers.get(name)
    expect(request_id).toBe(header('x-request-id'))
    expect(header('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(header('cache-control')).toBe('no-cache, no-transform')
    expect(header('dragoman-route')).toBe(model)
    expect(header('dragoman-attempts')).toBe('1')
    expect(header('dragoman-upstream-request-id')).toMatch(/^req_/)
    expect(header('openai-version')).toBe('2020-10-01')
    expect(Number(header('x-ratelimit-limit-requests'))).toBe(4000)
    expect(Number(header('x-ratelimit-remaining-requests'))).toBeLessThan(4000)
    expect(header('x-ratelimit-reset-requests')).toMatch(/^(?:\d+h)?(?:\d+m)?(?:[\d.]+m?s)?$/)
    expect(told(await chunksOf(data)).content).toBe('You said: "hello"')
  })

  test('leaving early, by break and by abort, ends the call at the service', async () => {
    for (const how of ['break', 'abort']) {
      const stream = await openai.chat.completions.create({
        model,
        messages: user('demo:words=9000 demo:slow=1'),
        stream: true,
      })
      let seen = 0
      for await (const _chunk of stream) {
        if (++seen < 5) continue
        if (how === 'break') break
        stream.controller.abort()
      }
      await expect.poll(() => clients.demo.requests.at(-1)?.aborted, { timeout: 3000 }).toBe(true)
    }
  })
})

describe('what a model does not take is told, and is asked for otherwise', () => {
  test('a report in the answer', async () => {
    const headers = { 'dragoman-report': '?1' }
    const body = {
      model: 'anthropic/claude-haiku-4-5',
      seed: 7,
      temperature: 1.5,
      messages: [{ role: 'user' as const, content: 'hi' }],
    }
    const { data, response } = await openai.chat.completions.create(body, { headers }).withResponse()
    expect(response.headers.get('dragoman-loss')).toBe('"seed";kind=dropped, "temperature";kind=clamped;sent=1')
    const losses = [
      { path: 'seed', kind: 'dropped', reason: expect.any(String) },
      { path: 'temperature', kind: 'clamped', reason: expect.any(String), sent: 1 },
    ]
    expect(data).toMatchObject({ dragoman: { losses } })
    const chunks = await chunksOf(await openai.chat.completions.create({ ...body, stream: true }, { headers }))
    expect(chunks.filter((chunk) => 'dragoman' in chunk)).toEqual([chunks.at(-1)])
    expect(chunks.at(-1)).toMatchObject({ dragoman: { losses }, choices: [{ finish_reason: 'stop' }] })
    const plain = await openai.chat.completions.create(body)
    expect(plain).not.toHaveProperty('dragoman')
  })

  test('citations', async () => {
    const body = { model: 'anthropic/claude-haiku-4-5', messages: [{ role: 'user' as const, content: 'demo:cite' }] }
    const { choices } = await openai.chat.completions.create({ ...body, web_search_options: {} })
    const { content, annotations } = choices[0]?.message ?? {}
    const citation = annotations?.[0]?.url_citation
    expect(citation).toMatchObject({ url: 'https://example.com/dragoman', title: 'Dragoman' })
    expect(content?.slice(citation?.start_index, citation?.end_index)).toBe(
      'A dragoman was an interpreter at a border.',
    )
  })

  test('a pause of the service’s own tools is gone on with', async () => {
    for (const stream of [false, true]) {
      const body = {
        model: 'anthropic/claude-haiku-4-5',
        messages: [{ role: 'user' as const, content: 'demo:pause=2' }],
      }
      const search = { ...body, web_search_options: {} }
      const content = stream
        ? told(await chunksOf(await openai.chat.completions.create({ ...search, stream: true }))).content
        : (await openai.chat.completions.create(search)).choices[0]?.message.content
      expect(content).toBe('Searching.Still searching.I looked it up. A dragoman was an interpreter at a border.')
    }
  })
})
