// Names a credential without saying it, so that what a provider counts together is counted together here.
import { createHash } from 'node:crypto'

const known = new WeakMap<object, string>()

/** A hash of the account's provider, place and credential: limits are counted by region and project. */
export function credentialId(account: {
  readonly provider: string
  readonly baseUrl?: string
  readonly region?: string
  readonly project?: string
  readonly location?: string
  readonly accountId?: string
  readonly organization?: string
  readonly credential?: unknown
}): string {
  let id = known.get(account)
  if (id === undefined) {
    const { provider, baseUrl, region, project, location, accountId, organization, credential } = account
    const parts = JSON.stringify([
      ...[provider, baseUrl ?? null, region ?? null, project ?? null, location ?? null],
      ...[accountId ?? null, organization ?? null, credential ?? null],
    ])
    id = createHash('sha256').update(parts).digest('hex').slice(0, 32)
    known.set(account, id)
  }
  return id
}
