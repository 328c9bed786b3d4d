// The slot, the request and the response's head of tests that are not about any of them.
import type { Account, Sent } from '../src/hub/provider.ts'

export const ACCOUNT: Account = {
  ...{ name: 'test', credential: 'test-credential' },
  // Where a path has them.
  ...{ project: 'project', location: 'location' },
}
export const NO_HEADERS = new Headers()
export const SENT: Sent = { method: 'POST', url: 'https://api.example/v1', headers: {}, body: '{}' }
