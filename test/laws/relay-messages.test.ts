// relay, for Messages: bytes in are bytes out, and of a torn answer only whole events pass.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messages } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import type { Loss } from '../../src/hub/loss.ts'
import { RelayTranslator } from '../../src/relay.ts'
import { EditingTranslator } from '../../src/relay-edits.ts'
import { reply, scattered } from './arbitraries.ts'
import { cut, said } from './cuts.ts'

const encoder = new TextEncoder()
const request = messages.read({ model: 'm', max_tokens: 1, stream: true, messages: [{ role: 'user', content: 'x' }] })
const context: AnswerContext = { request, created: 0, report: undefined }

function relay(report?: readonly Loss[]) {
  const tap = messages.tap(request)
  const inner = new RelayTranslator(tap, (error) => messages.renderer(context).fail(error))
  return report ? new EditingTranslator(inner, tap, { report }) : inner
}

/** What the service says: in its own words, with its pings, with line ends of one kind or another. */
const service = fc
  .record({
    deltas: reply.chain(scattered),
    end: fc.constantFrom('\n', '\r\n'),
    ping: fc.boolean(),
  })
  .map(({ deltas, end, ping }) => {
    const renderer = messages.renderer(context)
    const text = renderer.render(deltas) + renderer.end()
    const events = text.split('\n\n').slice(0, -1)
    const all = ping ? events.flatMap((event) => ['event: ping\ndata: {"type": "ping"}', event]) : events
    return { events: all.map((event) => event.replaceAll('\n', end) + end + end) }
  })
const places = fc.array(fc.nat(), { maxLength: 12 })
const ERROR = /event: error\ndata: \{"type":"error","error":\{"type":"(\w+)","message":"[^\n]*"\}\}\n\n$/

describe('a relayed message', () => {
  it('passes byte by byte, at any cuts', () => {
    fc.assert(
      fc.property(service, places, ({ events }, at) => {
        const translator = relay()
        const bytes = encoder.encode(events.join(''))
        expect(said(translator, cut(bytes, at))).toBe(events.join(''))
        expect(translator.failed).toBe(false)
      }),
    )
  })

  it('that is torn passes in whole events, and then says so', () => {
    fc.assert(
      fc.property(service, places, fc.nat(), ({ events }, at, where) => {
        const bytes = encoder.encode(events.join(''))
        // A last event without its blank line counts, where it is whole.
        const kept = where % (bytes.length - (events.at(-1)?.length ?? 0))
        const out = said(relay(), cut(bytes.subarray(0, kept), at))
        const [error, type] = ERROR.exec(out) ?? expect.fail(out)
        expect(type).toBe('api_error')
        const passed = out.slice(0, -error.length)
        const marks = events.map((_event, i) => events.slice(0, i).join(''))
        expect(marks.map((mark) => mark.trimEnd())).toContain(passed.trimEnd())
        expect(passed).not.toMatch(/^event: message_stop/m)
      }),
    )
  })

  it('that fails ends with the failure, whatever the service says after it', () => {
    const failure = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy."}}\n\n'
    fc.assert(
      fc.property(service, places, fc.nat(), ({ events }, at, where) => {
        const before = events.slice(0, where % events.length)
        const translator = relay()
        const out = said(translator, cut(encoder.encode([...before, failure, ...events].join('')), at))
        expect(out).toBe(before.join('') + failure)
        expect(translator.error?.code).toBe('overloaded')
      }),
    )
  })

  it('carries the report once, and nothing else is added', () => {
    const report: Loss[] = [{ path: 'thinking', kind: 'clamped', reason: 'Because.' }]
    const added = `,"dragoman":${JSON.stringify({ losses: report })}`
    fc.assert(
      fc.property(service, places, ({ events }, at) => {
        const out = said(relay(report), cut(encoder.encode(events.join('')), at))
        const place = out.indexOf(added)
        expect(out.slice(0, place) + out.slice(place + added.length)).toBe(events.join(''))
        expect(out.slice(0, place)).toMatch(/event: message_delta\r?\ndata: [^\r\n]*$/)
      }),
    )
  })
})
