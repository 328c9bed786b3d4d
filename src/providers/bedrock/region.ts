// Where the service is: every region has hosts of its own.
// https://docs.aws.amazon.com/general/latest/gr/bedrock.html
import type { Account } from '../../hub/provider.ts'

const HOST = /(?:^|[./])bedrock[a-z-]*\.([a-z]{2}(?:-[a-z]+)+-\d+)\./

/** The region of an account: what the slot says, or what its address is in. */
export function regionOf({ region, baseUrl }: Pick<Account, 'region' | 'baseUrl'>): string {
  return region ?? HOST.exec(baseUrl ?? '')?.[1] ?? 'us-east-1'
}

/** Where the models answer. */
export function runtimeUrl(account: Account): string {
  return url('bedrock-runtime', regionOf(account))
}

/** Where things are listed: on another host, unless the slot's address is not the service's own. */
export function controlUrl(account: Account, path: string): string {
  const { baseUrl } = account
  if (baseUrl === undefined) return url('bedrock', regionOf(account)) + path
  return HOST.test(baseUrl) ? baseUrl.replace('bedrock-runtime', 'bedrock') + path : path
}

function url(host: string, region: string): string {
  return `https://${host}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}
