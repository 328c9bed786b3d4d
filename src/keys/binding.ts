// The binding of a key, read from KV and opened: what the rest of the gateway knows of the key that is asking.
import {
  type Limits,
  type SecretHash,
  type StoredBinding,
  storedBinding,
  type Timeouts,
} from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { keyLimiter } from '../limits/rpc.ts'
import type { Limits as LimitsByName } from '../limits/spans.ts'
import { dropCopy, keepCopy, lastCopy } from './copy.ts'
import { Memo } from './memo.ts'
import { type Matcher, matcher } from './pattern.ts'
import { isBehind } from './reseal.ts'
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
  /** The request came with a token that the key has lent, which narrows all of the above. */
  readonly token?: Lent
}

/** What a token of the key's says. */
export interface Lent {
  readonly id: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  /** One for each pattern; absent: every model of the key's. */
  readonly models?: readonly Matcher[]
  /** What it may use in all. */
  readonly budget: Pick<LimitsByName, 'token_requests' | 'token_tokens'>
}

/** What `authenticate` needs besides the binding, and nobody after it. */
export interface KnownKey {
  readonly binding: Binding
  readonly hashes: readonly SecretHash[]
  readonly revoked: boolean
  /** A credential of it is sealed under an older version of the ring than the newest. */
  readonly behind: boolean
}

/** Keeps work going that its request does not wait for. */
export type WaitUntil = (work: Promise<unknown>) => void

/** How long KV may keep a record at the edge, in seconds: with the memo's 30, what a revocation takes at most. */
const CACHE_TTL = 60

/** After so long without an answer KV counts as down. */
const KV_MS = 5000

/** What this isolate remembers. */
export const memo = new Memo<KnownKey>()

/**
 * Reads a key's record by its id; null if there is none.
 * @param now epoch milliseconds
 * @throws GatewayError 503 `unavailable` if KV cannot be read and the key was not known here within the last 10 minutes:
 *   a key that cannot be checked is not a wrong key.
 */
export async function readBinding(
  id: string,
  ring: Ring,
  env: Env,
  waitUntil: WaitUntil,
  now: number,
): Promise<KnownKey | null> {
  const fresh = memo.fresh(id, now)
  if (fresh !== undefined) return fresh
  let text: string | null
  try {
    text = await inTime(env.KEYS.get(kvName(id), { type: 'text', cacheTtl: CACHE_TTL }))
  } catch (cause) {
    const known = memo.lastKnown(id, now) ?? (await copied(id, ring, env, now))
    if (known) return known
    throw new GatewayError('unavailable', 'Keys cannot be read at the moment.', { retryAfterMs: 1000, cause })
  }
  const record = text === null ? null : recordNamed(id, text)
  const known = record && (await openKey(record, ring, env))
  memo.set(id, known, now)
  waitUntil(record && text !== null ? keepCopy(id, record.rev, text, now) : dropCopy(id))
  return known
}

async function inTime<T>(asked: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('KV does not answer')), KV_MS)
  try {
    return await Promise.race([asked, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A key out of the copy that this place has of it. It may have been revoked since, so its limiter is asked. */
async function copied(id: string, ring: Ring, env: Env, now: number): Promise<KnownKey | undefined> {
  const copy = await lastCopy(id, now)
  const record = copy && readable(id, copy.text)
  if (!record) return undefined
  const [known, revoked] = await Promise.all([openKey(record, ring, env), isRevoked(id, env)])
  memo.set(id, { ...known, revoked: known.revoked || revoked }, copy.readAt)
  return memo.lastKnown(id, now)
}

function readable(id: string, text: string): StoredBinding | undefined {
  try {
    return recordNamed(id, text)
  } catch {
    return undefined
  }
}

async function isRevoked(id: string, { LIMITER }: Env): Promise<boolean> {
  try {
    return (await keyLimiter(LIMITER, id).lease({ holder: '', limits: {} })).revoked
  } catch {
    // As with a key that is in memory: what cannot be asked says nothing against it.
    return false
  }
}

/** Forgets a key that this isolate has just written or deleted. */
export async function forgetBinding(id: string): Promise<void> {
  memo.forget(id)
  await dropCopy(id)
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
  return {
    binding: await openBinding(record, ring, env),
    hashes: record.hashes,
    revoked: record.status === 'revoked',
    behind: isBehind(record, ring),
  }
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
