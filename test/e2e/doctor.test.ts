// `npm run doctor` against a gateway that is well, and against one behind a proxy with every fault that proxies have.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer as createSecureServer, type Server } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { version } from '../../package.json'
import { ROOT } from '../../scripts/build.ts'
import { flowing } from '../../scripts/doctor/call.ts'
import { examine } from '../../scripts/doctor/examine.ts'
import type { Patient } from '../../scripts/doctor/exchange.ts'
import type { Finding } from '../../scripts/doctor/finding.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Faults, type FaultyProxy, startProxy } from '../harness/proxy.ts'
import { TEST_SECRETS } from '../secrets.ts'

/** Long enough to be no finding of its own. */
const ADMIN_TOKEN = 'a-token-of-twenty-characters'
const folder = mkdtempSync(join(tmpdir(), 'dragoman-doctor-'))

let demo: Demo
let gateway: Gateway
let proxy: FaultyProxy
let key: string
beforeAll(async () => {
  demo = await startDemo({ delayMs: 15 })
  gateway = await startGateway({ ADMIN_TOKEN })
  proxy = await startProxy(gateway.url)
  const answer = await fetch(`${gateway.url}/admin/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      providers: { anthropic: { base_url: demo.bases.anthropic, credential: 'demo' } },
      models: { fast: 'anthropic/claude-haiku-4-5' },
      limits: { requests_per_minute: 1000 },
    }),
  })
  key = (JSON.parse(await answer.text()) as { key: string }).key
})
afterEach(() => {
  proxy.faults = {}
})
afterAll(async () => {
  await Promise.all([proxy.close(), gateway.close(), demo.close()])
  rmSync(folder, { recursive: true, force: true })
})

const patient = (more: Partial<Patient> = {}): Patient => ({
  ...{ url: proxy.url, key, adminToken: ADMIN_TOKEN, calls: true, version },
  ...more,
})
const seen = async (faults: Faults, more: Partial<Patient> = {}): Promise<Record<string, Finding>> => {
  proxy.faults = faults
  const findings = await examine(patient(more))
  for (const { state, mend } of findings) expect(state === 'good' || mend).toBeTruthy()
  return Object.fromEntries(findings.map((finding) => [finding.name, finding]))
}
/** Those that are neither good nor left out. */
const wrong = (found: Record<string, Finding>) =>
  Object.values(found).flatMap(({ name, state }) => (state === 'fault' || state === 'note' ? [`${name} ${state}`] : []))

describe('a gateway that is well', () => {
  it('is well, and so it is behind a proxy that only passes on', async () => {
    for (const url of [gateway.url, proxy.url]) {
      const found = await seen({}, { url })
      expect(wrong(found)).toEqual([])
      expect(Object.keys(found)).toEqual([
        ...['reachable', 'tls', 'http/2', 'keep-alive', 'admin token', 'self-test', 'version', 'clock', 'preflight'],
        ...['errors in browsers', 'wrong key', 'key', 'request headers', 'response headers', 'large requests'],
        ...['streaming', 'limits'],
      ])
      expect(found.streaming?.detail).toMatch(
        /^\d+ events in \d+ pieces; the first after \d+ ms, the last after \d+ ms$/,
      )
      expect(found.limits?.detail).toContain('limit-requests 1000')
    }
  })

  it('is looked at as far as it goes without key and token', async () => {
    const found = await seen({}, { key: undefined, adminToken: undefined })
    expect(wrong(found)).toEqual([])
    const left = Object.values(found).filter(({ state }) => state === 'skipped')
    expect(left.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['key', 'request headers', 'large requests', 'streaming', 'self-test', 'version']),
    )
  })

  it('is not blamed for the demo key of another one', async () => {
    const other = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`
    const found = await seen({}, { key: other, isGuess: true })
    expect([found.key?.state, found.streaming?.state, wrong(found)]).toEqual(['skipped', 'skipped', []])
    expect(wrong(await seen({}, { key: other }))).toEqual(['key fault'])
  })

  it('is not charged where no call is wanted', async () => {
    const before = demo.requests.length
    expect((await seen({}, { calls: false })).streaming?.state).toBe('skipped')
    expect(demo.requests.length).toBe(before)
  })
})

