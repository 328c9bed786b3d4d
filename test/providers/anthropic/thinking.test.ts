// How much the model thinks, family by family.
import { describe, expect, it } from 'vitest'
import { type Fields, hello, refusal, send } from './accepted.ts'

/** What is sent about thinking, and what was told. */
function thinking(fields: Fields) {
  const { body, told } = send(fields)
  return { thinking: body.thinking, effort: body.output_config?.effort, told }
}
const ADAPTIVE = { type: 'adaptive', display: 'summarized' }
const nothing = { thinking: undefined, effort: undefined, told: [] }
const budget = (budget_tokens: number) => ({
  thinking: { type: 'enabled', budget_tokens },
  effort: undefined,
  told: [],
})
const nearest = (sent: string) => [`reasoning_effort clamped → "${sent}"`]

const OPTIONAL = [
  'claude-opus-4-6',
  'claude-opus-4-7',
  'claude-opus-4-8',
  'claude-sonnet-5',
  'claude-opus-5',
  'claude-haiku-5-5',
]
const ALWAYS = ['claude-fable-5', 'claude-fable-5-1', 'claude-opus-5-5']
const BUDGET = [
  'claude-sonnet-4-0',
  'claude-sonnet-4-5',
  'claude-haiku-4-5',
  'claude-opus-4-5',
  'claude-3-7-sonnet-20250219',
]

it.each([...OPTIONAL, ...ALWAYS, ...BUDGET, 'claude-sonnet-5-5'])('%s is left alone where nobody asks', (model) => {
  expect(thinking({ model })).toEqual(nothing)
  expect(thinking({ model, reasoning: { exclude: true } })).toEqual(nothing)
})

describe.each(OPTIONAL)('%s thinks by effort', (model) => {
  it.each([
    ['none', { type: 'disabled' }, undefined, []],
    ['minimal', ADAPTIVE, 'low', nearest('low')],
    ['low', ADAPTIVE, 'low', []],
    ['medium', ADAPTIVE, 'medium', []],
    ['high', ADAPTIVE, 'high', []],
    ['max', ADAPTIVE, 'max', []],
  ])('%s', (reasoning_effort, type, effort, told) => {
    expect(thinking({ model, reasoning_effort })).toEqual({ thinking: type, effort, told })
  })

  it('xhigh, where it has it', () => {
    const has = model !== 'claude-opus-4-6'
    const told = has ? [] : nearest('high')
    expect(thinking({ model, reasoning_effort: 'xhigh' })).toEqual({
      thinking: ADAPTIVE,
      effort: has ? 'xhigh' : 'high',
      told,
    })
  })
})

describe.each(ALWAYS)('%s always thinks', (model) => {
  it.each([
    ['none', undefined, 'low', nearest('low')],
    ['minimal', ADAPTIVE, 'low', nearest('low')],
    ['low', ADAPTIVE, 'low', []],
    ['xhigh', ADAPTIVE, 'xhigh', []],
    ['max', ADAPTIVE, 'max', []],
  ])('%s', (reasoning_effort, type, effort, told) => {
    expect(thinking({ model, reasoning_effort })).toEqual({ thinking: type, effort, told })
  })
})

it('claude-sonnet-5-5 thinks between tools at least', () => {
  expect(thinking({ model: 'claude-sonnet-5-5', reasoning_effort: 'none' })).toEqual({
    thinking: { type: 'between_tools' },
    effort: undefined,
    told: [],
  })
})

describe.each(BUDGET)('%s thinks by budget', (model) => {
  it.each([
    ['none', nothing],
    ['minimal', budget(1280)],
    ['low', budget(6400)],
    ['medium', budget(19_200)],
    ['high', budget(38_400)],
    ['xhigh', budget(57_600)],
    ['max', { ...budget(57_600), told: nearest('xhigh') }],
  ])('%s', (reasoning_effort, expected) => {
    expect(thinking({ model, reasoning_effort })).toEqual(expected)
  })
})

describe('a budget', () => {
  it.each([
    [1000, undefined],
    [1024, undefined],
    [1364, undefined],
    [1365, 1024],
    [2000, 1500],
    [4096, 3072],
    [8000, 6400],
    [64_000, 6400],
  ])('leaves room for an answer in %i tokens', (max_completion_tokens, budget_tokens) => {
    const { body, told } = send({ max_completion_tokens, reasoning_effort: 'low' })
    expect(body.max_tokens).toBe(max_completion_tokens)
    expect(body.thinking?.budget_tokens).toBe(budget_tokens)
    expect(told).toEqual(budget_tokens === undefined ? nearest('none') : [])
  })

  it('of an older model is a share of its own output', () => {
    expect(thinking({ model: 'claude-opus-4-1', reasoning_effort: 'low' })).toEqual(budget(3200))
  })

  it('beside a forced call is off', () => {
    const tools = [{ type: 'function', function: { name: 'a' } }]
    const { body, told } = send({ reasoning_effort: 'low', tools, tool_choice: 'required' })
    expect(body).not.toHaveProperty('thinking')
    expect(body.tool_choice).toEqual({ type: 'any' })
    expect(told).toEqual(nearest('none'))
  })

  const call = { id: 'c', type: 'function', function: { name: 'a', arguments: '{}' } }
  const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'Hm.', signature: 'EqQB' }
  const loop = (...reasoning_details: unknown[]) => [
    hello,
    { role: 'assistant', content: null, tool_calls: [call], reasoning_details },
    { role: 'tool', tool_call_id: 'c', content: 'r' },
  ]

  it('in a tool loop goes on where its thinking comes back', () => {
    const { body, told } = send({ reasoning_effort: 'low', messages: loop(detail) })
    expect(body.thinking).toEqual({ type: 'enabled', budget_tokens: 6400 })
    expect(body.messages[1]?.content).toMatchObject([{ type: 'thinking' }, { type: 'tool_use' }])
    expect(told).toEqual([])
  })

  it.each([
    ['is lost', loop()],
    ['is of another provider', loop({ ...detail, format: 'openai-responses-v1' })],
    ['has no signature', loop({ ...detail, signature: null })],
    ['is torn', loop({ type: 'reasoning.text', index: 0, signature: 'EqQB' })],
    ['is lost, and the user speaks', [...loop(), { role: 'user', content: 'Go on.' }]],
  ])('is off where it %s', (_name, messages) => {
    const { body, told } = send({ reasoning_effort: 'low', messages })
    expect(body).not.toHaveProperty('thinking')
    expect(told).toEqual(nearest('none'))
  })

  it('is no matter once the loop is over', () => {
    const messages = [...loop(), { role: 'assistant', content: 'Done.' }, { role: 'user', content: 'More.' }]
    expect(thinking({ reasoning_effort: 'low', messages })).toEqual(budget(6400))
  })
})

