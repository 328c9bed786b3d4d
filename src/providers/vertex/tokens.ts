// Access tokens for service accounts, made anew before they end, and kept by the isolate until then.
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
//
// Requests that want the same token at once share one exchange, but never a promise: what belongs to one request dies
// with it, so each waits for a word of its own, and asks itself when none comes.
import { createHash } from 'node:crypto'
import { at } from '../../hub/json.ts'
import { assertionOf, type KeyFile } from './assertion.ts'

/** How an exchange ended. */
export type Outcome =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'failed'; readonly cause: unknown }

/** The time within which a token is used: less than the hour it is good for, by what a request may take. */
const KEPT_MS = 50 * 60_000
/** What a token that ends sooner is left alone for before its end. */
const MARGIN_MS = 60_000
const EXCHANGE_MS = 10_000
/** After so long without a word a request asks for itself. */
const WORD_MS = 2000

interface Kept {
  readonly token: string
  readonly until: number
}

/** An exchange under way, and who waits for its outcome. */
interface Flight {
  readonly since: number
  readonly waiting: ((outcome: Outcome) => void)[]
}

/** The tokens of one isolate. */
export class Tokens {
  readonly #kept = new Map<string, Kept>()
  readonly #flights = new Map<string, Flight>()
  readonly #max: number

  /** @param max how many are kept. */
  constructor(max = 1000) {
    this.#max = max
  }

  /** A token that is good now. @param uri where it is made; trusted by the caller. */
  async of(file: KeyFile, uri: string): Promise<Outcome> {
    const id = idOf(file, uri)
    const now = Date.now()
    const kept = this.#kept.get(id)
    if (kept && now < kept.until) return { kind: 'token', token: kept.token }
    const flight = this.#flights.get(id)
    if (!flight || now - flight.since >= WORD_MS) return this.#exchange(id, file, uri)
    return (await word(flight)) ?? this.of(file, uri)
  }

  /** The token was refused: nobody gets it again. */
  drop(file: KeyFile, uri: string): void {
    this.#kept.delete(idOf(file, uri))
  }

  async #exchange(id: string, file: KeyFile, uri: string): Promise<Outcome> {
    const flight: Flight = { since: Date.now(), waiting: [] }
    this.#flights.set(id, flight)
    const outcome = await exchanged(file, uri)
    if (outcome.kind === 'token') this.#keep(id, outcome)
    if (this.#flights.get(id) === flight) this.#flights.delete(id)
    for (const tell of flight.waiting) tell(outcome)
    return outcome
  }

  #keep(id: string, kept: Kept): void {
    // Taken out first: a Map keeps the order of insertion, and the first is the one that goes.
    this.#kept.delete(id)
    this.#kept.set(id, kept)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#max) break
      this.#kept.delete(oldest)
    }
  }
}

/** All of the credential, so that who knows an account's name does not get its token. */
function idOf({ email, keyId, privateKey }: KeyFile, uri: string): string {
  return createHash('sha256')
    .update(JSON.stringify([email, keyId, privateKey, uri]))
    .digest('hex')
}

async function word({ waiting }: Flight): Promise<Outcome | undefined> {
  // Made here, in the request that waits, with its timer; only the resolution comes from another.
  const { promise, resolve } = Promise.withResolvers<Outcome | undefined>()
  waiting.push(resolve)
  const timer = setTimeout(() => resolve(undefined), WORD_MS)
  const outcome = await promise
  clearTimeout(timer)
  return outcome
}

type Exchanged = Exclude<Outcome, { kind: 'token' }> | (Kept & { readonly kind: 'token' })

async function exchanged(file: KeyFile, uri: string): Promise<Exchanged> {
  const now = Date.now()
  let assertion: string
  try {
    assertion = await assertionOf(file, uri, Math.floor(now / 1000))
  } catch {
    return { kind: 'unreadable' }
  }
  try {
    const response = await fetch(uri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout(EXCHANGE_MS),
    })
    return read(response.status, await response.text(), now)
  } catch (cause) {
    return { kind: 'failed', cause }
  }
}

function read(status: number, text: string, now: number): Exchanged {
  if (status === 400 || status === 401 || status === 403) return { kind: 'refused' }
  const body: unknown = status === 200 ? JSON.parse(text) : undefined
  const token = at(body, 'access_token')
  // It becomes a header's value.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return { kind: 'failed', cause: undefined }
  const seconds = at(body, 'expires_in')
  const life = typeof seconds === 'number' ? seconds * 1000 - MARGIN_MS : KEPT_MS
  return { kind: 'token', token, until: now + Math.min(life, KEPT_MS) }
}
