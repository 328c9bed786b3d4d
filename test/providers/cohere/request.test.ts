// What becomes of a request's fields, one by one, where the golden cases do not tell.
import { describe, expect, it } from 'vitest'
import { type Fields, hello, refusal, send, THINKER } from './accepted.ts'

const fn = (name: string, more: Fields = {}) => ({ type: 'function', function: { name, ...more } })
const VISION = 'command-a-vision-07-2025'
const user = (...content: Fields[]) => ({ model: VISION, messages: [{ role: 'user', content }] })
const image = (url: string) => ({ type: 'image_url', image_url: { url } })

describe('content', () => {
  it('of every part that is text is text', () => {
    const { body } = send(
      user({ type: 'text', text: 'A' }, { type: 'refusal', refusal: 'No.' }, { type: 'text', text: ' ' }),
    )
    expect(body.messages[0]?.content).toEqual([
      { type: 'text', text: 'A' },
      { type: 'text', text: 'No.' },
    ])
  })

  it.each<[Fields, string, string]>([
    [image('data:image/png;base64,'), 'messages[0].content[0].image_url.url', 'invalid_value'],
    [image('data:image/tiff;base64,SUkqAA=='), 'messages[0].content[0]', 'invalid_image_format'],
    [image('ftp://x'), 'messages[0].content[0]', 'invalid_image_url'],
    [{ type: 'video', video: 'x' }, 'messages[0].content[0]', 'unsupported_value'],
  ])('%j is refused', (part, param, code) => {
    expect(refusal(user(part))).toEqual({ status: 400, param, code })
  })

  it.each(['system', 'developer', 'assistant', 'tool'])('of a message of %s is only text', (role) => {
    const before = { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f' } }] }
    const message = {
      role,
      content: [image('https://example.com/a.png')],
      ...(role === 'tool' && { tool_call_id: 'a' }),
    }
    const messages = role === 'tool' ? [before, message] : [message]
    expect(refusal({ model: VISION, messages }).param).toBe(`messages[${messages.length - 1}].content[0]`)
  })

  it('in sound goes back as its transcript', () => {
    const spoken = { role: 'assistant', content: null, audio: { id: 'audio_1', transcript: 'Hello.' } }
    const { body, told } = send({ messages: [hello, spoken, hello] })
    expect(body.messages[1]).toEqual({ role: 'assistant', content: 'Hello.' })
    expect(told).toEqual(['messages[1].audio dropped'])
  })
})

describe('history', () => {
  const asked = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })

  it('has ids for all calls, and none twice', () => {
    const loop = (id: string) => [
      { role: 'assistant', content: null, tool_calls: [asked(id)] },
      { role: 'tool', tool_call_id: id, content: 'x' },
    ]
    const { body } = send({ messages: [hello, ...loop('a:1'), ...loop('a:1'), ...loop('')] })
    expect(body.messages.flatMap((one) => (one.role === 'tool' ? one.tool_call_id : []))).toEqual([
      'a:1',
      'a:1_2',
      'call_2',
    ])
  })

  it('of a plan without calls is thinking', () => {
    const planned = {
      role: 'assistant',
      content: 'Hm.',
      reasoning_details: [{ type: 'reasoning.text', format: 'cohere-plan-v2', text: 'I will not.' }],
    }
    expect(send({ model: THINKER, messages: [hello, planned, hello] }).body.messages[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'I will not.' },
        { type: 'text', text: 'Hm.' },
      ],
    })
    expect(send({ messages: [hello, planned, hello] }).told).toEqual(['messages[1].reasoning_details dropped'])
  })

  it('of calls keeps the thinking that led to them, of a model that thinks', () => {
    const called = { role: 'assistant', content: null, reasoning_content: 'I think.', tool_calls: [asked('a')] }
    const { body } = send({
      model: THINKER,
      messages: [hello, called, { role: 'tool', tool_call_id: 'a', content: 'x' }],
    })
    expect(body.messages[1]).toMatchObject({ content: [{ type: 'thinking', thinking: 'I think.' }] })
  })

  it('of thinking alone is left out', () => {
    const { body } = send({
      model: THINKER,
      messages: [hello, { role: 'assistant', content: '', reasoning_content: 'I think.' }],
    })
    expect(body.messages).toEqual([hello])
  })
})

