// Forms with files, read as they come and never whole: https://www.rfc-editor.org/rfc/rfc7578, and RFC 2046, section 5.1.

/** The field that a part carries. */
export interface Part {
  readonly name: string
  /** What the file is called; undefined for a part that is none. */
  readonly filename: string | undefined
  readonly type: string | undefined
}

/**
 * A run of a form's bytes, which are those of the chunk that was fed: they are there until the next one is. All of them in order are the form, byte for byte: `open` is the delimiter and the head that
 * begin a part, `data` what is in it, `rest` what belongs to none.
 */
export type Segment =
  | { readonly kind: 'open' | 'data'; readonly part: Part; readonly bytes: Uint8Array }
  | { readonly kind: 'rest'; readonly part?: undefined; readonly bytes: Uint8Array }

/** What was sent is no form. Its words are for the client. */
export class FormError extends Error {
  override readonly name = 'FormError'
}

/** The boundary that a content type names; undefined when it names none, or one that cannot be. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*(?:;|$)/i.test(contentType)) return undefined
  const boundary = parameters(contentType).get('boundary') ?? ''
  return /^[\x20-\x7e]{0,69}[\x21-\x7e]$/.test(boundary) ? boundary : undefined
}

const CR = 13
const LF = 10
const DASH = 45
/** The head of a part is a few lines. */
const MAX_HEAD = 16_384
/** White space behind a delimiter is allowed, but nobody sends it. */
const MAX_PADDING = 256

/** What stands at a place: a delimiter's whole line and its length, nothing of the kind, or too little to tell. */
type Found = { readonly line: number; readonly closes: boolean } | 'none' | 'more'

const encoder = new TextEncoder()
const NOTHING = new Uint8Array(0)

export class MultipartReader {
  readonly #delimiter: Uint8Array
  #carry: Uint8Array = NOTHING
  #part: Part | undefined
  #state: 'data' | 'head' | 'closed' = 'data'
  /** A delimiter may stand here without the line break before it: at the beginning, and where a part is empty. */
  #fresh = true
  /** Where the head begins behind its delimiter. */
  #head = 0

  constructor(boundary: string) {
    this.#delimiter = encoder.encode(`\r\n--${boundary}`)
  }

