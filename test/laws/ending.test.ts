// ending: a stream ends with one finish for each choice and [DONE], or with one error and nothing after it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chat } from '../../src/dialects/index.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { NO_HEADERS } from '../account.ts'
import { said } from './cuts.ts'
import { bytesOf, call, context, stream, transcoder } from './messages.ts'

/** What stands in a stream, by kind. */
function endings(sse: string) {
  const data = sse.split('\n\n').flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []))
  const chunks = data.filter((one) => one !== '[DONE]').map((one) => JSON.parse(one))
  const finished: number[] = chunks.flatMap(({ choices = [] }) =>
    choices
      .filter((choice: { finish_reason: unknown }) => choice.finish_reason)
      .map(({ index }: { index: number }) => index),
  )
  return {
    finished,
    done: data.indexOf('[DONE]'),
    last: data.length - 1,
    errors: chunks.flatMap(({ error }) => error ?? []),
    lastIsError: data.at(-1)?.startsWith('{"error"') ?? false,
  }
}

function expectWhole(sse: string, choices: number): void {
  const { finished, done, last, errors } = endings(sse)
  expect(finished.sort()).toEqual(Array.from({ length: choices }, (_, i) => i))
  expect(errors).toEqual([])
  expect(done).toBe(last)
}

function expectFailed(sse: string, code: string): void {
  const { finished, done, errors, lastIsError } = endings(sse)
  expect(finished).toEqual([])
  expect(done).toBe(-1)
  expect(errors).toHaveLength(1)
  expect(errors[0].code).toBe(code)
  expect(lastIsError).toBe(true)
}

describe('one call', () => {
  it('ends with one finish, and [DONE] is the last', () => {
    fc.assert(
      fc.property(stream, (events) => {
        expectWhole(said(transcoder(), [bytesOf(events)]), 1)
        // Whatever a service says after its end is not said again.
        expectWhole(said(transcoder(), [bytesOf([...events, ...events])]), 1)
      }),
      { numRuns: 200 },
    )
  })

  it('that is torn between any two events ends with one error, though a stop reason was seen', () => {
    fc.assert(
      fc.property(stream, (events) => {
        for (let kept = 0; kept < events.length; kept++) {
          expectFailed(said(transcoder(), [bytesOf(events.slice(0, kept))]), 'upstream_truncated')
        }
      }),
      { numRuns: 60 },
    )
  })

  it('that is torn at any byte ends so, too', () => {
    fc.assert(
      fc.property(stream, fc.nat(), (events, at) => {
        const bytes = bytesOf(events)
        // The last event is whole without the line end behind it.
        const whole = bytes.length - 2
        expectFailed(said(transcoder(), [bytes.subarray(0, at % whole)]), 'upstream_truncated')
      }),
      { numRuns: 300 },
    )
  })

  it('that fails anywhere ends with that failure', () => {
    const failure = { type: 'error', error: { type: 'overloaded_error', message: 'Busy.' } }
    fc.assert(
      fc.property(stream, fc.nat(), (events, where) => {
        const at = where % events.length
        const broken = [...events.slice(0, at), failure, ...events.slice(at)]
        expectFailed(said(transcoder(), [bytesOf(broken)]), 'overloaded')
        expectFailed(
          said(
            transcoder(),
            broken.map((event) => bytesOf([event])),
          ),
          'overloaded',
        )
      }),
    )
  })
})

describe('several calls', () => {
  const noMore = () => Promise.reject(new Error('Nothing paused.'))
  /** What the calls of one answer say, one event at a time, in the order that `turns` gives. */
  function together(bodies: readonly (readonly object[])[], turns: Iterator<number>): string {
    const joint = new Joint(chat.renderer(context), bodies.length)
    const open = bodies.map((events, i) => ({
      left: events.map((event) => bytesOf([event as Record<string, unknown>])),
      translator: new Transcoder(joint, call.reader(NO_HEADERS), i, bodies.length, noMore),
    }))
    let out = ''
    while (open.length > 0) {
      const at = (turns.next().value ?? 0) % open.length
      const { left, translator } = open[at] ?? expect.unreachable()
      const next = left.shift()
      out += next ? translator.feed(next) : translator.end()
      if (translator.failed) return out
      if (!next || translator.done) open.splice(at, 1)
    }
    return out
  }
  const bodies = fc.array(stream, { minLength: 2, maxLength: 3 })
  const turns = fc.infiniteStream(fc.nat())

  it('end with a finish each, and one [DONE]', () => {
    fc.assert(
      fc.property(bodies, turns, (all, order) => {
        expectWhole(together(all, order), all.length)
      }),
    )
  })

  it('end with one error where any of them is torn', () => {
    fc.assert(
      fc.property(bodies, turns, fc.nat(), (all, order, where) => {
        const torn = all.map((events, i) =>
          i === where % all.length ? events.slice(0, where % events.length) : events,
        )
        const { done, errors, lastIsError } = endings(together(torn, order))
        expect(done).toBe(-1)
        expect(errors).toHaveLength(1)
        expect(lastIsError).toBe(true)
      }),
    )
  })
})