describe('thinking', () => {
  const thought = (fields: Fields) => {
    const { body, told } = send({ model: THINKER, ...fields })
    return [body.thinking, told]
  }
  const budget = (token_budget: number) => ({ type: 'enabled', token_budget })

  it.each<[Fields, unknown, string[]]>([
    [{}, undefined, []],
    [{ reasoning_effort: 'minimal' }, budget(512), []],
    [{ reasoning_effort: 'high' }, budget(8192), []],
    [{ reasoning_effort: 'xhigh' }, budget(16_384), []],
    [{ reasoning_effort: 'max' }, budget(31_000), []],
    [{ reasoning_effort: 'high', max_tokens: 4000 }, budget(3000), []],
    [{ reasoning_effort: 'low', max_tokens: 1 }, { type: 'disabled' }, ['reasoning_effort clamped → "none"']],
    [{ reasoning: { enabled: true } }, { type: 'enabled' }, []],
    [{ reasoning: { enabled: false } }, { type: 'disabled' }, []],
    [{ reasoning: { exclude: true } }, undefined, []],
    [{ reasoning: { effort: 'low' } }, budget(1024), []],
    [{ reasoning: { max_tokens: 700 } }, budget(700), []],
    [{ reasoning: { max_tokens: 700, effort: 'high' } }, budget(700), ['reasoning.effort dropped']],
    [
      { reasoning: { max_tokens: 700 }, reasoning_effort: 'none' },
      { type: 'disabled' },
      ['reasoning.max_tokens dropped'],
    ],
    [{ reasoning: { enabled: false }, reasoning_effort: 'low' }, { type: 'disabled' }, ['reasoning_effort dropped']],
    [{ reasoning: { summary: 'auto', effort: 'low' } }, budget(1024), ['reasoning.summary dropped']],
    [{ thinking: { type: 'enabled' } }, { type: 'enabled' }, []],
    [{ thinking: { type: 'adaptive' } }, { type: 'enabled' }, []],
    [{ thinking: { type: 'disabled' }, reasoning: { effort: 'low' } }, { type: 'disabled' }, ['reasoning dropped']],
    [
      { thinking: { type: 'enabled', token_budget: 900 }, max_tokens: 800 },
      budget(600),
      ['thinking.token_budget clamped → 600'],
    ],
  ])('%j', (fields, sent, told) => {
    expect(thought(fields)).toEqual([sent, told])
  })

  it('of no known kind is refused', () => {
    expect(refusal({ model: THINKER, reasoning_effort: 'huge' })).toMatchObject({ param: 'reasoning_effort' })
    expect(refusal({ model: THINKER, reasoning: { effort: 'huge' } })).toMatchObject({ param: 'reasoning.effort' })
    expect(refusal({ model: THINKER, thinking: { type: 'deep' } })).toMatchObject({ param: 'thinking.type' })
  })

  it.each<[Fields, string[]]>([
    [{ reasoning_effort: 'none' }, []],
    [{ thinking: { type: 'disabled' } }, []],
    [{ thinking: { type: 'enabled' } }, ['thinking dropped']],
    [{ reasoning: { max_tokens: 900 } }, ['reasoning.max_tokens dropped']],
  ])('of a model that does not: %j', (fields, told) => {
    const { body, told: losses } = send(fields)
    expect([body.thinking, losses]).toEqual([undefined, told])
  })
})

