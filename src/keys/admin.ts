// The admin API: keys made, listed, shown and deleted. It answers to ADMIN_TOKEN alone, and to no browser (no CORS).
import { Hono } from 'hono/tiny'
import type { SlotRequest, StoredBinding, StoredSlot } from '../../schemas/binding.ts'
import { GatewayError } from '../hub/error.ts'
import { parseJson } from '../hub/json.ts'
import { bearer } from './authenticate.ts'
import { forgetBinding, kvName, parseRecord } from './binding.ts'
import { hashSecret, isKeyId, mintKey, newKeyId } from './format.ts'
import { openRing, type Ring } from './ring.ts'
import { seal } from './seal.ts'
import { placeOf, secretNameIn } from './slot.ts'
import { type ProviderFacts, validateCreate } from './validate.ts'

const MAX_BODY_BYTES = 65_536
const PAGE = { default: 20, max: 100 }

/**
 * The routes under `/admin`. Everything below that path asks for the token, whether there is a route or not, so that
 * nobody else learns what there is. Errors are thrown as GatewayError, for the app that mounts this.
 * @param providers what a slot of each provider must bring, by name
 */
export function adminApp(providers: ReadonlyMap<string, ProviderFacts>): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>()

  app.use('/admin/*', async function requireAdminToken(c, next) {
    await requireAdmin(c.req.raw, c.env)
    await next()
    c.res.headers.set('cache-control', 'no-store')
  })

  app.post('/admin/keys', async (c) => {
    const body = await readBody(c.req.raw)
    const { key, record } = await createKey(body, providers, c.env)
    return c.json({ key, ...shown(record) }, 201)
  })

  app.get('/admin/keys', async (c) => {
    const limit = pageSize(c.req.query('limit'))
    const after = c.req.query('after')
    return c.json(await listKeys(c.env, limit, after))
  })

  app.get('/admin/keys/:id', async (c) => {
    const record = await recordOf(c.env, c.req.param('id')).read()
    if (!record) throw noSuchKey()
    return c.json(shown(record))
  })

  app.delete('/admin/keys/:id', async (c) => {
    const id = c.req.param('id')
    if (!(await recordOf(c.env, id).remove())) throw noSuchKey()
    forgetBinding(id)
    return c.json({ id, deleted: true })
  })

  return app
}

/**
 * Checks `Authorization: Bearer <ADMIN_TOKEN>`, in constant time.
 * @throws GatewayError 503 `not_configured` without a token to compare with, 401 for a missing or wrong one.
 */
async function requireAdmin(request: Request, env: Env): Promise<void> {
  const expected = env.ADMIN_TOKEN?.trim()
  if (!expected) {
    throw new GatewayError('not_configured', 'The gateway is not configured: ADMIN_TOKEN is not set. Set this secret.')
  }
  const sent = bearer(request.headers)
  if (sent === undefined) {
    throw new GatewayError('missing_api_key', 'The admin API needs an Authorization header: Bearer ADMIN_TOKEN.')
  }
  // Both through a MAC under a key that nobody knows: equal lengths, and nothing to learn from how long it takes.
  const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
  const bytes = new TextEncoder()
  const mac = await crypto.subtle.sign('HMAC', key as CryptoKey, bytes.encode(expected))
  if (!(await crypto.subtle.verify('HMAC', key as CryptoKey, mac, bytes.encode(sent)))) {
    throw new GatewayError('invalid_api_key', 'Incorrect admin token provided.')
  }
}

/**
 * Makes a key and stores its record, credentials sealed.
 * @throws GatewayError 400 with `param` for a body that breaks a rule; 503 `not_configured` without SEAL_KEYS.
 */
async function createKey(
  body: unknown,
  providers: ReadonlyMap<string, ProviderFacts>,
  env: Env,
): Promise<{ key: string; record: StoredBinding }> {
  const now = Date.now()
  const { providers: slots, ...rest } = validateCreate(body, { providers, env, now })
  const ring = await openRing(env.SEAL_KEYS)
  const minted = await mintKey(ring, newKeyId(now))
  const stored = Object.entries(slots).map(
    async ([name, slot]) => [name, await sealSlot(ring, minted.id, name, slot)] as const,
  )
  const record: StoredBinding = {
    v: 1,
    id: minted.id,
    rev: 1,
    status: 'active',
    hashes: [await hashSecret(ring, minted)],
    created_at: new Date(now).toISOString(),
    ...rest,
    providers: Object.fromEntries(await Promise.all(stored)),
  }
  if (!(await recordOf(env, minted.id).write(record))) {
    throw new GatewayError('conflict', 'The new key met another of its id. Send the request again.')
  }
  return { key: minted.key, record }
}