  /** The same bytes make the same segments, but for where data are cut. @throws FormError */
  feed(chunk: Uint8Array): Segment[] {
    const out: Segment[] = []
    let bytes: Uint8Array = joined(this.#carry, chunk)
    this.#carry = NOTHING
    while (bytes.length > 0) {
      if (this.#state === 'closed') {
        out.push({ kind: 'rest', bytes })
        break
      }
      const left = this.#state === 'head' ? this.#readHead(bytes, out) : this.#readData(bytes, out)
      if (left === undefined) break
      bytes = left
    }
    return out
  }

  /** @throws FormError when the form is not whole. */
  end(): void {
    if (this.#state !== 'closed') throw new FormError('The form ended before its closing boundary.')
  }

  /** What follows the head; undefined when more of it has to come. */
  #readHead(bytes: Uint8Array, out: Segment[]): Uint8Array | undefined {
    const end = headEnd(bytes, this.#head)
    if (end === -1) {
      if (bytes.length - this.#head > MAX_HEAD) throw new FormError('The head of a part is too long.')
      return this.#keep(bytes)
    }
    this.#part = partOf(bytes.subarray(this.#head, end))
    out.push({ kind: 'open', part: this.#part, bytes: bytes.subarray(0, end) })
    this.#state = 'data'
    this.#fresh = true
    return bytes.subarray(end)
  }

  /** What begins with the next delimiter; undefined when there is none yet. */
  #readData(bytes: Uint8Array, out: Segment[]): Uint8Array | undefined {
    const delimiter = this.#delimiter
    if (this.#fresh) {
      const found = lineAt(bytes, 0, delimiter.subarray(2))
      if (found === 'more') return this.#keep(bytes)
      this.#fresh = false
      if (found !== 'none') return this.#turn(bytes, 0, found, out)
    }
    for (let at = bytes.indexOf(CR); at !== -1; at = bytes.indexOf(CR, at + 1)) {
      const found = lineAt(bytes, at, delimiter)
      if (found === 'none') continue
      if (found !== 'more') return this.#turn(bytes, at, found, out)
      this.#say(bytes.subarray(0, at), out)
      return this.#keep(bytes.subarray(at))
    }
    this.#say(bytes, out)
    return undefined
  }

  #turn(bytes: Uint8Array, at: number, { line, closes }: Exclude<Found, string>, out: Segment[]): Uint8Array {
    this.#say(bytes.subarray(0, at), out)
    this.#part = undefined
    if (!closes) {
      this.#state = 'head'
      this.#head = line
      return bytes.subarray(at)
    }
    this.#state = 'closed'
    out.push({ kind: 'rest', bytes: bytes.subarray(at, at + line) })
    return bytes.subarray(at + line)
  }

  /** A copy: who feeds may use the place of a chunk again. */
  #keep(bytes: Uint8Array): undefined {
    this.#carry = bytes.slice()
  }

  #say(bytes: Uint8Array, out: Segment[]): void {
    if (bytes.length === 0) return
    out.push(this.#part ? { kind: 'data', part: this.#part, bytes } : { kind: 'rest', bytes })
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

/** Looks for a delimiter's line. What only begins like one is data. */
function lineAt(bytes: Uint8Array, at: number, delimiter: Uint8Array): Found {
  for (let i = 0; i < delimiter.length; i++) {
    if (at + i >= bytes.length) return 'more'
    if (bytes[at + i] !== delimiter[i]) return 'none'
  }
  let end = at + delimiter.length
  if (bytes[end] === DASH) {
    if (end + 1 >= bytes.length) return 'more'
    return bytes[end + 1] === DASH ? { line: end + 2 - at, closes: true } : 'none'
  }
  while ((bytes[end] === 32 || bytes[end] === 9) && end - at < MAX_PADDING) end++
  if (end >= bytes.length) return 'more'
  if (bytes[end] !== CR) return 'none'
  if (end + 1 >= bytes.length) return 'more'
  return bytes[end + 1] === LF ? { line: end + 2 - at, closes: false } : 'none'
}

/** The place behind the empty line that ends a head, which may be all there is of it; -1 when it has not come. */
function headEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== CR || bytes[at + 1] !== LF) continue
    if (at === from) return at + 2
    if (bytes[at + 2] === CR && bytes[at + 3] === LF) return at + 4
  }
  return -1
}

function partOf(head: Uint8Array): Part {
  const lines = new TextDecoder()
    .decode(head)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const values = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const disposition = values.get('content-disposition') ?? ''
  const own = parameters(disposition)
  const name = own.get('name')
  if (!/^form-data\b/i.test(disposition) || name === undefined) throw new FormError('A part of the form has no name.')
  const coded = /^utf-8'[^']*'(.*)$/i.exec(own.get('filename*') ?? '')?.[1]
  const plain = own.get('filename')
  return {
    name: unquoted(name),
    filename: coded === undefined ? plain && unquoted(plain) : percentDecoded(coded),
    type: values.get('content-type'),
  }
}

/** The parameters of a header's value, names in lower case. */
function parameters(value: string): Map<string, string> {
  const found = value.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gs)
  return new Map(
    [...found].map(([, name = '', quoted, token = '']) => [
      name.toLowerCase(),
      quoted?.replace(/\\(["\\])/g, '$1') ?? token,
    ]),
  )
}

/** Browsers write quotes and line breaks in a name like this, and nothing else. */
function unquoted(name: string): string {
  return name.replace(/%(22|0D|0A)/gi, (code) => decodeURIComponent(code))
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
