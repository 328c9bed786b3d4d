// `npm run deploy`: wrangler's arguments pass, the settings are added, and a first deployment gets its secrets. Wrangler is
// played by a program that writes down how it was run.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/build.ts'
import {
  addressIn,
  deployArguments,
  environmentOf,
  isSet,
  optionIn,
  workerArguments,
} from '../../scripts/deploy/arguments.ts'
import { askFor, askWhere, at, missingOf } from '../../scripts/deploy/secrets.ts'
import { filesFor, isDomain, isWorkerName, settingsOf } from '../../scripts/deploy/settings.ts'
import { newSecret } from '../../scripts/secrets.ts'
import { playWrangler } from '../harness/wrangler.ts'

describe('the arguments', () => {
  const deploy = (args: string[], settings = {}) => deployArguments(['deploy'], args, settings)

  it('pass, behind what the settings say', () => {
    expect(deploy(['--dry-run', '--outdir', 'x'])).toEqual([
      'deploy',
      '--minify',
      '--env=',
      '--dry-run',
      '--outdir',
      'x',
    ])
    expect(deploy(['-e', 'staging'], { DOMAIN: 'a.example', WORKER_NAME: 'mine' })).toEqual([
      ...['deploy', '--minify', '--name', 'mine', '--domain', 'a.example', '-e', 'staging'],
    ])
  })

  it.each([
    [['--no-minify'], ['--minify']],
    [['--name=other'], ['mine']],
    [['--domain', 'b.example'], ['a.example']],
    [['--routes=b.example/*'], ['a.example']],
  ])('%j is the last word', (args, absent) => {
    const all = deploy(args, { DOMAIN: 'a.example', WORKER_NAME: 'mine' })
    for (const one of absent) expect(all).not.toContain(one)
  })

  it('of a version have no domain', () => {
    expect(deployArguments(['versions', 'upload'], [], { DOMAIN: 'a.example' })).toEqual([
      ...['versions', 'upload', '--minify', '--env='],
    ])
  })

  it('say that no environment is meant, where none is', () => {
    expect(deployArguments(['deploy'], [], {}, 'staging')).toEqual(['deploy', '--minify'])
    expect(deploy(['--env=staging'])).not.toContain('--env=')
  })

  it('are read in every spelling', () => {
    expect(optionIn(['--env', 'a', '-e', 'b'], '--env', '-e')).toBe('b')
    expect(optionIn(['--env=a=b'], '--env')).toBe('a=b')
    expect(optionIn(['--envy', 'a'], '--env')).toBeUndefined()
    expect(environmentOf([], 'staging')).toBe('staging')
    expect(environmentOf(['--env', 'production'], 'staging')).toBe('production')
    expect(environmentOf([], '')).toBeUndefined()
    expect([isSet(['--dry-run'], '--dry-run'), isSet(['--dry-run=false'], '--dry-run')]).toEqual([true, false])
  })

  it('name one Worker exactly', () => {
    expect(workerArguments(['--env', 'staging', '--minify'], {})).toEqual(['--env', 'staging'])
    expect(workerArguments(['--env', 'staging'], { WORKER_NAME: 'mine' })).toEqual(['--name', 'mine'])
    expect(workerArguments(['--name', 'x', '-c', 'w.toml'], { WORKER_NAME: 'mine' })).toEqual([
      ...['--name', 'x', '--config', 'w.toml'],
    ])
  })
})

it.each([
  [['https://dragoman.me.workers.dev', 'api.example.com (custom domain)'], 'https://api.example.com'],
  [['https://dragoman.me.workers.dev'], 'https://dragoman.me.workers.dev'],
  [['schedule: * * * * *', 'a.example (custom domain - zone name: a.example)'], 'https://a.example'],
  [[], 'https://…'],
])('the address of %j', (targets, address) => {
  expect(addressIn(targets)).toBe(address)
})

describe('the settings', () => {
  it('are of the environment, else of the file', () => {
    const files = filesFor('staging', '/nowhere')
    expect(files).toEqual({ settings: '/nowhere/.env.deploy.staging', secrets: '/nowhere/.dev.vars.deploy.staging' })
    expect(filesFor(undefined, '/nowhere').secrets).toBe('/nowhere/.dev.vars.deploy')
    expect(settingsOf(files, { DOMAIN: 'api.example.com', WORKER_NAME: '' })).toEqual({ DOMAIN: 'api.example.com' })
  })

  it.each(['https://a.example', 'a', '-a.example', 'a.example/x', '*.a.example'])('%s is no domain', (text) => {
    expect(isDomain(text)).toBe(false)
    expect(() => settingsOf(filesFor(undefined, '/nowhere'), { DOMAIN: text })).toThrow('DOMAIN: expected')
  })

  it.each(['A', '-a', 'a_b', 'a'.repeat(64)])('%s is no name', (text) => {
    expect(isWorkerName(text)).toBe(false)
    expect(() => settingsOf(filesFor(undefined, '/nowhere'), { WORKER_NAME: text })).toThrow('WORKER_NAME: expected')
  })
})

