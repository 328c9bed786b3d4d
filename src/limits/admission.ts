// Whether a request may be sent to a credential and family of models, pure: (state, event, now) in, [state, decision]
// out. While there is plenty an isolate decides by itself; near the edge the limiter does, which debits what is on its
// way until the provider's own numbers have it.

import { CLOSED, learn, type Outcomes, phaseOf, probe } from './breaker.ts'
import type { Reading, Unit } from './meters.ts'
import { current, isTight } from './observed.ts'
import { type Block, blockOf, fuseStanding, mayProbe, type Standing, validIn } from './standing.ts'

/** Nobody's request is on its way for longer than this without a word, as far as is counted. */
const DEBIT_MS = 60_000
/** What is admitted is sent by then; an answer to a request that was sent before need not count it. */
const UNSENT_MS = 1000
/** Requests that were sent so close to each other may come to the provider in another order. */
const REORDERED_MS = 100
/** When what is on its way will have used a window up or not: sooner than the window ends. */
const UNDECIDED_MS = 1000
/** With less than this part left of a window, or with so few requests, isolates ask before they send. */
const EDGE_PART = 10
const EDGE_REQUESTS = 5

/** What a request takes, or several: of tokens as many as others took of late. */
export interface Use {
  readonly requests: number
  readonly input: number
  readonly output: number
}

/** What is on its way and not yet in the provider's numbers. */
export interface Debit extends Use {
  /** When it was sent, in epoch milliseconds. */
  readonly at: number
}

/** What an isolate has on its way. */
export interface Holding {
  /** Names the isolate, at random. */
  readonly holder: string
  /** Counts what it tells: of two the later is true, whichever comes first. */
  readonly turn: number
  readonly holds: Use
}

/** What an isolate wants to send. */
export interface AdmitEvent {
  readonly need: Use
  /** Windows of the provider that fill up slowly. */
  readonly refills: readonly Unit[]
  /** No other target is left, so that whether this one works is found out by trying. */
  readonly last: boolean
}

/** `out`: it does not work at present, so that others should be tried before it. A block: the provider would refuse. */
export type Verdict = 'go' | 'out' | Block

/** What a limiter keeps of one credential and family. */
export interface Book {
  readonly standing: Standing
  /** What each isolate has on its way, by when that will have been sent. */
  readonly debits: { readonly [holder: string]: Debit & { readonly turn: number } }
}
export const BLANK: Book = { standing: { seen: {} }, debits: {} }

/** What an isolate tells. */
export interface Telling extends Omit<Standing, 'breaker'> {
  readonly outcomes?: Outcomes
  readonly holding?: Holding
  readonly admit?: AdmitEvent | undefined
}

/** Takes in what an isolate saw and has on its way, and then decides on what it wants to send. */
export function hear(book: Book, telling: Telling, now: number): [Book, Verdict | undefined] {
  const { outcomes, holding, admit: event, ...seen } = telling
  const { breaker } = book.standing
  const learned = outcomes === undefined ? breaker : learn(breaker ?? CLOSED, outcomes, now)
  const standing = { ...fuseStanding(book.standing, seen, now), ...(learned && { breaker: learned }) }
  if (holding === undefined) return [{ ...book, standing }, undefined]
  const debits = held(recent(book.debits, now), holding, now)
  if (event === undefined) return [{ standing, debits }, undefined]
  const [next, verdict] = admit({ standing, debits }, event, now)
  if (verdict !== 'go') return [next, verdict]
  const { holder } = holding
  const debit = debits[holder] ?? { ...NOTHING, at: now, turn: holding.turn }
  return [{ ...next, debits: { ...debits, [holder]: { ...debit, ...sum(debit, event.need) } } }, verdict]
}

