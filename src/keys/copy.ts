// The last record that was read of a key, in the Cache API of the place: what isolates that know nothing of the key go by
// while KV cannot be read. https://developers.cloudflare.com/workers/runtime-apis/cache/
//
// It holds what KV holds, hashed and sealed. The cache has a name of its own, which no request from outside is answered
// from, and its URLs a host that nobody can have (RFC 2606). Where there is no such cache (workers.dev), nothing is kept.
import { Memo } from './memo.ts'

export interface Copy {
  readonly text: string
  /** When KV gave it, in epoch milliseconds. */
  readonly readAt: number
}

const MAX_AGE_MS = 600_000
/** How long a copy is left alone while the record has not changed. */
const RENEW_MS = 240_000
const READ_AT = 'x-read-at'

/** The `rev` of each copy that this isolate has put. */
const put = new Memo<number>({ hitMs: RENEW_MS })

/** Keeps a record that was read, unless the copy that this isolate put is as good. */
export async function keepCopy(id: string, rev: number, text: string, now: number): Promise<void> {
  if (put.fresh(id, now) === rev) return
  put.set(id, rev, now)
  const headers = { 'cache-control': `max-age=${MAX_AGE_MS / 1000}`, [READ_AT]: String(now) }
  await inCache((cache) => cache.put(urlOf(id), new Response(text, { headers })))
}

/** What was kept of a key within the last 10 minutes. */
export async function lastCopy(id: string, now: number): Promise<Copy | undefined> {
  const answer = await inCache((cache) => cache.match(urlOf(id)))
  const readAt = Number(answer?.headers.get(READ_AT) ?? Number.NaN)
  return answer && now - readAt <= MAX_AGE_MS ? { text: await answer.text(), readAt } : undefined
}

/** Throws the copy of this place away: the key was changed or deleted. */
export async function dropCopy(id: string): Promise<void> {
  put.forget(id)
  await inCache((cache) => cache.delete(urlOf(id)))
}

/** A cache that fails is one that holds nothing. */
async function inCache<T>(act: (cache: Cache) => Promise<T>): Promise<T | undefined> {
  try {
    return await act(await caches.open('dragoman-keys'))
  } catch {
    return undefined
  }
}

function urlOf(id: string): string {
  return `https://keys.dragoman.invalid/${id}`
}
