// The reader of events against the HTML standard, byte by byte, and the work it does for a large event.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_EVENT, type SseEvent, SseReader, sseComment, sseData } from '../../src/wire/sse.ts'

const encoder = new TextEncoder()

function read(chunks: Iterable<Uint8Array>): SseEvent[] {
  const reader = new SseReader()
  const events: SseEvent[] = []
  for (const chunk of chunks) events.push(...reader.feed(chunk))
  return [...events, ...reader.end()]
}
const events = (text: string) => read([encoder.encode(text)])
const data = (text: string) => events(text).map((event) => event.data)

function* cut(bytes: Uint8Array, at: readonly number[]): Generator<Uint8Array> {
  let from = 0
  for (const to of [...at].sort((a, b) => a - b)) {
    yield bytes.subarray(from, to)
    from = to
  }
  yield bytes.subarray(from)
}

/** A stream with everything in it that is hard: every line end, characters of 1 to 4 bytes, lines of every kind. */
const HARD = [
  '\uFEFFevent: a\ndata: {"x":1}\n\n',
  ': a comment\r\ndata: grüße\r\ndata:€ 🦉\r\n\r\n',
  'data\rdata: \r\r',
  'id: 7\nretry: 10\nevent: b\nunknown: x\n\n',
  'data:no space\n\r\nevent:c\r\ndata:  two spaces\r\r',
  'data: a\0b\u2028c\n\n\n\n',
  'data: the end has no line end',
].join('')
const HARD_EVENTS: SseEvent[] = [
  { event: 'a', data: '{"x":1}' },
  { event: '', data: 'grüße\n€ 🦉' },
  { event: '', data: '\n' },
  { event: '', data: 'no space' },
  { event: 'c', data: ' two spaces' },
  { event: '', data: 'a\0b\u2028c' },
  { event: '', data: 'the end has no line end' },
]

describe('the reader', () => {
  it.each([
    ['LF', 'data: 1\n\ndata: 2\n\n'],
    ['CR', 'data: 1\r\rdata: 2\r\r'],
    ['CRLF', 'data: 1\r\n\r\ndata: 2\r\n\r\n'],
    ['a mixture', 'data: 1\r\n\ndata: 2\r\r\n'],
  ])('takes %s as line ends', (_name, text) => {
    expect(data(text)).toEqual(['1', '2'])
  })

  it.each([
    ['one space, no more', 'data:  x\n\n', [' x']],
    ['no space', 'data:x\n\n', ['x']],
    ['several lines of data', 'data: a\ndata:\ndata: b\n\n', ['a\n\nb']],
    ['a field without a colon', 'data\n\n', ['']],
    ['empty data', 'data:\n\ndata: \n\n', ['', '']],
    ['the example of the standard', 'data\n\ndata\ndata\n\ndata:', ['', '\n', '']],
    ['a colon in the data', 'data: a: b\n\n', ['a: b']],
    ['a field of another case', 'Data: x\nDATA: y\n\n', []],
    ['comments', ':\n: x\n:data: y\n\n', []],
    ['blank lines', '\n\n\r\n\r', []],
    ['an event without data', 'event: ping\n\ndata: x\n\n', ['x']],
    ['a byte order mark in the middle', 'data: \uFEFFx\n\n', ['\uFEFFx']],
    ['a last line without an end', 'data: x', ['x']],
    ['a last event without its blank line', 'data: x\n', ['x']],
    ['nothing', '', []],
  ])('reads %s', (_name, text, expected) => {
    expect(data(text)).toEqual(expected)
  })

  it('forgets the name of an event that had no data', () => {
    expect(events('event: a\n\ndata: x\n\n')).toEqual([{ event: '', data: 'x' }])
  })

  it('takes the last of several names', () => {
    expect(events('event: a\nevent: b\ndata: x\n\n')).toEqual([{ event: 'b', data: 'x' }])
  })

  it('makes U+FFFD of what is no UTF-8, and of a character that is cut off', () => {
    expect(read([Uint8Array.from([100, 97, 116, 97, 58, 0xff, 0xe2, 0x82])])).toEqual([
      { event: '', data: '\uFFFD\uFFFD' },
    ])
  })

  it('reads the same at every cut into two', () => {
    const bytes = encoder.encode(HARD)
    for (let at = 0; at <= bytes.length; at++) expect(read(cut(bytes, [at]))).toEqual(HARD_EVENTS)
  })

  it('reads the same byte by byte', () => {
    expect(read([...encoder.encode(HARD)].map((byte) => Uint8Array.of(byte)))).toEqual(HARD_EVENTS)
  })

  it('reads the same at any cuts', () => {
    const bytes = encoder.encode(HARD)
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length })), (at) => {
        expect(read(cut(bytes, at))).toEqual(HARD_EVENTS)
      }),
    )
  })

  it('reads back what is written', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const text = values.map((value) => sseComment('ping') + sseData(JSON.stringify(value))).join('')
        expect(data(text)).toEqual(values.map((value) => JSON.stringify(value)))
      }),
    )
  })
})

