// The isolate's side of a provider's windows: what its own answers told and what the limiter made of everybody's, one
// view. The limiter is told rarely while there is plenty, soon when there is not.

import type { Windows } from './meters.ts'
import { current, fuse, isTight, type Sightings, seenAt } from './observed.ts'
import { credentialLimiter, type LimiterNamespace } from './rpc.ts'

/** How long to keep what was seen to oneself: as a rule, when little is left, and when the provider refused. */
const AMPLE_MS = 4000
const TIGHT_MS = 2000
const REFUSED_MS = 1000
const MAX_VIEWS = 2000

interface ObserverOptions {
  readonly limiter: LimiterNamespace
  /** A hash of the credential; never the credential. */
  readonly credentialId: string
  /** The models that the provider counts together. */
  readonly family: string
}

interface ObserveOptions {
  /** The answer's status: a 429 is told soonest. */
  readonly status: number
  readonly waitUntil: (work: Promise<unknown>) => void
}

export interface Observer {
  /** Takes in the windows of an answer. Nothing waits for it, and it never throws. */
  observe(windows: Windows, options: ObserveOptions): void
  /** The provider's windows, as far as any isolate saw them. */
  windows(): Windows
}

interface Sight {
  seen: Sightings
  toldAt: number
}

/** What one isolate knows of the windows of providers. */
export class Observers {
  readonly #sights = new Map<string, Sight>()
  readonly #clock: () => number

  /** @param clock epoch milliseconds. */
  constructor(clock: () => number = () => Date.now()) {
    this.#clock = clock
  }

  observer({ limiter, credentialId, family }: ObserverOptions): Observer {
    const sight = this.#sight(`${credentialId}:${family}`)
    const take = (seen: Sightings) => {
      sight.seen = fuse(sight.seen, seen, this.#clock())
    }
    const tell = async () => {
      try {
        take((await credentialLimiter(limiter, credentialId, family).observe({ seen: sight.seen })).seen)
      } catch {
        // Told with the next answer. Until then this isolate goes by what it saw itself.
      }
    }
    return {
      observe: (windows, { status, waitUntil }) => {
        if (Object.keys(windows).length === 0) return
        const now = this.#clock()
        take(seenAt(windows, now))
        const every = status === 429 ? REFUSED_MS : isTight(windows) ? TIGHT_MS : AMPLE_MS
        if (now - sight.toldAt < every) return
        sight.toldAt = now
        waitUntil(tell())
      },
      windows: () => current(sight.seen, this.#clock()),
    }
  }

  #sight(name: string): Sight {
    const sight = this.#sights.get(name) ?? { seen: {}, toldAt: Number.NEGATIVE_INFINITY }
    this.#sights.delete(name)
    this.#sights.set(name, sight)
    for (const oldest of this.#sights.keys()) {
      if (this.#sights.size <= MAX_VIEWS) break
      this.#sights.delete(oldest)
    }
    return sight
  }
}

/** What this isolate knows. */
export const observers = new Observers()
