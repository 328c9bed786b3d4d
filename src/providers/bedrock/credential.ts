// A key of the service's own goes as it is; a pair of access keys signs each request.
// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
import { at } from '../../hub/json.ts'
import type { Account, Sent } from '../../hub/provider.ts'
import { sign } from '../../wire/sigv4.ts'
import { regionOf } from './region.ts'

export async function authorization(account: Account, sent: Sent, date: Date): Promise<Record<string, string>> {
  const { credential } = account
  if (typeof credential === 'string') return { authorization: `Bearer ${credential}` }
  const part = (name: string) => {
    const value = at(credential, name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const key = {
    accessKeyId: part('access_key_id') ?? '',
    secretAccessKey: part('secret_access_key') ?? '',
    sessionToken: part('session_token'),
  }
  // What stands between may change other headers, so that no more is signed than has to be.
  const { method, url, body } = sent
  return sign({ method, url, body, headers: {} }, key, { region: regionOf(account), service: 'bedrock', date })
}