const SEAL_KEYS = newSecret('SEAL_KEYS')
const ADMIN_TOKEN = newSecret('ADMIN_TOKEN')

describe('the secrets', () => {
  it('that a Worker lacks', () => {
    expect(missingOf([{ name: 'ADMIN_TOKEN', type: 'secret_text' }], '')).toEqual({ missing: ['SEAL_KEYS'] })
    expect(missingOf(undefined, 'Worker "dragoman" not found.\n\nIf this is …')).toEqual({
      missing: ['ADMIN_TOKEN', 'SEAL_KEYS'],
    })
    expect(missingOf(undefined, 'Authentication error\nmore')).toEqual({ unknown: 'Authentication error' })
  })

  it('come from the first place that has them, and are looked at', async () => {
    const both = ['ADMIN_TOKEN', 'SEAL_KEYS'] as const
    expect(await at(both, { ADMIN_TOKEN, SEAL_KEYS: ' ' }, { ADMIN_TOKEN: 'x', SEAL_KEYS })).toEqual({
      ADMIN_TOKEN,
      SEAL_KEYS,
    })
    expect(await at(both, {})).toEqual({})
    await expect(at(both, { ADMIN_TOKEN: 'hunter2' })).rejects.toThrow(/^ADMIN_TOKEN is to be random, of 20/)
    await expect(at(both, { SEAL_KEYS: '{"1":"hunter2"}' })).rejects.toThrow(
      /^SEAL_KEYS is to be JSON like (?!.*hunter2)/,
    )
  })

  it('are made for who presses Enter, and asked for again for who mistypes', async () => {
    const answers = ['', 'hunter2', SEAL_KEYS]
    const said: string[] = []
    const asked = await askFor(
      ['ADMIN_TOKEN', 'SEAL_KEYS'],
      async () => answers.shift() ?? '',
      (line) => said.push(line),
    )
    expect(asked.made).toEqual(['ADMIN_TOKEN'])
    expect(asked.values.SEAL_KEYS).toBe(SEAL_KEYS)
    expect(asked.values.ADMIN_TOKEN).toMatch(/^[\w-]{32}$/)
    expect(said.join()).toContain('SEAL_KEYS is to be JSON')
    await expect(
      askFor(
        ['ADMIN_TOKEN'],
        async () => 'short',
        () => {},
      ),
    ).rejects.toThrow('ADMIN_TOKEN is to be')
  })

  it('are kept where git does not take them along', async () => {
    const answers = ['src/secrets', '/safe/place']
    const where = await askWhere(
      'x',
      async () => answers.shift() ?? '',
      (path) => path.startsWith('src'),
      () => {},
    )
    expect(where).toBe('/safe/place')
    await expect(
      askWhere(
        'x',
        async () => 'src/a',
        () => true,
        () => {},
      ),
    ).rejects.toThrow('Git would take')
  })
})

