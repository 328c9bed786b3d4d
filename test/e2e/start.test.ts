// `npm start`, as somebody who has just cloned the repository meets it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** Everything that was started, so that nothing stays when a test fails. */
const started = new Set<ChildProcess>()
const folders: string[] = []

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'dragoman-start-'))
  folders.push(made)
  return made
}

afterAll(async () => {
  for (const npm of started) npm.kill('SIGTERM')
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

interface Started {
  readonly npm: ChildProcess
  /** Everything printed until it was ready, or until it ended. */
  readonly output: string
  readonly url: string
  readonly ended: Promise<number | null>
}

/** Runs `npm start` until it is ready or has ended. */
async function start(env: Record<string, string>, args: readonly string[] = []): Promise<Started> {
  // Empty is as good as not given: what the tests' own environment holds stays out of it.
  const environment: NodeJS.ProcessEnv = { ...process.env, SEAL_KEYS: '', ADMIN_TOKEN: '', PORT: '0', ...env }
  const npm = spawn('npm', ['start', ...(args.length > 0 ? ['--', ...args] : [])], { cwd: ROOT, env: environment })
  started.add(npm)
  let output = ''
  const ended = new Promise<number | null>((resolve) => npm.once('close', resolve))
  const ready = new Promise<void>((resolve) => {
    for (const stream of [npm.stdout, npm.stderr]) {
      stream?.on('data', (text: Buffer) => {
        output += text.toString()
        if (/^Dragoman ready on .*\n/m.test(output)) resolve()
      })
    }
  })
  await Promise.race([ready, ended])
  return { npm, output, ended, url: /^Dragoman ready on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output)?.[1] ?? '' }
}

async function stop({ npm, ended }: Started, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  npm.kill(signal)
  const code = await ended
  started.delete(npm)
  return code
}

/** A process and all it started, by their numbers. */
async function familyOf(pid: number | undefined): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid='])
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const family = [pid ?? 0]
  for (const member of family) for (const [child = 0, parent] of pairs) if (parent === member) family.push(child)
  return family
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A process that has ended stays in the table until its parent, which may be a lazy init, has looked.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const row = (output: string, name: string): string => new RegExp(`^ *${name} +(\\S+)$`, 'm').exec(output)?.[1] ?? ''

describe('with a data folder', () => {
  const data = folder()
  let first: Started
  beforeAll(async () => {
    first = await start({ DRAGOMAN_DATA: data })
  })

  it('says in one last line where it is ready', () => {
    expect(first.output.match(/Dragoman ready/g)).toHaveLength(1)
    expect(first.output.trimEnd().split('\n').at(-1)).toBe(`Dragoman ready on ${first.url}`)
    expect(row(first.output, 'base URL')).toBe(`${first.url}/v1`)
    expect(row(first.output, 'demo key')).toMatch(/^sk-dg-[\w-]{65}$/)
    expect(row(first.output, 'admin token')).not.toBe('')
    // Colours are for people.
    expect(first.output).not.toContain('\u001b')
  })

  it('serves the page, and says where', async () => {
    const address = row(first.output, 'page')
    expect(address).toBe(`${first.url}/`)
    expect(first.output).toContain('the demo key works in the page')
    const page = await fetch(address)
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(await page.text()).toContain('<title>Dragoman</title>')
  })

  it('serves the Worker, and its admin API to the token printed', async () => {
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200)
    const headers = { authorization: `Bearer ${row(first.output, 'admin token')}` }
    const keys = (await (await fetch(`${first.url}/admin/keys`, { headers })).json()) as { data: { name: string }[] }
    expect(keys.data.map(({ name }) => name)).toEqual(['demo'])
  })

  it('streams a translated answer to the line it prints', async () => {
    const line = /^curl .*$/m.exec(first.output)?.[0] ?? ''
    const { stdout } = await run('sh', ['-c', line])
    const events = stdout.split('\n').flatMap((text) => (text.startsWith('data: ') ? [text.slice(6)] : []))
    expect(events.pop()).toBe('[DONE]')
    const chunks = events.map((text) => JSON.parse(text) as { choices: { delta: { content?: string } }[] })
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('You said: "Hello!"')
    expect(chunks.length).toBeGreaterThan(3)
  })

  it('answers through the other binding of its key too', async () => {
    const answer = await fetch(`${first.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${row(first.output, 'demo key')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-4.1', messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'You said: "Hello!"' } }] })
  })

  it('keeps what it was not given where only its owner can read', () => {
    const path = join(data, '.dev.vars')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(`ADMIN_TOKEN=${row(first.output, 'admin token')}`)
    expect(text).toContain(`DEMO_KEY=${row(first.output, 'demo key')}`)
    expect(text).toMatch(/^SEAL_KEYS='\{"1":".{44}"\}'$/m)
  })

  it('refuses a folder that is in use', async () => {
    const second = await start({ DRAGOMAN_DATA: data })
    expect(await second.ended).not.toBe(0)
    expect(second.output).toMatch(/^Another Dragoman \(process \d+\) is using .*$/m)
    expect(second.output).not.toContain('Dragoman ready')
  })

  it('refuses a port that is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    const second = await start({ DRAGOMAN_DATA: folder(), PORT: String(port) })
    expect(await second.ended).not.toBe(0)
    expect(second.output).toContain(`Port ${port} is in use.`)
    other.close()
  })

  it('ends with npm and leaves nothing behind', async () => {
    const family = await familyOf(first.npm.pid)
    expect(family.length).toBeGreaterThan(2)
    expect(await stop(first)).toBe(0)
    await expect.poll(() => family.filter(isAlive), { timeout: 3000 }).toEqual([])
  })

  it('goes on where it stopped: the same key, the same token', async () => {
    const again = await start({ DRAGOMAN_DATA: data })
    expect(row(again.output, 'demo key')).toBe(row(first.output, 'demo key'))
    expect(row(again.output, 'admin token')).toBe(row(first.output, 'admin token'))
    expect(await stop(again, 'SIGINT')).toBe(0)
  })
})

describe('in other ways', () => {
  it('keeps nothing with PERSIST=0', async () => {
    const data = folder()
    const once = await start({ DRAGOMAN_DATA: data, PERSIST: '0', ADMIN_TOKEN: 'mine' })
    expect(row(once.output, 'admin token')).toBe('mine')
    expect(readFileSync(join(data, '.dev.vars'), 'utf8')).not.toContain('ADMIN_TOKEN')
    await stop(once)
    const again = await start({ DRAGOMAN_DATA: data, PERSIST: '0', ADMIN_TOKEN: 'mine' })
    const headers = { authorization: 'Bearer mine' }
    const keys = (await (await fetch(`${again.url}/admin/keys`, { headers })).json()) as { data: unknown[] }
    expect(keys.data).toHaveLength(1)
    expect(row(again.output, 'demo key')).not.toBe(row(once.output, 'demo key'))
    await stop(again)
  })

  it('says the same as JSON, for programs', async () => {
    const started = await start({ DRAGOMAN_DATA: folder(), PERSIST: '0', ADMIN_TOKEN: 'mine', DEMO: '0' }, ['--json'])
    const [line = ''] = started.output.split('\n').filter((text) => text.startsWith('{'))
    expect(JSON.parse(line)).toEqual({ url: started.url, base_url: `${started.url}/v1`, admin_token: 'mine' })
    expect(started.output.trimEnd().split('\n').at(-1)).toBe(`Dragoman ready on ${started.url}`)
    await stop(started)
  })

  it('says what it can do, and ends with 2 for what it does not understand', async () => {
    const help = await start({}, ['--help'])
    expect([await help.ended, help.output.includes('DRAGOMAN_DATA')]).toEqual([0, true])
    const unknown = await start({}, ['--prot'])
    expect(await unknown.ended).toBe(2)
    expect(unknown.output).toContain('--prot was not understood: see --help.')
  })

  it('runs without the demo with DEMO=0', async () => {
    const bare = await start({ DRAGOMAN_DATA: folder(), DEMO: '0' })
    expect(bare.url).not.toBe('')
    expect(bare.output).not.toContain('demo key')
    // Killed, npm cannot pass anything on; what it started ends all the same.
    const family = await familyOf(bare.npm.pid)
    await stop(bare, 'SIGKILL')
    await expect.poll(() => family.filter(isAlive), { timeout: 5000 }).toEqual([])
  })
})
