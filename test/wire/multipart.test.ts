import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormEditor } from '../../src/wire/form-editor.ts'
import { boundaryOf, FormError, MultipartReader, type Part } from '../../src/wire/multipart.ts'

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

interface Read {
  readonly parts: readonly { readonly part: Part; readonly data: string }[]
  /** All segments, joined. */
  readonly all: string
}

function read(pieces: readonly Uint8Array[], boundary = 'B'): Read {
  const reader = new MultipartReader(boundary)
  const parts: { part: Part; data: string }[] = []
  let all = ''
  for (const piece of pieces) {
    for (const segment of reader.feed(piece)) {
      const text = latin1(segment.bytes)
      all += text
      if (segment.kind === 'open') parts.push({ part: segment.part, data: '' })
      const last = parts.at(-1)
      if (segment.kind === 'data' && last) {
        expect(segment.part).toBe(last.part)
        last.data += text
      }
    }
  }
  reader.end()
  return { parts, all }
}

const whole = (text: string, boundary?: string) => read([bytesOf(text)], boundary)

/** A form whose file looks like its delimiters as much as a file may. */
const TRICKY = [
  'a preamble\r\n--Bold\r\n--B\r\n',
  'Content-Disposition: form-data; name="model"\r\n\r\nslot/whisper-1',
  '\r\n--B \t\r\n',
  'content-disposition: form-data; name="file"; filename="a \\"b\\".wav"\r\nContent-Type: audio/wav\r\n\r\n',
  '\r\n--C\r\n\r\n--\r\n--B-\r\n--Bx\r\n\r\n-\r\r\n\n--B',
  '\r\n--B\r\nContent-Disposition: form-data;\r\n name="empty"\r\n\r\n\r\n--B--\r\nan epilogue\r\n--B\r\n',
].join('')

describe('the boundary', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; BOUNDARY="a b;c"', 'a b;c'],
    ['multipart/form-data; boundary="----WebKitFormBoundary7MA4"', '----WebKitFormBoundary7MA4'],
    ['multipart/form-data', undefined],
    ['multipart/form-data; boundary=', undefined],
    ['multipart/form-data; boundary="ends in space "', undefined],
    [`multipart/form-data; boundary=${'x'.repeat(71)}`, undefined],
    ['multipart/mixed; boundary=abc', undefined],
    ['application/json', undefined],
  ])('%s', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary)
  })
})

