// What isolates and limiters say to each other. Worker and objects may run different versions for a while, so it only
// grows: one object in, one object out, new properties optional.

import type { Telling, Verdict } from './admission.ts'
import type { Windows } from './meters.ts'
import type { SlotGrant, SlotsKept, SlotTerms } from './slots.ts'
import type { Limits, View } from './spans.ts'
import type { Standing } from './standing.ts'
import type { Back, Grant, Terms } from './window.ts'

/** Everything is asked for at once. A key that has no limit on something does not ask for it. */
export interface LeaseAsk {
  readonly holder: string
  readonly limits: Limits
  /** What is counted is of no use after this, in epoch milliseconds: of a token, which ends. */
  readonly endsAt?: number | undefined
  readonly requests?: Terms | undefined
  readonly tokens?: Terms | undefined
  readonly slots?: SlotTerms | undefined
}

export interface LeaseAnswer {
  /** The key is gone: whatever is left of its leases must not be used. */
  readonly revoked: boolean
  readonly requests?: Grant | undefined
  readonly tokens?: Grant | undefined
  readonly slots?: SlotGrant | undefined
}

export interface GiveBackAsk {
  readonly holder: string
  readonly requests?: readonly Back[] | undefined
  readonly tokens?: readonly Back[] | undefined
  readonly slots?: SlotsKept | undefined
}

/** What all isolates saw, made one, and whether what was asked for may be sent. */
export interface ObserveAnswer extends Standing {
  readonly verdict?: Verdict | undefined
}

export interface Snapshot {
  readonly revoked: boolean
  /** Every limit of the key; of `concurrent_requests` what is left when all isolates have their leases. */
  readonly own: readonly View[]
  readonly observed: Windows
  readonly standing?: Standing
}

/** A limiter, from afar. */
export interface LimiterStub {
  lease(ask: LeaseAsk): Promise<LeaseAnswer>
  giveBack(ask: GiveBackAsk): Promise<object>
  observe(ask: Telling): Promise<ObserveAnswer>
  snapshot(ask: { readonly limits: Limits }): Promise<Snapshot>
  revoke(): Promise<object>
}

/** The binding of the `Limiter` class, as far as it is used here. */
export interface LimiterNamespace {
  getByName(name: string): LimiterStub
}

/** The limiter of a client key. */
export function keyLimiter(limiter: LimiterNamespace, keyId: string): LimiterStub {
  return limiter.getByName(`key:${keyId}`)
}

/**
 * The limiter of what a provider counts together: a credential and a family of models.
 * @param credentialId a hash; never the credential.
 */
export function credentialLimiter(limiter: LimiterNamespace, credentialId: string, family: string): LimiterStub {
  return limiter.getByName(`cred:${credentialId}:${family}`)
}
