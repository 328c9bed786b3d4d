// relay: between two ends of one wire bytes in are bytes out, and of a torn answer only whole events pass.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chat } from '../../src/dialects/index.ts'
import type { Delta } from '../../src/hub/delta.ts'
import { jsonIn } from '../../src/hub/json.ts'
import type { Loss } from '../../src/hub/loss.ts'
import { RelayTranslator } from '../../src/relay.ts'
import { EditingTranslator } from '../../src/relay-edits.ts'
import { SseReader } from '../../src/wire/sse.ts'
import { contextOf, rendered, WITH_USAGE } from '../dialects/chat/said.ts'
import { reply, scattered } from './arbitraries.ts'
import { cut, said } from './cuts.ts'

const encoder = new TextEncoder()

/** The relay of an answer with so many choices, and the report if there is one. */
function relay(n: number, report?: readonly Loss[], quiet = false) {
  const context = contextOf({ ...WITH_USAGE, n })
  const tap = chat.tap(context.request)
  const renderer = chat.renderer(context)
  const inner = new RelayTranslator(tap, (error) => renderer.fail(error))
  return report || quiet ? new EditingTranslator(inner, tap, { report, quiet }) : inner
}

/** What a service of this wire says: with line ends of one kind or another, comments, a mark it begins with, or none. */
const service = fc
  .record({
    deltas: reply.chain((whole) => scattered(whole).map((deltas) => ({ n: whole.choices.length, deltas }))),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    comment: fc.boolean(),
    first: fc.constantFrom('', ': a comment', 'data: {"choices":[],"id":"","prompt_filter_results":[]}', 'event: x'),
    done: fc.boolean(),
  })
  .map(({ deltas: { n, deltas }, end, comment, first, done }) => {
    const [...events] = rendered(deltas, contextOf(WITH_USAGE)).split('\n\n').slice(0, -1)
    if (!done) events.pop()
    const all = [...(first ? [first] : []), ...events.flatMap((event) => (comment ? [': x', event] : [event]))]
    return { n, end, events: all, text: all.map((event) => event + end + end).join('') }
  })
const places = fc.array(fc.nat(), { maxLength: 12 })

