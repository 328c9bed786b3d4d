// One request and its answer, as the services see them: the request is recorded, the answer is written piece by piece, and
// a client that hangs up is noticed.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What arrived, kept for tests to look at. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** The body as JSON if it is JSON, else as text. */
  readonly body: unknown
  /** The client hung up before it had the whole answer. */
  aborted: boolean
  /** The status answered, once it is. */
  status?: number
}

type Headers = Readonly<Record<string, string>>

export class Exchange {
  readonly request: RecordedRequest
  /** The body as it arrived. */
  readonly raw: Buffer
  /** Which request of this demo it is, from 1: whatever has to differ between answers is made of it. */
  readonly sequence: number
  /** Milliseconds between two writes of a stream. */
  delayMs: number
  readonly #response: ServerResponse
  readonly #gone = new AbortController()

  constructor(request: RecordedRequest, raw: Buffer, response: ServerResponse, sequence: number, delayMs: number) {
    this.request = request
    this.raw = raw
    this.sequence = sequence
    this.delayMs = delayMs
    this.#response = response
    response.on('close', () => {
      if (response.writableFinished || this.#gone.signal.aborted) return
      request.aborted = true
      this.#gone.abort()
    })
  }

  /** The client has hung up, or we have. */
  get gone(): boolean {
    return this.#gone.signal.aborted
  }

  /** A whole answer at once. */
  send(status: number, contentType: string, body: string, headers: Headers = {}): void {
    this.head(status, { 'content-type': contentType, ...headers })
    this.#response.end(body)
  }

  json(status: number, body: unknown, headers: Headers = {}): void {
    this.send(status, 'application/json', JSON.stringify(body), headers)
  }

  /** Sends the head alone, at once. */
  head(status: number, headers: Headers): void {
    this.request.status = status
    this.#response.writeHead(status, headers)
    this.#response.flushHeaders()
  }

  /** Writes a piece of the body after the usual delay; false when nobody reads any more. */
  async write(piece: string | Buffer): Promise<boolean> {
    if (this.delayMs > 0) await this.sleep(this.delayMs)
    if (this.gone) return false
    if (this.#response.write(piece)) return true
    await new Promise<void>((resolve) => {
      this.#response.once('drain', resolve)
      this.#gone.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    return !this.gone
  }

  end(): void {
    if (!this.gone) this.#response.end()
  }

  /** Breaks the connection, as a crashing service does. */
  destroy(): void {
    this.#gone.abort()
    this.#response.destroy()
  }

  /** Waits; a client that hangs up ends the wait. */
  async sleep(ms: number): Promise<void> {
    if (this.gone) return
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#gone.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#gone.signal.addEventListener('abort', done)
    })
  }

  /** Never answers; over when the client hangs up. */
  async hang(): Promise<void> {
    if (this.gone) return
    await new Promise<void>((resolve) => this.#gone.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
}

/** Reads a request to its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** JSON, or the text itself where it is none. */
export function parseBody(raw: Buffer): unknown {
  const text = raw.toString()
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
