// How much each family is made to think, and what is told of it.
import { describe, expect, it } from 'vitest'
import { type Fields, refusal, send } from './accepted.ts'

const asked = (model: string, fields: Fields) => {
  const { body, told } = send({ model, ...fields })
  return [body.generationConfig?.thinkingConfig, ...told]
}
const shown = { includeThoughts: true }

describe.each([
  [
    'gemini-2.5-flash',
    { none: 0, minimal: 1024, low: 1024, medium: 8192, high: 24_576 },
    { xhigh: 24_576, max: 24_576 },
  ],
  [
    'gemini-2.5-pro',
    { minimal: 1024, low: 1024, medium: 8192, high: 24_576, xhigh: 32_768, max: 32_768 },
    { none: 128 },
  ],
  ['gemini-2.5-flash-lite', { none: 0, minimal: 1024, high: 24_576 }, { max: 24_576 }],
] as const)('%s', (model, exact, clamped) => {
  it.each(Object.entries(exact))('%s is a budget of %i', (reasoning_effort, thinkingBudget) => {
    const more = reasoning_effort === 'none' ? {} : shown
    expect(asked(model, { reasoning_effort })).toEqual([{ ...more, thinkingBudget }])
  })

  it.each(Object.entries(clamped))('%s is a budget of %i, and that is told', (reasoning_effort, thinkingBudget) => {
    const more = reasoning_effort === 'none' ? {} : shown
    const told = `reasoning_effort clamped → ${thinkingBudget}`
    expect(asked(model, { reasoning_effort })).toEqual([{ ...more, thinkingBudget }, told])
  })
})

describe.each([
  ['gemini-3-pro-preview', { low: 'LOW', high: 'HIGH' }, { none: 'LOW', minimal: 'LOW', medium: 'HIGH', max: 'HIGH' }],
  ['gemini-3.1-pro-preview', { low: 'LOW', medium: 'MEDIUM', high: 'HIGH' }, { minimal: 'LOW', xhigh: 'HIGH' }],
  ['gemini-3-flash-preview', { minimal: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' }, { none: 'MINIMAL' }],
  ['gemini-3.7-flash', { low: 'LOW', high: 'HIGH' }, { minimal: 'LOW', none: 'LOW' }],
] as const)('%s', (model, exact, clamped) => {
  it.each(Object.entries(exact))('%s is %s', (reasoning_effort, thinkingLevel) => {
    expect(asked(model, { reasoning_effort })).toEqual([{ ...shown, thinkingLevel }])
  })

  it.each(Object.entries(clamped))('%s is %s, and that is told', (reasoning_effort, thinkingLevel) => {
    const more = reasoning_effort === 'none' ? {} : shown
    const told = `reasoning_effort clamped → "${thinkingLevel.toLowerCase()}"`
    expect(asked(model, { reasoning_effort })).toEqual([{ ...more, thinkingLevel }, told])
  })
})

it.each<[Fields, unknown[]]>([
  [{}, [undefined]],
  [{ reasoning: { enabled: true } }, [shown]],
  [{ reasoning: { enabled: true, exclude: true } }, [{}]],
  [
    { reasoning: { effort: 'high', max_tokens: 100 } },
    [{ ...shown, thinkingLevel: 'HIGH' }, 'reasoning.max_tokens dropped'],
  ],
  [{ reasoning: { max_tokens: 100 } }, [{ ...shown, thinkingLevel: 'LOW' }, 'reasoning.max_tokens clamped → "low"']],
  [
    { reasoning: { max_tokens: 30_000 } },
    [{ ...shown, thinkingLevel: 'HIGH' }, 'reasoning.max_tokens clamped → "high"'],
  ],
  [
    { reasoning: { enabled: false, effort: 'low' } },
    [{ thinkingLevel: 'MINIMAL' }, 'reasoning.effort dropped', 'reasoning.enabled clamped → "minimal"'],
  ],
  [
    { reasoning_effort: 'low', reasoning: { enabled: false } },
    [{ thinkingLevel: 'MINIMAL' }, 'reasoning_effort dropped', 'reasoning.enabled clamped → "minimal"'],
  ],
  [{ thinking: { type: 'adaptive' } }, [shown]],
  [{ thinking: { type: 'disabled' } }, [{ thinkingLevel: 'MINIMAL' }, 'thinking clamped → "minimal"']],
  [
    { thinking: { type: 'enabled', budget_tokens: 9000, display: 'x' }, reasoning: { effort: 'low' } },
    [{ ...shown, thinkingLevel: 'MEDIUM' }, 'reasoning.effort dropped', 'thinking.budget_tokens clamped → "medium"'],
  ],
  [{ thinking: { type: 'enabled' }, reasoning_effort: 'low' }, [shown, 'reasoning_effort dropped']],
  [{ thinking: { type: 'adaptive' }, reasoning_effort: 'low' }, [{ ...shown, thinkingLevel: 'LOW' }]],
])('%j', (fields, expected) => {
  expect(asked('gemini-3-flash-preview', fields)).toEqual(expected)
})

it('a model that does not think says so, unless it is asked not to', () => {
  expect(asked('gemini-2.0-flash', { reasoning_effort: 'none' })).toEqual([undefined])
  expect(asked('gemini-2.0-flash', { reasoning_effort: 'low' })).toEqual([undefined, 'reasoning_effort dropped'])
  expect(asked('gemini-2.0-flash', { reasoning: { max_tokens: 9 } })).toEqual([
    undefined,
    'reasoning.max_tokens dropped',
  ])
  expect(asked('gemini-2.5-flash-image', { thinking: { type: 'enabled' } })).toEqual([undefined, 'thinking dropped'])
})

it('budgets are held within what the model takes', () => {
  const budget = (model: string, max_tokens: number) => asked(model, { reasoning: { max_tokens } })
  expect(budget('gemini-2.5-pro', 1)).toEqual([{ ...shown, thinkingBudget: 128 }, 'reasoning.max_tokens clamped → 128'])
  expect(budget('gemini-2.5-flash', 1)).toEqual([{ ...shown, thinkingBudget: 1 }])
})

it('an effort that nobody knows is refused', () => {
  expect(refusal({ reasoning_effort: 'lots' })).toEqual({
    status: 400,
    param: 'reasoning_effort',
    code: 'invalid_value',
  })
  expect(refusal({ reasoning: { effort: 'lots' } })).toMatchObject({ param: 'reasoning.effort' })
})

it("the service's own configuration stands above all", () => {
  const google = { thinking_config: { thinking_level: 'HIGH' } }
  expect(asked('gemini-3-flash-preview', { google, reasoning: { max_tokens: 5 } })).toEqual([
    { thinkingLevel: 'HIGH' },
    'reasoning.max_tokens dropped',
  ])
  expect(asked('gemini-3-flash-preview', { google, thinking: { type: 'disabled' } })).toEqual([
    { thinkingLevel: 'HIGH' },
    'thinking dropped',
  ])
})
