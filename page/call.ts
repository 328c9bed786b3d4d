// One call from the browser to this Worker: what it says, as it comes, and how long that took.
import type { Dialect, Failure, Heard, Json } from './dialects/dialect.ts'
import { failureIn } from './dialects/dialect.ts'
import { eventsOf } from './sse.ts'

/** Milliseconds from the beginning. */
export interface Timings {
  head?: number
  /** The first word, of whichever kind. */
  first?: number
  total?: number
}

/** Whoever watches over a call. */
export interface Listener {
  head(response: Response): void
  heard(what: Heard): void
}

export interface Asked {
  readonly key: string
  readonly dialect: Dialect
  readonly body: Json
  /** Headers beside the key: `dragoman-*`. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export class Refused extends Error {
  readonly status: number
  readonly failure: Failure

  constructor(status: number, failure: Failure) {
    super(failure.message)
    this.status = status
    this.failure = failure
  }
}

/** A request to this Worker. Nothing of it is kept by the browser: no cookie, no cache, no referrer. */
export function ask(path: string, key: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, ...(init.body ? { 'content-type': 'application/json' } : {}) }
  const quiet = { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' } as const
  return fetch(path, { ...quiet, ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } })
}

/** @throws Refused with the answer's error, or with words of ours where it has none. */
export async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Refused(response.status, { message: text.slice(0, 500) || `${response.status} without a word.` })
  }
  if (!response.ok) {
    throw new Refused(response.status, failureIn(body) ?? { message: `Answered with status ${response.status}.` })
  }
  return body
}

/**
 * Makes the call and tells the listener of everything as it comes.
 * @param now a clock, in milliseconds
 * @throws Refused what the answer was refused with, or how it ended; DOMException `AbortError` when it was left.
 */
export async function call(
  { key, dialect, body, headers, signal }: Asked,
  to: Listener,
  now: () => number,
): Promise<Timings> {
  const began = now()
  const timings: Timings = {}
  const response = await ask(dialect.path, key, { method: 'POST', body: JSON.stringify(body), headers, signal })
  timings.head = now() - began
  to.head(response)
  const tell = (all: readonly Heard[]): boolean => {
    for (const heard of all) {
      if (heard.error) throw new Refused(response.status, heard.error)
      if (heard.text || heard.reasoning || heard.call) timings.first ??= now() - began
      to.heard(heard)
    }
    return all.some(({ over }) => over)
  }
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (!response.ok || !streams || !response.body) {
    tell(dialect.answer(await jsonOf(response)))
  } else if (!(await streamed(response.body, dialect, tell))) {
    throw new Refused(response.status, { message: 'The answer broke off: it ended without its end marker.' })
  }
  timings.total = now() - began
  return timings
}

/** @returns whether the end marker came. */
async function streamed(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { event }: Dialect,
  tell: (all: readonly Heard[]) => boolean,
): Promise<boolean> {
  let over = false
  for await (const data of eventsOf(body)) {
    if (tell(event(data === '[DONE]' ? undefined : JSON.parse(data)))) over = true
  }
  return over
}
