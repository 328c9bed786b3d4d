// What an answer says beside calls: text, thoughts, refusals, pictures, sources, and what it ends with.
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import { chunk, type Fields, of, read, STOP, said, send } from './like.ts'

const say = (...deltas: Fields[]) => said([...deltas.map((delta) => chunk(delta)), STOP])
const text = (deltas: readonly Delta[]) =>
  of('text', deltas)
    .map((one) => one.text)
    .join('')
const thought = (deltas: readonly Delta[]) =>
  of('reasoning', deltas)
    .map((one) => one.text)
    .join('')
const losses = (deltas: readonly Delta[]) => of('loss', deltas).map(({ loss }) => loss.path)

describe('thoughts', () => {
  it('are read under any of their names, and once where they have two', () => {
    expect(thought(say({ reasoning_content: 'Hm.' }))).toBe('Hm.')
    expect(thought(say({ reasoning: 'Hm.' }))).toBe('Hm.')
    expect(thought(say({ reasoning_content: 'Hm.', reasoning: 'No.' }))).toBe('Hm.')
    expect(thought(say({ reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] }))).toBe('Hm.')
    expect(thought(say({ reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }))).toBe(
      'Hm.',
    )
  })

  it('are read in parts of the content', () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'One. ' }], signature: 's' },
      { type: 'thinking', thinking: 'Two. ' },
      { type: 'reasoning', summary: [{ text: 'Three. ' }] },
      { type: 'reasoning', text: 'Four.' },
      { type: 'thinking' },
      { type: 'reasoning' },
      { type: 'text', text: 'Hi.' },
    ]
    const deltas = say({ content: parts })
    expect([thought(deltas), text(deltas)]).toEqual(['One. Two. Three. Four.', 'Hi.'])
    expect(of('signature', deltas)).toEqual([{ type: 'signature', index: 0, signature: 's', format: 'unknown' }])
  })

  it('of a kind that nobody knows are told', () => {
    const part = { type: 'reference', reference_ids: [1] }
    expect(losses(say({ content: [part] }, { content: [part] }))).toEqual(['choices[0].message.content'])
    const detail = { type: 'server_tool_call', name: 'search' }
    expect(losses(say({ reasoning_details: [detail] }, { reasoning_details: [detail] }))).toEqual([
      'choices[0].message.reasoning_details',
    ])
  })

  it('of one index and type are one block, unless they have other names', () => {
    const piece = (one: Fields) => ({ reasoning_details: [{ type: 'reasoning.text', index: 0, ...one }] })
    const blocks = (...all: Fields[]) => of('reasoning', say(...all.map(piece))).map(({ index, id }) => [index, id])
    expect(blocks({ text: 'a' }, { text: 'b', id: 'r1' }, { text: 'c' }, { text: 'd', id: 'r1' })).toEqual([
      [0, undefined],
      [0, 'r1'],
      [0, undefined],
      [0, 'r1'],
    ])
    expect(blocks({ text: 'a', id: 'r1' }, { text: 'b', id: 'r2' })).toEqual([
      [0, 'r1'],
      [1, 'r2'],
    ])
    expect(blocks({ text: 'a', index: null }, { text: 'b', index: 3 })).toEqual([
      [0, undefined],
      [1, undefined],
    ])
  })

  it('end where a summary, a signature or data does', () => {
    const details = [
      { type: 'reasoning.summary', summary: 'Short.', format: 'f', index: 0, id: 'r' },
      { type: 'reasoning.encrypted', data: 'x', format: 'f', index: 0, id: 'r' },
      { type: 'reasoning.text', text: '', signature: 's', index: 1 },
      { type: 'reasoning.text', text: null, index: 2 },
    ]
    const [summary, data, signature, ...rest] = say({ reasoning_details: details }).slice(1, -1)
    expect(summary).toEqual({ type: 'reasoning', index: 0, text: 'Short.', format: 'f', summary: true, id: 'r' })
    expect(data).toEqual({ type: 'encrypted', index: 1, data: 'x', format: 'f', id: 'r' })
    expect(signature).toEqual({ type: 'signature', index: 2, signature: 's', format: 'unknown' })
    expect(rest).toEqual([])
  })
})

