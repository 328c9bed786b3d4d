import { describe, expect, it } from 'vitest'
import { chunk, type Fields, of, read, send } from './like.ts'

const plain = (fields: Fields) => send(fields, { messages: { plainNames: true } })
const tool = (name: string) => ({ type: 'function', function: { name } })
const call = (name: string) => ({ id: 'a', type: 'function', function: { name, arguments: '{}' } })
const asks = { role: 'user', content: 'Hello' }
const loop = (name: string) => [
  asks,
  { role: 'assistant', content: null, tool_calls: [call(name)] },
  { role: 'tool', tool_call_id: 'a', content: '1' },
]

describe('names of tools', () => {
  it('go out changed where the service does not take them, and come back', () => {
    const {
      call: made,
      body,
      losses,
    } = plain({
      messages: loop('find it'),
      tools: [tool('find it'), tool('f'), { type: 'custom', custom: { name: 'a.b' } }],
      tool_choice: { type: 'function', function: { name: 'find it' } },
    })
    expect(body).toMatchObject({
      messages: [asks, { tool_calls: [call('find_it')] }, { role: 'tool' }],
      tools: [tool('find_it'), tool('f'), tool('a_b')],
      tool_choice: tool('find_it'),
    })
    expect(losses).toMatchObject([
      { path: 'tools[0].function.name', kind: 'clamped', sent: 'find_it' },
      { path: 'tools[2].custom.name', kind: 'clamped', sent: 'a_b' },
      { path: 'tools[2].custom', kind: 'emulated' },
    ])
    const asked = [call('find_it'), { ...call('a_b'), id: 'b' }].map((one, index) => ({ ...one, index }))
    const deltas = read(made, [chunk({ tool_calls: asked }, 'tool_calls')])
    expect(of('tool', deltas)).toMatchObject([
      { name: 'find it', custom: false },
      { name: 'a.b', custom: true },
    ])
    const whole = { choices: [{ message: { tool_calls: asked }, finish_reason: 'tool_calls' }] }
    expect(of('tool', [...made.answer(whole, new Headers()).deltas])).toMatchObject([
      { name: 'find it' },
      { name: 'a.b' },
    ])
  })

  it('come back from a stream that is over when the service’s is', () => {
    const reader = plain({ tools: [tool('a.b')] }).call.reader(new Headers({ 'content-type': 'text/event-stream' }))
    reader.read({ event: '', data: JSON.stringify(chunk({ content: 'Hi' }, 'stop')) })
    expect(reader.done).toBe(false)
    expect(of('finish', reader.read({ event: '', data: '[DONE]' }))).toHaveLength(1)
    expect(reader.done).toBe(true)
  })

  it('are told of in the older form as well', () => {
    const { body, losses } = plain({ functions: [{ name: 'a.b' }], function_call: { name: 'a.b' } })
    expect(body).toMatchObject({ tools: [tool('a_b')], tool_choice: tool('a_b') })
    expect(losses).toMatchObject([{ path: 'functions[0].name', sent: 'a_b' }])
  })

  it('of calls alone are changed as well', () => {
    const { body, losses } = plain({ messages: loop('a.b'), tools: [tool('f')] })
    expect(body.messages).toMatchObject([asks, { tool_calls: [call('a_b')] }, {}])
    expect(losses).toEqual([])
  })

  it('stay as they are where the service takes them, whatever else it has', () => {
    const own = { type: 'web_search' }
    const { call: made, body } = plain({ messages: loop('f'), tools: [tool('f'), own] })
    expect(body.tools).toEqual([tool('f'), own])
    const deltas = read(made, [chunk({ tool_calls: [{ ...call('f'), index: 0 }] }, 'tool_calls')])
    expect(of('tool', deltas)).toMatchObject([{ name: 'f' }])
  })

  it('of tools that the service has itself are not for us to change', () => {
    const { body } = plain({ tools: [tool('a.b'), { type: 'web_search' }], tool_choice: 'required' })
    expect(body).toMatchObject({ tools: [tool('a_b'), { type: 'web_search' }], tool_choice: 'required' })
  })
})
