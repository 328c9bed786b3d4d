// The slot, the request and the response's head of tests that are not about any of them.
import type { Account, Sent } from '../src/hub/provider.ts'
import type { Origin } from '../src/hub/request.ts'

export const ACCOUNT: Account = {
  ...{ name: 'test', credential: 'test-credential' },
  // Where a path has them.
  ...{ project: 'project', location: 'location' },
}
export const NO_HEADERS = new Headers()
export const SENT: Sent = { method: 'POST', url: 'https://api.example/v1', headers: {}, body: '{}' }

/** Who is asked where it does not matter who. */
export const SOMEBODY = { completes: undefined, table: { fields: {}, extensions: {} } } as unknown as Parameters<
  NonNullable<Origin['translate']>
>[0]
