// The Durable Object that keeps the responses of one key, named by the key's id. It holds what it cannot read: the gateway
// seals what it gives and opens what it gets (`record.ts`).
import { DurableObject } from 'cloudflare:workers'
import type { KeepAsk, LoadAnswer, LoadAsk, StoredResponse } from './rpc.ts'

/** More than this does not go into one answer: the rest is asked for again. A call of the runtime's may have 32 MiB. */
const MOST_BYTES = 16 * 1024 * 1024
/** What is expired is deleted within this time, in milliseconds; until then nobody gets to see it. */
const SWEEP_MS = 3_600_000

const TABLES = `
  CREATE TABLE IF NOT EXISTS responses (
    id TEXT PRIMARY KEY, expires INTEGER NOT NULL, previous TEXT, slot TEXT, size INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS responses_by_expiry ON responses (expires);
  CREATE TABLE IF NOT EXISTS pieces (id TEXT NOT NULL, place INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (id, place));
`

type Row = {
  readonly id: string
  readonly expires: number
  readonly previous: string | null
  readonly slot: string | null
  readonly size: number
}

export class ResponseStore extends DurableObject<Env> {
  readonly #sql: SqlStorage

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    this.#sql.exec(TABLES)
  }

  /** Keeps a response, in the place of what had its id before. */
  async keep({ id, expires, previous, slot, pieces = [] }: KeepAsk): Promise<object> {
    this.ctx.storage.transactionSync(() => {
      this.#delete(id)
      const size = pieces.reduce((all, { byteLength }) => all + byteLength, 0)
      this.#sql.exec(
        'INSERT INTO responses (id, expires, previous, slot, size) VALUES (?, ?, ?, ?, ?)',
        ...[id, expires, previous ?? null, slot ?? null, size],
      )
      pieces.forEach((piece, place) => {
        this.#sql.exec('INSERT INTO pieces (id, place, data) VALUES (?, ?, ?)', id, place, piece)
      })
      this.#prolong(previous, expires)
    })
    const due = await this.ctx.storage.getAlarm()
    if (due === null) await this.ctx.storage.setAlarm(Math.max(expires, Date.now()) + SWEEP_MS)
    return {}
  }

  load({ chain, ids = [] }: LoadAsk): LoadAnswer {
    const now = Date.now()
    let left = MOST_BYTES
    const take = (row: Row): StoredResponse => {
      left -= row.size
      return this.#whole(row)
    }
    const earlier: StoredResponse[] = []
    let next = chain
    for (let row = this.#row(next, now); row; row = this.#row(next, now)) {
      if (earlier.length > 0 && row.size > left) break
      earlier.push(take(row))
      next = row.previous ?? undefined
    }
    // What one answer cannot hold is asked for by itself.
    const found = [...new Set(ids)].flatMap((id) => {
      const row = this.#row(id, now)
      return row && row.size <= left ? [take(row)] : []
    })
    return { chain: earlier, ...(next !== undefined && { more: next }), found }
  }

  remove({ id }: { readonly id: string }): object {
    this.ctx.storage.transactionSync(() => this.#delete(id))
    return {}
  }

  /** The key is gone. */
  async clear(): Promise<object> {
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
    // Who comes later finds a store with nothing in it.
    this.#sql.exec(TABLES)
    return {}
  }

  override async alarm(): Promise<void> {
    const now = Date.now()
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec('DELETE FROM pieces WHERE id IN (SELECT id FROM responses WHERE expires <= ?)', now)
      this.#sql.exec('DELETE FROM responses WHERE expires <= ?', now)
    })
    const { next } = this.#sql.exec<{ next: number | null }>('SELECT MIN(expires) AS next FROM responses').one()
    if (next !== null) await this.ctx.storage.setAlarm(next + SWEEP_MS)
  }

  #row(id: string | undefined, now: number): Row | undefined {
    if (id === undefined) return undefined
    return this.#sql.exec<Row>('SELECT * FROM responses WHERE id = ? AND expires > ?', id, now).toArray()[0]
  }

  #whole({ id, previous, slot, size }: Row): StoredResponse {
    const sealed = new Uint8Array(size)
    let at = 0
    for (const { data } of this.#sql.exec<{ data: ArrayBuffer }>(
      'SELECT data FROM pieces WHERE id = ? ORDER BY place',
      id,
    )) {
      sealed.set(new Uint8Array(data), at)
      at += data.byteLength
    }
    return { id, ...(previous !== null && { previous }), ...(slot !== null && { slot }), ...(size > 0 && { sealed }) }
  }

  /** What a response goes on with is a part of it: none of that ends before it does. */
  #prolong(previous: string | undefined, expires: number): void {
    this.#sql.exec(
      `WITH RECURSIVE earlier(id) AS (SELECT ? UNION SELECT previous FROM responses JOIN earlier USING (id) WHERE previous IS NOT NULL)
       UPDATE responses SET expires = ? WHERE expires < ? AND id IN (SELECT id FROM earlier)`,
      ...[previous ?? '', expires, expires],
    )
  }

  #delete(id: string): void {
    this.#sql.exec('DELETE FROM pieces WHERE id = ?', id)
    this.#sql.exec('DELETE FROM responses WHERE id = ?', id)
  }
}
