// `npm run serve`: the Worker on the plain runtime, whose data survives its restarts.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { ROOT } from '../../scripts/build.ts'

interface Served {
  readonly url: string
  readonly output: () => string
  stop(): Promise<number | null>
}

const data = mkdtempSync(join(tmpdir(), 'dragoman-serve-'))
const children: ChildProcess[] = []
let demo: Demo
let served: Served

async function freePort(): Promise<number> {
  const probe = createServer()
  return await new Promise((free) => {
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => free(port))
    })
  })
}

/** Starts it, and resolves when it says that it is ready. @throws Error with what it said, if it ended before. */
async function serve(env: Record<string, string> = {}): Promise<Served> {
  const port = await freePort()
  const child = spawn(process.execPath, ['scripts/serve.ts'], {
    cwd: ROOT,
    env: { ...process.env, DRAGOMAN_DATA: data, PORT: String(port), ALLOW_HTTP_UPSTREAMS: 'loopback', ...env },
  })
  children.push(child)
  let output = ''
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        output += bytes.toString()
        if (/^Dragoman ready on /m.test(output)) resolve()
      })
    }
    void ended.then((code) => reject(new Error(`ended with ${code}: ${output}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      return await ended
    },
  }
}

const secret = (name: string) => parseEnv(readFileSync(join(data, '.dev.vars'), 'utf8'))[name] ?? ''
const admin = async (path: string, body?: unknown) => {
  const answer = await fetch(`${served.url}/admin/keys${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${secret('ADMIN_TOKEN')}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}
const ask = (key: string) =>
  fetch(`${served.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-haiku-4-5', stream: true, messages: [{ role: 'user', content: 'Hello!' }] }),
  })

beforeAll(async () => {
  ;[demo, served] = await Promise.all([startDemo({ delayMs: 0 }), serve()])
})
afterAll(async () => {
  // Not by force: what it started would stay.
  await served.stop()
  for (const child of children) child.kill('SIGTERM')
  await demo.close()
  rmSync(data, { recursive: true, force: true })
})

describe('the plain runtime', () => {
  const ids: string[] = []
  let key: string

  it('serves the page and the data beside it, and leaves the rest to the Worker', async () => {
    const page = await fetch(`${served.url}/`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(await page.text()).toContain('<title>Dragoman</title>')
    const compat = await fetch(`${served.url}/compat.json`)
    expect(compat.headers.get('access-control-allow-origin')).toBe('*')
    expect(Object.keys(JSON.parse(await compat.text()))).toEqual(['providers', 'dialects'])
    for (const path of ['/config.capnp', '/_headers', '/']) {
      const answer = await fetch(served.url + path, { method: path === '/' ? 'POST' : 'GET' })
      expect(answer.status, path).toBe(path === '/' ? 405 : 404)
    }
  })

  it('makes keys, and lists them page by page', async () => {
    const provider = { base_url: demo.bases.anthropic, credential: 'demo' }
    for (const name of ['one', 'two', 'three']) {
      const made = await admin('', { name, providers: { anthropic: provider }, limits: { requests_per_minute: 2 } })
      expect(made.status).toBe(201)
      ids.push(made.body.id)
      key = made.body.key
    }
    const first = await admin('?limit=2')
    expect(first.body).toMatchObject({ data: [{ name: 'one' }, { name: 'two' }], has_more: true })
    const next = await admin(`?limit=2&after=${ids[1]}`)
    expect(next.body).toMatchObject({ data: [{ name: 'three' }], has_more: false })
  })

  it('streams a translated answer, within the limits of the key', async () => {
    const text = await (await ask(key)).text()
    expect(text).toContain('"content":"You"')
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
    expect([(await ask(key)).status, (await ask(key)).status]).toEqual([200, 429])
  })

  it('keeps its secrets where only their owner can read them, and in no file of the runtime', () => {
    expect(statSync(join(data, '.dev.vars')).mode & 0o777).toBe(0o600)
    const config = readFileSync(join(data, 'runtime/config.capnp'), 'utf8')
    for (const name of ['ADMIN_TOKEN', 'SEAL_KEYS']) expect(config).not.toContain(secret(name))
  })

  it('is one process a folder', async () => {
    await expect(serve()).rejects.toThrow(/Another Dragoman \(process \d+\) is using/)
  })

  it('ends when it is told to, and has all its keys and limits when it comes back', async () => {
    expect(await served.stop()).toBe(0)
    await expect(fetch(`${served.url}/healthz`)).rejects.toThrow()
    served = await serve()
    expect((await admin('')).body.data.map(({ name }: { name: string }) => name)).toEqual(['one', 'two', 'three'])
    expect((await ask(key)).status).toBe(429)
    expect(served.output()).not.toContain(secret('ADMIN_TOKEN'))
  })
})

it('refuses a port that another has, whoever would answer there', async () => {
  const { port } = new URL(served.url)
  await expect(serve({ PORT: port, DRAGOMAN_DATA: join(data, 'second') })).rejects.toThrow(`Port ${port} is in use.`)
})

it('refuses a port that is none', async () => {
  await expect(serve({ PORT: '0', DRAGOMAN_DATA: join(data, 'other') })).rejects.toThrow('PORT: expected 1 to 65535.')
})