describe('a proxy', () => {
  const cors = ['access-control-']
  it.each<[string, Faults, string[]]>([
    ['buffers', { buffers: true }, ['streaming fault']],
    ['closes connections', { closes: true }, ['keep-alive note']],
    ['has another time', { ahead: 60_000 }, ['clock fault']],
    ['has another time, and is late', { ahead: -60_000 }, ['clock fault']],
    ['answers preflights', { ownsPreflights: true }, ['preflight fault']],
    ['refuses large bodies', { limit: 1024 * 1024 }, ['large requests fault']],
    ['strips dragoman-*', { stripsOfRequests: ['dragoman-'] }, ['request headers fault']],
    ['strips x-api-key', { stripsOfRequests: ['x-api-key'] }, ['request headers fault']],
    ['strips our ids', { strips: ['x-request-id', 'openai-'] }, ['response headers fault']],
    ['strips limits', { strips: ['x-ratelimit-'] }, ['limits fault']],
    ['strips cache-control', { strips: ['cache-control'] }, ['streaming note']],
    ['strips CORS', { strips: cors }, ['preflight fault', 'errors in browsers fault', 'response headers fault']],
  ])('that %s is found out', async (_, faults, expected) => {
    expect(wrong(await seen(faults))).toEqual(expected)
  })

  it('that takes Authorization away is named as the reason', async () => {
    const found = await seen({ stripsOfRequests: ['authorization'] })
    expect(found.key).toMatchObject({ state: 'fault', detail: 'let in with x-api-key, not with Authorization' })
    expect(found['admin token']?.state).toBe('fault')
    expect(found.streaming?.state).toBe('skipped')
  })

  it.each<[string, Faults, RegExp]>([
    ['sends elsewhere', { redirects: true }, /redirected to https:\/\/elsewhere\.example/],
    ['answers with a page', { page: true }, /something else answers: status 403, text\/html, by proxy/],
  ])('that %s ends the look', async (_, faults, detail) => {
    const found = await seen(faults)
    expect(Object.keys(found)).toEqual(['reachable'])
    expect(found.reachable).toMatchObject({ state: 'fault', detail: expect.stringMatching(detail) })
  })
})

describe('the self-test', () => {
  const failed = (text: string) =>
    text.replace('"ok":true', '"ok":false').replace(/("name":"kv",)"ok":true/, '$1"ok":false,"detail":"KV is down."')

  it('that fails is told, check by check', async () => {
    const found = await seen({ selftest: (text) => ({ status: 500, text: failed(text) }) })
    expect(found['self-test']).toMatchObject({ state: 'fault', detail: 'kv: KV is down.' })
  })

  it('of another version is told', async () => {
    const found = await seen({ selftest: (text) => ({ status: 200, text: text.replace(version, '0.0.1') }) })
    expect(found.version).toMatchObject({ state: 'note', detail: `0.0.1 there, ${version} here` })
  })

  it('that is not there means an older version', async () => {
    expect(wrong(await seen({ selftest: () => ({ status: 404, text: '{}' }) }))).toEqual([
      'self-test note',
      'version note',
    ])
  })

  it('that the platform cuts off is asked for in part', async () => {
    let asked = 0
    const found = await seen({
      selftest: (text) => (asked++ === 0 ? { status: 503, text: 'error code: 1102' } : { status: 200, text }),
    })
    expect(asked).toBe(2)
    expect(found['self-test']).toMatchObject({ state: 'note', detail: expect.stringContaining('checks passed') })
  })
})

describe('an answer', () => {
  const event = 'data: {"choices":[]}\n\n'
  const answer = (text: string, pieces: number, headers: Record<string, string> = {}) =>
    flowing(
      {
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-transform', ...headers },
        text,
        pieces: Array.from({ length: pieces }, (_, at) => ({ size: 1, at })),
        reused: false,
        at: 0,
      },
      'm',
    )
  const whole = `${event.repeat(20)}data: [DONE]\n\n`

  it.each([
    ['good', answer(whole, 20)],
    ['good', answer(whole, 6)],
    ['held back', answer(whole, 2)],
    ['too few to tell', answer(`${event}data: [DONE]\n\n`, 1)],
    ['before its end', answer(event.repeat(20), 20)],
    ['broke off', answer(`${event}data: {"error":{"code":"upstream_truncated"}}\n\n`, 20)],
    ['compressed', answer(whole, 20, { 'content-encoding': 'gzip' })],
    ['text/html', answer(whole, 20, { 'content-type': 'text/html' })],
    ['without no-transform', answer(whole, 20, { 'cache-control': 'no-cache' })],
  ])('is told: %s', (expected, { state, detail }) => {
    expect(`${state} ${detail}`).toContain(expected)
  })
})

