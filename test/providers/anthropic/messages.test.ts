// Messages as turns: instructions in front, neighbours merged, both ends as the service wants them.
import { describe, expect, it } from 'vitest'
import { type Fields, refusal, send } from './accepted.ts'

const system = (content: unknown, more: Fields = {}) => ({ role: 'system', content, ...more })
const developer = (content: unknown) => ({ role: 'developer', content })
const user = (content: unknown, more: Fields = {}) => ({ role: 'user', content, ...more })
const assistant = (content: unknown, more: Fields = {}) => ({ role: 'assistant', content, ...more })
const text = (value: string, more: Fields = {}) => ({ type: 'text', text: value, ...more })

/** The turns as `role: block|block`, and the prompt. */
function shape(messages: unknown[], fields: Fields = {}) {
  const { body, told } = send({ messages, ...fields })
  const turns = body.messages.map(({ role, content }) =>
    typeof content === 'string'
      ? `${role}: ${content}`
      : `${role}: ${content.map((block) => block.text ?? block.type).join('|')}`,
  )
  return { system: body.system, turns, told }
}

describe('instructions', () => {
  it.each([
    ['none', [user('a')], undefined],
    ['one', [system('S'), user('a')], 'S'],
    ['many', [system('S'), developer('D'), user('a')], 'S\nD'],
    ['late', [system('S'), user('a'), assistant('b'), developer('D'), user('c')], 'S\nD'],
    ['last', [user('a'), system('S')], 'S'],
    ['parts', [system([text('S'), text('T')]), user('a')], 'S\nT'],
    ['empty', [system(''), system([]), system(' '), system(null), user('a')], undefined],
    ['named', [system('S', { name: 'root' }), user('a')], 'S'],
  ])('%s', (_name, messages, expected) => {
    const { system: prompt, told } = shape(messages)
    expect(prompt).toBe(expected)
    expect(told).toEqual([])
  })

  it('with a cache point are blocks, one a message, with the line break before the next', () => {
    const mark = { cache_control: { type: 'ephemeral' } }
    const { system: prompt } = shape([system([text('S'), text('T', mark)]), developer('D'), user('a')])
    expect(prompt).toEqual([text('S\nT\n', mark), text('D')])
  })

  it('alone are sent as the user turn that Messages needs', () => {
    const { system: prompt, turns, told } = shape([system('S'), developer('D')])
    expect({ prompt, turns, told }).toEqual({
      prompt: undefined,
      turns: ['user: S\nD'],
      told: ['messages emulated'],
    })
  })

  it('hold text and nothing else', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
    expect(refusal({ messages: [system([text('S'), image]), user('a')] })).toEqual({
      status: 400,
      param: 'messages[0].content[1]',
      code: 'unsupported_value',
    })
  })
})

describe('late instructions where a signature is bound to all that stands before', () => {
  const bound = { model: 'claude-opus-5-5' }

  it('stay behind the user turn they came with', () => {
    const messages = [system('S'), user('a'), assistant('b'), user('c'), system('L'), assistant('d'), user('e')]
    const { system: prompt, turns, told } = shape(messages, bound)
    expect(prompt).toBe('S')
    expect(turns).toEqual(['user: a', 'assistant: b', 'user: c', 'system: L', 'assistant: d', 'user: e'])
    expect(told).toEqual([])
  })

  it('go behind the user turn that follows, which is told', () => {
    const { turns, told } = shape([user('a'), assistant('b'), developer('L'), user('c')], bound)
    expect(turns).toEqual(['user: a', 'assistant: b', 'user: c', 'system: L'])
    expect(told).toEqual(['messages[2] emulated'])
  })

  it('go behind tool results, and behind the turn that is put at the end', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }
    const loop = [
      user('a'),
      assistant(null, { tool_calls: [call] }),
      system('L'),
      { role: 'tool', tool_call_id: 'c1', content: 'r' },
    ]
    expect(shape(loop, bound).turns).toEqual(['user: a', 'assistant: tool_use', 'user: tool_result', 'system: L'])
    expect(shape([user('a'), assistant('b'), system('L')], bound).turns).toEqual([
      'user: a',
      'assistant: b',
      'user: Continue.',
      'system: L',
    ])
  })

  it('are never left between two user turns', () => {
    const messages = [
      user('a'),
      assistant('b'),
      user('c'),
      system('L'),
      assistant(''),
      user('d'),
      assistant('e'),
      user('f'),
    ]
    expect(shape(messages, bound).turns).toEqual([
      'user: a',
      'assistant: b',
      'user: c|d',
      'system: L',
      'assistant: e',
      'user: f',
    ])
  })

  it('are hoisted by models that take no system turns', () => {
    const messages = [user('a'), assistant('b'), user('c'), system('L')]
    expect(shape(messages, { model: 'claude-sonnet-5' }).system).toBe('L')
  })
})

