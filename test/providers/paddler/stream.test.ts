// Answers: tokens of every kind and version, calls, the end, and what is no answer.
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import { collect } from '../../../src/hub/reply.ts'
import { NO_HEADERS } from '../../account.ts'
import { encoded, type Fields } from './accepted.ts'
import { called, content, done, find, instead, read, refused, token, USED } from './lines.ts'

const start: Delta = { type: 'start', id: 'x1', model: 'm' }
const text = (value: string): Delta => ({ type: 'text', text: value })
const think = (value: string): Delta => ({ type: 'reasoning', index: 0, text: value, format: 'unknown' })
const tool = (index: number, id: string): Delta => ({ type: 'tool', index, id, name: 'find', custom: false })
const args = (index: number, value: string): Delta => ({ type: 'arguments', index, text: value })
const finish = (reason: 'stop' | 'length' | 'tool_calls'): Delta => ({ type: 'finish', reason })
/** Counted by line; the prompt is guessed: four characters of it are a token. */
const guessed = (completion: number): Delta => ({
  type: 'usage',
  usage: { prompt_tokens: 11, completion_tokens: completion, total_tokens: 11 + completion },
})
const tools = [{ type: 'function', function: { name: 'find' } }]
const texts = (deltas: readonly Delta[]) => deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : []))
const ending = (deltas: readonly Delta[]) => deltas.find(({ type }) => type === 'finish')

describe('tokens', () => {
  it('are thoughts and text', () => {
    const lines = [
      token({ ReasoningToken: 'Hm' }),
      content('Hi'),
      token({ UndeterminableToken: '!' }),
      content(''),
      token({ ReasoningToken: '' }),
    ]
    expect(read([...lines, done()])).toEqual([
      start,
      think('Hm'),
      text('Hi'),
      text('!'),
      {
        type: 'usage',
        usage: {
          prompt_tokens: 9,
          completion_tokens: 22,
          total_tokens: 31,
          prompt_tokens_details: { cached_tokens: 2, audio_tokens: 1, image_tokens: 3 },
          completion_tokens_details: { reasoning_tokens: 5 },
        },
      },
      finish('stop'),
    ])
  })

  it('of the older versions are text with marked thoughts in it', () => {
    const lines = ['<thi', 'nk>\nHm', '\n</think>', '\n\nHi'].map((one) => token({ Token: one }))
    expect(read([...lines, token('Done')], {}, '2.1')).toEqual([
      start,
      think('Hm'),
      think('\n'),
      text('Hi'),
      expect.objectContaining({ type: 'loss' }),
      guessed(4),
      finish('stop'),
    ])
    expect(texts(read([token({ Token: '<th' }), token('Done')]))).toEqual(['<th'])
  })

  it('of kinds that nobody knows are passed over, and so are lines', () => {
    const lines = [
      { Notification: 'x' },
      7,
      token({ FutureToken: 'x' }),
      token({}),
      token(null),
      instead({ Embedding: {} }),
      instead(null),
    ]
    expect(read([...(lines as object[]), content('a'), done({})])).toEqual([
      start,
      text('a'),
      expect.objectContaining({ type: 'usage' }),
      finish('stop'),
    ])
  })

  it('may be none at all', () => {
    expect(read([token('Done')])).toEqual([
      start,
      { type: 'loss', loss: { path: 'usage', kind: 'emulated', reason: expect.stringContaining('guessed') } },
      guessed(0),
      finish('stop'),
    ])
  })

  it('behind the end are not read', () => {
    const reader = encoded({}).reader(NO_HEADERS)
    reader.read({ event: '', data: JSON.stringify(token('Done')) })
    expect(reader.done).toBe(true)
    expect(reader.next).toBeUndefined()
    expect(reader.read({ event: '', data: JSON.stringify(content('x')) })).toEqual([])
    expect(reader.read({ event: '', data: '{' })).toEqual([])
  })
})

