// The models of one slot: as this isolate remembers them, as the place does (the Cache API), or as the provider lists them.
// https://developers.cloudflare.com/workers/runtime-apis/cache/
import { textOf } from './answers.ts'
import { GatewayError } from './hub/error.ts'
import { jsonIn } from './hub/json.ts'
import type { ListedModel } from './hub/models.ts'
import type { Provider } from './hub/provider.ts'
import type { AppContext } from './journey.ts'
import { Memo } from './keys/memo.ts'
import type { Slot } from './keys/slot.ts'
import { credentialId } from './limits/credential.ts'
import type { Times } from './timeouts.ts'
import { refusalText, send } from './upstream.ts'

/** How long a list is good, here and in the place, and how long it may stand in for one that cannot be had. */
const FRESH_MS = 60_000
const CACHED_S = 300
const STALE_MS = 3_600_000
/** A provider with more pages than this is one that never ends. */
const MAX_PAGES = 20

export interface SlotModels {
  readonly models: readonly ListedModel[]
  /** Some pages could not be had: there may be more. */
  readonly partial: boolean
}

interface Asked {
  readonly c: AppContext
  readonly slot: Slot
  readonly provider: Provider
  readonly times: Times
}

const memo = new Memo<SlotModels>({ hitMs: FRESH_MS, staleMs: STALE_MS, max: 200 })

/**
 * The models of a slot's account. Lists are shared by all keys with the same credential, and with no others.
 * @throws GatewayError when the provider cannot be asked, and nothing of the last hour is remembered.
 */
export async function slotModels(asked: Asked): Promise<SlotModels> {
  const id = credentialId(asked.slot)
  const now = Date.now()
  const known = memo.fresh(id, now)
  if (known) return known
  const cached = await fromPlace(id)
  if (cached) {
    memo.set(id, cached, now)
    return cached
  }
  try {
    const found = await listed(asked)
    memo.set(id, found, now)
    if (!found.partial) asked.c.executionCtx.waitUntil(toPlace(id, found))
    return found
  } catch (thrown) {
    const last = memo.lastKnown(id, now)
    if (last) return last
    throw thrown
  }
}

async function listed(asked: Asked): Promise<SlotModels> {
  const { slot, provider } = asked
  const models: ListedModel[] = []
  let after: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const path = provider.models.path(after, slot)
    if (path === undefined) break
    try {
      const { models: some, next } = provider.models.read(await fetchPage(asked, path))
      models.push(...some)
      if (next === undefined) break
      after = next
    } catch (thrown) {
      // What stands on the pages before is no worse for it.
      if (page === 0) throw thrown
      return { models, partial: true }
    }
  }
  return { models, partial: false }
}

async function fetchPage({ c, slot, provider, times }: Asked, path: string): Promise<unknown> {
  const { headers, signal } = c.req.raw
  const message = { method: 'GET', path, headers: {} } as const
  const sending = { client: headers, signal, headMs: times.firstByteMs, bindings: c.env }
  const response = await send(slot, provider, message, sending)
  if (!response.ok) {
    const refusal = { status: response.status, headers: response.headers, body: await refusalText(response, times) }
    throw provider.refuse(refusal, slot.name, undefined)
  }
  try {
    return JSON.parse(await textOf(response, times.idleMs))
  } catch (cause) {
    throw new GatewayError('upstream_error', 'The provider sent a list that is not JSON.', { cause })
  }
}

async function fromPlace(id: string): Promise<SlotModels | undefined> {
  const models = jsonIn((await inCache((cache) => cache.match(urlOf(id)).then((found) => found?.text()))) ?? '')
  return Array.isArray(models) ? { models: models as ListedModel[], partial: false } : undefined
}

async function toPlace(id: string, { models }: SlotModels): Promise<void> {
  const headers = { 'cache-control': `max-age=${CACHED_S}` }
  await inCache((cache) => cache.put(urlOf(id), Response.json(models, { headers })))
}

/** A cache that fails is one that holds nothing. It has a name of its own, which no request from outside is answered from. */
async function inCache<T>(act: (cache: Cache) => Promise<T>): Promise<T | undefined> {
  try {
    return await act(await caches.open('dragoman-models'))
  } catch {
    return undefined
  }
}

/** A host that nobody can have (RFC 2606). */
function urlOf(id: string): string {
  return `https://models.dragoman.invalid/${id}`
}
