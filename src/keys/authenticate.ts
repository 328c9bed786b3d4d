// Who is asking: the client key of a request, checked, and the origin a browser sends along.
import type { SecretHash } from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { type Binding, type KnownKey, readBinding, type WaitUntil } from './binding.ts'
import { type ClientToken, openToken, TOKEN_PREFIX } from './client-token.ts'
import { living, matchesHash, NO_HASH, parseKey } from './format.ts'
import { matcher } from './pattern.ts'
import { resealUsed } from './reseal.ts'
import { holds, openRing } from './ring.ts'
import { throttled } from './throttle.ts'

/**
 * The binding of the key that a request carries, as `Authorization: Bearer`, `x-api-key` or `api-key`.
 *
 * A key that is not of our making is refused without a read. One that is, but whose record is gone, costs the same work
 * as a living one: a read, a hash and a comparison in constant time.
 * @param now epoch milliseconds
 * @throws GatewayError 401 for a key that is missing, wrong, expired or revoked, 429 for one too many of those from an
 *   address; 503 if it cannot be checked.
 */
export async function authenticate(
  request: Request,
  env: Env,
  waitUntil: WaitUntil,
  now = Date.now(),
): Promise<Binding> {
  try {
    return await bindingFor(request, env, waitUntil, now)
  } catch (failure) {
    throw await throttled(failure, request, env)
  }
}

async function bindingFor(request: Request, env: Env, waitUntil: WaitUntil, now: number): Promise<Binding> {
  const ring = await openRing(env.SEAL_KEYS)
  const sent = clientKey(request.headers)
  if (sent.startsWith(TOKEN_PREFIX)) {
    const token = await openToken(ring, sent, request.headers.get('origin'), now)
    return lent(await readBinding(token.keyId, ring, env, waitUntil, now), token, now)
  }
  const key = await parseKey(ring, sent)
  if (!key) throw wrongKey()
  const known = await readBinding(key.id, ring, env, waitUntil, now)
  const hashes = living(known?.hashes ?? [], now)
  let used: SecretHash | undefined
  for (const hash of hashes.length > 0 ? hashes : [NO_HASH]) if (await matchesHash(ring, key, hash)) used = hash
  if (!known || !used) throw hashes.some(({ ring: version }) => !holds(ring, version)) ? uncheckable() : wrongKey()
  checkAlive(known, now)
  const work = resealUsed(env, ring, { key, used, behind: known.behind }, now)
  if (work) waitUntil(work)
  return known.binding
}

function checkAlive({ revoked, binding: { expiresAt } }: KnownKey, now: number): void {
  if (revoked) throw new GatewayError('invalid_api_key', 'The API key has been revoked.')
  if (expiresAt !== undefined && expiresAt <= now) throw new GatewayError('invalid_api_key', 'The API key has expired.')
}

/** The key's binding as far as a token of it goes. It ends with its key, and with what the key may since do no more. */
function lent(known: KnownKey | null, token: ClientToken, now: number): Binding {
  if (!known) throw new GatewayError('invalid_api_key', 'The API key has been revoked.')
  checkAlive(known, now)
  const { id, expiresAt, models, requests, tokens } = token
  const budget = {
    ...(requests !== undefined && { token_requests: requests }),
    ...(tokens !== undefined && { token_tokens: tokens }),
  }
  return { ...known.binding, token: { id, expiresAt, budget, ...(models && { models: models.map(matcher) }) } }
}

/**
 * The one key a request's headers carry.
 * @throws GatewayError 401 `missing_api_key` if there is none, `invalid_api_key` if there are several that differ.
 */
export function clientKey(headers: Headers): string {
  const sent = [bearer(headers), headers.get('x-api-key')?.trim(), headers.get('api-key')?.trim()]
  const [key, ...others] = sent.filter((value) => value !== undefined && value !== '')
  if (key === undefined) {
    throw new GatewayError(
      'missing_api_key',
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or in x-api-key or api-key.",
    )
  }
  if (others.some((other) => other !== key)) {
    throw new GatewayError('invalid_api_key', 'More than one API key was provided, and they differ.')
  }
  return key
}

/** The token of `Authorization: Bearer`, the scheme in any case (RFC 9110 §11.1); undefined for any other scheme. */
export function bearer(headers: Headers): string | undefined {
  return /^bearer +(\S.*)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1]
}

/**
 * Whether a browser may call from where it does. A request without `Origin` is no browser's; the Worker's own pages
 * always may.
 * @throws GatewayError 403 `origin_not_allowed`
 */
export function checkOrigin({ origins }: Pick<Binding, 'origins'>, request: Request): void {
  const origin = request.headers.get('origin')
  if (origin === null || origins === undefined) return
  if (origin !== 'null' && (origins.includes(origin) || origin === new URL(request.url).origin)) return
  throw new GatewayError('origin_not_allowed', 'This API key may not be used from this origin.')
}

/** The tag is of our making and the hash under a version that is missing here: of that key nothing can be said. */
function uncheckable(): GatewayError {
  return new GatewayError('not_configured', "SEAL_KEYS does not hold the version under which this key's hash is kept.")
}

function wrongKey(): GatewayError {
  return new GatewayError('invalid_api_key', 'Incorrect API key provided.')
}