describe('calls', () => {
  const raw = token({ ToolCallToken: '<tool_call>' })

  it('count on over several batches, and their raw text is not said', () => {
    const lines = [
      content('Wait.'),
      raw,
      called(find('a')),
      raw,
      called(find('b', { InvalidJson: '{"q":' }), find('c', {})),
      done(),
    ]
    expect(read(lines, { tools })).toEqual([
      start,
      text('Wait.'),
      tool(0, 'a'),
      args(0, '{"q":"cat"}'),
      tool(1, 'b'),
      args(1, '{"q":'),
      tool(2, 'c'),
      args(2, ''),
      expect.objectContaining({ type: 'usage' }),
      finish('tool_calls'),
    ])
  })

  it('always have an id and a name', () => {
    expect(read([called({ arguments: { ValidJson: null } })], { tools })).toEqual([
      start,
      { type: 'tool', index: 0, id: 'call_x1_0', name: '', custom: false },
      args(0, 'null'),
    ])
    expect(read([token({ ToolCallParsed: 'x' })], { tools })).toEqual([])
  })

  it.each<[Fields]>([[{ tools, parallel_tool_calls: false }], [{ functions: [{ name: 'find' }] }]])(
    'are one where only one is wanted: %j',
    (fields) => {
      const deltas = read([called(find('a'), find('b')), called(find('c')), done()], fields)
      expect(deltas.filter(({ type }) => type === 'tool')).toEqual([tool(0, 'a')])
      expect(ending(deltas)).toEqual(finish('tool_calls'))
    },
  )

  it.each<[string, unknown]>([
    ['ToolCallParseFailed', 'no JSON'],
    ['ToolCallValidationFailed', ['q is missing']],
    ['UnrecognizedToolCallFormat', { text: 'other', ffi_error_message: 'no' }],
  ])('that cannot be read are what was said: %s', (name, value) => {
    const deltas = read([raw, token({ [name]: value }), content('a'), done()], { tools })
    expect(texts(deltas)).toEqual(['<tool_call>', 'a'])
    expect(ending(deltas)).toEqual(finish('stop'))
  })

  it('that cannot be read and of which nothing is left are a failure, unless their text comes along', () => {
    expect(texts(read([token({ UnrecognizedToolCallFormat: { text: 'other' } })], { tools }))).toEqual(['other'])
    expect(read([token({ ToolCallParseFailed: 'no JSON' })], { tools })).toEqual([
      {
        type: 'error',
        error: expect.objectContaining({ code: 'server_error', message: 'ToolCallParseFailed: no JSON' }),
      },
    ])
  })

  it('that nobody reads are text: in the end, or at once where no tools were sent', () => {
    expect(texts(read([raw, token('Done')], { tools }))).toEqual(['<tool_call>'])
    expect(texts(read([raw, content('a')]))).toEqual(['<tool_call>', 'a'])
  })
})

describe('the end', () => {
  it.each<[number, object, string]>([
    [16, {}, 'length'],
    [17, {}, 'stop'],
    [17, { finish: 'MaxTokens' }, 'length'],
    [17, { finish: 'ContextFull' }, 'length'],
    [16, { finish: 'EndOfGeneration' }, 'stop'],
  ])('with a limit of %i, at 16: %j is %s', (limit, more, reason) => {
    expect(ending(read([content('a'), done(USED, more)], { max_tokens: limit }))).toEqual({ type: 'finish', reason })
  })

  it('of the older versions is counted', () => {
    const lines = [token({ Token: 'a' }), token({ Token: 'b' }), token('Done')]
    expect(ending(read(lines, { max_tokens: 2 }))).toEqual(finish('length'))
    expect(ending(read(lines, { max_tokens: 3 }))).toEqual(finish('stop'))
  })

  it('is a limit even where calls were made', () => {
    expect(ending(read([called(find('a')), done()], { tools, max_tokens: 16 }))).toEqual(finish('length'))
  })
})

describe('emulations', () => {
  it('end the answer at a stop sequence, and hang up', () => {
    const reader = encoded({ stop: ['END'] }).reader(NO_HEADERS)
    const deltas = ['a E', 'ND b'].flatMap((one) => reader.read({ event: '', data: JSON.stringify(content(one)) }))
    expect(deltas).toEqual([start, text('a '), guessed(2), { ...finish('stop'), stop: 'END' }])
    expect(reader.done).toBe(true)
  })

  it('take JSON that was asked for in words out of what stands around it', () => {
    const lines = ['Sure:\n```json\n{"a"', ':1}\n```'].map((one) => token({ Token: one }))
    const format = { response_format: { type: 'json_object' } }
    expect(texts(read([...lines, token('Done')], format, '2.1')).join('')).toBe('{"a":1}')
    expect(texts(read([...lines, token('Done')], format)).join('')).toContain('Sure')
  })
})

describe('a line that cannot be read', () => {
  it('is a failure, for what it said is lost', () => {
    const deltas = read([content('a'), '{"Response":', content('b')])
    expect(deltas.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_error' } })
    expect(texts(deltas)).toEqual(['a'])
  })

  it('is none at the end of a body that broke off', () => {
    expect(read([content('a'), '{"Response":'])).toEqual([start, text('a')])
  })
})

it('says nothing behind a failure', () => {
  expect(read([refused(500, 'Failed'), content('a'), '{'])).toHaveLength(1)
})

it('is the same in one piece', () => {
  const lines = [token({ ReasoningToken: 'Hm' }), content('Hi'), done()]
  const call = encoded({})
  expect(collect(call.answer(lines, NO_HEADERS).deltas)).toEqual(collect(read(lines)))
  expect(() => collect(call.answer(refused(504, 'late'), NO_HEADERS).deltas)).toThrow('late')
})
