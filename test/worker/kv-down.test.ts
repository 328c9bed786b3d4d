// KV fails under the whole Worker: what the runtime's own cache knows is good still, and nothing of it is to be had
// from outside.
import { reset } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { forgetBinding, memo } from '../../src/keys/binding.ts'
import { ask, bindingOf, CREDENTIAL } from './admin.ts'

const down = { ...env, KEYS: { get: () => Promise.reject(new Error('KV GET failed: 500')) } } as unknown as Env

beforeEach(() => {
  for (const level of ['log', 'error'] as const) vi.spyOn(console, level).mockReturnValue()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

async function create(): Promise<{ key: string; id: string }> {
  const { body } = await ask('POST', '/admin/keys', { providers: { alpha: { credential: CREDENTIAL } } })
  return body
}

it('a key that was used here goes on, in this isolate and in the next', async () => {
  const { key, id } = await create()
  await bindingOf(key)
  expect(await bindingOf(key, down)).toMatchObject({ id })
  memo.forget(id)
  const binding = await bindingOf(key, down)
  expect(binding.slots.get('alpha')?.credential).toBe(CREDENTIAL)
})

it('one that was deleted elsewhere does not, though the copy of this place has it', async () => {
  const { key, id } = await create()
  await bindingOf(key)
  memo.forget(id)
  await env.RECORDS.getByName(id).remove()
  await expect(bindingOf(key, down)).rejects.toMatchObject({ status: 401 })
})

it('one that was deleted here leaves no copy', async () => {
  const { key, id } = await create()
  await bindingOf(key)
  await ask('DELETE', `/admin/keys/${id}`)
  await expect(bindingOf(key, down)).rejects.toMatchObject({ status: 503 })
})

it('one that nobody knows is 503 with retry-after, never 401', async () => {
  const { key, id } = await create()
  await forgetBinding(id)
  vi.spyOn(env.KEYS, 'get').mockRejectedValue(new Error('KV GET failed: 500'))
  const headers = { authorization: `Bearer ${key}` }
  const answer = await exports.default.fetch('https://dragoman.test/v1/models', { headers })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await answer.json()).toEqual({
    error: { message: expect.any(String), type: 'server_error', param: null, code: 'unavailable' },
  })
})

it('a copy is not to be had by its address, from outside or from the shared cache', async () => {
  const { key, id } = await create()
  await bindingOf(key)
  const url = `https://keys.dragoman.invalid/${id}`
  expect(await (await caches.open('dragoman-keys')).match(url)).toBeDefined()
  expect(await caches.default.match(url)).toBeUndefined()
  expect((await exports.default.fetch(url)).status).toBe(404)
})
