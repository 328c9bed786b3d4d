// The dialects as the playground speaks them: what streams says what the whole answer says, and requests are valid.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chat } from '../../page/dialects/chat.ts'
import { completions } from '../../page/dialects/completions.ts'
import type { Ask, Dialect, Heard } from '../../page/dialects/dialect.ts'
import { dialectsOf } from '../../page/dialects/index.ts'
import { messages } from '../../page/dialects/messages.ts'
import { responses } from '../../page/dialects/responses.ts'
import { eventsOf } from '../../page/sse.ts'

/** All that was heard, put together as the page shows it. */
function fold(all: readonly Heard[]) {
  const calls = new Map<string, { name: string; said: string }>()
  let [text, reasoning, finish] = ['', '', '']
  for (const heard of all) {
    text += heard.text ?? ''
    reasoning += heard.reasoning ?? ''
    finish = heard.finish ?? finish
    if (!heard.call) continue
    const call = calls.get(heard.call.id) ?? { name: '', said: '' }
    calls.set(heard.call.id, { name: heard.call.name ?? call.name, said: call.said + (heard.call.arguments ?? '') })
  }
  const usage = all.findLast((heard) => heard.usage)?.usage
  return { text, reasoning, finish, usage, calls: [...calls.values()] }
}

async function streamed({ event }: Dialect, text: string): Promise<Heard[]> {
  const body = new Blob([text]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>
  const all: Heard[] = []
  for await (const data of eventsOf(body)) all.push(...event(data === '[DONE]' ? undefined : JSON.parse(data)))
  return all
}

const ASK: Ask = {
  model: 'a/b',
  system: 'Be brief.',
  turns: [
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'Hello' },
    { role: 'user', text: 'Again' },
  ],
  temperature: 0.5,
  limit: 100,
  stream: true,
  tools: undefined,
  more: { seed: 7 },
}

/** Golden answers in a dialect, whole and streamed. */
function golden(name: string) {
  const folder = join(import.meta.dirname, '../cases')
  const open = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')
  return readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .flatMap(({ name: provider }) =>
      readdirSync(join(folder, provider)).flatMap((one) => {
        const files = readdirSync(join(folder, provider, one))
        if (!files.includes(`${name}.sse`) || !files.includes(`${name}.json`)) return []
        const whole: unknown = JSON.parse(open(provider, one, `${name}.json`))
        return [[`${provider}/${one}`, whole, open(provider, one, `${name}.sse`)] as const]
      }),
    )
}

test('a stream of chat completions says what the whole answer says', async () => {
  const all = golden('chat')
  expect(all.length).toBeGreaterThan(50)
  for (const [from, whole, stream] of all) {
    const heard = await streamed(chat, stream)
    if (heard.some(({ error }) => error)) continue
    // Thoughts apart are put together with a line between them where they come whole.
    const plain = (value: ReturnType<typeof fold>) => ({ ...value, reasoning: value.reasoning.replaceAll('\n', '') })
    const { usage: _counted, ...said } = plain(fold(heard))
    const { usage: _told, ...wanted } = plain(fold(chat.answer(whole)))
    expect(said, from).toEqual(wanted)
    expect(heard.at(-1), from).toEqual({ over: true })
  }
})

describe('messages', () => {
  const EVENTS = [
    { type: 'message_start', message: { usage: { input_tokens: 9, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hel' } },
    { type: 'ping' },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'lo' } },
    { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', name: 'find', input: {} } },
    { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"q":1}' } },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { input_tokens: 9, output_tokens: 5 } },
    { type: 'message_stop' },
  ]
  const WHOLE = {
    content: [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', name: 'find', input: { q: 1 } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 9, output_tokens: 5 },
  }

  test('a stream says what the whole answer says', () => {
    const heard = EVENTS.flatMap((event) => messages.event(event))
    expect(fold(heard)).toEqual(fold(messages.answer(WHOLE)))
    expect(fold(heard)).toMatchObject({ text: 'Hello', reasoning: 'Hm.', calls: [{ name: 'find', said: '{"q":1}' }] })
    expect(heard.at(-1)).toEqual({ over: true })
  })

  test('errors are errors', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Too much.' } }
    expect(messages.event(body)).toEqual([{ error: { message: 'Too much.', type: 'overloaded_error' } }])
    expect(messages.answer(body)).toEqual(messages.event(body))
  })

  test('a limit is sent always', () => {
    expect(messages.body({ ...ASK, limit: undefined })).toEqual({
      seed: 7,
      model: 'a/b',
      max_tokens: 1024,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'Again' },
      ],
      temperature: 0.5,
      stream: true,
    })
  })
})