/** Says what holds a request back, if anything does. */
function admit(book: Book, { need, refills, last }: AdmitEvent, now: number): [Book, Verdict] {
  let { standing } = book
  const block = blockOf(standing, now)
  if (block !== undefined) {
    if (!mayProbe(block, standing.probedAt, refills, now)) return [book, block]
    standing = { ...standing, probedAt: now }
  } else {
    const short = shortage(standing, Object.values(book.debits), need, now)
    if (short !== undefined) return [book, short]
  }
  if (!last && standing.breaker !== undefined && phaseOf(standing.breaker, now) !== 'closed') {
    const [breaker, granted] = probe(standing.breaker, now)
    if (!granted) return [{ ...book, standing }, 'out']
    standing = { ...standing, breaker }
  }
  return [{ ...book, standing }, 'go']
}

/** What an isolate can say without asking: as above, or that it has to ask. */
export function outlook(
  standing: Standing,
  debits: Iterable<Debit>,
  { need, refills, last }: AdmitEvent,
  now: number,
): Verdict | 'ask' {
  const block = blockOf(standing, now)
  if (block !== undefined) return mayProbe(block, standing.probedAt, refills, now) ? 'ask' : block
  const phase = standing.breaker === undefined || last ? 'closed' : phaseOf(standing.breaker, now)
  if (phase !== 'closed') return phase === 'open' ? 'out' : 'ask'
  const all = [...debits]
  const near = ([unit, left, { limit = 0 }]: Left) =>
    unit === 'requests' ? left - need.requests < Math.max(limit / EDGE_PART, EDGE_REQUESTS) : left < limit / EDGE_PART
  return leftOf(standing, all, now).some(near) ? 'ask' : 'go'
}

/** Whether it must survive: without it, requests would be sent that should not be. */
export function isWorthKeeping({ seen, pause, breaker }: Standing, now: number): boolean {
  return isTight(current(seen, now)) || (pause !== undefined && pause.until > now) || (breaker?.failures ?? 0) > 0
}

export const NOTHING: Use = { requests: 0, input: 0, output: 0 }

export function sum(a: Use, b: Use): Use {
  return { requests: a.requests + b.requests, input: a.input + b.input, output: a.output + b.output }
}

/** A window that ends at a known time, and what is left of it but for what is on its way. */
type Left = readonly [unit: Unit, left: number, reading: Reading & { readonly resetAt: number }, sentAt: number]

function leftOf(standing: Standing, debits: readonly Debit[], now: number): Left[] {
  return validIn(standing).windows.flatMap(([unit, { reading, sentAt }]): Left[] => {
    const { limit, remaining, resetAt } = reading
    if (remaining === undefined || limit === 0 || resetAt === undefined || resetAt <= now) return []
    const due = debits.reduce((all, debit) => all + (isUncounted(debit, sentAt) ? unitsOf(debit, unit) : 0), 0)
    return [[unit, remaining - due, { ...reading, resetAt }, sentAt]]
  })
}

/** Whether a request is not in what an answer told whose own request was sent at a time. */
export function isUncounted({ at }: Pick<Debit, 'at'>, sentAt: number): boolean {
  return at + REORDERED_MS >= sentAt
}

/** The window that what is on its way will use up. How many tokens a request takes nobody knows, so one is enough. */
function shortage(standing: Standing, debits: readonly Debit[], need: Use, now: number): Block | undefined {
  for (const [unit, left, reading, since] of leftOf(standing, debits, now)) {
    const enough = unit === 'requests' ? Math.min(need.requests, reading.limit ?? need.requests) : 1
    if (left < enough) return { unit, reading, since, until: Math.min(reading.resetAt, now + UNDECIDED_MS) }
  }
  return undefined
}

function unitsOf({ requests, input, output }: Use, unit: Unit): number {
  return { requests, tokens: input + output, input_tokens: input, output_tokens: output }[unit]
}

/** What an isolate says replaces what it said before. */
function held(debits: Book['debits'], { holder, turn, holds }: Holding, now: number): Book['debits'] {
  const known = debits[holder]
  return known && known.turn > turn ? debits : { ...debits, [holder]: { ...holds, turn, at: now + UNSENT_MS } }
}

function recent(debits: Book['debits'], now: number): Book['debits'] {
  return Object.fromEntries(Object.entries(debits).filter(([, { at }]) => at + DEBIT_MS > now))
}
