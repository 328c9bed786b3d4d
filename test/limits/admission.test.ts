import { describe, expect, it } from 'vitest'
import {
  type AdmitEvent,
  BLANK,
  type Book,
  type Holding,
  hear,
  isWorthKeeping,
  outlook,
  type Verdict,
} from '../../src/limits/admission.ts'
import { alive, failure, OPENS_AT } from '../../src/limits/breaker.ts'
import type { Windows } from '../../src/limits/meters.ts'
import { seenAt } from '../../src/limits/observed.ts'

const NOW = 1_800_000_000_000
const one = { requests: 1, input: 100, output: 50 }
const event = (more: Partial<AdmitEvent> = {}): AdmitEvent => ({ need: one, refills: [], last: false, ...more })
const holding = (holder = 'a', requests = 0, turn = 1): Holding => ({
  holder,
  turn,
  holds: { requests, input: 100 * requests, output: 50 * requests },
})
const left = (remaining: number, limit = 100): Windows => ({ requests: { limit, remaining, resetAt: NOW + 300_000 } })
const book = (windows: Windows, sentAt = NOW - 100): Book => ({
  ...BLANK,
  standing: { seen: seenAt(windows, NOW, sentAt) },
})

/** One request of an isolate that has nothing else on its way. */
const ask = (state: Book, more: Partial<AdmitEvent> = {}, { now = NOW, as = holding() } = {}) =>
  hear(state, { seen: {}, holding: as, admit: event(more) }, now)

/** So many requests after each other, each from another isolate. */
function verdicts(
  from: Book,
  count: number,
  more: Partial<AdmitEvent> = {},
  now = NOW,
): [Book, (Verdict | undefined)[]] {
  let state = from
  const all: (Verdict | undefined)[] = []
  for (let i = 0; i < count; i++) {
    const [next, verdict] = ask(state, more, { now, as: holding(`isolate ${i}`) })
    state = next
    all.push(verdict)
  }
  return [state, all]
}
const granted = (all: readonly unknown[]) => all.filter((verdict) => verdict === 'go').length

describe('near the edge', () => {
  it('no more is sent than remains, whoever asks', () => {
    const [, all] = verdicts(book(left(3)), 5)
    expect(granted(all)).toBe(3)
    expect(all[4]).toMatchObject({ unit: 'requests', until: NOW + 1000 })
  })

  it('what is on its way counts until an answer to a later request says what remains', () => {
    const [spent] = verdicts(book(left(3)), 3)
    const sees = (sentAt: number) => {
      const { standing } = book({ requests: { limit: 100, remaining: 2, resetAt: NOW + 361_000 } }, sentAt)
      return hear(spent, { ...standing, holding: holding(), admit: event() }, NOW + 2000)[1]
    }
    expect(sees(NOW + 1100)).toMatchObject({ unit: 'requests' })
    expect(sees(NOW + 1101)).toBe('go')
  })

  it('and is forgotten after a minute without a word', () => {
    const [state, all] = verdicts(book(left(2)), 3)
    expect(granted(all)).toBe(2)
    expect(ask(state, {}, { now: NOW + 60_999 })[1]).toMatchObject({ unit: 'requests' })
    expect(ask(state, {}, { now: NOW + 61_000 })[1]).toBe('go')
  })

  it('an isolate says each time what it has on its way', () => {
    const [held] = ask(book(left(3)), {}, { as: holding('a', 2) })
    expect(ask(held, {}, { as: holding('b') })[1]).toMatchObject({ unit: 'requests' })
    // All were answered since.
    const [free] = hear(held, { seen: {}, holding: holding('a', 0, 2) }, NOW)
    expect(ask(free, {}, { as: holding('b') })[1]).toBe('go')
    // That was said before, and comes later.
    const [late] = hear(free, { seen: {}, holding: holding('a', 3, 1) }, NOW)
    expect(late.debits).toEqual(free.debits)
  })

  it('two requests of an isolate whose questions overtake each other are two', () => {
    const [second] = ask(book(left(9)), {}, { as: holding('a', 1, 2) })
    const [both] = ask(second, {}, { as: holding('a', 0, 1) })
    expect(both.debits.a?.requests).toBeGreaterThanOrEqual(2)
  })

  it('several calls need as many, unless the window never has them', () => {
    const three = { need: { ...one, requests: 3 } }
    expect(ask(book(left(2)), three)[1]).toMatchObject({ unit: 'requests', reading: { remaining: 2 } })
    expect(ask(book(left(3)), three)[1]).toBe('go')
    expect(ask(book(left(2, 2)), three)[1]).toBe('go')
  })

  it('tokens are debited as requests took them of late, and one that is left is enough', () => {
    const of = (unit: string, remaining: number) =>
      verdicts(book({ [unit]: { limit: 1000, remaining, resetAt: NOW + 30_000 } }), 5)[1]
    expect(granted(of('tokens', 200))).toBe(2)
    expect(granted(of('input_tokens', 250))).toBe(3)
    expect(granted(of('output_tokens', 60))).toBe(2)
  })

  it('a window without an end keeps nobody back', () => {
    expect(granted(verdicts(book({ requests: { limit: 100, remaining: 1 } }), 5)[1])).toBe(5)
  })

  it('who is kept back by what is on its way may soon come again, or when the window ends', () => {
    const [taken] = verdicts(book({ requests: { limit: 100, remaining: 1, resetAt: NOW + 400 } }), 1)
    expect(ask(taken)[1]).toMatchObject({ unit: 'requests', until: NOW + 400 })
  })

  it('who only tells is told nothing', () => {
    expect(hear(BLANK, { seen: {} }, NOW)).toEqual([BLANK, undefined])
    expect(hear(BLANK, { seen: {}, holding: holding() }, NOW)[1]).toBeUndefined()
  })
})

