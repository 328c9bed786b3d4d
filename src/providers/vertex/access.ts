// Who calls: by an access token, one that is made of a service account's key, or an API key (express mode).
// https://cloud.google.com/vertex-ai/docs/authentication
import { GatewayError } from '../../hub/error.ts'
import type { Account } from '../../hub/provider.ts'
import { type KeyFile, keyFileIn } from './assertion.ts'
import { isExpress } from './place.ts'
import { type Outcome, Tokens } from './tokens.ts'

const tokens = new Tokens()

/** @throws GatewayError where there is no token to be had: 401, 502, 503. */
export async function accessHeaders(account: Account): Promise<Record<string, string>> {
  const { credential, name } = account
  if (typeof credential === 'string' && isExpress(account)) return { 'x-goog-api-key': credential }
  return { authorization: `Bearer ${typeof credential === 'string' ? credential : await tokenOf(account, name)}` }
}

/** A token that was made here can be made anew. */
export function renew(account: Account): boolean {
  const file = keyFileIn(account.credential)
  const uri = file && tokenUri(file, account)
  if (!file || uri === undefined) return false
  tokens.drop(file, uri)
  return true
}

async function tokenOf(account: Account, slot: string): Promise<string> {
  const file = keyFileIn(account.credential)
  if (!file) throw new GatewayError('not_configured', `Slot '${slot}' has no credential.`)
  const uri = tokenUri(file, account)
  if (uri === undefined) {
    throw new GatewayError('not_configured', `The 'token_uri' in the credential of slot '${slot}' is not allowed.`)
  }
  const outcome = await tokens.of(file, uri)
  if (outcome.kind === 'token') return outcome.token
  throw failure(outcome, slot)
}

const TOKEN_URI = 'https://oauth2.googleapis.com/token'
const HOSTS = /^(?:[a-z0-9-]+\.googleapis\.com|accounts\.google\.com)$/

/**
 * Where a key file says its tokens are made. The Worker posts to it, so it may only be where the issuer's are, over
 * https, or at the origin that the slot's own address was allowed for.
 */
function tokenUri({ tokenUri = TOKEN_URI }: KeyFile, { baseUrl }: Account): string | undefined {
  if (!URL.canParse(tokenUri)) return undefined
  const { protocol, host, origin, username, password } = new URL(tokenUri)
  if (username !== '' || password !== '') return undefined
  const issuers = protocol === 'https:' && HOSTS.test(host)
  return issuers || (baseUrl !== undefined && origin === new URL(baseUrl).origin) ? tokenUri : undefined
}

function failure(outcome: Exclude<Outcome, { kind: 'token' }>, slot: string): GatewayError {
  switch (outcome.kind) {
    case 'refused':
      return new GatewayError('invalid_api_key', `The provider refused the credential of slot '${slot}'.`)
    case 'unreadable':
      return new GatewayError('not_configured', `The private key in the credential of slot '${slot}' cannot be read.`)
    case 'failed': {
      const { cause } = outcome
      return new GatewayError('upstream_error', `The provider gave no access token for slot '${slot}'.`, { cause })
    }
    default:
      return outcome satisfies never
  }
}