describe('responses', () => {
  const usage = { input_tokens: 9, output_tokens: 5 }
  const output = [
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
    { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] },
    { type: 'function_call', name: 'find', arguments: '{"q":1}' },
  ]
  const EVENTS = [
    { type: 'response.created', response: { status: 'in_progress' } },
    { type: 'response.reasoning_summary_text.delta', output_index: 0, delta: 'Hm.' },
    { type: 'response.output_text.delta', output_index: 1, delta: 'Hello' },
    { type: 'response.output_item.added', output_index: 2, item: { type: 'function_call', name: 'find' } },
    { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{"q":1}' },
    { type: 'response.completed', response: { status: 'completed', output, usage } },
  ]

  test('a stream says what the whole answer says', () => {
    const heard = EVENTS.flatMap((event) => responses.event(event))
    expect(fold(heard)).toEqual(fold(responses.answer({ status: 'completed', output, usage })))
    expect(fold(heard)).toMatchObject({ text: 'Hello', reasoning: 'Hm.', finish: 'completed', usage: { output: 5 } })
    expect(heard.at(-1)).toEqual({ over: true })
  })

  test('errors are errors, wherever they stand', () => {
    const failed = { type: 'response.failed', response: { status: 'failed', error: { code: 'a', message: 'No.' } } }
    expect(responses.event(failed)[0]).toEqual({ error: { message: 'No.', code: 'a' } })
    expect(responses.event({ type: 'error', code: 'a', message: 'No.', param: null })).toEqual([
      { error: { message: 'No.', code: 'a' } },
    ])
    expect(responses.event({ type: 'response.in_progress' })).toEqual([])
  })

  test('instructions stand apart', () => {
    expect(responses.body(ASK)).toMatchObject({ instructions: 'Be brief.', max_output_tokens: 100, stream: true })
  })
})

describe('completions', () => {
  test('a stream says what the whole answer says', () => {
    const chunk = (text: string, finish_reason: string | null) => ({ choices: [{ index: 0, text, finish_reason }] })
    const usage = { prompt_tokens: 1, completion_tokens: 2 }
    const heard = [chunk('Hel', null), chunk('lo', 'stop'), { choices: [], usage }, undefined].flatMap((one) =>
      completions.event(one),
    )
    expect(fold(heard)).toEqual(fold(completions.answer({ ...chunk('Hello', 'stop'), usage })))
    expect(heard.at(-1)).toEqual({ over: true })
  })

  test('all is one prompt', () => {
    expect(completions.body(ASK)).toMatchObject({ prompt: 'Be brief.\n\nHi\n\nHello\n\nAgain', max_tokens: 100 })
  })
})

test('a report is heard in any dialect', () => {
  const losses = [
    { path: 'seed', kind: 'dropped', reason: 'No.' },
    { path: 'temperature', kind: 'clamped', reason: 'No.', sent: 1 },
  ]
  for (const dialect of [chat, completions, messages, responses]) {
    expect(dialect.answer({ dragoman: { losses: [...losses, { path: 1 }] } })).toContainEqual({ losses })
  }
})

test('only what the gateway serves is offered', () => {
  expect(dialectsOf(['/v1/chat/completions', '/v1/messages']).map(({ name }) => name)).toEqual(['chat', 'messages'])
})
