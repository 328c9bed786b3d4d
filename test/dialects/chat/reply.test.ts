// A whole answer as a chat completion, key by key.
import { describe, expect, it } from 'vitest'
import { chat } from '../../../src/dialects/chat/index.ts'
import { chatCompletion } from '../../../src/dialects/chat/reply.ts'
import type { Delta, FinishReason } from '../../../src/hub/delta.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { collect } from '../../../src/hub/reply.ts'
import type { ChatFields } from '../../../src/hub/request.ts'
import { CREATED, contextOf } from './said.ts'

const start: Delta = { type: 'start', id: 'msg_1', model: 'm1' }
const stop: Delta = { type: 'finish', reason: 'stop' }
const completion = (deltas: readonly Delta[], fields: Partial<ChatFields> = {}) =>
  chatCompletion(collect(deltas), contextOf(fields))

function choiceOf(
  deltas: readonly Delta[],
  fields: Partial<ChatFields> = {},
): { message: Record<string, unknown>; finish_reason: string } {
  const { choices } = completion([start, ...deltas], fields) as {
    choices: { message: Record<string, unknown>; finish_reason: string }[]
  }
  return choices[0] ?? expect.unreachable()
}

describe('a completion', () => {
  it('has every key that clients read, and no other', () => {
    expect(completion([start, { type: 'text', text: 'Hi.' }, stop])).toEqual({
      id: 'chatcmpl-msg_1',
      object: 'chat.completion',
      created: CREATED,
      model: 'm1',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi.', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      system_fingerprint: null,
    })
  })

  it('has what was told: usage, tier, the report', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    const loss = { path: 'x', kind: 'dropped', reason: 'Because.' } as const
    const reply = collect([{ ...start, tier: 'default' }, { type: 'loss', loss }, stop, { type: 'usage', usage }])
    const asked = { path: 'seed', kind: 'dropped', reason: 'Because.' } as const
    expect(chatCompletion(reply, contextOf({}, [asked]))).toMatchObject({
      usage,
      service_tier: 'default',
      dragoman: { losses: [asked, loss] },
    })
    expect('dragoman' in chatCompletion(reply, contextOf())).toBe(false)
  })

  it.each<[string, Delta[], unknown]>([
    ['text', [{ type: 'text', text: 'a' }], 'a'],
    ['nothing', [], ''],
    [
      'text beside a call',
      [
        { type: 'text', text: 'a' },
        { type: 'tool', index: 0, id: 'i', name: 'f', custom: false },
      ],
      'a',
    ],
    ['a call alone', [{ type: 'tool', index: 0, id: 'i', name: 'f', custom: false }], null],
    ['a refusal', [{ type: 'refusal', text: 'No.' }], null],
    ['reasoning alone', [{ type: 'reasoning', index: 0, text: 'a', format: 'f' }], ''],
    [
      'texts with a call between',
      [
        { type: 'text', text: 'a' },
        { type: 'tool', index: 0, id: 'i', name: 'f', custom: false },
        { type: 'text', text: 'b' },
      ],
      'ab',
    ],
  ])('of %s has the content that OpenAI gives it', (_name, deltas, content) => {
    expect(choiceOf([...deltas, stop]).message.content).toBe(content)
  })

  it('has calls of both kinds, and no key where there is none', () => {
    const { message } = choiceOf([
      { type: 'tool', index: 0, id: 'a', name: 'f', custom: false },
      { type: 'arguments', index: 0, text: '{}' },
      { type: 'tool', index: 1, id: 'b', name: 'c', custom: true },
      { type: 'arguments', index: 1, text: 'x' },
    ])
    expect(message.tool_calls).toEqual([
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
      { id: 'b', type: 'custom', custom: { name: 'c', input: 'x' } },
    ])
    expect('tool_calls' in choiceOf([stop]).message).toBe(false)
  })

  it('has one function call for a client from before tools', () => {
    const deltas: Delta[] = [
      { type: 'tool', index: 0, id: 'a', name: 'f', custom: false },
      { type: 'arguments', index: 0, text: '{}' },
      { type: 'tool', index: 1, id: 'b', name: 'g', custom: false },
      { type: 'finish', reason: 'tool_calls' },
    ]
    const { message, finish_reason } = choiceOf(deltas, { functions: [{ name: 'f' }] })
    expect(message.function_call).toEqual({ name: 'f', arguments: '{}' })
    expect(finish_reason).toBe('function_call')
    expect('tool_calls' in message).toBe(false)
    // Whoever sends both speaks the newer form.
    expect(choiceOf(deltas, { functions: [{ name: 'f' }], tools: [] }).message.tool_calls).toHaveLength(2)
  })

  it.each<FinishReason>(['stop', 'length', 'tool_calls', 'content_filter'])('finishes by %s', (reason) => {
    expect(choiceOf([{ type: 'finish', reason }]).finish_reason).toBe(reason)
  })

  it('has finished, whatever the provider forgot to say', () => {
    expect(choiceOf([]).finish_reason).toBe('stop')
  })

  it('has reasoning with all that must come back, or none', () => {
    const deltas: Delta[] = [
      { type: 'reasoning', index: 0, text: 'a', format: 'f' },
      { type: 'signature', index: 0, signature: 'S', format: 'f' },
      { type: 'signature', index: 1, signature: 'T', format: 'f' },
      { type: 'encrypted', index: 2, data: 'D', format: 'f' },
      { type: 'reasoning', index: 3, text: 'b', format: 'f' },
      { type: 'encrypted', index: 3, data: 'E', format: 'f' },
    ]
    expect(choiceOf(deltas).message).toMatchObject({
      reasoning_content: 'a\n\nb',
      reasoning_details: [
        { type: 'reasoning.text', index: 0, format: 'f', text: 'a', signature: 'S' },
        { type: 'reasoning.text', index: 1, format: 'f', text: '', signature: 'T' },
        { type: 'reasoning.encrypted', index: 2, format: 'f', data: 'D' },
        { type: 'reasoning.text', index: 3, format: 'f', text: 'b' },
        { type: 'reasoning.encrypted', index: 3, format: 'f', data: 'E' },
      ],
    })
    expect('reasoning_content' in choiceOf(deltas.slice(2, 4)).message).toBe(false)
    expect(Object.keys(choiceOf(deltas, { reasoning: { exclude: true } }).message)).toEqual([
      'role',
      'content',
      'refusal',
      'annotations',
    ])
  })

  it('has annotations in OpenAI’s form', () => {
    const citation = { url: 'u', title: 't', start: 1, end: 2 }
    expect(choiceOf([{ type: 'citation', citation }]).message.annotations).toEqual([
      { type: 'url_citation', url_citation: { start_index: 1, end_index: 2, url: 'u', title: 't' } },
    ])
  })
})

describe('the dialect', () => {
  it('says an error in OpenAI’s form', () => {
    expect(chat.error(new GatewayError('model_not_found', 'No.', { param: 'model' }))).toEqual({
      error: { message: 'No.', type: 'invalid_request_error', param: 'model', code: 'model_not_found' },
    })
  })

  it('reads requests, and gives each answer a renderer and a tap of its own', () => {
    const request = chat.read({ model: 'm', messages: [{ role: 'user', content: 'Hello.' }] })
    expect(request.fields.model).toBe('m')
    expect(chat.renderer(contextOf()).render([start])).toContain('"role":"assistant"')
    const [one, other] = [chat.tap(request), chat.tap(request)]
    one.see('{"choices":[{"index":0,"finish_reason":"stop"}]}')
    expect([one.whole, other.whole]).toEqual([true, false])
    expect(chat.reply(collect([start]), contextOf())).toMatchObject({ object: 'chat.completion' })
  })
})
