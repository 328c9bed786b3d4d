// The page and the data beside it, as they are served: the same from the platform's own assets and from elsewhere.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build, ROOT } from '../../scripts/build.ts'
import { buildPage } from '../../scripts/page.ts'
import { loadWrangler } from '../../scripts/worker.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { TEST_SECRETS } from '../secrets.ts'

let gateway: Gateway
let platform: Miniflare
let weight: number

/** The Worker behind the assets of wrangler.toml, as Cloudflare routes requests to the two. */
async function withAssets(): Promise<Miniflare> {
  const { code } = await build()
  const { unstable_readConfig: read, unstable_getMiniflareWorkerOptions: convert } = await loadWrangler()
  const config = read({ config: join(ROOT, 'wrangler.toml') })
  const { modulesRules: _rules, ...options } = convert({ ...config, secrets: { required: [] } }).workerOptions
  return new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      handleStructuredLogs: () => {},
      workers: [
        {
          ...options,
          name: 'dragoman',
          modules: [{ type: 'ESModule', path: 'index.js', contents: code }],
          bindings: { ...TEST_SECRETS },
        },
      ],
    }),
  )
}

beforeAll(async () => {
  ;({ weight } = await buildPage())
  gateway = await startGateway({}, undefined, true)
  platform = await withAssets()
})
afterAll(() => Promise.all([gateway.close(), platform.dispose()]))

const FILES = {
  '/': 'text/html; charset=utf-8',
  '/page.js': 'text/javascript; charset=utf-8',
  '/style.css': 'text/css; charset=utf-8',
  '/icon.svg': 'image/svg+xml',
  '/compat.json': 'application/json',
  '/openapi.json': 'application/json',
}
const TOLD = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'permissions-policy',
  'referrer-policy',
  'x-content-type-options',
  'x-frame-options',
  'access-control-allow-origin',
  'content-type',
  'cache-control',
]

const codeOf = (text: string): unknown => JSON.parse(text).error.code

describe.each(['elsewhere', 'the platform'])('%s', (where) => {
  const address = async () => (where === 'elsewhere' ? gateway.url : (await platform.ready).origin)
  const get = async (path: string, init: RequestInit = {}) => fetch((await address()) + path, init)

  it.each(Object.entries(FILES))('has %s as %s, under the policy', async (path, type) => {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    const { headers } = answer
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('permissions-policy')).toContain('camera=()')
    expect(headers.get('access-control-allow-origin')).toBe(path.endsWith('.json') ? '*' : null)
    expect((await answer.text()).length).toBeGreaterThan(100)
    const head = await get(path, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, type, ''])
  })

  it('says what it said before with 304', async () => {
    const { headers } = await get('/compat.json')
    const [etag, modified] = [headers.get('etag'), headers.get('last-modified')]
    const asked = etag === null ? { 'if-modified-since': modified ?? '' } : { 'if-none-match': etag }
    expect((await get('/compat.json', { headers: asked })).status).toBe(304)
  })

  it('leaves every other path to the Worker', async () => {
    for (const path of ['/_headers', '/index.js', '/nothing', '/page.ts', '/..%2findex.js']) {
      const answer = await get(path)
      expect([answer.status, codeOf(await answer.text())], path).toEqual([404, 'unknown_url'])
    }
    expect((await get('/healthz')).headers.get('content-security-policy')).toBeNull()
    const refused = await get('/v1/models')
    expect([refused.status, codeOf(await refused.text())]).toEqual([401, null])
    expect((await get('/compat.json', { method: 'POST' })).status).toBe(405)
  })

  it('has the tables and the description as they were generated', async () => {
    const file = (name: string) => JSON.parse(readFileSync(join(ROOT, 'schemas', name), 'utf8'))
    const compat = { providers: file('json/compat.json'), dialects: file('json/dialects.json') }
    expect(await (await get('/compat.json')).json()).toEqual(compat)
    expect(await (await get('/openapi.json')).json()).toEqual(file('openapi.json'))
  })
})

it('says the same in both places', async () => {
  const { origin } = await platform.ready
  for (const path of Object.keys(FILES)) {
    const [here, there] = await Promise.all([fetch(gateway.url + path), fetch(origin + path)])
    const told = ({ headers }: Response) => Object.fromEntries(TOLD.map((name) => [name, headers.get(name)]))
    expect(told(here), path).toEqual(told(there))
    expect(await here.text(), path).toBe(await there.text())
  }
})

it('weighs little: what is loaded before the data, gzipped', () => {
  expect(weight).toBeLessThan(30 * 1024)
})