async function sealSlot(ring: Ring, id: string, name: string, sent: SlotRequest): Promise<StoredSlot> {
  const { credential, ...rest } = sent
  const slot = { ...rest, provider: sent.provider ?? name }
  if (credential === undefined) return slot
  const secret = secretNameIn(credential)
  if (secret !== undefined) return { ...slot, credential: { secret } }
  return { ...slot, credential: { sealed: await seal(ring, JSON.stringify(credential), placeOf(id, name, slot)) } }
}

/**
 * One page of keys, oldest first. KV lists names in order and ids sort by time, but it cannot start at a name: what
 * comes before `after` is walked past, a thousand names a step.
 */
async function listKeys(
  env: Env,
  limit: number,
  after: string | undefined,
): Promise<{ data: unknown[]; has_more: boolean }> {
  if (after !== undefined && !isKeyId(after)) {
    throw new GatewayError('invalid_value', "Invalid 'after'. Expected the id of a key.", { param: 'after' })
  }
  const names: string[] = []
  let cursor: string | null = null
  do {
    const page: KVNamespaceListResult<unknown> = await env.KEYS.list({ prefix: kvName(''), cursor })
    for (const { name } of page.keys) if (after === undefined || name > kvName(after)) names.push(name)
    cursor = page.list_complete ? null : page.cursor
  } while (cursor !== null && names.length <= limit)
  const shownNames = names.slice(0, limit)
  const texts = shownNames.length > 0 ? await env.KEYS.get(shownNames, 'text') : new Map<string, string | null>()
  return { data: shownNames.flatMap((name) => listed(name, texts.get(name))), has_more: names.length > limit }
}

/** One entry of the list, or none: a name without a record was deleted a moment ago. */
function listed(name: string, text: string | null | undefined): Record<string, unknown>[] {
  if (typeof text !== 'string') return []
  try {
    return [shown(parseRecord(text))]
  } catch {
    // One record that cannot be read must not hide the others.
    console.error({ event: 'key-record-unreadable', name })
    return []
  }
}

/** A record as an administrator sees it: all that was sent, but no credential, and nothing of how it is kept. */
function shown(record: StoredBinding): Record<string, unknown> {
  const {
    v: _v,
    rev: _rev,
    status: _status,
    hashes: _hashes,
    id,
    name,
    providers,
    created_at,
    updated_at,
    ...rest
  } = record
  const slots = Object.entries(providers).map(([slot, { credential: _credential, ...facts }]) => [slot, facts])
  return {
    id,
    name: name ?? null,
    providers: Object.fromEntries(slots),
    ...rest,
    created_at,
    ...(updated_at !== undefined && { updated_at }),
  }
}

function recordOf(env: Env, id: string): DurableObjectStub<import('./record.ts').KeyRecord> {
  if (!isKeyId(id)) throw noSuchKey()
  return env.RECORDS.getByName(id)
}

function noSuchKey(): GatewayError {
  return new GatewayError('not_found', 'There is no key of this id.')
}

function pageSize(text: string | undefined): number {
  if (text === undefined) return PAGE.default
  const fail = (code: 'invalid_type' | 'integer_below_min_value' | 'integer_above_max_value') =>
    new GatewayError(code, `Invalid 'limit'. Expected an integer from 1 to ${PAGE.max}.`, { param: 'limit' })
  if (!/^-?\d{1,9}$/.test(text)) throw fail('invalid_type')
  if (Number(text) < 1) throw fail('integer_below_min_value')
  if (Number(text) > PAGE.max) throw fail('integer_above_max_value')
  return Number(text)
}

/**
 * The JSON of a request's body.
 * @throws GatewayError 413 beyond 64 KB, counted as it comes in; 400 if it is not JSON.
 */
async function readBody(request: Request): Promise<unknown> {
  const tooLarge = () => new GatewayError('request_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  // Fatal: bytes that are not UTF-8 would otherwise be stored as something that was never sent.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let text = ''
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) throw tooLarge()
      text += decoder.decode(chunk, { stream: true })
    }
    return parseJson(text + decoder.decode())
  } catch (error) {
    // Without its cause: a parser's message quotes the text, and this text holds credentials.
    if (error instanceof GatewayError) throw new GatewayError(error.code, error.message, { param: error.body.param })
    throw new GatewayError('invalid_request', 'We could not read the body of your request as JSON in UTF-8.')
  }
}
