// Thinking, asked for in any of three fields, as services switch it.
import { expect, it } from 'vitest'
import {
  enabledThinking,
  type Switch,
  switched,
  thinkingType,
  withoutThinking,
} from '../../../src/providers/openai-compatible/effort.ts'
import { plain } from '../../../src/providers/openai-compatible/rows.ts'
import { type Fields, send } from './like.ts'

function asked(fields: Fields, one: Switch) {
  const { body, losses } = send(fields, { fields: { ...plain, ...switched(one) } })
  const { model: _model, messages: _messages, ...rest } = body
  return [rest, losses.map(({ path, kind, sent }) => [path, kind, ...(sent === undefined ? [] : [sent])])]
}

const enabled = { thinking: { type: 'enabled' } }
const disabled = { thinking: { type: 'disabled' } }
const simple: Switch = { set: thinkingType, to: ['thinking'] }
const degrees: Switch = {
  set: thinkingType,
  effort: (effort) => ({ effort: effort === 'minimal' ? 'low' : effort }),
  budget: (tokens) => ({ budget: tokens }),
  to: ['thinking', 'effort', 'budget'],
}

it.each<[Fields, Fields, unknown[]]>([
  [{}, {}, []],
  [{ reasoning_effort: 'none' }, disabled, []],
  [{ reasoning_effort: 'high' }, enabled, [['reasoning_effort', 'emulated']]],
  [{ reasoning: { effort: 'high' } }, enabled, [['reasoning.effort', 'emulated']]],
  [{ reasoning: { enabled: false } }, disabled, []],
  [{ reasoning: { enabled: true, exclude: true } }, enabled, []],
  [{ reasoning: { max_tokens: 9 } }, enabled, [['reasoning.max_tokens', 'dropped']]],
  [{ reasoning: { summary: 'auto', other: null } }, {}, [['reasoning.summary', 'dropped']]],
  [{ thinking: { type: 'enabled', budget_tokens: 9 } }, enabled, [['thinking.budget_tokens', 'dropped']]],
  [{ thinking: { type: 'adaptive', keep: 'all' } }, { thinking: { type: 'enabled', keep: 'all' } }, []],
  [{ thinking: { type: 'disabled' }, reasoning_effort: 'high' }, disabled, [['reasoning_effort', 'emulated']]],
])('%j switches a service that thinks or does not', (fields, body, losses) => {
  expect(asked(fields, simple)).toEqual([body, losses])
})

it.each<[Fields, Fields, unknown[]]>([
  [{ reasoning_effort: 'high' }, { ...enabled, effort: 'high' }, []],
  [{ reasoning_effort: 'minimal' }, { ...enabled, effort: 'low' }, [['reasoning_effort', 'clamped', 'low']]],
  [{ reasoning: { effort: 'low', max_tokens: 9 } }, { ...enabled, effort: 'low', budget: 9 }, []],
  [{ thinking: { type: 'enabled', budget_tokens: 9 } }, { ...enabled, budget: 9 }, []],
  [{ reasoning_effort: 'none', reasoning: { max_tokens: 9 } }, disabled, []],
])('%j tells a service how hard and how long', (fields, body, losses) => {
  expect(asked(fields, degrees)).toEqual([body, losses])
})

it('tells a service in words of its own', () => {
  expect(asked({ thinking: { type: 'enabled', budget_tokens: 9 } }, enabledThinking)).toEqual([
    { enable_thinking: true, thinking_budget: 9 },
    [],
  ])
})

it('is given up where the service misses what was thought', () => {
  const told: unknown[] = []
  const without = (message: string) =>
    withoutThinking(message, { seed: 7, reasoning_effort: 'high' }, (note, at) => {
      told.push([at?.path, note.kind])
      return undefined
    })
  expect(without('The reasoning_content in the thinking mode must be passed back')).toEqual({ seed: 7, ...disabled })
  expect(without('reasoning_content is missing at index 1')).toBeDefined()
  expect(without('reasoning_content is too long')).toBeUndefined()
  expect(without('The key is missing')).toBeUndefined()
  expect(told).toEqual([
    ['thinking', 'dropped'],
    ['thinking', 'dropped'],
  ])
})
