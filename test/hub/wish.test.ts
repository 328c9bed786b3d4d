// What a client wants to be called, however it says so.
import { describe, expect, it } from 'vitest'
import { type ChatFields, chatRequestOf } from '../../src/hub/request.ts'
import { isForced, isLegacy, wishOf } from '../../src/hub/wish.ts'

const tools = ['a', 'b'].map((name) => ({ type: 'function', function: { name } }))
const functions = [{ name: 'a' }]
const fieldsOf = (more: object): ChatFields =>
  chatRequestOf({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more }).fields
const wish = (more: object) => wishOf(fieldsOf(more), (name) => name.toUpperCase())
const named = (name: string) => ({ type: 'function', function: { name } })

describe('the wish', () => {
  it.each([
    ['nothing', { tools }, { mode: { type: 'auto' }, field: 'tool_choice' }],
    ['none', { tools, tool_choice: 'none' }, { mode: { type: 'none' } }],
    ['any', { tools, tool_choice: 'required' }, { mode: { type: 'any' } }],
    ['one', { tools, tool_choice: named('a') }, { mode: { type: 'tool', name: 'A' } }],
    [
      'some of them',
      { tools, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named('b')] } } },
      { mode: { type: 'auto' }, only: new Set(['B']) },
    ],
    [
      'one of some',
      { tools, tool_choice: { type: 'allowed_tools', mode: 'required', tools: [named('b')] } },
      { mode: { type: 'any' }, only: new Set(['B']) },
    ],
    ['no function', { functions, function_call: 'none' }, { mode: { type: 'none' }, field: 'function_call' }],
    ['a function', { functions, function_call: { name: 'a' } }, { mode: { type: 'tool', name: 'A' } }],
    ['tools before functions', { tools, functions, function_call: 'none' }, { mode: { type: 'auto' } }],
  ])('for %s', (_what, given, expected) => {
    expect(wish(given)).toMatchObject(expected)
  })

  it('demands a call, or does not', () => {
    expect(isForced({ type: 'any' }) && isForced({ type: 'tool', name: 'a' })).toBe(true)
    expect(isForced({ type: 'auto' }) || isForced({ type: 'none' })).toBe(false)
  })

  it('is of the form before tools only without them', () => {
    expect([isLegacy(fieldsOf({ functions })), isLegacy(fieldsOf({ functions, tools }))]).toEqual([true, false])
  })
})