describe('text', () => {
  it('may begin inside of a thought, and have other marks', () => {
    const rules = { opensThinking: () => true, marks: ['[T]', '[/T]'] as const }
    const deltas = said([chunk({ content: 'Hm.[/T]' }), chunk({ content: 'Hi.' }), STOP], rules)
    expect([thought(deltas), text(deltas)]).toEqual(['Hm.', 'Hi.'])
  })

  it.each([
    [['One, ', 'two, three'], 'three'],
    [['One, two, three'], 'three'],
    [['One, t', 'hree'], 'One, three'],
    [['Two'], 'Two'],
  ])('is without what the service repeats of the request: %j', (pieces, rest) => {
    const deltas = said([...pieces.map((content) => chunk({ content })), STOP], { strips: () => 'One, two, ' })
    expect(text(deltas)).toBe(rest)
  })

  it('comes with refusals, pictures and what goes back unread', () => {
    const deltas = say({
      refusal: 'No.',
      images: [{ image_url: { url: 'data:x' } }, {}],
      extra_content: { some: 1 },
    })
    expect(of('refusal', deltas)).toEqual([{ type: 'refusal', text: 'No.' }])
    expect(of('image', deltas)).toEqual([{ type: 'image', url: 'data:x' }])
    expect(of('extra', deltas)).toEqual([{ type: 'extra', extra: { some: 1 } }])
  })

  it('comes with sources, and what else is in them is told', () => {
    const cited = (url_citation: Fields) => ({ annotations: [{ type: 'url_citation', url_citation }] })
    const deltas = say(
      cited({ url: 'https://a', title: 'A', start_index: 0, end_index: 2 }),
      cited({ url: 'https://b', content: 'B b' }),
      { annotations: [{ type: 'file', file: {} }] },
    )
    expect(of('citation', deltas).map(({ citation }) => citation)).toEqual([
      { url: 'https://a', title: 'A', start: 0, end: 2 },
      { url: 'https://b', title: '', start: 0, end: 0 },
    ])
    expect(losses(deltas)).toEqual(['choices[0].message.annotations'])
  })

  it('comes without audio, which is told', () => {
    expect(
      losses(say({ audio: { id: 'a', data: 'AAAA' } }, { audio: { data: 'BBBB' } }, { audio: { data: '' } })),
    ).toEqual(['choices[0].message.audio'])
  })
})

describe('sources beside the text', () => {
  const sources = () => [
    { url: 'https://a', title: 'A' },
    { url: 'https://b', title: '' },
    { url: 'https://c', title: 'C' },
  ]
  const cited = (deltas: readonly Delta[]) =>
    of('citation', deltas).map(({ citation: { url, start, end } }) => [url, start, end])

  it('stand where the text names them, however it is cut', () => {
    const pieces = ['So[', '2', '] and [1][2], [9], [0].'].map((content) => chunk({ content }))
    expect(cited(said([...pieces, STOP], { sources }))).toEqual([
      ['https://b', 2, 5],
      ['https://a', 10, 13],
      ['https://b', 13, 16],
      ['https://c', 0, 0],
    ])
  })

  it('are those of the last chunk that has any', () => {
    const last = (one: unknown) => (Object.hasOwn(one as object, 'late') ? sources() : [])
    expect(cited(said([chunk({ content: 'x' }, null, { late: 1 }), STOP], { sources: last }))).toHaveLength(3)
    expect(cited(said([chunk({ content: 'x' }), STOP], { sources: last }))).toEqual([])
  })
})

