// The header that tells losses: a structured field that any parser of RFC 9651 reads back, within 4 KB.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger, type Loss, type LossKind, lossHeader } from '../../src/hub/loss.ts'
import { parseList } from './structured.ts'

const loss = (path: string, kind: LossKind = 'dropped', sent?: unknown): Loss => ({
  path,
  kind,
  reason: 'Because.',
  ...(sent !== undefined && { sent }),
})
const header = (...losses: Loss[]) => lossHeader(losses)

describe('the loss header', () => {
  it('is absent where nothing was lost', () => {
    expect(header()).toBeUndefined()
  })

  it('is the example of the contract', () => {
    expect(header(loss('seed'), loss('temperature', 'clamped', 1), loss('messages[2].name'))).toBe(
      '"seed";kind=dropped, "temperature";kind=clamped;sent=1, "messages[2].name";kind=dropped',
    )
  })

  it.each([
    ['a"b', '"a\\"b";kind=dropped'],
    ['a\\b', '"a\\\\b";kind=dropped'],
    ['%', '"%";kind=dropped'],
    ['', '"";kind=dropped'],
    ['grüße', '%"gr%c3%bc%c3%9fe";kind=dropped'],
    ['ü"%', '%"%c3%bc%22%25";kind=dropped'],
    ['ü\\', '%"%c3%bc\\";kind=dropped'],
    [' ~ü', '%" ~%c3%bc";kind=dropped'],
    ['a\nb', '%"a%0ab";kind=dropped'],
    ['a\x7fb', '%"a%7fb";kind=dropped'],
    ['🦉', '%"%f0%9f%a6%89";kind=dropped'],
  ])('writes the path %j', (path, expected) => {
    expect(header(loss(path))).toBe(expected)
  })

  it.each([
    [1, '1'],
    [0, '0'],
    [-0, '0'],
    [-3, '-3'],
    [0.5, '0.5'],
    [-0.125, '-0.125'],
    [999_999_999_999_999, '999999999999999'],
    [999_999_999_999.125, '999999999999.125'],
    // Beyond what the standard's numbers hold.
    [1_000_000_000_000_000, '"1000000000000000"'],
    [1_000_000_000_000.5, '"1000000000000.5"'],
    [0.1234, '"0.1234"'],
    [1e-7, '"1e-7"'],
    [1e21, '"1e+21"'],
    // Everything else is JSON.
    ['none', '"\\"none\\""'],
    [true, '"true"'],
    [null, '"null"'],
    [['a', 1], '"[\\"a\\",1]"'],
    [{ type: 'auto' }, '"{\\"type\\":\\"auto\\"}"'],
    ['ü', '%"%22%c3%bc%22"'],
    [Number.POSITIVE_INFINITY, '"null"'],
  ])('writes %j as what was sent', (sent, expected) => {
    expect(header(loss('x', 'clamped', sent))).toBe(`"x";kind=clamped;sent=${expected}`)
  })

  it('cuts what is over 200 characters', () => {
    const at = (path: string) => parseList(header(loss(path)) ?? '')[0]?.value
    expect(at('x'.repeat(200))).toBe('x'.repeat(200))
    expect(at('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`)
    // Never half of a character.
    expect(at(`x${'🦉'.repeat(100)}`)).toBe(`x${'🦉'.repeat(99)}…`)
    const sent = parseList(header(loss('x', 'clamped', 'y'.repeat(500))) ?? '')[0]?.params.sent
    expect(sent).toBe(`"${'y'.repeat(199)}…`)
  })

  it('ends with how many there are more, where they do not fit', () => {
    const many = Array.from({ length: 1000 }, (_, i) => loss(`messages[${i}].name`))
    const text = header(...many) ?? ''
    expect(text.length).toBeLessThanOrEqual(4096)
    const members = parseList(text)
    const told = members.length - 1
    expect(members.at(-1)).toEqual({ value: '*', params: { kind: 'more', count: 1000 - told } })
    // As many as fit: one more member would be too much.
    expect(text.length).toBeGreaterThan(4096 - 40)
    expect(members[0]?.value).toBe('messages[0].name')
  })

  it('keeps the whole list where the last member is what just fits', () => {
    const fill = (length: number) => {
      const losses = Array.from({ length: 20 }, (_, i) => loss(`${i}`.padStart(2, '0').padEnd(180, 'x')))
      const size = (header(...losses) ?? '').length
      return [...losses, loss('y'.repeat(length - size - '"";kind=dropped'.length - 2))]
    }
    expect(header(...fill(4096))).toHaveLength(4096)
    expect(parseList(header(...fill(4096)) ?? '').at(-1)?.params.kind).toBe('dropped')
    const over = parseList(header(...fill(4097)) ?? '')
    expect(over.at(-1)?.value).toBe('*')
    expect(over.at(-1)?.params.count).toBe(21 - (over.length - 1))
  })

  it('can be read back, whatever was lost', () => {
    const anything = fc.record(
      {
        path: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 150, maxLength: 400 })),
        kind: fc.constantFrom<LossKind>('clamped', 'emulated', 'dropped'),
        reason: fc.string(),
        sent: fc.jsonValue(),
      },
      { requiredKeys: ['path', 'kind', 'reason'] },
    )
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 60 }), (losses) => {
        const text = lossHeader(losses) ?? ''
        expect(text.length).toBeLessThanOrEqual(4096)
        expect(() => new Headers({ 'dragoman-loss': text })).not.toThrow()
        const members = parseList(text)
        const more = members.at(-1)?.params.kind === 'more' ? members.pop() : undefined
        expect(members.length + Number(more?.params.count ?? 0)).toBe(losses.length)
        members.forEach((member, i) => {
          const { path = '', kind } = losses[i] ?? {}
          expect(member.params.kind).toBe(kind)
          expect(path.startsWith(member.value.replace(/…$/, '')) || path === member.value).toBe(true)
          expect('sent' in member.params).toBe(losses[i]?.sent !== undefined)
        })
      }),
    )
  })
})

