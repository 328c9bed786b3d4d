// The binding of a key, read from KV and opened: what the rest of the gateway knows of the key that is asking.
import {
  type Limits,
  type SecretHash,
  type StoredBinding,
  storedBinding,
  type Timeouts,
} from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { Memo } from './memo.ts'
import { type Matcher, matcher } from './pattern.ts'
import type { Ring } from './ring.ts'
import { openSlot, type Slot } from './slot.ts'

/** One entry of an alias: a model as `routes` resolves it, and its share where a list is weighted. */
export interface Target {
  readonly model: string
  readonly weight?: number
}

export interface Binding {
  /** `key_…` */
  readonly id: string
  readonly name: string | null
  /** By name, in the order they were given. */
  readonly slots: ReadonlyMap<string, Slot>
  /** What an alias stands for, in order of fallback. */
  readonly aliases: ReadonlyMap<string, readonly Target[]>
  readonly defaultProvider?: string
  /** One for each pattern of `allowed_models`; absent: every model is allowed. */
  readonly allowedModels?: readonly Matcher[]
  readonly limits: Limits
  readonly limitsMode: 'soft' | 'hard'
  /** Absent: browsers may come from anywhere. */
  readonly origins?: readonly string[]
  readonly strict: boolean
  /** Epoch milliseconds. */
  readonly expiresAt?: number
  readonly onDisconnect: 'cancel' | 'drain'
  /** What the key sets, in milliseconds; the rest is the gateway's default. */
  readonly timeouts: Timeouts
  readonly retries?: number
  readonly storeResponses?: boolean
}

/** What `authenticate` needs besides the binding, and nobody after it. */
export interface KnownKey {
  readonly binding: Binding
  readonly hashes: readonly SecretHash[]
  readonly revoked: boolean
}

/** How long KV may keep a record at the edge, in seconds: with the memo's 30, what a revocation takes at most. */
const CACHE_TTL = 60

const memo = new Memo<KnownKey>()

/**
 * Reads a key's record by its id; null if there is none.
 * @param now epoch milliseconds
 * @throws GatewayError 503 `unavailable` if KV cannot be read and nothing is remembered: a key that cannot be checked
 *   is not a wrong key.
 */
export async function readBinding(id: string, ring: Ring, env: Env, now: number): Promise<KnownKey | null> {
  const fresh = memo.fresh(id, now)
  if (fresh !== undefined) return fresh
  let text: string | null
  try {
    text = await env.KEYS.get(kvName(id), { type: 'text', cacheTtl: CACHE_TTL })
  } catch (cause) {
    const known = memo.lastKnown(id, now)
    if (known) return known
    throw new GatewayError('unavailable', 'Keys cannot be read at the moment.', { retryAfterMs: 1000, cause })
  }
  const known = text === null ? null : await openKey(recordNamed(id, text), ring, env)
  memo.set(id, known, now)
  return known
}

/** Forgets a key that this isolate has just written or deleted. */
export function forgetBinding(id: string): void {
  memo.forget(id)
}

/** The KV name of a key's record. */
export function kvName(id: string): string {
  return `key:${id}`
}

/**
 * Parses a record as KV holds it.
 * @throws GatewayError 500 `server_error` if it is none of ours, or of a version that this Worker does not know.
 */
export function parseRecord(text: string): StoredBinding {
  try {
    return storedBinding.parse(JSON.parse(text))
  } catch {
    // No cause: a parser's message may quote the record.
    throw new GatewayError('server_error', "The key's record cannot be read.")
  }
}

/** A record that was copied under another key's name would open that key's credentials to this one. */
function recordNamed(id: string, text: string): StoredBinding {
  const record = parseRecord(text)
  if (record.id !== id) throw new GatewayError('server_error', "The key's record cannot be read.")
  return record
}

async function openKey(record: StoredBinding, ring: Ring, env: Env): Promise<KnownKey> {
  return { binding: await openBinding(record, ring, env), hashes: record.hashes, revoked: record.status === 'revoked' }
}

/** A record as the gateway uses it: credentials opened, patterns compiled, defaults filled in. */
export async function openBinding(record: StoredBinding, ring: Ring, env: Env): Promise<Binding> {
  const slots = await Promise.all(
    Object.entries(record.providers).map(([name, slot]) => openSlot(record.id, name, slot, ring, env)),
  )
  const { default_provider, allowed_models, origins, expires_at, retries, store_responses } = record
  return {
    id: record.id,
    name: record.name ?? null,
    slots: new Map(slots.map((slot) => [slot.name, slot])),
    aliases: new Map(Object.entries(record.models ?? {}).map(([alias, target]) => [alias, targetsOf(target)])),
    limits: record.limits ?? {},
    limitsMode: record.limits_mode ?? 'soft',
    strict: record.strict ?? false,
    onDisconnect: record.on_disconnect ?? 'cancel',
    timeouts: record.timeouts ?? {},
    ...(default_provider !== undefined && { defaultProvider: default_provider }),
    ...(allowed_models !== undefined && { allowedModels: allowed_models.map(matcher) }),
    ...(origins !== undefined && { origins }),
    ...(expires_at !== undefined && { expiresAt: Date.parse(expires_at) }),
    ...(retries !== undefined && { retries }),
    ...(store_responses !== undefined && { storeResponses: store_responses }),
  }
}

function targetsOf(target: NonNullable<StoredBinding['models']>[string]): Target[] {
  return [target].flat().map((item) => (typeof item === 'string' ? { model: item } : item))
}
