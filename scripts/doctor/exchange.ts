// One request and its answer, with what `fetch` does not show: in how many pieces it came, and over which connection.
// Redirects are not followed: they would take secrets along.
import http from 'node:http'
import https from 'node:https'

/** The gateway that is looked at, and what it is looked at with. */
export interface Patient {
  /** Without a slash at the end. */
  readonly url: string
  /** A client key. */
  readonly key?: string | undefined
  /** The key was not given for this gateway: it may be of another one on this machine. */
  readonly isGuess?: boolean
  readonly adminToken?: string | undefined
  /** What a call is made to; without it the first one that the key knows. */
  readonly model?: string | undefined
  /** Whether a provider may be called. */
  readonly calls: boolean
  /** Of this package. */
  readonly version: string
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** In milliseconds, until the answer is whole. */
  readonly patience?: number
  readonly agent?: http.Agent
}

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  /** The pieces that the body came in, and when each did, in milliseconds since the request. */
  readonly pieces: readonly { readonly size: number; readonly at: number }[]
  /** It came over a connection that another request had used. */
  readonly reused: boolean
  /** Local time half-way between the request and the answer's head, epoch milliseconds. */
  readonly at: number
}

const PATIENCE_MS = 15_000

/** What the network says, by its code, and what that means. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** @throws NoAnswer where there is no answer, or only the beginning of one. */
export async function exchange({ url }: Patient, path: string, asked: Ask = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, patience = PATIENCE_MS, agent } = asked
  const { request } = url.startsWith('https:') ? https : http
  const began = Date.now()
  const whole = body === undefined ? undefined : Buffer.from(body)
  const sent = whole && { 'content-type': 'application/json', 'content-length': String(whole.length) }
  return await new Promise((resolve, reject) => {
    const call = request(`${url}${path}`, {
      method,
      headers: { ...sent, ...headers },
      agent: agent ?? false,
      signal: AbortSignal.timeout(patience),
    })
    const fail = (error: NodeJS.ErrnoException) => {
      const late = error.name === 'AbortError' || error.name === 'TimeoutError'
      reject(late ? new NoAnswer('LATE', `no answer within ${patience / 1000} s`) : reasonOf(error))
    }
    call.once('error', fail)
    call.once('response', (response) => {
      const headAt = Date.now()
      const pieces: { size: number; at: number }[] = []
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        pieces.push({ size: chunk.length, at: Date.now() - began })
      })
      response.once('error', fail)
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
          pieces,
          reused: call.reusedSocket,
          at: (began + headAt) / 2,
        }),
      )
    })
    call.end(whole)
  })
}

function reasonOf(error: NodeJS.ErrnoException): NoAnswer {
  const code = error.code ?? error.name
  return new NoAnswer(code, error.message || code)
}

/** The JSON of an answer; undefined where it is none. */
export function jsonOf({ text }: Pick<Answer, 'text'>): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

export type Json = Readonly<Record<string, unknown>>

/** An error in OpenAI's form, with all of its keys; undefined for anything else: it was not the gateway that answered. */
export function errorOf(answer: Answer): { readonly message: string; readonly code: unknown } | undefined {
  const error = jsonOf(answer)?.error as Json | undefined
  const whole = error && ['message', 'type', 'param', 'code'].every((name) => name in error)
  return whole ? { message: String(error.message), code: error.code } : undefined
}

export function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` }
}

/** Who answered in the gateway's stead, as far as its answer tells. */
export function strangerIn({ status, headers }: Answer): string {
  const kind = headers['content-type']?.split(';')[0] ?? 'no type'
  const server = headers.server === undefined ? '' : `, by ${headers.server}`
  return `status ${status}, ${kind}${server}`
}
