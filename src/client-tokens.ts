// `POST /v1/client_tokens`: a token for a page, of a key that stays on the server.
import { type ClientTokenAnswer, clientTokenRequest } from '../schemas/client-tokens.ts'
import { readText } from './body.ts'
import { GatewayError } from './hub/error.ts'
import { parseJson } from './hub/json.ts'
import { validate } from './hub/validate.ts'
import type { AppContext } from './journey.ts'
import { signToken } from './keys/client-token.ts'
import { openRing } from './keys/ring.ts'
import { isOrigin } from './keys/validate.ts'
import { admit } from './translate.ts'

const MAX_BODY_BYTES = 65_536
const DEFAULT_S = 600

/** @throws GatewayError 400 with `param`; 403 for a token, which cannot make others. */
export async function mintToken(c: AppContext): Promise<Response> {
  const journey = c.get('journey')
  c.executionCtx.waitUntil(journey.over)
  const { id: keyId, token: lent, origins, expiresAt: end = Number.POSITIVE_INFINITY } = await admit(c)
  if (lent) throw new GatewayError('insufficient_permissions', 'A token cannot make tokens: that takes its key.')
  const body = validate(clientTokenRequest, parseJson(await readText(c.req.raw, MAX_BODY_BYTES)))
  const { origin, models, expires_in: seconds = DEFAULT_S, budget } = body
  const refuse = (message: string) => new GatewayError('invalid_value', message, { param: 'origin' })
  if (!isOrigin(origin)) throw refuse("Invalid 'origin'. Expected an origin: scheme://host[:port].")
  if (origins && !origins.includes(origin)) throw refuse("Invalid 'origin'. The key may not be used from there.")
  // Whole seconds, and never longer than the key.
  const expiresAt = Math.floor(Math.min(Date.now() + seconds * 1000, end) / 1000) * 1000
  const id = `tok_${crypto.randomUUID().replaceAll('-', '')}`
  const ring = await openRing(c.env.SEAL_KEYS)
  const token = await signToken(ring, { keyId, id, origin, expiresAt, models, ...budget })
  const answer: ClientTokenAnswer = { token, expires_at: new Date(expiresAt).toISOString() }
  journey.note({ status: 200 })
  journey.settle('complete')
  return c.json(answer, { headers: { 'cache-control': 'no-store' } })
}