describe('tools', () => {
  it.each<[Fields, string]>([
    [{ tools: [fn('a'), fn('a')] }, 'tools[1]'],
    [{ functions: [{ name: 'a' }, { name: 'a' }] }, 'functions[1]'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [{ tools: [fn('a', { parameters: { type: 'array' } })] }, 'tools[0].function.parameters'],
  ])('%j are refused', (fields, param) => {
    expect(refusal(fields)).toMatchObject({ status: 400, param })
  })

  it('have a schema, whatever the client wrote', () => {
    const parameters = [null, {}, { $ref: '#/$defs/a' }, { type: 'object' }, { type: 'object', properties: { a: {} } }]
    const { body } = send({ tools: parameters.map((one, i) => fn(`f${i}`, { parameters: one })) })
    expect(body.tools?.map((tool) => tool.function.parameters)).toEqual([
      { type: 'object', properties: {} },
      { type: 'object', properties: {} },
      { type: 'object', properties: {}, $ref: '#/$defs/a' },
      { type: 'object', properties: {} },
      { type: 'object', properties: { a: {} } },
    ])
  })

  it.each<[unknown, unknown, string[]]>([
    ['auto', undefined, ['a', 'b']],
    ['required', 'REQUIRED', ['a', 'b']],
    [{ type: 'function', name: 'b' }, 'REQUIRED', ['b']],
    [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'a' }] }, 'REQUIRED', ['a']],
  ])('are chosen by %j', (tool_choice, sent, names) => {
    const { body, told } = send({ tools: [fn('a'), fn('b')], tool_choice })
    expect([body.tool_choice, body.tools?.map((tool) => tool.function.name), told]).toEqual([sent, names, []])
  })

  it('of the old form are chosen in the old form', () => {
    const functions = [{ name: 'a' }, { name: 'b' }]
    expect(send({ functions, function_call: 'none' }).body.tool_choice).toBe('NONE')
    expect(send({ functions, function_call: 'auto' }).body.tool_choice).toBeUndefined()
    expect(send({ functions, function_call: { name: 'b' }, model: 'command-r-08-2024' })).toMatchObject({
      body: { messages: [{ role: 'system', content: 'You must call the tool "b".' }, hello] },
      told: ['function_call emulated'],
    })
    expect(send({ functions, function_call: 'none', tools: [fn('c')] }).told).toEqual([
      'function_call dropped',
      'functions dropped',
    ])
  })

  it('of a model without a choice are told to be called', () => {
    const { body } = send({ tools: [fn('a'), fn('b')], tool_choice: 'required', model: 'command-r-08-2024' })
    expect(body.messages[0]?.content).toBe('You must call one of the tools.')
  })
})

describe('fields', () => {
  it.each<[Fields, Fields, string[]]>([
    [{ top_k: 0 }, {}, []],
    [{ top_k: -1 }, {}, []],
    [{ stop: '' }, {}, ['stop dropped']],
    [{ stop: [] }, {}, []],
    [{ max_tokens: 5, max_completion_tokens: 5 }, { max_tokens: 5 }, []],
    [{ modalities: ['text', 'audio'] }, {}, ['modalities dropped']],
    [{ modalities: ['text', 'image'] }, {}, []],
    [
      { documents: [], response_format: { type: 'json_object' } },
      { documents: [], response_format: { type: 'json_object' } },
      [],
    ],
    [{ strict_tools: false }, { strict_tools: false }, []],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } },
      { response_format: { type: 'json_object' } },
      [],
    ],
  ])('%j', (fields, sent, told) => {
    const { body, told: losses } = send(fields)
    const { model: _model, messages: _messages, ...rest } = body
    expect([rest, losses]).toEqual([sent, told])
  })

  it('with documents, a format is told to the model', () => {
    const { body, told } = send({ documents: ['x'], response_format: { type: 'json_object' } })
    expect(body.response_format).toBeUndefined()
    expect(body.messages[0]).toMatchObject({ role: 'system', content: expect.stringContaining('JSON') })
    expect(told).toEqual(['response_format emulated'])
  })
})

it('in strict mode a loss is refused', () => {
  expect(refusal({ user: 'me' }, true)).toMatchObject({ status: 400, param: 'user', code: 'unsupported_parameter' })
  expect(refusal({ top_p: 0.999 }, true)).toMatchObject({ param: 'top_p', code: 'unsupported_value' })
})