describe('a relayed stream', () => {
  it('passes byte by byte, at any cuts', () => {
    fc.assert(
      fc.property(service, places, ({ n, text }, at) => {
        expect(said(relay(n), cut(encoder.encode(text), at))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  it('passes without a line end behind its last event, or with half of one', () => {
    fc.assert(
      fc.property(service, places, fc.nat({ max: 4 }), ({ n, end, text }, at, less) => {
        const torn = encoder.encode(text).subarray(0, -(less % (2 * end.length)) || undefined)
        expect(said(relay(n), cut(torn, at))).toBe(new TextDecoder().decode(torn))
      }),
    )
  })

  it('that is torn passes in whole events, and then says so', () => {
    fc.assert(
      fc.property(service, places, fc.nat(), ({ n, end, events, text }, at, where) => {
        const bytes = encoder.encode(text)
        const kept = where % bytes.length
        const whole = chat.tap(contextOf({ n }).request)
        const reader = new SseReader()
        // A last event without its blank line counts, where it is one.
        const seen = reader.feed(bytes.subarray(0, kept))
        const open = reader.end()
        for (const { data } of [...seen, ...open]) whole.see(data)
        // One that the body ends in the middle of is no end at all.
        fc.pre(!whole.whole || open.some(({ data }) => data !== '[DONE]' && jsonIn(data) === undefined))
        const out = said(relay(n), cut(bytes.subarray(0, kept), at))
        const error = out.slice(out.lastIndexOf('data: '))
        expect(JSON.parse(error.slice(6)).error.code).toBe('upstream_truncated')
        // Everything before is a number of the service's own events, each of them whole.
        const passed = out.slice(0, -error.length)
        expect(text.startsWith(passed)).toBe(true)
        const marks = events.map((_event, i) =>
          events
            .slice(0, i + 1)
            .map((event) => event + end + end)
            .join(''),
        )
        expect(['', ...marks, ...marks.map((mark) => mark.replace(/\r\n$/, '\r'))]).toContain(passed)
        expect(passed).not.toMatch(/(?:^|[\r\n])data: \[DONE\][\r\n]/)
      }),
      { numRuns: 300 },
    )
  })

  it('that fails ends with the failure, whatever the service says after it', () => {
    const failure = 'data: {"error":{"message":"Busy.","code":"overloaded"}}'
    fc.assert(
      fc.property(service, places, fc.nat(), ({ n, end, events }, at, where) => {
        const before = events.slice(0, where % events.length)
        fc.pre(!before.includes('data: [DONE]'))
        const text = [...before, failure, ...events, 'data: [DONE]'].map((event) => event + end + end).join('')
        const translator = relay(n)
        const out = said(translator, cut(encoder.encode(text), at))
        expect(translator.error?.body.code).toBe('overloaded')
        expect(out.trimEnd().endsWith(failure)).toBe(true)
        expect(text.startsWith(out)).toBe(true)
      }),
    )
  })

  it('that is not of this wire at all never passes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), places, (page, at) => {
        fc.pre(!/data/.test(page))
        const out = said(relay(1), cut(encoder.encode(`<html>${page}`), at))
        expect(out).toMatch(/^data: \{"error":\{[^\n]*"code":"upstream_truncated"\}\}\n\n$/)
      }),
    )
  })
})

describe('the report', () => {
  const report: Loss[] = [{ path: 'seed', kind: 'dropped', reason: 'Because.' }]

  it('is all that is added, once, to the last chunk that may have it', () => {
    fc.assert(
      fc.property(service, places, ({ n, text }, at) => {
        const out = said(relay(n, report), cut(encoder.encode(text), at))
        const added = `,"dragoman":${JSON.stringify({ losses: report })}`
        const place = out.indexOf(added)
        expect(out.slice(0, place) + out.slice(place + added.length)).toBe(text)
        const behind = new SseReader().feed(encoder.encode(out.slice(place + added.length).replace(/^[^\r\n]*/, '')))
        expect(behind.every(({ data }) => data === '[DONE]')).toBe(true)
      }),
    )
  })
})

describe('usage that the client did not ask for', () => {
  /** The same as who does not ask for usage would get it. */
  const quiet = (text: string) =>
    text
      .replace(/data: [^\r\n]*"choices":\[\],"usage":\{[^\r\n]*(?:\r\n\r\n|\r\r|\n\n)/, '')
      .replaceAll(',"usage":null', '')

  it('is all that is taken out, at any cuts', () => {
    fc.assert(
      fc.property(service, places, ({ n, text }, at) => {
        const expected = quiet(text)
        expect(expected).not.toBe(text)
        expect(said(relay(n, undefined, true), cut(encoder.encode(text), at))).toBe(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('is taken out at every single cut', () => {
    const deltas: readonly Delta[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'text', text: 'Grüße, "usage":null 🦉' },
      { type: 'finish', reason: 'stop' },
      { type: 'usage', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
    ]
    for (const end of ['\n', '\r\n', '\r']) {
      const text = rendered(deltas, contextOf(WITH_USAGE)).replaceAll('\n', end)
      const bytes = encoder.encode(text)
      const expected = quiet(text)
      for (let at = 0; at <= bytes.length; at++) {
        expect(said(relay(1, undefined, true), [bytes.subarray(0, at), bytes.subarray(at)])).toBe(expected)
      }
    }
  })

  it('leaves the report to the last chunk that is left', () => {
    const report: Loss[] = [{ path: 'seed', kind: 'dropped', reason: 'Because.' }]
    const added = `,"dragoman":${JSON.stringify({ losses: report })}`
    fc.assert(
      fc.property(service, places, ({ n, text }, at) => {
        const out = said(relay(n, report, true), cut(encoder.encode(text), at))
        const place = out.indexOf(added)
        expect(out.slice(0, place) + out.slice(place + added.length)).toBe(quiet(text))
        expect(out.slice(place).split('data: {')).toHaveLength(1)
      }),
    )
  })

  it('is taken out wherever else it stands, and out of JSON over several lines', () => {
    const pass = (...events: string[]) => {
      const stop = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'
      const text = [...events, `data: ${stop}`].map((event) => `${event}\n\n`).join('')
      return said(relay(1, undefined, true), [encoder.encode(text)]).replace(`data: ${stop}\n\n`, '')
    }
    const choice = '{"index":0,"delta":{"content":"usage"}}'
    expect(pass(`data: {"usage":{"total_tokens":3},"choices":[${choice}]}`)).toBe(`data: {"choices":[${choice}]}\n\n`)
    expect(pass(`data: {"choices":[${choice}],\ndata: "usage":null}`)).toBe(`data: {"choices":[${choice}]}\n\n`)
    expect(pass(': usage', 'data: {"choices":[],"usage":null,"x":1}')).toBe(': usage\n\ndata: {"choices":[],"x":1}\n\n')
    expect(pass(`data: {"choices":[${choice}]}`)).toBe(`data: {"choices":[${choice}]}\n\n`)
  })
})
