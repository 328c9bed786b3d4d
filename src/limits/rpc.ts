// What isolates and limiters say to each other. Worker and objects may run different versions for a while, so it only
// grows: one object in, one object out, new properties optional.

import type { Telling, Verdict } from './admission.ts'
import type { Windows } from './meters.ts'
import type { Standing } from './standing.ts'
import type { Back, Grant, LeaseEvent, Limits, View } from './window.ts'

export interface LeaseAsk {
  readonly holder: string
  readonly limits: Limits
  /** Absent for a key without limits on requests, which only asks whether it is still good. */
  readonly requests?: Omit<LeaseEvent, 'holder' | 'unit' | 'limits'> | undefined
}

export interface LeaseAnswer {
  /** The key is gone: whatever is left of its leases must not be used. */
  readonly revoked: boolean
  readonly requests?: Grant
}

export interface GiveBackAsk {
  readonly holder: string
  readonly requests?: Back
}

/** What all isolates saw, made one, and whether what was asked for may be sent. */
export interface ObserveAnswer extends Standing {
  readonly verdict?: Verdict | undefined
}

export interface Snapshot {
  readonly revoked: boolean
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