describe("'reasoning', as other gateways have it", () => {
  const model = 'claude-opus-4-8'

  it.each([
    [{ effort: 'high' }, { thinking: ADAPTIVE, effort: 'high', told: [] }],
    [{ enabled: true }, { thinking: ADAPTIVE, effort: 'medium', told: [] }],
    [{ enabled: false }, { thinking: { type: 'disabled' }, effort: undefined, told: [] }],
    [
      { enabled: false, effort: 'high' },
      { thinking: { type: 'disabled' }, effort: undefined, told: ['reasoning.effort dropped'] },
    ],
    [{ effort: 'minimal' }, { thinking: ADAPTIVE, effort: 'low', told: ['reasoning.effort clamped → "low"'] }],
    [{ max_tokens: 10_000 }, { thinking: ADAPTIVE, effort: 'low', told: ['reasoning.max_tokens clamped → "low"'] }],
    [{ max_tokens: 80_000 }, { thinking: ADAPTIVE, effort: 'high', told: ['reasoning.max_tokens clamped → "high"'] }],
    [
      { effort: 'low', max_tokens: 80_000 },
      { thinking: ADAPTIVE, effort: 'low', told: ['reasoning.max_tokens dropped'] },
    ],
    [
      { effort: 'low', mood: 'good' },
      { thinking: ADAPTIVE, effort: 'low', told: ['reasoning.mood dropped'] },
    ],
  ])('%j', (reasoning, expected) => {
    expect(thinking({ model, reasoning })).toEqual(expected)
  })

  it.each([
    [{ max_tokens: 5000 }, budget(5000)],
    [{ max_tokens: 100 }, { ...budget(1024), told: ['reasoning.max_tokens clamped → 1024'] }],
    [{ max_tokens: 70_000 }, { ...budget(62_976), told: ['reasoning.max_tokens clamped → 62976'] }],
    [
      { effort: 'low', max_tokens: 5000 },
      { ...budget(5000), told: ['reasoning.effort dropped'] },
    ],
    [{ enabled: false }, nothing],
  ])('%j by budget', (reasoning, expected) => {
    expect(thinking({ reasoning })).toEqual(expected)
  })

  it('beside the plain field says the same, or is refused', () => {
    expect(thinking({ model, reasoning_effort: 'low', reasoning: { effort: 'low' } })).toMatchObject({
      effort: 'low',
      told: [],
    })
    expect(refusal({ model, reasoning_effort: 'low', reasoning: { effort: 'high' } })).toMatchObject({
      code: 'invalid_value',
    })
    expect(thinking({ model, reasoning_effort: 'low', reasoning: { enabled: false } }).told).toEqual([
      'reasoning_effort dropped',
    ])
  })
})

describe("'thinking', as the service has it", () => {
  const own = { type: 'enabled', budget_tokens: 2048 }

  it('passes as it is, and the other fields give way', () => {
    expect(thinking({ thinking: own })).toEqual(budget(2048))
    expect(thinking({ thinking: own, reasoning_effort: 'high', reasoning: { effort: 'high' } })).toEqual({
      ...budget(2048),
      told: ['reasoning_effort dropped'],
    })
    expect(thinking({ model: 'claude-opus-4-8', thinking: { type: 'adaptive' } })).toMatchObject({
      thinking: { type: 'adaptive' },
    })
  })

  it('gives way itself to a forced call', () => {
    const tools = [{ type: 'function', function: { name: 'a' } }]
    const { body, told } = send({ thinking: own, tools, tool_choice: 'required' })
    expect(body).not.toHaveProperty('thinking')
    expect(told).toEqual(['thinking clamped → {"type":"disabled"}'])
  })

  it('without thinking leaves sampling free', () => {
    expect(send({ thinking: { type: 'disabled' }, temperature: 0.5 }).body.temperature).toBe(0.5)
    expect(send({ thinking: own, temperature: 0.5 }).told).toEqual(['temperature dropped'])
  })
})

it('a model that does not think is not made to', () => {
  const model = 'claude-3-haiku-20240307'
  expect(thinking({ model, reasoning_effort: 'high' })).toEqual({ ...nothing, told: ['reasoning_effort dropped'] })
  expect(thinking({ model, reasoning_effort: 'none' })).toEqual(nothing)
})

it('an effort that nobody knows is refused, as OpenAI refuses it', () => {
  for (const model of ['claude-opus-4-8', 'claude-sonnet-4-5', 'claude-3-haiku-20240307']) {
    expect(refusal({ model, reasoning_effort: 'huge' })).toMatchObject({
      param: 'reasoning_effort',
      code: 'invalid_value',
    })
    expect(refusal({ model, reasoning: { effort: 'huge' } })).toMatchObject({ param: 'reasoning.effort' })
  }
})