describe('turns', () => {
  it.each([
    ['user, user', [user('a'), user('b')], ['user: a|b']],
    [
      'assistant, assistant',
      [user('a'), assistant('b'), assistant('c'), user('d')],
      ['user: a', 'assistant: b|c', 'user: d'],
    ],
    ['an empty user between', [user('a'), user(''), user([]), user('b')], ['user: a|b']],
    ['an empty assistant between', [user('a'), assistant(null), assistant(''), user('b')], ['user: a|b']],
    ['blank parts', [user([text(''), text('a'), text(' \n')])], ['user: a']],
    [
      'a refusal',
      [user('a'), assistant(null, { refusal: 'No.' }), user('b')],
      ['user: a', 'assistant: No.', 'user: b'],
    ],
    [
      'a refusal part',
      [user('a'), assistant([{ type: 'refusal', refusal: 'No.' }]), user('b')],
      ['user: a', 'assistant: No.', 'user: b'],
    ],
    [
      'what an answer carries and nobody reads again',
      [
        user('a'),
        assistant('b', {
          refusal: null,
          annotations: [],
          audio: null,
          function_call: null,
          parsed: null,
          reasoning_content: 'x',
        }),
        user('c'),
      ],
      ['user: a', 'assistant: b', 'user: c'],
    ],
  ])('%s', (_name, messages, turns) => {
    expect(shape(messages)).toEqual({ system: undefined, turns, told: [] })
  })

  it('lose names, audio and what no table names', () => {
    const messages = [
      user('a', { name: 'Ann' }),
      assistant(null, { audio: { id: 'x', transcript: 'b' }, name: 'Bot', weather: 'fine' }),
      user([text('c', { mood: 'good' })]),
    ]
    expect(shape(messages)).toEqual({
      system: undefined,
      turns: ['user: a', 'assistant: b', 'user: c'],
      told: [
        'messages[0].name dropped',
        'messages[1].name dropped',
        'messages[1].audio dropped',
        'messages[1].weather dropped',
        'messages[2].content[0].mood dropped',
      ],
    })
  })
})

describe('the ends', () => {
  const newer = { model: 'claude-sonnet-4-6' }

  it('an assistant first gets a user turn in front', () => {
    expect(shape([system('S'), assistant('a'), user('b')])).toEqual({
      system: 'S',
      turns: ['user: .', 'assistant: a', 'user: b'],
      told: ['messages[1] emulated'],
    })
  })

  it('an assistant last begins the answer where the model goes on with it', () => {
    expect(shape([user('a'), assistant('b  \n')])).toEqual({
      system: undefined,
      turns: ['user: a', 'assistant: b'],
      told: [],
    })
  })

  it.each([
    ['the model does not', newer],
    ['it thinks', { reasoning_effort: 'low' }],
    ['it answers in JSON', { response_format: { type: 'json_object' } }],
    [
      'it answers by schema',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'x', schema: { type: 'object', properties: {} } },
        },
      },
    ],
  ])('and is followed by a user turn where %s', (_name, fields) => {
    const { turns, told } = shape([user('a'), assistant('b')], fields)
    expect(turns).toEqual(['user: a', 'assistant: b', 'user: Continue.'])
    expect(told).toContain('messages[1] emulated')
  })

  it.each([
    ['nothing at all', [user('')], ['user: .'], 'messages[0] emulated'],
    ['only what says nothing', [user(''), assistant('')], ['user: .'], 'messages emulated'],
    [
      'a user who says nothing at the end',
      [user('a'), assistant('b'), user(' ')],
      ['user: a', 'assistant: b', 'user: .'],
      'messages[2] emulated',
    ],
  ])('%s becomes a full stop', (_name, messages, turns, told) => {
    for (const fields of [{}, newer])
      expect(shape(messages, fields)).toEqual({ system: undefined, turns, told: [told] })
  })
})

it('a cache point on a message is one on its last block', () => {
  const mark = { cache_control: { type: 'ephemeral' } }
  const { body } = send({ messages: [user([text('a'), text('b')], mark), assistant('c', mark), user('d')] })
  expect(body.messages[0]?.content).toEqual([text('a'), text('b', mark)])
  expect(body.messages[1]?.content).toEqual([text('c', mark)])
})
