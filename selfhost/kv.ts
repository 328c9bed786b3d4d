// A KV namespace on one SQLite Durable Object, for the plain runtime, which has none of its own: what `env.KEYS` asks for
// comes here as HTTP. https://github.com/cloudflare/workerd (kv.c++: the paths and headers that the binding speaks)
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers'

interface Bindings {
  readonly STORE: DurableObjectNamespace<KvStore>
}

/** The service that a `kvNamespace` binding names. */
export default class Kv extends WorkerEntrypoint<Bindings> {
  override fetch(request: Request): Promise<Response> {
    return this.env.STORE.getByName('kv').fetch(request)
  }
}

type Entry = {
  readonly name: string
  readonly value: string
  readonly metadata: string | null
  /** Unix seconds. */
  readonly expiration: number | null
}

const PAGE = 1000
const MOST_AT_ONCE = 100

export class KvStore extends DurableObject<Bindings> {
  readonly #sql: SqlStorage

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS entries (name TEXT PRIMARY KEY, value TEXT NOT NULL, metadata TEXT, expiration INTEGER)',
    )
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const path = pathname.slice(1)
    if (request.method === 'POST' && path === 'bulk/get') return this.#many(await request.json())
    if (path === '') return this.#list(searchParams)
    const name = searchParams.get('urlencoded') === 'true' ? decodeURIComponent(path) : path
    switch (request.method) {
      case 'GET':
        return this.#get(name)
      case 'PUT':
        return this.#put(name, await request.text(), request.headers.get('cf-kv-metadata'), searchParams)
      case 'DELETE':
        this.#sql.exec('DELETE FROM entries WHERE name = ?', name)
        return new Response(null)
      default:
        return new Response(null, { status: 405 })
    }
  }

  #get(name: string): Response {
    const entry = this.#read(name)
    if (!entry) return new Response(null, { status: 404 })
    const headers = new Headers()
    if (entry.expiration !== null) headers.set('cf-expiration', String(entry.expiration))
    if (entry.metadata !== null) headers.set('cf-kv-metadata', entry.metadata)
    return new Response(entry.value, { headers })
  }

  #put(name: string, value: string, metadata: string | null, query: URLSearchParams): Response {
    const [ttl, at] = [query.get('expiration_ttl'), query.get('expiration')]
    const expiration = ttl === null ? (at === null ? null : Number(at)) : now() + Number(ttl)
    this.#sql.exec('INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)', name, value, metadata, expiration)
    return new Response(null)
  }

  #many(asked: unknown): Response {
    const { keys = [], type = 'text', withMetadata = false } = asked as BulkGet
    if (keys.length > MOST_AT_ONCE) return new Response(`At most ${MOST_AT_ONCE} keys at once.`, { status: 400 })
    const found = keys.map((name) => {
      const entry = this.#read(name)
      if (!entry) return [name, null]
      const value: unknown = type === 'json' ? JSON.parse(entry.value) : entry.value
      return [name, withMetadata ? { value, metadata: entry.metadata && JSON.parse(entry.metadata) } : value]
    })
    return Response.json(Object.fromEntries(found))
  }

  /** In the order of the names' bytes. A cursor is the last name of the page before. */
  #list(query: URLSearchParams): Response {
    const limit = Math.min(PAGE, Number(query.get('key_count_limit') ?? PAGE) || PAGE)
    const prefix = query.get('prefix') ?? ''
    const rows = this.#sql
      .exec<Entry>(
        `SELECT * FROM entries WHERE substr(name, 1, length(?1)) = ?1 AND name > ?2 AND (expiration IS NULL OR expiration > ?3)
         ORDER BY name LIMIT ?4`,
        ...[prefix, query.get('cursor') ?? '', now(), limit + 1],
      )
      .toArray()
    const page = rows.slice(0, limit)
    const keys = page.map(({ name, metadata, expiration }) => ({
      name,
      ...(expiration !== null && { expiration }),
      ...(metadata !== null && { metadata }),
    }))
    const more = rows.length > limit
    return Response.json({ keys, list_complete: !more, ...(more && { cursor: page.at(-1)?.name }), cacheStatus: null })
  }

  /** What has expired is gone: it is taken away when it is met. */
  #read(name: string): Entry | undefined {
    const [entry] = this.#sql.exec<Entry>('SELECT * FROM entries WHERE name = ?', name).toArray()
    if (!entry || entry.expiration === null || entry.expiration > now()) return entry
    this.#sql.exec('DELETE FROM entries WHERE name = ?', name)
    return undefined
  }
}

interface BulkGet {
  readonly keys?: readonly string[]
  readonly type?: 'text' | 'json'
  readonly withMetadata?: boolean
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
