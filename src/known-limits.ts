// `GET /v1/limits`: what is known of a key's own limits, and of those of the accounts that it may use. It counts against
// none of them, and calls no provider.
import type { AccountLimits, KnownLimits, OwnLimit } from '../schemas/limits.ts'
import type { AppContext } from './journey.ts'
import type { Binding } from './keys/binding.ts'
import { allowedAliases, allows, routes } from './keys/route.ts'
import type { Slot } from './keys/slot.ts'
import { CLOSED, phaseOf } from './limits/breaker.ts'
import { credentialId } from './limits/credential.ts'
import { leases } from './limits/lease.ts'
import { observers } from './limits/observe.ts'
import { current, sightings } from './limits/observed.ts'
import type { Observer } from './limits/observer.ts'
import { keyLimiter } from './limits/rpc.ts'
import type { Limits } from './limits/spans.ts'
import { blockOf, type Standing } from './limits/standing.ts'
import { providers } from './providers/index.ts'
import { admit } from './translate.ts'

/** Each is a question to a limiter. */
const MOST_FAMILIES = 20

export async function showLimits(c: AppContext): Promise<Response> {
  const journey = c.get('journey')
  c.executionCtx.waitUntil(journey.over)
  const binding = await admit(c)
  const accounts = familiesOf(binding).map((one) => accountLimits(c, binding, one))
  const asked = Promise.all([ownLimits(c, binding), Promise.all(accounts)])
  const [limits, known] = await journey.time('limit', asked)
  const body: KnownLimits = { object: 'limits', key: { id: binding.id, limits }, providers: known }
  journey.note({ status: 200 })
  journey.settle('complete')
  return c.json(body)
}

/** Of a token also its budget. The bare limits where the limiter cannot be asked. */
async function ownLimits(c: AppContext, { id, limits, token }: Binding): Promise<OwnLimit[]> {
  const all = [{ id, limits }, ...(token ? [{ id: token.id, limits: token.budget }] : [])]
  return (await Promise.all(all.map((one) => limitsOf(c, one)))).flat()
}

async function limitsOf(c: AppContext, { id, limits }: Pick<Binding, 'id'> & { limits: Limits }): Promise<OwnLimit[]> {
  try {
    const { own } = await keyLimiter(c.env.LIMITER, id).snapshot({ limits })
    const now = Date.now()
    return own.map((view) => ({
      ...{ name: view.name, limit: view.limit, remaining: leases.left(id, view) },
      ...timeAt('reset_at', view.endsInMs === undefined ? undefined : now + view.endsInMs),
    }))
  } catch {
    return Object.entries(limits).map(([name, limit = 0]) => ({ name, limit }))
  }
}

/** Models of one account that its provider counts together. */
interface Family {
  readonly slot: Slot
  readonly family: string
}

/** Those of the key's aliases, and those that this isolate has asked, as far as the key may name them. */
function familiesOf(binding: Binding): Family[] {
  const found = new Map<string, Family>()
  const add = (slot: Slot, family: string) => {
    if (found.size < MOST_FAMILIES) found.set(`${slot.name}/${family}`, { slot, family })
  }
  for (const { slot, model } of allowedAliases(binding).flatMap((alias) => usable(binding, alias))) {
    const family = providers.get(slot.provider)?.family(model)
    if (family !== undefined) add(slot, family.slice(0, 256))
  }
  for (const slot of binding.slots.values()) {
    if (slot.fault) continue
    for (const { family, model } of observers.familiesOf(credentialId(slot))) {
      const name = `${slot.name}/${model}`
      if (allows(binding, name, name)) add(slot, family)
    }
  }
  return [...found.values()]
}

function usable(binding: Binding, alias: string): { readonly slot: Slot; readonly model: string }[] {
  try {
    return [...routes(binding, alias)]
  } catch {
    // None of its slots can be used: there is nothing to know of it.
    return []
  }
}

async function accountLimits(c: AppContext, { limitsMode }: Binding, { slot, family }: Family): Promise<AccountLimits> {
  const observer = observers.observer({
    limiter: c.env.LIMITER,
    credentialId: credentialId(slot),
    family,
    mode: limitsMode,
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  })
  const standing = await standingOf(observer)
  const now = Date.now()
  const { breaker = CLOSED } = standing
  return {
    ...{ slot: slot.name, provider: slot.provider, family, windows: windowsOf(standing, now) },
    ...timeAt('blocked_until', blockOf(standing, now)?.until),
    breaker: {
      state: phaseOf(breaker, now),
      failures: breaker.failures,
      ...timeAt('retry_at', breaker.openUntil),
    },
  }
}

/** By what this isolate knows, where the limiter cannot be asked. */
async function standingOf(observer: Observer): Promise<Standing> {
  try {
    return await observer.look()
  } catch {
    return observer.standing
  }
}

function windowsOf({ seen }: Standing, now: number): AccountLimits['windows'] {
  const windows = current(seen, now)
  return sightings(seen).flatMap(([unit, { at, reading }]) => {
    if (!(unit in windows)) return []
    const { resetAt, ...told } = reading
    return [{ unit, ...told, ...timeAt('reset_at', resetAt), seen_at: new Date(at).toISOString() }]
  })
}

/** The end of the times that a date can say: what providers write into a header may lie beyond. */
const LAST = 8.64e15

function timeAt<Name extends string>(name: Name, at: number | undefined): { [name in Name]?: string } {
  if (at === undefined || at > LAST) return {}
  return { [name]: new Date(at).toISOString() } as { [name in Name]?: string }
}
