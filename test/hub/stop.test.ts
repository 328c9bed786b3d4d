// Stop sequences that the gateway looks for itself: the same answer however its text is cut, and no word behind them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../src/hub/delta.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { AnswerReader } from '../../src/hub/provider.ts'
import { collect } from '../../src/hub/reply.ts'
import { stopAt, stopDeltas, stopRow } from '../../src/hub/stop.ts'
import { teller } from '../../src/hub/support.ts'

const start: Delta = { type: 'start', id: 'a', model: 'm' }
const finish: Delta = { type: 'finish', reason: 'length' }
const usage = { type: 'usage', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } } as const
const text = (value: string, choice?: number): Delta => ({
  type: 'text',
  text: value,
  ...(choice !== undefined && { choice }),
})
const tool: Delta = { type: 'tool', index: 0, id: 'c', name: 'f', custom: false }

/** A reader of deltas: a frame is a list of them, as JSON. */
function readerOf(frames: readonly (readonly Delta[])[], next?: AnswerReader['next']): AnswerReader {
  let left = frames.length
  return {
    framing: 'ndjson',
    read: ({ data }) => {
      left--
      return [...(frames[Number(data)] ?? [])]
    },
    get done() {
      return left <= 0
    },
    next,
  }
}

/** What each frame makes, up to where nobody reads on. */
function read(stop: string | string[], frames: readonly (readonly Delta[])[], choices?: number): Delta[][] {
  const reader = stopAt(stop, readerOf(frames), choices)
  const out: Delta[][] = []
  for (let i = 0; i < frames.length && !reader.done; i++) out.push(reader.read({ event: '', data: String(i) }))
  return out
}

const said = (stop: string | string[], ...pieces: string[]) =>
  read(stop, [[start], ...pieces.map((piece) => [text(piece)]), [finish, usage]])
const texts = (frames: Delta[][]) =>
  frames.map((deltas) => deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : [])).join(''))

describe('a stop sequence', () => {
  it('ends the answer, which is done then', () => {
    expect(said('END', 'One. END Two.', 'Three.')).toEqual([
      [start],
      [text('One. '), { type: 'finish', reason: 'stop', stop: 'END' }],
    ])
  })

  it('tells what was used until then, where that is known', () => {
    const counted = () => usage.usage
    const reader = stopAt('END', readerOf([[text('aEND')], []]), 1, counted)
    expect(reader.read({ event: '', data: '0' })).toEqual([
      text('a'),
      usage,
      { type: 'finish', reason: 'stop', stop: 'END' },
    ])
  })

  it('is found across pieces, and never half said', () => {
    expect(texts(said('END', 'One E', 'N', 'D Two'))).toEqual(['', 'One ', '', ''])
  })

  it('that only begins is said as soon as it is known to be none', () => {
    expect(texts(said('END', 'E', 'N', 'E', 'Nx', 'EN'))).toEqual(['', '', '', 'EN', 'ENx', '', 'EN'])
  })

  it('is looked for within itself', () => {
    expect(texts(said('aab', 'a', 'a', 'a', 'b', 'x'))).toEqual(['', '', '', 'a', ''])
    expect(said('aab', 'aaab').at(-1)).toEqual([text('a'), { type: 'finish', reason: 'stop', stop: 'aab' }])
  })

  it.each([
    ['the one that is complete first', ['abcdef', 'cd'], 'xabcdefx', 'xab'],
    ['the longest that is complete at one place', ['c', 'bc', 'xbc'], 'abc', 'a'],
    ['one that ends in another', ['bcd', 'abcx'], 'abcd', 'a'],
    ['the only one there is', ['q', 'w', 'é'], 'café', 'caf'],
    ['a long character', ['🦉'], 'a🦊🦉', 'a🦊'],
  ])('of several: %s', (_name, stops, all, left) => {
    expect(texts(said(stops, all)).join('')).toBe(left)
  })

  it('that is empty stops nothing', () => {
    const reader = readerOf([])
    expect(stopAt('', reader)).toBe(reader)
    expect(stopAt(['', ''], reader)).toBe(reader)
    expect(stopAt(undefined, reader)).toBe(reader)
    expect(stopDeltas(null, [finish])).toEqual([finish])
  })
})

describe('what is not text', () => {
  it('is passed on and not searched', () => {
    const others: Delta[] = [
      { type: 'reasoning', index: 0, text: 'END', format: 'f' },
      tool,
      { type: 'arguments', index: 0, text: 'END' },
      { type: 'ping' },
      { type: 'loss', loss: { path: 'x', kind: 'dropped', reason: 'Because.' } },
      usage,
      finish,
    ]
    expect(read('END', [[start, ...others]])).toEqual([[start, ...others]])
  })

  it('does not part a sequence, unless it is a call', () => {
    const think: Delta = { type: 'reasoning', index: 0, text: 'Hm', format: 'f' }
    expect(texts(read('END', [[text('aEN')], [think], [text('Db')]])).join('')).toBe('a')
    expect(read('END', [[text('aEN')], [tool], [text('Db')]])).toEqual([[text('a')], [text('EN'), tool], [text('Db')]])
  })

  it('makes the finish one of calls, once there was one', () => {
    expect(read('END', [[tool], [text('END')]])).toEqual([
      [tool],
      [{ type: 'finish', reason: 'tool_calls', stop: 'END' }],
    ])
  })

  it('behind the sequence is nothing', () => {
    expect(stopDeltas('END', [start, usage, text('aEND'), text('b'), finish, usage])).toEqual([
      start,
      usage,
      text('a'),
      { type: 'finish', reason: 'stop', stop: 'END' },
    ])
  })
})

