// Who may administer: whoever has ADMIN_TOKEN, and nobody else.
import { GatewayError } from '../hub/error.ts'
import { bearer } from './authenticate.ts'
import { throttled } from './throttle.ts'

/**
 * Checks `Authorization: Bearer <ADMIN_TOKEN>`, in constant time.
 * @throws GatewayError 503 `not_configured` without a token to compare with, 401 for a missing or wrong one, 429 for
 *   one too many of those.
 */
export async function requireAdmin(request: Request, env: Env): Promise<void> {
  const expected = env.ADMIN_TOKEN?.trim()
  if (!expected) {
    throw new GatewayError('not_configured', 'The gateway is not configured: ADMIN_TOKEN is not set. Set this secret.')
  }
  const sent = bearer(request.headers)
  if (sent !== undefined && (await isSame(expected, sent))) return
  const refusal =
    sent === undefined
      ? new GatewayError('missing_api_key', 'The admin API needs an Authorization header: Bearer ADMIN_TOKEN.')
      : new GatewayError('invalid_api_key', 'Incorrect admin token provided.')
  throw await throttled(refusal, request, env)
}

/** Both through a MAC under a key that nobody knows: equal lengths, and nothing to learn from how long it takes. */
async function isSame(expected: string, sent: string): Promise<boolean> {
  const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
  const bytes = new TextEncoder()
  const mac = await crypto.subtle.sign('HMAC', key as CryptoKey, bytes.encode(expected))
  return crypto.subtle.verify('HMAC', key as CryptoKey, mac, bytes.encode(sent))
}
