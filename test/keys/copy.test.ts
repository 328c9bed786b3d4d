// KV that fails: what was last known is good for 10 minutes, in memory or in the cache of the place; then 503.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { authenticate } from '../../src/keys/authenticate.ts'
import { forgetBinding, memo } from '../../src/keys/binding.ts'
import { fakeEnv, storedKey } from './keyring.ts'

const NOW = Date.UTC(2026, 10, 20)
const MINUTE = 60_000
const withKey = (key: string) =>
  new Request('https://dragoman.test/v1/models', { headers: { authorization: `Bearer ${key}` } })

/** A cache of one place: what isolates there share. */
class FakeCache {
  readonly entries = new Map<string, Response>()
  readonly puts: string[] = []
  down = false

  async put(url: string, response: Response): Promise<void> {
    this.#check()
    this.puts.push(url)
    this.entries.set(url, response)
  }

  async match(url: string): Promise<Response | undefined> {
    this.#check()
    return this.entries.get(url)?.clone()
  }

  async delete(url: string): Promise<boolean> {
    this.#check()
    return this.entries.delete(url)
  }

  #check(): void {
    if (this.down) throw new Error('The cache is down')
  }
}

let cache: FakeCache
let names: string[]
let later: Promise<unknown>[]
const waitUntil = (work: Promise<unknown>) => {
  later.push(work)
}
beforeEach(() => {
  cache = new FakeCache()
  names = []
  later = []
  const open = async (name: string) => {
    names.push(name)
    return cache
  }
  vi.stubGlobal('caches', { open })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A key that was read once here, with a limiter that knows whether it was revoked. */
async function known() {
  const limiter = { revoked: false, down: false, asked: [] as string[] }
  const LIMITER = {
    getByName: (name: string) => ({
      async lease() {
        limiter.asked.push(name)
        if (limiter.down) throw new Error('The limiter is down')
        return { revoked: limiter.revoked }
      },
    }),
  }
  const { env, kv } = fakeEnv({ LIMITER })
  const { key, id, record } = await storedKey({ env, kv }, { name: 'kept' })
  const ask = async (now: number) => {
    const binding = await authenticate(withKey(key), env, waitUntil, now)
    await Promise.all(later)
    return binding
  }
  await ask(NOW)
  /** As in an isolate that was started just now. */
  const restart = () => memo.forget(id)
  return { limiter, env, kv, key, id, record, ask, restart }
}

describe('while KV cannot be read', () => {
  it('an isolate that knows nothing goes by what the place knows, for 10 minutes after it was read', async () => {
    const { kv, id, ask, restart } = await known()
    kv.down = true
    for (const at of [0, 5 * MINUTE, 10 * MINUTE]) {
      restart()
      expect(await ask(NOW + at)).toMatchObject({ id, name: 'kept' })
    }
    restart()
    await expect(ask(NOW + 10 * MINUTE + 1)).rejects.toMatchObject({ status: 503, details: { retryAfterMs: 1000 } })
  })

  it('what came from the place is remembered for as long, and KV is asked again after 5 s', async () => {
    const { kv, ask, restart } = await known()
    kv.down = true
    restart()
    kv.reads.length = 0
    for (const at of [9 * MINUTE, 9 * MINUTE + 4_999, 9 * MINUTE + 5_000]) await ask(NOW + at)
    expect(kv.reads).toHaveLength(2)
    await expect(ask(NOW + 10 * MINUTE + 5_001)).rejects.toMatchObject({ status: 503 })
  })

  it('never answers 401 to a key that nobody here knows', async () => {
    const { env, kv } = fakeEnv()
    const { key } = await storedKey({ env, kv })
    kv.down = true
    await expect(authenticate(withKey(key), env, waitUntil, NOW)).rejects.toMatchObject({ status: 503 })
  })

  it('it counts as down when it has not answered for 5 s', async () => {
    const { env, key, id, restart } = await known()
    restart()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const begun = Promise.withResolvers<void>()
    const get = () => {
      begun.resolve()
      return new Promise(() => {})
    }
    const silent: unknown = { ...env, KEYS: { get } }
    const asked = authenticate(withKey(key), silent as Env, waitUntil, NOW)
    await begun.promise
    await vi.advanceTimersByTimeAsync(5000)
    expect(await asked).toMatchObject({ id })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a revoked key stays revoked: its limiter is asked', async () => {
    const { limiter, kv, id, ask, restart } = await known()
    kv.down = true
    limiter.revoked = true
    restart()
    await expect(ask(NOW + MINUTE)).rejects.toMatchObject({ status: 401, message: 'The API key has been revoked.' })
    expect(limiter.asked).toEqual([`key:${id}`])
  })

  it('a limiter that is down as well says nothing against a key', async () => {
    const { limiter, kv, id, ask, restart } = await known()
    kv.down = true
    limiter.down = true
    restart()
    expect(await ask(NOW + MINUTE)).toMatchObject({ id })
  })

  it('a wrong secret is wrong still', async () => {
    const { env, kv, key, id, restart } = await known()
    const other = await storedKey({ env, kv })
    kv.down = true
    restart()
    const forged = `${key.slice(0, 22)}${other.key.slice(22)}`
    await expect(authenticate(withKey(forged), env, waitUntil, NOW)).rejects.toMatchObject({ status: 401 })
    expect(id).not.toBe(other.id)
  })

  it.each(['no JSON', '{}'])('a copy that is %s is no copy', async (text) => {
    const { kv, ask, restart } = await known()
    const [url = ''] = cache.puts
    cache.entries.set(url, new Response(text, { headers: { 'x-read-at': String(NOW) } }))
    kv.down = true
    restart()
    await expect(ask(NOW)).rejects.toMatchObject({ status: 503 })
  })

  it('a cache that fails, or is not there, is as good as empty', async () => {
    const { kv, ask, restart } = await known()
    cache.down = true
    restart()
    await ask(NOW + 1)
    kv.down = true
    restart()
    await expect(ask(NOW + 1)).rejects.toMatchObject({ status: 503 })
    vi.stubGlobal('caches', undefined)
    await expect(ask(NOW + 1)).rejects.toMatchObject({ status: 503 })
  })
})

describe('the copy of a place', () => {
  it('is what KV holds, in a cache of its own, under a host that nobody can have', async () => {
    const { id, record } = await known()
    expect(names).toEqual(['dragoman-keys'])
    expect(cache.puts).toEqual([`https://keys.dragoman.invalid/${id}`])
    const copy = await cache.match(cache.puts[0] ?? '')
    expect(copy?.headers.get('cache-control')).toBe('max-age=600')
    expect(JSON.parse((await copy?.text()) ?? '')).toEqual(record)
  })

  it('is written after the answer, and again only for a new record or after 4 minutes', async () => {
    const { kv, id, record, ask } = await known()
    for (let at = MINUTE; at < 4 * MINUTE; at += MINUTE) await ask(NOW + at)
    expect(cache.puts).toHaveLength(1)
    await ask(NOW + 4 * MINUTE)
    expect(cache.puts).toHaveLength(2)
    kv.values.set(`key:${id}`, JSON.stringify({ ...record, rev: 2 }))
    await ask(NOW + 5 * MINUTE)
    expect(cache.puts).toHaveLength(3)
  })

  it('goes when the key is changed here, or found to be gone', async () => {
    const { kv, id, ask } = await known()
    await forgetBinding(id)
    expect(cache.entries.size).toBe(0)
    await ask(NOW)
    expect(cache.entries.size).toBe(1)
    kv.values.clear()
    await expect(ask(NOW + MINUTE)).rejects.toMatchObject({ status: 401 })
    await Promise.all(later)
    expect(cache.entries.size).toBe(0)
  })
})
