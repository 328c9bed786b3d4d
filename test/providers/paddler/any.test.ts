// Answers of any shape: everything is said once, in its order, and the end is one.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chat } from '../../../src/dialects/index.ts'
import { collect } from '../../../src/hub/reply.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { Joint, Transcoder } from '../../../src/transcode.ts'
import { NO_HEADERS } from '../../account.ts'
import { text } from '../../laws/arbitraries.ts'
import { cut, said } from '../../laws/cuts.ts'
import { encoded, type Fields, hello } from './accepted.ts'
import { called, content, done, find, read, token } from './lines.ts'

const tools = [{ type: 'function', function: { name: 'find' } }]
const json = fc.jsonValue().map((value) => ({ ValidJson: value }))
const broken = text.map((value) => ({ InvalidJson: value }))
const piece = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('thought' as const), text }),
  fc.record({
    kind: fc.constant('calls' as const),
    args: fc.array(fc.oneof(json, broken), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('unread' as const), text }),
)
const answer = fc.array(piece, { maxLength: 8 })
type Piece = typeof answer extends fc.Arbitrary<(infer P)[]> ? P : never

function linesOf(pieces: readonly Piece[]): object[] {
  let calls = 0
  const lines = pieces.flatMap((one) => {
    if (one.kind === 'text') return [content(one.text)]
    if (one.kind === 'thought') return [token({ ReasoningToken: one.text })]
    if (one.kind === 'unread') return [token({ ToolCallToken: one.text }), token({ ToolCallParseFailed: 'no' })]
    return [token({ ToolCallToken: 'raw' }), called(...one.args.map((args) => find(`call_${calls++}`, args)))]
  })
  return [...lines, done()]
}

const joined = (pieces: readonly Piece[], ...kinds: Piece['kind'][]) =>
  pieces.map((one) => (kinds.includes(one.kind) && 'text' in one ? one.text : '')).join('')

it('are said whole', () => {
  fc.assert(
    fc.property(answer, (pieces) => {
      const [choice] = collect(read(linesOf(pieces), { tools })).choices
      const blocks = choice?.blocks ?? []
      const textOf = (type: string) =>
        blocks.map((block) => (block.type === type && 'text' in block ? block.text : '')).join('')
      expect(textOf('text')).toBe(joined(pieces, 'text', 'unread'))
      expect(textOf('reasoning')).toBe(joined(pieces, 'thought'))
      const args = pieces.flatMap((one) => (one.kind === 'calls' ? one.args : []))
      const calls = blocks.flatMap((block) => (block.type === 'tool' ? [block] : []))
      expect(calls.map(({ index, id }) => [index, id])).toEqual(args.map((_args, i) => [i, `call_${i}`]))
      expect(calls.map((call) => call.arguments)).toEqual(
        args.map((one) => ('ValidJson' in one ? JSON.stringify(one.ValidJson) : one.InvalidJson)),
      )
      expect(choice?.finish).toBe(calls.length > 0 ? 'tool_calls' : 'stop')
    }),
    { numRuns: 300 },
  )
})

/** What a client that streams gets of a body in pieces. */
function streamed(chunks: readonly Uint8Array[], fields: Fields): string {
  const request = chatRequestOf({ model: 'm', messages: [hello], stream: true, ...fields })
  const joint = new Joint(chat.renderer({ request, created: 0, report: undefined }), 1)
  const noMore = () => Promise.reject(new Error('Nothing paused.'))
  return said(new Transcoder(joint, encoded(fields).reader(NO_HEADERS), 0, 1, noMore), chunks)
}

it('are the same however the network cuts them, and an error where it tears them', () => {
  const fields = fc.constantFrom<Fields>(
    {},
    { tools },
    { stop: ['a', '\n'] },
    { tools, response_format: { type: 'json_object' } },
  )
  fc.assert(
    fc.property(answer, fields, fc.array(fc.nat(), { maxLength: 6 }), fc.nat(), (pieces, asked, places, at) => {
      const bytes = new TextEncoder().encode(
        linesOf(pieces)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      )
      const whole = streamed([bytes], asked)
      expect(streamed(cut(bytes, places), asked)).toBe(whole)
      expect(whole.endsWith('data: [DONE]\n\n')).toBe(true)
      // The last line is whole without its end.
      const torn = streamed([bytes.subarray(0, at % (bytes.length - 1))], asked)
      const told = torn.endsWith('"code":"upstream_truncated"}}\n\n')
      expect(told || torn === whole).toBe(true)
      if (told) expect(whole.startsWith(torn.slice(0, torn.lastIndexOf('data: ')))).toBe(true)
    }),
    { numRuns: 300 },
  )
})