describe('an answer that ends by itself', () => {
  it('says what was held back before its finish', () => {
    expect(said('END', 'aEN').at(-1)).toEqual([text('EN'), finish, usage])
    expect(stopDeltas('END', [text('aEN')])).toEqual([text('a'), text('EN')])
  })

  it('or without one, when it is over', () => {
    expect(read('END', [[text('EN')]])).toEqual([[text('EN')]])
    let over = false
    const reader = stopAt('END', {
      framing: 'sse',
      read: () => [text('aEN')],
      end: () => {
        over = true
        return [usage]
      },
      get done() {
        return over
      },
      next: undefined,
    })
    expect(reader.read({ event: '', data: '' })).toEqual([text('a')])
    expect(reader.end?.()).toEqual([usage, text('EN')])
  })

  it('by an error, or in the middle, says nothing more', () => {
    const error: Delta = { type: 'error', error: new GatewayError('overloaded', 'Busy.') }
    const failing = stopAt('END', readerOf([[text('aEN'), error], []]))
    expect(failing.read({ event: '', data: '0' })).toEqual([text('a'), error])
    const torn = stopAt('END', readerOf([[text('aEN')], []]))
    expect(torn.read({ event: '', data: '0' })).toEqual([text('a')])
    expect(torn.end?.()).toEqual([])
    expect(torn.done).toBe(false)
  })

  it('goes on as it would, unless it was ended', () => {
    const next = stopAt('END', readerOf([[text('END')]]), 1)
    expect(next.next).toBeUndefined()
    // Nothing of it is read here.
    const call = { path: '/' } as unknown as NonNullable<AnswerReader['next']>
    const paused = stopAt('END', readerOf([[text('END')], []], call))
    expect(paused.next).toBe(call)
    paused.read({ event: '', data: '0' })
    expect(paused.done).toBe(true)
    expect(paused.next).toBeUndefined()
    expect(paused.read({ event: '', data: '1' })).toEqual([])
    expect(paused.end?.()).toEqual([])
  })
})

it('several choices end one by one', () => {
  const one = (reason: 'stop' | 'length', choice: number): Delta => ({ type: 'finish', reason, choice })
  const frames = [
    [text('aEND', 0)],
    [text('x', 0), text('b', 1)],
    [one('length', 1), one('length', 0)],
    [text('cEND', 2)],
    [usage],
  ]
  expect(read('END', frames, 3)).toEqual([
    [text('a', 0), { ...one('stop', 0), stop: 'END' }],
    [text('b', 1)],
    [one('length', 1)],
    [text('c', 2), { ...one('stop', 2), stop: 'END' }],
  ])
})

describe('of any text', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 40 })
  const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 4,
  })

  /** Where the text is first complete with a sequence, seen as plainly as can be. */
  function ended(all: string, sequences: readonly string[]): string | undefined {
    for (let end = 1; end <= all.length; end++) {
      const found = sequences.filter((one) => all.slice(0, end).endsWith(one)).map((one) => one.length)
      if (found.length > 0) return all.slice(0, end - Math.max(...found))
    }
    return undefined
  }

  it('the same is left, however it is cut', () => {
    fc.assert(
      fc.property(few, stops, fc.array(fc.nat(40), { maxLength: 10 }), (all, sequences, cuts) => {
        const places = [0, ...cuts.filter((at) => at < all.length).sort((a, b) => a - b), all.length]
        const pieces = places.slice(1).map((at, i) => all.slice(places[i], at))
        const left = ended(all, sequences)
        const reply = collect(said(sequences, ...pieces).flat())
        const [choice] = reply.choices
        expect(choice?.blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')).toBe(left ?? all)
        expect(choice?.finish).toBe(left === undefined ? 'length' : 'stop')
        expect(reply.usage === undefined).toBe(left !== undefined)
        expect(collect(stopDeltas(sequences, [start, text(all), finish, usage]))).toEqual(reply)
      }),
      { numRuns: 1000 },
    )
  })

  it('no more is held back than may still become a sequence', () => {
    fc.assert(
      fc.property(few, stops, (all, sequences) => {
        const frames = texts(said(sequences, ...all)).slice(1, -1)
        let out = ''
        for (const [i, piece] of frames.entries()) {
          out += piece
          const held = all.slice(out.length, i + 1)
          if (ended(all.slice(0, i + 1), sequences) !== undefined) return
          expect(held === '' || sequences.some((one) => one.startsWith(held) && one !== held)).toBe(true)
        }
      }),
    )
  })
})

describe('the row', () => {
  const write = (stop: string | string[]) => {
    const ledger = new Ledger(false)
    stopRow.write(stop, undefined, teller(ledger, 'stop'))
    return ledger.losses
  }

  it('tells that the gateway does it', () => {
    expect(write(['a', 'b'])).toEqual([{ path: 'stop', kind: 'emulated', reason: stopRow.reason }])
  })

  it('refuses more than it looks for', () => {
    expect(write('x'.repeat(4096))).toHaveLength(1)
    expect(() => write(['x'.repeat(4096), 'y'])).toThrow(
      expect.objectContaining({ code: 'string_above_max_length', details: { param: 'stop' } }),
    )
  })
})
