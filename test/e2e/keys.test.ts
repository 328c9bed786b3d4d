// `npm run keys` against a started gateway: a key's whole life from a shell.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { TEST_SECRETS } from '../secrets.ts'

const ROOT = join(import.meta.dirname, '../..')
const CREDENTIAL = 'sk-ant-from-the-environment'

let gateway: Gateway
let folder: string
beforeAll(async () => {
  gateway = await startGateway()
  folder = mkdtempSync(join(tmpdir(), 'dragoman-keys-'))
})
afterAll(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command; what it is given on its standard input is `input`. */
function keys(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ran> {
  const environment = {
    PATH: process.env.PATH,
    ADMIN_TOKEN: TEST_SECRETS.ADMIN_TOKEN,
    DRAGOMAN_URL: gateway.url,
    DRAGOMAN_DATA: folder,
    ...env,
  } as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv
  const child = spawn(process.execPath, [join(ROOT, 'scripts/keys.ts'), ...args], { env: environment })
  let [out, err] = ['', '']
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))
  child.stdin.end(input)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}

const models = async (key: string) =>
  (await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status

describe('a key’s life', () => {
  let id: string
  let key: string
  const made = ['--provider', 'local:openai-compatible=LOCAL_KEY', '--slot', 'local.base_url=http://127.0.0.1:9/v1']

  it('create prints it once, and what to do next', async () => {
    const args = [
      'create',
      '--name',
      'web app',
      ...made,
      '--model',
      'fast=local/x',
      '--limit',
      'requests_per_minute=60',
    ]
    const { code, out, err } = await keys(args, { LOCAL_KEY: CREDENTIAL })
    expect([code, err]).toEqual([0, ''])
    key = /^key +(sk-dg-[\w-]{65})$/m.exec(out)?.[1] ?? ''
    id = /^id +(key_[\w-]{16})$/m.exec(out)?.[1] ?? ''
    expect(out).toContain('Keep this key: it is shown once.')
    expect(out).toContain(`curl -s ${gateway.url}/v1/models`)
    // Not for a terminal, so without colours; and the credential is nobody's business.
    expect(out).not.toContain('\u001b')
    expect(out).not.toContain(CREDENTIAL)
    expect(await models(key)).not.toBe(401)
  })

  it('list and show know it, without its secrets', async () => {
    const { out } = await keys(['list'])
    expect(out).toMatch(new RegExp(`^ID .*\\n${id} +web app +active +local +- +[\\d-]{10} +1$`, 'm'))
    const shown = await keys(['show', id, '--json'])
    expect(JSON.parse(shown.out)).toMatchObject({
      id,
      name: 'web app',
      providers: { local: { provider: 'openai-compatible', base_url: 'http://127.0.0.1:9/v1' } },
      limits: { requests_per_minute: 60 },
    })
    expect(shown.out).not.toMatch(/sk-|digest|sealed/)
  })

  it('update merges, from options and from the standard input', async () => {
    expect((await keys(['update', id, '--strict', '--clear', 'models.fast'])).code).toBe(0)
    const { code, out } = await keys(['update', id, '--file', '-', '--json'], {}, '{"limits":{"requests_per_day":5}}')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      strict: true,
      models: {},
      limits: { requests_per_minute: 60, requests_per_day: 5 },
    })
    expect((await keys(['update', id, '--no-strict', '--json'])).out).toContain('"strict": false')
  })

  it('rotate prints another, and both work; with --grace 0 the old one has ended', async () => {
    const { out } = await keys(['rotate', id, '--grace', '12h'])
    const second = /^key +(sk-dg-[\w-]{65})$/m.exec(out)?.[1] ?? ''
    expect(out).toMatch(/The old one works until 20\d\d-/)
    expect([await models(key), await models(second)]).not.toContain(401)
    const third = JSON.parse((await keys(['rotate', id, '--grace', '0', '--json'])).out).key
    expect([await models(key), await models(second)]).toEqual([401, 401])
    expect(await models(third)).not.toBe(401)
    key = third
  })

  it('reseal says what is still needed', async () => {
    const { code, out } = await keys(['reseal'])
    expect([code, out]).toEqual([
      0,
      'The credentials of all keys (1) are sealed under the newest version. No older version is needed by any of them.\n',
    ])
  })

  it('revoke ends it', async () => {
    expect(await keys(['revoke', id])).toMatchObject({ code: 0, out: expect.stringContaining(`Revoked ${id}.`) })
    expect(await models(key)).toBe(401)
    expect(await keys(['list'])).toMatchObject({ code: 0, out: expect.stringContaining('No keys yet.') })
  })
})

