// Which gateway is meant, and the token that it is asked with.
import type { Gateway } from '../admin.ts'
import { UsageError } from '../command.ts'

const DEFAULT_URL = 'http://127.0.0.1:8787'
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/

export interface WhereValues {
  readonly url?: string | undefined
  readonly insecure?: boolean | undefined
  readonly 'dev-vars'?: boolean | undefined
}

interface Address {
  /** Without a slash at the end. */
  readonly url: string
  /** As it is shown. */
  readonly host: string
  /** On this machine. */
  readonly local: boolean
}

/**
 * The address that options and environment name. No host but this machine is spoken to over plain http unasked.
 * @throws UsageError
 */
export function addressFrom(values: WhereValues, env: Readonly<Record<string, string | undefined>>): Address {
  const text = values.url ?? (env.DRAGOMAN_URL || DEFAULT_URL)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new UsageError("--url: expected the gateway's URL, such as https://dragoman.example.com.")
  }
  const local = LOOPBACK.test(url.hostname)
  if (url.protocol === 'http:' && !local && !values.insecure) {
    throw new UsageError('--url: over plain http everybody on the way reads the admin token. Use https, or --insecure.')
  }
  // What SDKs call the base URL is taken as well.
  return { url: url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, ''), host: url.host, local }
}

/**
 * The gateway that options and environment name. The token of `.dev.vars` is this machine's: no other host gets it
 * unasked.
 * @param devVars what `.dev.vars` holds; only asked where it may be used
 * @throws UsageError
 */
export function gatewayFrom(
  values: WhereValues,
  env: Readonly<Record<string, string | undefined>>,
  devVars: () => Readonly<Record<string, string | undefined>>,
): Gateway {
  const { url, host, local } = addressFrom(values, env)
  const adminToken = (env.ADMIN_TOKEN || (local || values['dev-vars'] ? devVars().ADMIN_TOKEN : undefined))?.trim()
  if (!adminToken) throw new UsageError(`Set ADMIN_TOKEN in the environment: ${host} is asked with it.`)
  return { url, adminToken }
}
