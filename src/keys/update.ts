// A change to a key's binding, as a JSON merge patch on what the admin API shows of it.
import { createRequest, type StoredBinding, type StoredSlot, storedBinding } from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { checkSize } from './admin-body.ts'
import { sealSlot } from './create.ts'
import { living } from './format.ts'
import { isJsonObject, type JsonObject, mergePatch } from './merge-patch.ts'
import { refusal, refuseMissing } from './refusal.ts'
import { resealed, resealedSlot } from './reseal.ts'
import { openRing, type Ring } from './ring.ts'
import { open } from './seal.ts'
import { requestOf, type Shown } from './shown.ts'
import { placeOf } from './slot.ts'
import { changeRecord } from './store.ts'
import { originOf } from './upstream.ts'
import { refuseProto, type ValidationContext, validateCreate } from './validate.ts'

/** A record after a change, and which of its fields that changed, by name. */
export interface Updated {
  readonly record: StoredBinding
  readonly changed: readonly string[]
}

/**
 * Merges a patch into a key's binding (RFC 7396). The whole is held to the rules of a new binding. A slot that the patch
 * names no credential for keeps its own, unless that would go to another provider or origin: then it is needed again.
 * @throws GatewayError 400 with `param`, 404, 409, 413, 503
 */
export async function updateKey(id: string, patch: unknown, context: ValidationContext): Promise<Updated> {
  if (!isJsonObject(patch)) throw new GatewayError('invalid_type', 'Expected the body to be a JSON object.')
  refuseProto(patch, [])
  // Null for a field that nobody knows would be merged away, and a slip of the pen with it.
  const unknown = createRequest.safeParse(patch).error?.issues.filter(({ code }) => code === 'unrecognized_keys')
  if (unknown?.length) throw refusal(unknown, patch)
  const ring = await openRing(context.env.SEAL_KEYS)
  let changed: readonly string[] = []
  const record = await changeRecord(context.env, id, async (held) => {
    // A patch of nothing is held to no rule, which may be stricter than when the key was made: it only seals anew.
    if (Object.keys(patch).length === 0) return { ...(await resealed(held, ring)), updated_at: timeOf(context) }
    const next = await patched(held, patch, ring, context)
    changed = next.changed
    return next.record
  })
  return { record, changed }
}

async function patched(
  held: StoredBinding,
  patch: JsonObject,
  ring: Ring,
  context: ValidationContext,
): Promise<Updated> {
  const known = storedBinding.parse(held)
  const before = requestOf(known)
  const merged = mergePatch(before, patch) as JsonObject
  const kept = keptSlots(known, patch, merged)
  const whole = await withCredentials(known.id, merged, kept, ring)
  checkSize(whole)
  // A time that is over already, and was set before, is no fault of this patch.
  const now = Object.hasOwn(patch, 'expires_at') ? context.now : 0
  const { providers: slots, ...rest } = validateCreate(whole, { ...context, now })
  const stored = Object.entries(slots).map(async ([name, sent]): Promise<[string, StoredSlot]> => {
    const old = kept.get(name)
    if (!old) {
      if (known.providers[name]?.credential && !sends(patch, name)) throw refuseMissing(`providers.${name}.credential`)
      return [name, await sealSlot(ring, known.id, name, sent)]
    }
    const { credential } = await resealedSlot(known.id, name, old, ring)
    return [name, { ...sent, provider: old.provider, ...(credential && { credential }) } as StoredSlot]
  })
  const record: StoredBinding = {
    // What a later version of the gateway has added stays.
    ...Object.fromEntries(Object.entries(held).filter(([name]) => !Object.hasOwn(storedBinding.shape, name))),
    v: 1,
    id: known.id,
    rev: known.rev,
    status: known.status,
    hashes: living(known.hashes, context.now),
    created_at: known.created_at,
    updated_at: timeOf(context),
    ...rest,
    providers: Object.fromEntries(await Promise.all(stored)),
  }
  return { record, changed: differences(before, requestOf(record), patch) }
}

function timeOf({ now }: ValidationContext): string {
  return new Date(now).toISOString()
}

/** The slots whose stored credential stays, by name. */
function keptSlots(held: StoredBinding, patch: JsonObject, merged: JsonObject): Map<string, StoredSlot> {
  const kept = Object.entries(held.providers).filter(
    ([name, slot]) => slot.credential && !sends(patch, name) && staysPut(name, slot, memberOf(merged.providers, name)),
  )
  return new Map(kept)
}

/** Whether a patch says anything of a slot's credential, be it that there is none. */
function sends(patch: JsonObject, name: string): boolean {
  const slot = memberOf(patch.providers, name)
  return isJsonObject(slot) && Object.hasOwn(slot, 'credential')
}

function staysPut(name: string, held: StoredSlot, slot: unknown): boolean {
  if (!isJsonObject(slot)) return false
  const { provider = name, base_url } = slot
  const isUrl = typeof base_url === 'string' && URL.canParse(base_url)
  if (base_url !== undefined && !isUrl) return false
  return provider === held.provider && originOf(isUrl ? base_url : undefined) === originOf(held.base_url)
}

/** A merged binding with the credentials that stay, so that the rules see all of it. */
async function withCredentials(
  id: string,
  merged: JsonObject,
  kept: ReadonlyMap<string, StoredSlot>,
  ring: Ring,
): Promise<unknown> {
  if (kept.size === 0) return merged
  const slots = Object.entries(merged.providers ?? {}).map(async ([name, slot]) => {
    const old = kept.get(name)
    return [name, old ? { ...slot, credential: await credentialOf(id, name, old, ring) } : slot]
  })
  return { ...merged, providers: Object.fromEntries(await Promise.all(slots)) }
}

async function credentialOf(id: string, name: string, slot: StoredSlot, ring: Ring): Promise<unknown> {
  const { credential } = slot
  if (!credential || !('sealed' in credential)) return credential
  try {
    return JSON.parse(await open(ring, credential.sealed, placeOf(id, name, slot)))
  } catch {
    const param = `providers.${name}.credential`
    throw new GatewayError(
      'missing_required_parameter',
      `What is stored as '${param}' no longer opens: send it again.`,
      {
        param,
      },
    )
  }
}

/** The fields that differ, slots one by one, and each credential that was sent or taken away. */
function differences(before: Shown, after: Shown, patch: JsonObject): string[] {
  const slots = new Set([...Object.keys(before.providers), ...Object.keys(after.providers)])
  return [
    ...differing({ ...before, providers: null }, { ...after, providers: null }),
    ...differing(before.providers, after.providers).map((slot) => `providers.${slot}`),
    ...[...slots].filter((slot) => sends(patch, slot)).map((slot) => `providers.${slot}.credential`),
  ]
}

function differing(before: JsonObject, after: JsonObject): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