describe('a form', () => {
  it('is read, preamble, padding, folded heads, empty parts and epilogue', () => {
    const { parts, all } = whole(TRICKY)
    expect(all).toBe(TRICKY)
    expect(parts).toEqual([
      { part: { name: 'model', filename: undefined, type: undefined }, data: 'slot/whisper-1' },
      {
        part: { name: 'file', filename: 'a "b".wav', type: 'audio/wav' },
        data: '\r\n--C\r\n\r\n--\r\n--B-\r\n--Bx\r\n\r\n-\r\r\n\n--B',
      },
      { part: { name: 'empty', filename: undefined, type: undefined }, data: '' },
    ])
  })

  it('is the same at every cut in two', () => {
    const bytes = bytesOf(TRICKY)
    const expected = whole(TRICKY)
    for (let at = 0; at <= bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected)
    }
  })

  it('is the same however it is cut', () => {
    const bytes = bytesOf(TRICKY)
    const expected = whole(TRICKY)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        const pieces: Uint8Array[] = []
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1
          pieces.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(read(pieces)).toEqual(expected)
      }),
    )
  })

  it('is what FormData writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,8}(\[\])?$/), fc.uint8Array({ maxLength: 300 })), {
          maxLength: 5,
        }),
        async (fields) => {
          const form = new FormData()
          for (const [name, value] of fields) form.append(name, new Blob([value as Uint8Array<ArrayBuffer>]), 'a.bin')
          const response = new Response(form)
          const boundary = boundaryOf(response.headers.get('content-type') ?? '') ?? ''
          const bytes = new Uint8Array(await response.arrayBuffer())
          const { parts, all } = read([bytes], boundary)
          expect(all).toBe(latin1(bytes))
          expect(parts.map(({ part, data }) => [part.name, data])).toEqual(
            fields.map(([name, value]) => [name, latin1(value)]),
          )
        },
      ),
    )
  })

  it('may be empty, and may end without a line break', () => {
    expect(whole('--B--').parts).toEqual([])
    expect(whole('--B\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--B--').parts).toHaveLength(1)
    // The line break that ends the head is the one before the delimiter.
    expect(whole('--B\r\ncontent-disposition: form-data; name=a\r\n\r\n--B--').parts[0]?.data).toBe('')
  })

  it.each([
    ['name="%22a%0D%0A"', '"a\r\n', undefined],
    ['name="x[]"', 'x[]', undefined],
    ['NAME=token', 'token', undefined],
    ['name="f"; filename="C:\\\\a;b.wav"', 'f', 'C:\\a;b.wav'],
    ['name=f; filename="x.wav"; filename*=UTF-8\'\'na%C3%AFve.wav', 'f', 'naïve.wav'],
    ["name=f; filename*=UTF-8''%ff", 'f', '%ff'],
  ])('names its parts: %s', (parameters, name, filename) => {
    const { parts } = whole(`--B\r\nContent-Disposition: form-data; ${parameters}\r\n\r\n1\r\n--B--`)
    expect(parts[0]?.part).toEqual({ name, filename, type: undefined })
  })

  it.each([
    ['nothing', ''],
    ['no delimiter', 'hello'],
    ['an end before its end', '--B\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--B'],
    ['an end in a head', '--B\r\ncontent-disposition: form-data'],
    ['a head without a name', '--B\r\ncontent-disposition: form-data\r\n\r\n1\r\n--B--'],
    ['a part that is no field', '--B\r\ncontent-disposition: attachment; name=a\r\n\r\n1\r\n--B--'],
    ['no head', '--B\r\n\r\n1\r\n--B--'],
    ['a head without an end', `--B\r\nx: ${'y'.repeat(20_000)}`],
  ])('is refused: %s', (_what, text) => {
    expect(() => whole(text)).toThrow(FormError)
  })
})

describe('an edit', () => {
  const edited = (pieces: readonly Uint8Array[], value: (part: Part, text: string) => string | undefined) => {
    const editor = new FormEditor('B', { reads: ({ filename }) => filename === undefined, value })
    const out = pieces.flatMap((piece) => editor.feed(piece))
    editor.end()
    return out.map(latin1).join('')
  }

  it('leaves every byte as it is, but for the values it changes, at every cut', () => {
    const bytes = bytesOf(TRICKY)
    const rename = (part: Part, text: string) => (part.name === 'model' ? 'whisper-1' : text)
    const expected = TRICKY.replace('slot/whisper-1', 'whisper-1')
    for (let at = 0; at <= bytes.length; at++) {
      expect(edited([bytes.subarray(0, at), bytes.subarray(at)], rename)).toBe(expected)
    }
  })

  it('leaves parts out, with the delimiters that begin them', () => {
    const field = (name: string) => `--B\r\ncontent-disposition: form-data; name=${name}\r\n\r\n${name}\r\n`
    const form = `${field('a')}${field('b')}${field('c')}--B--\r\n`
    const without = (...names: string[]) =>
      edited([bytesOf(form)], ({ name }, text) => (names.includes(name) ? undefined : text))
    expect(without('a')).toBe(`${field('b')}${field('c')}--B--\r\n`)
    expect(without('b')).toBe(`${field('a')}${field('c')}--B--\r\n`)
    expect(without('c', 'b')).toBe(`${field('a')}--B--\r\n`)
    expect(without('a', 'b', 'c')).toBe('--B--\r\n')
    expect(edited([bytesOf(`\r\n${form}`)], (_part, text) => text)).toBe(`\r\n${form}`)
  })

  it('reads texts and no files of any length', () => {
    const form = (value: string, more = '') =>
      `--B\r\ncontent-disposition: form-data; name=a${more}\r\n\r\n${value}\r\n--B--`
    const long = 'x'.repeat(1_048_577)
    expect(() => edited([bytesOf(form(long))], (_part, text) => text)).toThrow(FormError)
    expect(edited([bytesOf(form(long, '; filename=f'))], () => undefined)).toHaveLength(form(long).length + 12)
  })
})