/** Runs the command. */
function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const environment = { PATH: process.env.PATH, DRAGOMAN_DATA: folder, ...env } as Partial<NodeJS.ProcessEnv>
  const options = { env: environment as NodeJS.ProcessEnv }
  return new Promise((resolve) =>
    execFile(process.execPath, [join(ROOT, 'scripts/doctor.ts'), ...args], options, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    ),
  )
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!hasOpenssl)('a certificate', () => {
  let server: Server
  const [certificate, privateKey] = ['cert.pem', 'key.pem'].map((name) => join(folder, name)) as [string, string]
  const url = () => `https://localhost:${(server.address() as AddressInfo).port}`

  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '3']
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    spawnSync('openssl', ['req', '-x509', ...made, '-keyout', privateKey, '-out', certificate, ...subject])
    const healthy = (_: unknown, response: ServerResponse) => {
      response.setHeader('content-type', 'application/json')
      response.end('{"status":"ok"}')
    }
    server = createSecureServer({ key: readFileSync(privateKey), cert: readFileSync(certificate) }, healthy)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('that nobody trusts ends the look', async () => {
    const [only, ...rest] = await examine(patient({ url: url() }))
    expect(rest).toEqual([])
    expect(only).toMatchObject({ state: 'fault', mend: expect.stringContaining('will not trust this certificate') })
  })

  it('that ends soon is told, and that there is no HTTP/2', async () => {
    const told = await run(['--url', url(), '--json'], { NODE_EXTRA_CA_CERTS: certificate })
    const { findings }: { findings: Finding[] } = JSON.parse(told.out)
    const of = (name: string) => findings.find((finding) => finding.name === name)
    expect(of('tls')).toMatchObject({
      state: 'note',
      detail: expect.stringMatching(/^TLSv1\.[23], certificate good for [23] days$/),
    })
    expect(of('http/2')).toMatchObject({ state: 'note', detail: 'not offered' })
    expect(told.code).toBe(1)
  })
})

describe('the command', () => {
  it('ends with 0 where all is well, and tells it in lines and as JSON', async () => {
    writeFileSync(join(folder, '.dev.vars'), `ADMIN_TOKEN=${ADMIN_TOKEN}\nDEMO_KEY=${key}\n`)
    const told = await run(['--url', gateway.url])
    expect([told.code, told.err]).toEqual([0, ''])
    expect(told.out).toMatch(/^✓ streaming +\d+ events/m)
    expect(told.out.trimEnd().endsWith('All is well.')).toBe(true)
    expect(told.out).not.toContain('\u001b')
    const json = await run(['--url', gateway.url, '--json', '--no-call'])
    expect(JSON.parse(json.out)).toMatchObject({ ok: true, url: gateway.url, findings: expect.any(Array) })
    for (const secret of [key, ADMIN_TOKEN, TEST_SECRETS.SEAL_KEYS]) expect(told.out + json.out).not.toContain(secret)
  })

  it('ends with 1 where something is to be mended, and says how', async () => {
    proxy.faults = { buffers: true }
    const told = await run(['--url', proxy.url], { ADMIN_TOKEN, DRAGOMAN_KEY: key })
    expect(told.code).toBe(1)
    expect(told.out).toMatch(/^✗ streaming +held back/m)
    expect(told.out).toContain('streaming: Switch buffering and compression of responses off')
  })

  it('ends with 2 where nothing is reached, and for what it does not understand', async () => {
    const closed = createServer()
    const port = await new Promise<number>((free) =>
      closed.listen(0, '127.0.0.1', () => {
        const { port } = closed.address() as { port: number }
        closed.close(() => free(port))
      }),
    )
    const nobody = await run(['--url', `http://127.0.0.1:${port}`])
    expect([nobody.code, nobody.out]).toEqual([2, expect.stringContaining('Nothing listens there')])
    const unknown = await run(['--ulr', gateway.url])
    expect([unknown.code, unknown.err]).toEqual([2, '--ulr was not understood: see --help.\n'])
    const plain = await run(['--url', 'http://10.0.0.1'])
    expect(plain.code).toBe(2)
    expect((await run(['--help'])).out).toContain('DRAGOMAN_KEY')
  })
})
