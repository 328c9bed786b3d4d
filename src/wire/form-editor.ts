// Changes single values of a form while it passes, and not a byte beside them.
import { FormError, MultipartReader, type Part, type Segment } from './multipart.ts'
import { Pieces } from './pieces.ts'

/** What becomes of each part. */
interface FormEdit {
  /** A part begins. True: its value is wanted before it passes. */
  reads(part: Part): boolean
  /**
   * What is sent for a value; undefined leaves the part out. What it throws ends the form.
   * @param value as it came.
   */
  value(part: Part, value: string): string | undefined
}

/** All values together that are read before they pass: fields are texts, not files. */
const MAX_VALUES = 1_048_576

const encoder = new TextEncoder()

export class FormEditor {
  readonly #reader: MultipartReader
  readonly #edit: FormEdit
  /** A part whose value is wanted: what began it, and what has come of it. */
  #held: { readonly part: Part; readonly open: Uint8Array; readonly value: Pieces } | undefined
  #size = 0
  #begun = false
  #left = false

  constructor(boundary: string, edit: FormEdit) {
    this.#reader = new MultipartReader(boundary)
    this.#edit = edit
  }

  /** The next bytes of the form, as they go on. @throws FormError, and whatever `value` throws. */
  feed(chunk: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = []
    for (const segment of this.#reader.feed(chunk)) this.#take(segment, out)
    return out
  }

  /** @throws FormError when the form is not whole. */
  end(): void {
    this.#reader.end()
  }

  #take({ kind, part, bytes }: Segment, out: Uint8Array[]): void {
    if (kind === 'data' && this.#held?.part !== part) {
      this.#say(bytes, out)
      return
    }
    if (kind === 'data' && this.#held) {
      this.#size += bytes.length
      if (this.#size > MAX_VALUES) throw new FormError('The fields of the form are too long.')
      this.#held.value.push(bytes.slice())
      return
    }
    this.#settle(out)
    if (kind === 'open' && this.#edit.reads(part)) this.#held = { part, open: bytes.slice(), value: new Pieces() }
    else this.#say(bytes, out)
  }

  #settle(out: Uint8Array[]): void {
    if (!this.#held) return
    const { part, open, value } = this.#held
    this.#held = undefined
    const bytes = value.take()
    const text = new TextDecoder().decode(bytes)
    const sent = this.#edit.value(part, text)
    this.#left ||= sent === undefined
    if (sent === undefined) return
    this.#say(open, out)
    this.#say(sent === text ? bytes : encoder.encode(sent), out)
  }

  /** Where the first part is left out, the next one begins the form, without the line break that ended the first. */
  #say(bytes: Uint8Array, out: Uint8Array[]): void {
    const own = this.#left && !this.#begun && bytes[0] === 13 && bytes[1] === 10 ? bytes.subarray(2) : bytes
    if (own.length === 0) return
    this.#begun = true
    out.push(own)
  }
}
