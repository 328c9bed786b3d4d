// A record as an administrator sees it: all that was sent but no credential, and when and what it is good for.
import type { StoredBinding } from '../../schemas/binding.ts'
import { living } from './format.ts'
import type { JsonObject } from './merge-patch.ts'

/** A binding in the form in which it was asked for, without its credentials. */
export type Shown = JsonObject & { readonly providers: JsonObject }

export function requestOf(record: StoredBinding): Shown {
  const { v: _v, id: _id, rev: _rev, status: _status, hashes: _hashes, providers, ...rest } = record
  const { created_at: _created, updated_at: _updated, ...request } = rest
  const slots = Object.entries(providers).map(([slot, { credential: _credential, ...facts }]) => [slot, facts])
  return { ...request, providers: Object.fromEntries(slots) }
}

/** @param now epoch milliseconds */
export function shown(record: StoredBinding, now: number): JsonObject {
  const { id, name, status, expires_at, created_at, updated_at } = record
  const expired = expires_at !== undefined && Date.parse(expires_at) <= now
  const secrets = living(record.hashes, now)
  const graces = secrets.flatMap((hash) => hash.expires_at ?? [])
  return {
    id,
    name: name ?? null,
    status: status === 'active' && expired ? 'expired' : status,
    ...requestOf(record),
    // Until when a key from before the last rotation still works.
    ...(graces.length > 0 && { grace_until: graces.sort().at(-1) }),
    // The versions of SEAL_KEYS that are needed still: for the key itself, and to open its credentials.
    ring: {
      key: versions(secrets.flatMap(({ ring, tag = ring }) => [ring, tag])),
      credentials: versions(
        Object.values(record.providers).flatMap(({ credential }) =>
          credential && 'sealed' in credential ? credential.sealed.ring : [],
        ),
      ),
    },
    created_at,
    ...(updated_at !== undefined && { updated_at }),
  }
}

function versions(all: readonly number[]): number[] {
  return [...new Set(all)].sort((a, b) => a - b)
}