describe('the command', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dragoman-deploy-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const deployed = { type: 'deploy', targets: ['https://dragoman.me.workers.dev'] }
  const nobody = { print: '{"loggedIn":false}', code: 1 }
  const absent = { code: 1, tell: { type: 'command-failed', message: 'Worker "dragoman" not found.' } }
  const unknown = { code: 1, tell: { type: 'command-failed', message: 'It is necessary to set CLOUDFLARE_API_TOKEN' } }

  /** Runs it with nobody at the terminal. */
  async function run(args: string[], play: object, env: Record<string, string> = {}) {
    const played = playWrangler(folder, { deploy: { tell: deployed }, ...play })
    const none = { ADMIN_TOKEN: '', SEAL_KEYS: '', DOMAIN: '', WORKER_NAME: '', CLOUDFLARE_ENV: '', DEPLOY_DIR: folder }
    const environment: NodeJS.ProcessEnv = { ...process.env, ...none, ...played.env, ...env }
    const ended = await new Promise<{ code: number; output: string }>((resolve) => {
      const script = join(ROOT, 'scripts/deploy.ts')
      execFile(process.execPath, [script, ...args], { env: environment }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      )
    })
    return { ...ended, calls: played.calls() }
  }
  const ENV = ['--env', 'test-of-deploy']

  it('only runs wrangler for a dry run', async () => {
    const { code, calls } = await run([...ENV, '--dry-run', '--outdir', 'dist/x'], {})
    expect([code, calls]).toEqual([
      ...[0, [{ args: ['deploy', '--minify', ...ENV, '--dry-run', '--outdir', 'dist/x'] }]],
    ])
  })

  it('brings the secrets of a first deployment from the environment, and leaves no file', async () => {
    const given = { ADMIN_TOKEN, SEAL_KEYS, DOMAIN: 'api.example.com', CLOUDFLARE_ACCOUNT_ID: 'acc' }
    const { code, calls, output } = await run(ENV, { secret: absent }, given)
    expect(code).toBe(0)
    const [asked, call] = calls
    expect(asked?.args).toEqual(['secret', 'list', '--format', 'json', ...ENV])
    expect(call?.args.slice(0, 6)).toEqual(['deploy', '--minify', '--domain', 'api.example.com', ...ENV])
    expect(call).toMatchObject({ secrets: { ADMIN_TOKEN, SEAL_KEYS }, mode: 0o600, account: 'acc' })
    expect(existsSync(call?.path ?? '')).toBe(false)
    expect(output).toContain('Dragoman is deployed: https://dragoman.me.workers.dev')
    expect(output).toContain('npm run doctor -- --url https://dragoman.me.workers.dev')
    for (const secret of [ADMIN_TOKEN, SEAL_KEYS]) expect(output).not.toContain(secret)
  })

  it('knows what was written down the last time', async () => {
    writeFileSync(join(folder, '.env.deploy.test-of-deploy'), 'WORKER_NAME=mine\nDOMAIN=\nCLOUDFLARE_ACCOUNT_ID=acc\n')
    writeFileSync(
      join(folder, '.dev.vars.deploy.test-of-deploy'),
      `ADMIN_TOKEN=${ADMIN_TOKEN}\nSEAL_KEYS='${SEAL_KEYS}'\n`,
    )
    const { calls } = await run(ENV, { secret: absent })
    expect(calls[0]?.args.slice(-2)).toEqual(['--name', 'mine'])
    expect(calls[1]).toMatchObject({ secrets: { ADMIN_TOKEN, SEAL_KEYS }, account: 'acc' })
  })

  it('brings only what is missing', async () => {
    const print = '[{"name":"ADMIN_TOKEN","type":"secret_text"}]'
    const { calls } = await run(ENV, { secret: { print } }, { ADMIN_TOKEN, SEAL_KEYS })
    expect(calls[1]?.secrets).toEqual({ SEAL_KEYS })
  })

  it('asks for nothing where nothing is missing, or a file is named', async () => {
    const print = '[{"name":"ADMIN_TOKEN"},{"name":"SEAL_KEYS"}]'
    const all = await run(ENV, { secret: { print } })
    expect(all.calls.map(({ args }) => args[0])).toEqual(['secret', 'deploy'])
    expect(all.calls[1]?.args).not.toContain('--secrets-file')
    writeFileSync(join(folder, 'mine.json'), '{"ADMIN_TOKEN":"x"}')
    const named = await run([...ENV, '--secrets-file', join(folder, 'mine.json')], {})
    expect(named.calls.map(({ args }) => args[0])).toEqual(['deploy'])
  })

  it('deploys where nobody can be asked, and says what is missing', async () => {
    const { code, calls, output } = await run(ENV, { secret: absent })
    expect([code, calls[1]?.secrets]).toEqual([0, undefined])
    expect(output).toContain(
      'ADMIN_TOKEN or SEAL_KEYS is not set: the Worker answers 503 not_configured until they are.',
    )
    expect(output).not.toContain('is deployed')
  })

  it('says how to log in where nobody is', async () => {
    const { code, calls, output } = await run(ENV, { secret: unknown, whoami: nobody })
    expect([code, calls.map(({ args }) => args[0])]).toEqual([1, ['secret', 'whoami']])
    expect(output).toBe('Nobody is logged in at Cloudflare: run npx wrangler login, or set CLOUDFLARE_API_TOKEN.\n')
  })

  it('deploys where the account does not tell its secrets', async () => {
    const { code, calls, output } = await run(ENV, { secret: unknown, whoami: { print: '{"loggedIn":true}' } })
    expect([code, calls.map(({ args }) => args[0])]).toEqual([0, ['secret', 'whoami', 'deploy']])
    expect(output).toContain('could not be seen')
  })

  it('ends as wrangler did, and with 2 for what cannot be meant', async () => {
    expect((await run(ENV, { secret: { print: '[]' }, deploy: { code: 7 } })).code).toBe(7)
    const bad = await run(ENV, {}, { DOMAIN: 'https://a.example' })
    expect([bad.code, bad.calls]).toEqual([2, []])
    const weak = await run(ENV, { secret: absent }, { ADMIN_TOKEN: 'hunter2' })
    expect([weak.code, weak.calls.length, weak.output.includes('hunter2')]).toEqual([1, 1, false])
    expect((await run(['--help'], {})).output).toContain('DOMAIN')
  })
})
