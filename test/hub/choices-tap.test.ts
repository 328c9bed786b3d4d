// Watching an answer that passes: when it is whole, what it used, how it failed, and where a report goes.
import { describe, expect, it } from 'vitest'
import { ChoicesTap } from '../../src/hub/choices-tap.ts'
import { usageOf } from '../../src/hub/usage.ts'

const tapOf = (n = 1) => new ChoicesTap(n)
function seen(events: readonly (string | object)[], n?: number): ChoicesTap {
  const tap = tapOf(n)
  for (const event of events) tap.see(typeof event === 'string' ? event : JSON.stringify(event))
  return tap
}
const chunk = (index: number, finish_reason: string | null = null) => ({
  choices: [{ index, delta: {}, finish_reason }],
})

describe('an answer is whole', () => {
  it.each<[string, (string | object)[], number | undefined, boolean]>([
    ['once its choice is finished', [chunk(0), chunk(0, 'stop')], undefined, true],
    ['with a finish alone', [chunk(0, 'length')], undefined, true],
    [
      'whatever follows',
      [chunk(0, 'stop'), chunk(0), { choices: [], usage: { prompt_tokens: 1 } }, '[DONE]'],
      undefined,
      true,
    ],
    ['with an index left out', [{ choices: [{ finish_reason: 'stop' }] }], undefined, true],
    ['in data that begins with white space', [` \n${JSON.stringify(chunk(0, 'stop'))}`], undefined, true],
    ['not before', [chunk(0)], undefined, false],
    ['not by [DONE] alone', ['[DONE]'], undefined, false],
    ['not by an empty reason', [chunk(0, '')], undefined, false],
    ['not by a finish that is torn', ['{"choices":[{"index":0,"finish_reason":"stop"}'], undefined, false],
    [
      'not by what is no chunk',
      ['', 'null', '5', '"x"', '[1]', '{"choices":5}', '{"choices":[null,"x"]}', 'finish_reason'],
      undefined,
      false,
    ],
    ['with all of several choices', [chunk(0), chunk(1), chunk(1, 'stop'), chunk(0, 'stop')], 2, true],
    ['not with one of several', [chunk(0, 'stop'), chunk(1)], 2, false],
    ['not before all that were asked for', [chunk(0, 'stop')], 2, false],
    ['not while one more than was asked for is open', [chunk(0, 'stop'), chunk(1)], 1, false],
  ])('%s', (_name, events, n, whole) => {
    expect(seen(events, n).whole).toBe(whole)
  })

  it('and over by [DONE]', () => {
    expect(tapOf().closes('[DONE]')).toBe(true)
    expect(tapOf().closes('{"choices":[]}')).toBe(false)
  })
})

describe('usage', () => {
  const totals = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }

  it.each([
    [totals, totals],
    [{ ...totals, queue_time: 0.1, cost: null }, totals],
    [{ prompt_tokens: 9, completion_tokens: 3 }, totals],
    [
      { prompt_tokens: 9, completion_tokens: null, total_tokens: null },
      { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
    ],
    [
      { prompt_tokens: 9, total_tokens: 9 },
      { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
    ],
    [
      {
        ...totals,
        prompt_tokens_details: { cached_tokens: 4, audio_tokens: null, by_kind: { a: 1 } },
        completion_tokens_details: null,
      },
      { ...totals, prompt_tokens_details: { cached_tokens: 4 } },
    ],
    [
      { ...totals, completion_tokens_details: { reasoning_tokens: 1 }, prompt_tokens_details: [] },
      { ...totals, completion_tokens_details: { reasoning_tokens: 1 } },
    ],
    [{ completion_tokens: 3 }, undefined],
    [{ prompt_tokens: '9' }, undefined],
    [{ prompt_tokens: -1 }, undefined],
    [null, undefined],
    [[], undefined],
    ['9', undefined],
  ])('%j is read as %j', (value, expected) => {
    expect(usageOf(value)).toEqual(expected)
  })

  it('is the last that was told, and nothing takes it back', () => {
    const last = { ...totals, prompt_tokens: 10 }
    expect(seen([{ choices: [], usage: totals }, { usage: last }, { usage: null }, { usage: {} }]).usage).toEqual(last)
    expect(seen([chunk(0, 'stop')]).usage).toBeUndefined()
  })
})

describe('a failure', () => {
  it.each([
    [
      { message: 'Busy.', type: 'server_error', param: 'x', code: 'slow_down' },
      { message: 'Busy.', type: 'server_error', param: 'x', code: 'slow_down' },
    ],
    [
      { message: 'Busy.', code: 502 },
      { message: 'Busy.', type: 'server_error', param: null, code: 'upstream_error' },
    ],
    [
      { code: 'overloaded' },
      { message: 'The provider reported an error.', type: 'server_error', param: null, code: 'overloaded' },
    ],
    ['Busy.', { message: 'Busy.', type: 'server_error', param: null, code: 'upstream_error' }],
    [
      { message: 'The key sk-proj-abcdef123456 is bad.' },
      { message: 'The key [redacted] is bad.', type: 'server_error', param: null, code: 'upstream_error' },
    ],
  ])('told as %j is known', (error, body) => {
    expect(seen([chunk(0), { error }, { error: { message: 'Another.' } }]).error?.body).toEqual(body)
  })

  it.each([{ error: null }, { error: '' }, { choices: [] }])('is not what is none: %j', (event) => {
    expect(seen([event]).error).toBeUndefined()
  })
})

describe('the report', () => {
  const report = [{ path: 'seed', kind: 'dropped', reason: 'Because.' }] as const

  it.each([
    [chunk(0), true],
    [{ choices: [], usage: { prompt_tokens: 1 } }, true],
    [{ choices: [], usage: null }, false],
    [{ choices: [] }, false],
    ['[DONE]', false],
    ['{', false],
  ])('%j can carry it: %s', (event, carries) => {
    expect(tapOf().carries(typeof event === 'string' ? event : JSON.stringify(event))).toBe(carries)
  })

  it.each([
    ['{"a":1}', '{"a":1,"dragoman":R}'],
    ['{"a":{"b":"}"}}\n', '{"a":{"b":"}"},"dragoman":R}\n'],
    ['data: {"a":1}\r\n\r\n', 'data: {"a":1,"dragoman":R}\r\n\r\n'],
    ['{ }', '{ "dragoman":R}'],
    ['[{"a":1}]', '[{"a":1}]'],
    ['"x}"', '"x}"'],
    ['null', 'null'],
  ])('goes into %j', (text, expected) => {
    const body = JSON.stringify({ losses: report })
    expect(tapOf().withReport(text, report)).toBe(expected.replace('R', () => body))
  })
})
