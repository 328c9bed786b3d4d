// A slot: one account at one provider, under the name its key gave it, with its credential at hand.
import * as z from 'zod/mini'
import {
  type AccessKey,
  accessKey,
  type ServiceAccount,
  type StoredSlot,
  secretReference,
  serviceAccount,
} from '../../schemas/binding.ts'
import { asGatewayError, GatewayError } from '../hub/error.ts'
import type { CredentialForm } from '../hub/provider.ts'
import type { Ring } from './ring.ts'
import { open, type Place } from './seal.ts'
import { baseUrlFault, originOf } from './upstream.ts'

/** An API key or access token; a signing key pair; a service account. */
export type Credential = string | AccessKey | ServiceAccount

export interface Slot {
  readonly name: string
  readonly provider: string
  readonly credential?: Credential
  /** Without a slash at its end. Absent: the provider's own. */
  readonly baseUrl?: string
  readonly region?: string
  readonly project?: string
  readonly location?: string
  readonly accountId?: string
  readonly apiVersion?: string
  readonly organization?: string
  /** Further headers for every call; never those of authentication. */
  readonly headers: Readonly<Record<string, string>>
  /** Why the slot cannot be used at present. `routes` never returns a slot that has one. */
  readonly fault?: GatewayError
}

/** Where a slot's credential is sealed to. */
export function placeOf(
  id: string,
  slot: string,
  { provider, base_url }: Pick<StoredSlot, 'provider' | 'base_url'>,
): Place {
  return { id, slot, provider, origin: originOf(base_url) }
}

/**
 * A credential out of what was sent or is set; null if it is none. Text that begins with a brace is one of the objects
 * as JSON, because a Worker secret can hold nothing else; no key or token begins like that.
 */
export function readCredential(value: unknown): Credential | null {
  if (typeof value !== 'string') return z.union([accessKey, serviceAccount]).safeParse(value).data ?? null
  const text = value.trim()
  if (text.startsWith('{')) {
    try {
      const object: unknown = JSON.parse(text)
      return typeof object === 'string' ? null : readCredential(object)
    } catch {
      return null
    }
  }
  // It becomes a header's value, where anything else would be refused at best.
  return /^[\x21-\x7e]+$/.test(text) ? text : null
}

export function formOf(credential: Credential): CredentialForm {
  if (typeof credential === 'string') return 'text'
  return 'access_key_id' in credential ? 'access_key' : 'service_account'
}

/** The name in `{secret: NAME}`; undefined for a credential that was sent itself. */
export function secretNameIn(credential: unknown): string | undefined {
  return secretReference.safeParse(credential).data?.secret
}

/** Secrets no slot may name: sent to an upstream they would give the gateway away. */
export const OWN_SECRETS: ReadonlySet<string> = new Set(['ADMIN_TOKEN', 'SEAL_KEYS'])

/**
 * A Worker secret by name; undefined if there is none, it is empty, or it is the gateway's own. What is not text (a KV
 * namespace, say) is no secret.
 */
export function secretOf(env: Env, name: string): string | undefined {
  if (OWN_SECRETS.has(name)) return undefined
  const value: unknown = Object.entries(env).find(([key]) => key === name)?.[1]
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/**
 * Opens a slot of a record. It never throws: one slot that cannot be used must not take the others with it, so what is
 * wrong with it is its `fault`.
 */
export async function openSlot(id: string, name: string, stored: StoredSlot, ring: Ring, env: Env): Promise<Slot> {
  const { base_url, account_id, api_version } = stored
  const slot: Slot = {
    name,
    provider: stored.provider,
    headers: stored.headers ?? {},
    ...(base_url !== undefined && { baseUrl: base_url.replace(/\/+$/, '') }),
    ...(stored.region !== undefined && { region: stored.region }),
    ...(stored.project !== undefined && { project: stored.project }),
    ...(stored.location !== undefined && { location: stored.location }),
    ...(account_id !== undefined && { accountId: account_id }),
    ...(api_version !== undefined && { apiVersion: api_version }),
    ...(stored.organization !== undefined && { organization: stored.organization }),
  }
  try {
    // Checked again, because what the operator allows may have changed since.
    if (base_url !== undefined && baseUrlFault(base_url, env.ALLOW_HTTP_UPSTREAMS)) {
      throw new GatewayError('not_configured', `The base URL of slot '${name}' is not allowed here.`)
    }
    const credential = await openCredential(id, name, stored, ring, env)
    return credential === undefined ? slot : { ...slot, credential }
  } catch (thrown) {
    return { ...slot, fault: asGatewayError(thrown) }
  }
}

async function openCredential(
  id: string,
  name: string,
  stored: StoredSlot,
  ring: Ring,
  env: Env,
): Promise<Credential | undefined> {
  if (stored.credential === undefined) return undefined
  if ('sealed' in stored.credential) {
    const plain: unknown = JSON.parse(await open(ring, stored.credential.sealed, placeOf(id, name, stored)))
    return readCredential(plain) ?? undefined
  }
  const secret = secretOf(env, stored.credential.secret)
  if (secret === undefined) throw new GatewayError('not_configured', `The secret that slot '${name}' names is not set.`)
  const credential = readCredential(secret)
  if (!credential) throw new GatewayError('not_configured', `The secret that slot '${name}' names is not a credential.`)
  return credential
}