describe('a block', () => {
  it('lets one request through when it is time to try', () => {
    const [state, all] = verdicts(book(left(0)), 2, { refills: ['requests'] }, NOW + 3000)
    expect(all[0]).toBe('go')
    expect(all[1]).toMatchObject({ unit: 'requests' })
    expect(state.standing.probedAt).toBe(NOW + 3000)
  })
})

describe('a target that fails', () => {
  const outcomes = failure(NOW, NOW - 5, { weight: OPENS_AT })
  const [broken] = hear(BLANK, { seen: {}, outcomes }, NOW)

  it('is out, then tried by one, then back', () => {
    expect(ask(broken, {}, { now: NOW + 10 })[1]).toBe('out')
    const [probing, first] = ask(broken, {}, { now: NOW + 5000 })
    expect([first, ask(probing, {}, { now: NOW + 5001 })[1]]).toEqual(['go', 'out'])
    const well = { seen: {}, outcomes: alive(NOW + 5200), holding: holding(), admit: event() }
    const [back, again] = hear(probing, well, NOW + 5300)
    expect([again, back.standing.breaker?.failures]).toEqual(['go', 0])
  })

  it('is tried all the same where nothing else is left', () => {
    expect(ask(broken, { last: true }, { now: NOW + 10 })[1]).toBe('go')
  })
})

describe('an isolate by itself', () => {
  const at = (windows: Windows, more: object = {}, debits: readonly { at: number; requests: number }[] = []) =>
    outlook(
      { ...book(windows).standing, ...more },
      debits.map((debit) => ({ ...one, ...debit })),
      event(),
      NOW,
    )

  it.each<[string, Windows, Verdict | 'ask']>([
    ['sends while there is plenty', left(60), 'go'],
    ['sends where nothing is known', {}, 'go'],
    ['asks when less than a tenth would be left', left(10), 'ask'],
    ['asks when only a few would be', left(5, 20), 'ask'],
    ['asks near the end of tokens', { tokens: { limit: 1000, remaining: 99, resetAt: NOW + 1000 } }, 'ask'],
    ['sends far from it', { tokens: { limit: 1000, remaining: 100, resetAt: NOW + 1000 } }, 'go'],
    ['sends where no end is known', { requests: { limit: 100, remaining: 1 } }, 'go'],
  ])('%s', (_, windows, verdict) => {
    expect(at(windows)).toBe(verdict)
  })

  it('counts what it has on its way, but for what the provider has counted', () => {
    expect(at(left(60), {}, [{ at: NOW, requests: 50 }])).toBe('ask')
    expect(at(left(60), {}, [{ at: NOW - 201, requests: 50 }])).toBe('go')
  })

  it('sends nothing into a window that is spent, and asks when it is time to try', () => {
    expect(at(left(0))).toMatchObject({ unit: 'requests' })
    expect(outlook({ ...book(left(0)).standing }, [], event({ refills: ['requests'] }), NOW + 3000)).toBe('ask')
  })

  it('passes over what is open, and asks who tries it', () => {
    const breaker = { failures: 5, failedAt: NOW, aliveAt: 0, trips: 1, openUntil: NOW + 1 }
    expect(at({}, { breaker })).toBe('out')
    expect(at({}, { breaker: { ...breaker, openUntil: NOW } })).toBe('ask')
    expect(outlook({ seen: {}, breaker }, [], event({ last: true }), NOW)).toBe('go')
  })
})

it('survives only what would be missed', () => {
  const standing = (more: object) => ({ seen: {}, ...more })
  expect(isWorthKeeping(standing({}), NOW)).toBe(false)
  expect(isWorthKeeping(book(left(90)).standing, NOW)).toBe(false)
  expect(isWorthKeeping(book(left(20)).standing, NOW)).toBe(true)
  expect(isWorthKeeping(standing({ pause: { sentAt: NOW, until: NOW + 1 } }), NOW)).toBe(true)
  expect(isWorthKeeping(standing({ pause: { sentAt: NOW, until: NOW } }), NOW)).toBe(false)
  expect(isWorthKeeping(hear(BLANK, { seen: {}, outcomes: failure(NOW, NOW) }, NOW)[0].standing, NOW)).toBe(true)
})
