// The form of a request as far as it has come: what is held of it, and what is still to come.
import { GatewayError } from '../hub/error.ts'
import { FormEditor } from '../wire/form-editor.ts'
import { boundaryOf, FormError, MultipartReader, type Part } from '../wire/multipart.ts'

/** In bytes. The first is the platform's own limit; of the second, several fit into an isolate. */
const MAX_FORM = 100 * 1024 * 1024
const MAX_HELD = 25 * 1024 * 1024
/** How much is read at once, in bytes. */
const CHUNK = 64 * 1024

export class Form {
  /** The content type, with the boundary. */
  readonly type: string
  readonly boundary: string
  /** What has come, as it came. */
  readonly held: Uint8Array[] = []
  /** The values of the fields that have come whole. */
  readonly values = new Map<string, string[]>()
  /** The file, once it has begun. */
  file: Part | undefined
  /** All of it is held. */
  complete = false
  /** What the client says of its length, in bytes. */
  readonly declared: number | undefined
  readonly #reader: ReadableStreamBYOBReader
  readonly #scan: FormEditor
  /** Where chunks are read into. */
  #place = new ArrayBuffer(CHUNK)
  #size = 0
  #holding: Promise<void> = Promise.resolve()

  /** @throws GatewayError 400 for what is no form, 413 for one that is too long. */
  constructor({ headers, body }: Request) {
    this.type = headers.get('content-type') ?? ''
    const boundary = boundaryOf(this.type)
    if (!/^multipart\/form-data\s*(?:;|$)/i.test(this.type)) {
      const message = "Unsupported content type. This API method only accepts 'multipart/form-data' requests."
      throw new GatewayError('unsupported_content_type', message)
    }
    if (boundary === undefined || !body) throw new GatewayError('invalid_request', 'The form has no boundary.')
    const length = headers.get('content-length')
    this.declared = length === null ? undefined : Number(length)
    if ((this.declared ?? 0) > MAX_FORM) throw tooLarge(MAX_FORM)
    this.boundary = boundary
    this.#reader = body.getReader({ mode: 'byob' })
    this.#scan = new FormEditor(boundary, {
      reads: (part) => {
        if (part.name !== 'file') return true
        this.file ??= part
        return false
      },
      value: ({ name }, value) => {
        this.values.set(fieldOf(name), [...(this.values.get(fieldOf(name)) ?? []), value])
        return value
      },
    })
  }

  /** What is still to come, in bytes, as far as the client says how much that is. */
  get left(): number {
    return this.complete ? 0 : (this.declared ?? Number.POSITIVE_INFINITY) - this.#size
  }

  get model(): string | undefined {
    return this.values.get('model')?.[0]
  }

  /**
   * Reads on until there is enough, and holds what comes.
   * @throws GatewayError 400 for a form that is none, or lacks what it must have; 413 for more than is held.
   */
  async hold(enough: (form: Form) => boolean = () => false): Promise<void> {
    const before = this.#holding
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#holding = promise
    await before
    try {
      while (!this.complete && !enough(this)) await this.#more()
    } finally {
      resolve()
    }
  }

  async #more(): Promise<void> {
    const chunk = await this.#next(this.#place)
    if (chunk === undefined) {
      formed(() => this.#scan.end())
      this.complete = true
      if (!this.file) throw absent('file')
      if (this.model === undefined) throw absent('model')
      return
    }
    if (this.#size > MAX_HELD) throw tooLarge(MAX_HELD, 'file')
    this.#place = chunk.buffer
    // No longer than it is: much of a place may be empty.
    this.held.push(chunk.slice())
    formed(() => this.#scan.feed(chunk))
  }

  /** The file's own bytes, of a form that is held whole. */
  pieces(): Uint8Array[] {
    const reader = new MultipartReader(this.boundary)
    let file: Part | undefined
    return this.held.flatMap((chunk) =>
      reader.feed(chunk).flatMap(({ kind, part, bytes }) => {
        if (kind === 'open' && part.name === 'file') file ??= part
        return kind === 'data' && part === file ? [bytes] : []
      }),
    )
  }

  /** What is not held, as it comes, all of it in one place: a chunk is there until the next is asked for. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.#next(this.#place); chunk !== undefined; chunk = await this.#next(this.#place)) {
      this.#place = chunk.buffer
      yield chunk
    }
  }

  async #next(place: ArrayBuffer): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { done, value } = await this.#reader.read(new Uint8Array(place)).catch((cause) => {
      throw new GatewayError('invalid_request', 'The body broke off before its end.', { cause })
    })
    if (done) return undefined
    this.#size += value.byteLength
    if (this.#size > MAX_FORM) throw tooLarge(MAX_FORM)
    return value
  }
}

/** A field's name as it is documented: lists have `[]` behind it in a form. */
export function fieldOf(name: string): string {
  return name.replace(/\[\d*\]$/, '')
}

export function absent(param: string): GatewayError {
  return new GatewayError('missing_required_parameter', `Missing required parameter: '${param}'.`, { param })
}

/** @throws GatewayError 400 where the work finds that a form is none. */
export function formed<T>(work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw thrown instanceof FormError ? new GatewayError('invalid_request', thrown.message) : thrown
  }
}

function tooLarge(limit: number, param?: string): GatewayError {
  const message = param
    ? `The form is larger than the ${limit} bytes that can be held. Where 'model' stands before '${param}', it need not be.`
    : `The request is larger than ${limit} bytes.`
  return new GatewayError('request_too_large', message, { ...(param && { param }) })
}