describe('an answer', () => {
  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['tool_calls', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['content_filter', 'content_filter'],
    ['sensitive', 'content_filter'],
    ['safety', 'content_filter'],
  ])('that ends in %s ends in %s', (theirs, ours) => {
    expect(of('finish', said([chunk({ content: 'x' }, theirs)]))).toEqual([{ type: 'finish', reason: ours }])
  })

  it.each(['error', 'insufficient_system_resource', 'network_error', 'abort'])(
    'that ends in %s has failed',
    (reason) => {
      const deltas = said([chunk({ content: 'x' }, reason), chunk({ content: 'y' }), STOP])
      expect(text(deltas)).toBe('x')
      expect(deltas.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_error' } })
    },
  )

  it('ends as the service says elsewhere', () => {
    const deltas = said([chunk({ content: 'x' }, 'stop')], { finish: () => 'content_filter' })
    expect(of('finish', deltas)).toEqual([{ type: 'finish', reason: 'content_filter' }])
  })

  it('is torn without a reason, whatever marker it ends in', () => {
    for (const end of [[], ['[DONE]'], [chunk({}, '')]]) {
      const deltas = said([chunk({ content: 'x' }), ...end])
      expect(deltas.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_truncated' } })
    }
    expect(said(['[DONE]']).at(-1)).toMatchObject({ error: { code: 'upstream_truncated' } })
  })

  it('says nothing behind its end, or behind an error', () => {
    const { call } = send({ stream: true })
    expect(read(call, [STOP, '[DONE]', chunk({ content: 'x' }), '[DONE]']).map(({ type }) => type)).toEqual([
      'start',
      'finish',
    ])
    expect(read(call, [{ error: { message: 'No.' } }, chunk({ content: 'x' }), STOP])).toHaveLength(1)
  })

  it('is torn where an event is, and broken where it never was one', () => {
    const reader = send({ stream: true }).call.reader(new Headers())
    expect(reader.read({ event: '', data: '{"choi' }, true)).toEqual([])
    expect(reader.read({ event: '', data: '' })).toEqual([])
    expect(reader.read({ event: '', data: '{"choi' })).toMatchObject([
      { type: 'error', error: { code: 'upstream_error' } },
    ])
    expect(reader.next).toBeUndefined()
  })

  it('begins once, with what it says of itself', () => {
    const first = chunk({ content: 'x' }, null, { service_tier: 'flex', system_fingerprint: 'fp' })
    const deltas = said([{ id: '', choices: [] }, first, chunk({}, 'stop', { id: 'c2' })])
    expect(of('start', deltas)).toEqual([{ type: 'start', id: 'c1', model: 'some-1', tier: 'flex', fingerprint: 'fp' }])
    const bare = said([{ choices: [{ delta: { content: 'x' }, finish_reason: 'stop' }] }])
    expect(of('start', bare)).toEqual([{ type: 'start', id: '', model: 'some-1' }])
  })

  it('has its choices apart', () => {
    const deltas = said([
      { choices: [{ index: 1, delta: { content: 'b' }, finish_reason: 'stop' }] },
      { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'length' }] },
    ])
    expect(of('text', deltas)).toEqual([
      { type: 'text', text: 'b', choice: 1 },
      { type: 'text', text: 'a' },
    ])
    expect(of('finish', deltas)).toEqual([
      { type: 'finish', reason: 'stop', choice: 1 },
      { type: 'finish', reason: 'length' },
    ])
  })

  it('is not said again by a whole one behind it', () => {
    const whole = { object: 'chat.completion', choices: [{ message: { content: 'Hi.' }, finish_reason: 'stop' }] }
    expect(text(said([chunk({ content: 'Hi.' }), whole]))).toBe('Hi.')
    expect(text(said([whole]))).toBe('Hi.')
  })

  it('is read in the form that the service makes of it', () => {
    const rules = { read: (one: unknown) => chunk({ content: String(one) }), endsUnsaid: true }
    expect(text(said([7, '[DONE]'], rules))).toBe('7')
  })

  it('tells what this format lacks, once, but for what says nothing', () => {
    const one = chunk({ content: 'x', weather: 'fine', empty: '' }, null, { trace: { a: 1 }, none: null, list: [] })
    const deltas = said([one, one, STOP], { silent: ['trace'] })
    expect(losses(deltas)).toEqual(['choices[0].message.weather'])
    expect(losses(said([one, STOP]))).toEqual(['choices[0].message.weather', 'trace'])
  })
})