describe('the ledger', () => {
  it('keeps losses in their order', () => {
    const ledger = new Ledger(false)
    ledger.add(loss('a'))
    ledger.add(loss('b', 'clamped', 1))
    expect(ledger.losses).toEqual([loss('a'), loss('b', 'clamped', 1)])
  })

  it.each([
    ['clamped', 'unsupported_value'],
    ['emulated', 'unsupported_parameter'],
    ['dropped', 'unsupported_parameter'],
  ] as const)('refuses what would be %s in strict mode', (kind, code) => {
    const ledger = new Ledger(true)
    try {
      ledger.add(loss('messages[0].name', kind))
      expect.unreachable()
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(GatewayError)
      const { status, body } = thrown as GatewayError
      expect(status).toBe(400)
      expect(body).toMatchObject({ type: 'invalid_request_error', code, param: 'messages[0].name' })
      expect(body.message).toContain('Because.')
    }
    expect(ledger.losses).toEqual([])
  })
})

describe('a ledger of a request that came in another dialect', () => {
  const spell = (path: string) => path.replace('max_completion_tokens', 'max_output_tokens')

  it("tells losses in the client's spelling", () => {
    const ledger = new Ledger(false, spell)
    ledger.add(loss('max_completion_tokens', 'clamped', 1))
    ledger.tell(loss('max_completion_tokens'))
    expect(ledger.losses.map(({ path }) => path)).toEqual(['max_output_tokens', 'max_completion_tokens'])
  })

  it('tells once what are two fields here and one there', () => {
    const ledger = new Ledger(false, (path) => path.replace('top_', ''))
    for (const path of ['logprobs', 'top_logprobs']) ledger.add(loss(path))
    ledger.add(loss('top_logprobs', 'clamped', 1))
    expect(ledger.losses.map(({ path, kind }) => `${path} ${kind}`)).toEqual(['logprobs dropped', 'logprobs clamped'])
  })

  it('refuses in it, too', () => {
    const add = () => new Ledger(true, spell).add(loss('max_completion_tokens'))
    expect(add).toThrow(expect.objectContaining({ details: { param: 'max_output_tokens' } }))
  })
})