describe('a huge event', () => {
  /** Feeds a text in network-sized chunks and counts the characters that string searches went over. */
  function scanned(text: string): number {
    const bytes = encoder.encode(text)
    let count = 0
    const { indexOf, replace, slice } = String.prototype
    const counting = {
      indexOf(this: string, search: string, from = 0) {
        const at = indexOf.call(this, search, from)
        count += (at === -1 ? this.length : at + 1) - from
        return at
      },
      replace(this: string, ...args: [never, never]) {
        count += this.length
        return replace.apply(this, args)
      },
      slice(this: string, ...args: [number?, number?]) {
        const part = slice.apply(this, args)
        count += part.length
        return part
      },
    }
    Object.assign(String.prototype, counting)
    try {
      const reader = new SseReader()
      for (let from = 0; from < bytes.length; from += 1400) reader.feed(bytes.subarray(from, from + 1400))
    } finally {
      Object.assign(String.prototype, { indexOf, replace, slice })
    }
    return count
  }

  it.each([
    ['on one line', (size: number) => `data: ${'x'.repeat(size)}\n\n`],
    ['on one line, with CRLF', (size: number) => `data: ${'x'.repeat(size)}\r\n\r\n`],
    ['on many lines', (size: number) => `${'data: xxxx\n'.repeat(size / 11)}\n`],
    ['as a comment', (size: number) => `: ${'x'.repeat(size)}\n\n`],
    ['of CRs', (size: number) => '\r'.repeat(size)],
  ])('%s takes work in proportion to its size', (_name, text) => {
    const size = 8 * 1024 * 1024
    expect(scanned(text(size))).toBeLessThan(6 * size)
  })

  const block = new Uint8Array(1024 * 1024).fill(120)
  const feed = (reader: SseReader, megabytes: number) => {
    for (let i = 0; i < megabytes; i++) reader.feed(block)
  }

  it('is read up to the limit, however it comes', () => {
    const reader = new SseReader()
    reader.feed(encoder.encode('data:'))
    feed(reader, 47)
    expect(reader.feed(encoder.encode('\n'))).toEqual([])
    expect(reader.feed(encoder.encode('\n'))[0]?.data).toHaveLength(47 * 1024 * 1024)
  })

  it('is refused beyond it, on one line or on many', () => {
    const line = new SseReader()
    expect(() => feed(line, MAX_EVENT / block.length + 1)).toThrow(RangeError)
    const lines = new SseReader()
    expect(() => {
      for (let i = 0; i < 49; i++) {
        lines.feed(encoder.encode('data:'))
        lines.feed(block)
        lines.feed(encoder.encode('\n'))
      }
    }).toThrow(RangeError)
  })

  it('is refused when it is nothing but empty lines of data', () => {
    const reader = new SseReader()
    const lines = encoder.encode('data\n'.repeat(200_000))
    expect(() => {
      for (let i = 0; i < 20; i++) reader.feed(lines)
    }).toThrow(RangeError)
  })

  it('does not count what came before', () => {
    const reader = new SseReader()
    for (let i = 0; i < 3; i++) {
      reader.feed(encoder.encode('data:'))
      feed(reader, 30)
      expect(reader.feed(encoder.encode('\n\n'))).toHaveLength(1)
    }
    for (let i = 0; i < 60; i++) {
      reader.feed(encoder.encode(':'))
      reader.feed(block)
      reader.feed(encoder.encode('\n'))
    }
  })
})

describe('a reader that takes bare JSON', () => {
  const bare = (text: string, at: readonly number[] = []) => {
    const reader = new SseReader(true)
    const found = [...cut(encoder.encode(text), at)].flatMap((chunk) => reader.feed(chunk))
    return [...found, ...reader.end()].map((event) => event.data)
  }
  const error = '{\n  "error": {\n    "code": 503\n  }\n}'

  it.each([
    ['behind events', `data: {"a":1}\r\n\r\n${error}\n`, ['{"a":1}', error]],
    ['without a line end', `data: {"a":1}\n\n{"error":1}`, ['{"a":1}', '{"error":1}']],
    ['between events', `${error}\n\ndata: {"a":1}\n\n`, [error, '{"a":1}']],
    ['alone, as an array', '[{"a":1}\n,\r\n{"b":2}\n]', ['[{"a":1}\n,\n{"b":2}\n]']],
    ['but nothing else', ': hi\nid: 1\nretry: 2\nevent: x\n  \n\ndata: {}\n\n', ['{}']],
  ])('finds it %s', (_name, text, expected) => {
    expect(bare(text)).toEqual(expected)
    for (let at = 1; at < text.length; at++) expect(bare(text, [at])).toEqual(expected)
  })

  it('refuses what grows without end', () => {
    const reader = new SseReader(true)
    const line = encoder.encode(`${'x'.repeat(1024)}\n`.repeat(1024))
    expect(() => {
      for (let i = 0; i < 64; i++) reader.feed(line)
    }).toThrow(RangeError)
  })
})
