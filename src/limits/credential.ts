// Names a credential without saying it, so that what a provider counts together is counted together here.
import { createHash } from 'node:crypto'

const known = new WeakMap<object, string>()

/** A hash of the account's provider, address and credential. */
export function credentialId(account: {
  readonly provider: string
  readonly baseUrl?: string
  readonly credential?: unknown
}): string {
  let id = known.get(account)
  if (id === undefined) {
    const parts = JSON.stringify([account.provider, account.baseUrl ?? null, account.credential ?? null])
    id = createHash('sha256').update(parts).digest('hex').slice(0, 32)
    known.set(account, id)
  }
  return id
}