describe('exit codes', () => {
  it('0 for help, of each command', async () => {
    for (const command of [[], ['create'], ['list'], ['show'], ['update'], ['rotate'], ['revoke'], ['reseal']]) {
      const { code, out, err } = await keys([...command, '--help'])
      expect([code, err]).toEqual([0, ''])
      expect(out).toContain(`npm run keys -- ${command[0] ?? 'COMMAND'}`)
    }
  })

  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'what the gateway refuses',
      ['create', '--provider', 'nobody'],
      {},
      /^Refused \(400 invalid_value providers\.nobody\): /,
    ],
    [
      'a key that is not there',
      ['show', 'key_0123456789abcdef'],
      {},
      /^Refused \(404\): There is no key of this id\.$/m,
    ],
    ['a wrong token', ['list'], { ADMIN_TOKEN: 'wrong' }, /^Refused \(401 invalid_api_key\): /],
  ])('1 for %s', async (_, args, env, said) => {
    const { code, out, err } = await keys(args, env)
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(said)
  })

  it.each<[string, string[]]>([
    ['no command', []],
    ['an unknown one', ['make']],
    ['one that objects inherit', ['constructor']],
    ['an unknown option', ['list', '--verbose']],
    ['an option of another command', ['list', '--name', 'x']],
    ['no id', ['show']],
    ['a whole key for an id', ['show', `sk-dg-${'s'.repeat(65)}`]],
    ['a credential as an argument', ['create', '--provider', 'anthropic=sk-ant-ssssssss']],
    ['nothing to change', ['update', 'key_0123456789abcdef']],
    ['a grace that is none', ['rotate', 'key_0123456789abcdef', '--grace', 'long']],
    ['another host over http', ['list', '--url', 'http://192.0.2.1']],
  ])('2 for %s, without quoting it', async (_, args) => {
    const { code, out, err } = await keys(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).not.toBe('')
    expect(err).not.toMatch(/ssss|\n {4}at /)
  })

  it('3 where nothing answers, or what answers is no gateway', async () => {
    const server = createServer((request, response) => {
      // Neither a page nor a redirect is an answer.
      if (request.url?.startsWith('/page')) response.end('<html>')
      else response.writeHead(302, { location: gateway.url }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    for (const path of ['', '/page']) {
      const { code, err } = await keys(['list', '--url', url + path])
      expect(code).toBe(3)
      expect(err).toContain('is no Dragoman')
    }
    await new Promise((resolve) => server.close(resolve))
    const { code, err } = await keys(['list', '--url', url])
    expect(code).toBe(3)
    expect(err).toContain('(ECONNREFUSED)')
    expect(err).not.toContain(TEST_SECRETS.ADMIN_TOKEN)
  })
})

describe('the token', () => {
  it('is that of .dev.vars for this machine, where the environment has none', async () => {
    writeFileSync(join(folder, '.dev.vars'), `ADMIN_TOKEN=${TEST_SECRETS.ADMIN_TOKEN}\n`)
    expect((await keys(['list'], { ADMIN_TOKEN: '' })).code).toBe(0)
    expect(await keys(['list', '--url', 'https://dragoman.example'], { ADMIN_TOKEN: '' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('Set ADMIN_TOKEN'),
    })
  })
})
