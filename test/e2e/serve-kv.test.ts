// The KV of the plain runtime, asked by the runtime's own binding.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildModule, ROOT } from '../../scripts/build.ts'
import { serveConfig } from '../../scripts/serve-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'dragoman-kv-'))
let child: ChildProcess
let url: string

/** Calls methods of the namespace, one after the other, and says what each gave. */
const PROBE = `export default {
  async fetch(request, { KEYS }) {
    const out = []
    for (const [method, ...args] of await request.json()) {
      try {
        const value = await KEYS[method](...args)
        out.push(value instanceof Map ? Object.fromEntries(value) : (value ?? null))
      } catch { out.push('failed') }
    }
    return Response.json(out)
  },
}`

beforeAll(async () => {
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'index.js'), PROBE)
  for (const name of ['kv', 'page']) {
    writeFileSync(join(folder, `${name}.js`), await buildModule(`selfhost/${name}.ts`))
  }
  const config = { compatibilityDate: '2026-10-01', compatibilityFlags: [], objects: [], namespaces: ['KEYS'] }
  const folders = { data: join(folder, 'data'), page: folder }
  const options = { ...config, ...folders, address: '127.0.0.1:0', variables: [], reachesLocal: false }
  writeFileSync(join(folder, 'config.capnp'), serveConfig(options))
  const workerd = join(ROOT, 'node_modules/workerd/bin/workerd')
  const args = ['serve', '--experimental', '--control-fd=3', join(folder, 'config.capnp')]
  child = spawn(workerd, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] })
  // The runtime says on this pipe which port it took.
  for await (const line of createInterface({ input: child.stdio[3] as NodeJS.ReadableStream })) {
    const { event, port } = JSON.parse(line) as { event: string; port?: number }
    if (event !== 'listen') continue
    url = `http://127.0.0.1:${port}`
    break
  }
})
afterAll(() => {
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function ask(...calls: readonly (readonly [method: string, ...args: unknown[]])[]): Promise<unknown[]> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(calls) })
  return JSON.parse(await answer.text())
}

test('what is put is got, whatever its name, until it is deleted', async () => {
  for (const name of ['a', 'key:key_1', 'a/b?c=1&d#e', '%2F', 'ü☃😀', 'with space']) {
    const value = `value of ${name}`
    const said = await ask(['get', name], ['put', name, value], ['get', name], ['delete', name], ['get', name])
    expect(said).toEqual([null, null, value, null, null])
  }
})

test('several are got at once', async () => {
  await ask(['put', 'm1', '1'], ['put', 'm2', '{"a":2}'])
  expect(await ask(['get', ['m1', 'm2', 'm3'], 'text'], ['get', ['m2'], 'json'])).toEqual([
    { m1: '1', m2: '{"a":2}', m3: null },
    { m2: { a: 2 } },
  ])
})

test('metadata and an end come with what they were put with', async () => {
  const end = Math.floor(Date.now() / 1000) + 3600
  const [, , found, listed] = await ask(
    ['put', 'meta:1', 'x', { metadata: { a: 1 }, expiration: end }],
    ['put', 'meta:2', 'y', { expirationTtl: 3600 }],
    ['getWithMetadata', 'meta:1'],
    ['list', { prefix: 'meta:' }],
  )
  expect(found).toMatchObject({ value: 'x', metadata: { a: 1 } })
  const keys = [
    { name: 'meta:1', metadata: { a: 1 }, expiration: end },
    { name: 'meta:2', expiration: expect.any(Number) },
  ]
  expect(listed).toMatchObject({ keys, list_complete: true })
})

test('what has expired is not there', async () => {
  const past = Math.floor(Date.now() / 1000) - 1
  const [, one, listed] = await ask(
    ['put', 'old', 'x', { expiration: past }],
    ['get', 'old'],
    ['list', { prefix: 'old' }],
  )
  expect(one).toBeNull()
  expect(listed).toMatchObject({ keys: [] })
})

test('lists go on where they ended, in order, and a prefix is taken by its letters', async () => {
  await ask(...['c', 'a', 'b', '%'].map((name) => ['put', `page_${name}`, name] as const), ['put', 'pageX', ''])
  const names: string[] = []
  for (let cursor: string | null = null; ; ) {
    const [page] = (await ask(['list', { prefix: 'page_', limit: 2, cursor }])) as {
      keys: { name: string }[]
      list_complete: boolean
      cursor?: string
    }[]
    names.push(...(page?.keys ?? []).map(({ name }) => name))
    expect(page?.keys.length).toBeLessThanOrEqual(2)
    if (page?.list_complete !== false) break
    cursor = page.cursor ?? null
  }
  expect(names).toEqual(['page_%', 'page_a', 'page_b', 'page_c'])
})
