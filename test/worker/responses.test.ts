// Where responses are kept, in workerd itself: the Durable Object, what is at rest in it, and what becomes of an answer
// when it cannot be reached.
import {
  createExecutionContext,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import app from '../../src/app.ts'
import type { ResponseStore } from '../../src/responses/store.ts'
import { messageFrames } from '../harness/stream.ts'
import { TEST_SECRETS } from '../secrets.ts'

const ADMIN = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }
const HOUR = 3_600_000

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await reset()
})

describe('ResponseStore', () => {
  let stub: DurableObjectStub<ResponseStore>
  let now: number
  beforeEach(() => {
    stub = env.RESPONSES.getByName('key_0123456789abcdef')
    now = Date.now()
  })
  const piece = (size: number, value: number) => new Uint8Array(size).fill(value)
  const keep = (id: string, more: object = {}) => stub.keep({ id, expires: now + HOUR, pieces: [piece(3, 7)], ...more })
  const rows = (table: string) =>
    runInDurableObject(stub, (_store, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray().length)

  it('gives back what it was given, in one, and nothing else', async () => {
    await keep('a', { pieces: [piece(1024 * 1024, 1), piece(1024 * 1024, 2), piece(10, 3)] })
    const { found, chain } = await stub.load({ ids: ['a', 'b', 'a'] })
    expect(chain).toEqual([])
    expect(found).toHaveLength(1)
    expect(found[0]?.sealed?.byteLength).toBe(2 * 1024 * 1024 + 10)
    expect([found[0]?.sealed?.at(0), found[0]?.sealed?.at(1024 * 1024), found[0]?.sealed?.at(-1)]).toEqual([1, 2, 3])
    // In the place of what was there.
    await keep('a')
    expect((await stub.load({ ids: ['a'] })).found[0]?.sealed).toEqual(piece(3, 7))
    expect(await rows('pieces')).toBe(1)
  })

  it('finds the way back through a conversation, and says where it breaks off', async () => {
    await keep('a')
    await keep('b', { previous: 'a' })
    await keep('c', { previous: 'b' })
    expect((await stub.load({ chain: 'c' })).chain.map(({ id }) => id)).toEqual(['c', 'b', 'a'])
    await stub.remove({ id: 'a' })
    expect(await stub.load({ chain: 'c' })).toMatchObject({ chain: [{ id: 'c' }, { id: 'b' }], more: 'a' })
    expect(await rows('pieces')).toBe(2)
  })

  it('gives a conversation out in parts that a call can hold', async () => {
    const large = Array.from({ length: 10 }, () => piece(1024 * 1024, 1))
    await keep('a', { pieces: large })
    await keep('b', { previous: 'a', pieces: large })
    const first = await stub.load({ chain: 'b', ids: ['a'] })
    expect(first).toMatchObject({ chain: [{ id: 'b' }], more: 'a', found: [] })
    expect(await stub.load({ chain: 'a' })).toMatchObject({ chain: [{ id: 'a' }] })
  })

  it('remembers a slot without a response', async () => {
    await stub.keep({ id: 'a', expires: now + HOUR, slot: 'openai' })
    expect((await stub.load({ chain: 'a' })).chain).toEqual([{ id: 'a', slot: 'openai' }])
  })

  it('forgets what has expired at once, and deletes it when its alarm comes', async () => {
    await keep('a', { expires: now - 1 })
    await keep('b')
    expect((await stub.load({ ids: ['a', 'b'] })).found.map(({ id }) => id)).toEqual(['b'])
    expect(await rows('responses')).toBe(2)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect([await rows('responses'), await rows('pieces')]).toEqual([1, 1])
    const next = await runInDurableObject(stub, (_store, { storage }) => storage.getAlarm())
    expect(next).toBe(now + 2 * HOUR)
  })

  it('keeps the beginning of a conversation as long as its end', async () => {
    await keep('a')
    await keep('b', { previous: 'a' })
    await keep('c', { previous: 'b', expires: now + 5 * HOUR })
    const expiries = await runInDurableObject(stub, (_store, { storage }) =>
      storage.sql
        .exec<{ expires: number }>('SELECT expires FROM responses')
        .toArray()
        .map(({ expires }) => expires),
    )
    expect(expiries).toEqual(Array.from({ length: 3 }, () => now + 5 * HOUR))
  })

  it('is empty when its key is gone, and can be used again', async () => {
    await keep('a')
    await stub.clear()
    expect((await stub.load({ ids: ['a'] })).found).toEqual([])
    await keep('b')
    expect((await stub.load({ ids: ['b'] })).found).toHaveLength(1)
  })
})

describe('through the Worker', () => {
  const SECRET = 'a canary of a sentence'
  const ANSWER = {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' },
    ...{ content: [{ type: 'text', text: `${SECRET}, answered` }], stop_reason: 'end_turn' },
    usage: { input_tokens: 3, output_tokens: 2 },
  }
  beforeEach(() => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_input, init) => {
      const { stream }: { stream?: boolean } = JSON.parse(String(init?.body))
      const head = { headers: { 'content-type': 'text/event-stream' } }
      return stream ? new Response(messageFrames('Hello', ' there').join(''), head) : Response.json(ANSWER)
    })
  })

  async function makeKey(): Promise<{ key: string; id: string }> {
    const providers = { anthropic: { base_url: 'https://api.anthropic.test', credential: 'k' } }
    const body = JSON.stringify({ providers })
    const answer = await exports.default.fetch('http://dragoman.test/admin/keys', {
      method: 'POST',
      headers: ADMIN,
      body,
    })
    return answer.json()
  }
  async function ask(key: string, path: string, body?: object, own: object = env): Promise<Response> {
    const request = new Request(`http://dragoman.test/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const context = createExecutionContext()
    const answer = await app.fetch(request, own as Env, context)
    const text = await answer.text()
    await waitOnExecutionContext(context)
    return new Response(text, answer)
  }
  const model = 'anthropic/claude-haiku-4-5'

  it('what was said is at rest only as what nobody can read', async () => {
    const { key, id } = await makeKey()
    const made = (await (await ask(key, '/responses', { model, input: SECRET })).json()) as { id: string }
    const held = await runInDurableObject(env.RESPONSES.getByName(id), (_store, { storage }) =>
      storage.sql.exec<{ data: ArrayBuffer }>('SELECT data FROM pieces').toArray(),
    )
    expect(held).toHaveLength(1)
    const bytes = new TextDecoder('latin1').decode(held[0]?.data)
    expect(bytes.length).toBeGreaterThan(100)
    expect(bytes).not.toContain('canary')
    // Copied to another key, or under another name, it does not open.
    const other = await makeKey()
    const { found } = await env.RESPONSES.getByName(id).load({ ids: [made.id] })
    const pieces = [found[0]?.sealed ?? new Uint8Array()]
    await env.RESPONSES.getByName(other.id).keep({ id: made.id, expires: Date.now() + HOUR, pieces })
    await env.RESPONSES.getByName(id).keep({ id: 'resp_x', expires: Date.now() + HOUR, pieces })
    expect((await ask(other.key, `/responses/${made.id}`)).status).toBe(404)
    expect((await ask(key, '/responses/resp_x')).status).toBe(404)
    expect((await ask(key, `/responses/${made.id}`)).status).toBe(200)
  })

  it('goes with its key', async () => {
    const { key, id } = await makeKey()
    await ask(key, '/responses', { model, input: 'x' })
    await exports.default.fetch(`http://dragoman.test/admin/keys/${id}`, { method: 'DELETE', headers: ADMIN })
    const rows = await runInDurableObject(env.RESPONSES.getByName(id), (_store, { storage }) =>
      storage.sql.exec('SELECT * FROM responses').toArray(),
    )
    expect(rows).toEqual([])
  })

  it('is kept for as many days as the variable says, and not at all for none', async () => {
    const { key, id } = await makeKey()
    const before = Date.now()
    await ask(key, '/responses', { model, input: 'x' }, { ...env, RESPONSES_TTL_DAYS: '2' })
    const none = await ask(key, '/responses', { model, input: 'x' }, { ...env, RESPONSES_TTL_DAYS: '0' })
    expect(await none.json()).toMatchObject({ store: false })
    const rows = await runInDurableObject(env.RESPONSES.getByName(id), (_store, { storage }) =>
      storage.sql.exec<{ expires: number }>('SELECT expires FROM responses').toArray(),
    )
    expect(rows).toHaveLength(1)
    expect((rows[0]?.expires ?? 0) - before).toBeGreaterThanOrEqual(48 * HOUR)
  })

  describe('when the store cannot be reached', () => {
    const fail = async () => {
      throw new Error('unreachable')
    }
    const broken = { ...env, RESPONSES: { getByName: () => ({ keep: fail, load: fail, remove: fail, clear: fail }) } }
    beforeEach(() => {
      vi.spyOn(console, 'error').mockImplementation(() => undefined)
    })

    it('the answer is given all the same, and says that it is not stored', async () => {
      const { key } = await makeKey()
      const answer = await ask(key, '/responses', { model, input: 'x' }, broken)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('dragoman-loss')).toBe('"store";kind=dropped')
      expect(await answer.json()).toMatchObject({ status: 'completed', store: false })
    })

    it('so does a stream, in its last event', async () => {
      const { key } = await makeKey()
      const text = await (await ask(key, '/responses', { model, input: 'x', stream: true }, broken)).text()
      const stores = [...text.matchAll(/event: (response\.\w+)\n.*?"store":(true|false)/g)].map(([, type, store]) => [
        type,
        store,
      ])
      expect(stores).toEqual([
        ['response.created', 'true'],
        ['response.in_progress', 'true'],
        ['response.completed', 'false'],
      ])
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    })

    it('what needs it is told to come again', async () => {
      const { key } = await makeKey()
      for (const answer of [
        await ask(key, '/responses/resp_1', undefined, broken),
        await ask(key, '/responses', { model, input: 'x', previous_response_id: 'resp_1' }, broken),
      ]) {
        expect(answer.status).toBe(503)
        expect(answer.headers.get('retry-after')).toBe('1')
      }
    })
  })
})
