// `npm run setup`: from nothing to a first key, and again. Cloudflare is played: what is deployed is a gateway of the tests.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/build.ts'
import { newSecret } from '../../scripts/secrets.ts'
import { buttonFor } from '../../scripts/setup/button.ts'
import { choose } from '../../scripts/setup/choose.ts'
import { answers, askBinding } from '../../scripts/setup/first-key.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { playWrangler } from '../harness/wrangler.ts'

const ADMIN_TOKEN = newSecret('ADMIN_TOKEN')
const folder = mkdtempSync(join(tmpdir(), 'dragoman-setup-'))
let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway({ ADMIN_TOKEN })
})
afterAll(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true, force: true })
})

const me = { id: 'acc-1', name: 'Me' }
const absent = { code: 1, tell: { type: 'command-failed', message: 'Worker "dragoman" not found.' } }

/** Runs it with nobody at the terminal. */
async function setup(args: readonly string[], play: object = {}, env: Record<string, string> = {}) {
  const deploy = { tell: { type: 'deploy', targets: [gateway.url] } }
  const whoami = { print: JSON.stringify({ loggedIn: true, accounts: [me] }) }
  const played = playWrangler(folder, { deploy, whoami, secret: absent, ...play })
  const none = {
    ADMIN_TOKEN: '',
    SEAL_KEYS: '',
    DOMAIN: '',
    WORKER_NAME: '',
    CLOUDFLARE_ENV: '',
    CLOUDFLARE_ACCOUNT_ID: '',
  }
  const environment: NodeJS.ProcessEnv = { ...process.env, ...none, ...played.env, DEPLOY_DIR: folder, ...env }
  const ended = await new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [join(ROOT, 'scripts/setup.ts'), ...args], { env: environment }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
  })
  return { ...ended, calls: played.calls() }
}
const file = (name: string) => parseEnv(readFileSync(join(folder, name), 'utf8'))

describe('the command', () => {
  const first = ['--yes', '--provider', 'anthropic=MY_KEY', '--model', 'fast=anthropic/claude-haiku-4-5']

  it('writes down what was chosen, deploys, and makes a key', async () => {
    const args = [...first, '--name', 'mine', '--domain', 'api.example.com', '--json']
    const ran = await setup(args, {}, { ADMIN_TOKEN, MY_KEY: 'sk-ant-my-own-key' })
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(file('.env.deploy')).toEqual({
      CLOUDFLARE_ACCOUNT_ID: 'acc-1',
      WORKER_NAME: 'mine',
      DOMAIN: 'api.example.com',
    })
    const deployed = ran.calls.find(({ args }) => args[0] === 'deploy')
    expect(deployed?.args.slice(0, 6)).toEqual(['deploy', '--minify', '--name', 'mine', '--domain', 'api.example.com'])
    expect(deployed?.account).toBe('acc-1')
    // The one was given, the other made, and only that is kept.
    expect(deployed?.secrets).toEqual({ ADMIN_TOKEN, SEAL_KEYS: file('.dev.vars.deploy').SEAL_KEYS })
    expect(statSync(join(folder, '.dev.vars.deploy')).mode & 0o777).toBe(0o600)
    const told = JSON.parse(ran.out.trimEnd().split('\n').at(-1) ?? '')
    expect(told).toMatchObject({ url: gateway.url, WORKER_NAME: 'mine', id: expect.stringMatching(/^key_/) })
    const known = await fetch(`${gateway.url}/v1/limits`, { headers: { authorization: `Bearer ${told.key}` } })
    expect(known.status).toBe(200)
    for (const secret of [ADMIN_TOKEN, 'sk-ant-my-own-key', deployed?.secrets?.SEAL_KEYS ?? '-'])
      expect(ran.out).not.toContain(secret)
  })

  it('does nothing twice', async () => {
    const print = '[{"name":"ADMIN_TOKEN"},{"name":"SEAL_KEYS"}]'
    const before = readFileSync(join(folder, '.dev.vars.deploy'), 'utf8')
    const ran = await setup(first, { secret: { print } }, { ADMIN_TOKEN, MY_KEY: 'sk-ant-my-own-key' })
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('There is a key already: no first one is made.')
    expect(ran.out).toContain(`Dragoman is deployed: ${gateway.url}`)
    expect(file('.env.deploy').DOMAIN).toBe('api.example.com')
    expect(ran.calls.find(({ args }) => args[0] === 'deploy')?.secrets).toBeUndefined()
    expect(readFileSync(join(folder, '.dev.vars.deploy'), 'utf8')).toBe(before)
  })

  it('only writes down with --no-deploy, for each environment by itself', async () => {
    const ran = await setup(['--yes', '--no-deploy', '--env', 'staging', '--domain', '-'])
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('Next: npm run deploy -- --env staging')
    expect(file('.env.deploy.staging')).toEqual({ CLOUDFLARE_ACCOUNT_ID: 'acc-1', WORKER_NAME: '', DOMAIN: '' })
    expect(ran.calls.map(({ args }) => args[0])).toEqual(['whoami'])
  })

  it.each<[string, number, readonly string[], object, string]>([
    ['an unknown option', 2, ['--nmae'], {}, '--nmae was not understood'],
    ['a name that is none', 2, ['--yes', '--name', 'A B'], {}, 'that is none'],
    ['a credential itself', 2, ['--yes', '--provider', 'a=sk-secret'], {}, 'never the credential itself'],
    ['nobody logged in', 1, ['--yes'], { whoami: { print: '{"loggedIn":false}', code: 1 } }, 'npx wrangler login'],
    ['a deployment that fails', 4, ['--yes'], { deploy: { code: 4 } }, ''],
  ])('ends for %s with %i', async (_, code, args, play, words) => {
    const ran = await setup(args, play)
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(words)])
    expect(ran.out + ran.err).not.toContain('sk-secret')
  })
})

describe('choosing', () => {
  const two = [me, { id: 'acc-2', name: 'Work' }]
  const facts = { accounts: two, name: 'dragoman' }
  const asking = (...given: string[]) => {
    const said: string[] = []
    return {
      said,
      ask: async (_: string, byDefault = '') => given.shift() || byDefault,
      say: (line: string) => void said.push(line),
    }
  }

  it('asks for what is not given, and takes what was chosen before', async () => {
    const asked = asking('2', 'mine', 'not a domain', 'api.example.com')
    expect(await choose({}, {}, facts, asked)).toEqual({
      ...{ CLOUDFLARE_ACCOUNT_ID: 'acc-2', WORKER_NAME: 'mine', DOMAIN: 'api.example.com' },
    })
    expect(asked.said.join('\n')).toMatch(/2 +Work +acc-2\n[\s\S]*that is none/)
    const before = { CLOUDFLARE_ACCOUNT_ID: 'acc-1', WORKER_NAME: 'mine', DOMAIN: 'a.example' }
    expect(await choose({}, before, facts, asking())).toEqual(before)
    expect(await choose({ domain: '-', name: 'dragoman' }, before, facts, undefined)).toEqual({
      ...{ CLOUDFLARE_ACCOUNT_ID: 'acc-1', WORKER_NAME: undefined, DOMAIN: undefined },
    })
  })

  it('needs to be told which account, where nobody can be asked', async () => {
    await expect(choose({}, {}, facts, undefined)).rejects.toThrow('choose one with --account')
    await expect(choose({ account: 'acc-3' }, {}, facts, undefined)).rejects.toThrow('no such account')
    expect(await choose({ account: 'Work' }, {}, facts, undefined)).toMatchObject({ CLOUDFLARE_ACCOUNT_ID: 'acc-2' })
    const unseen = { accounts: [], name: 'dragoman' }
    expect(await choose({ account: 'acc-9' }, {}, unseen, undefined)).toMatchObject({ CLOUDFLARE_ACCOUNT_ID: 'acc-9' })
  })

  it('gives up on who will not say', async () => {
    await expect(choose({}, {}, facts, asking('7'))).rejects.toThrow('There is no such account.')
    await expect(choose({}, {}, facts, asking('1', 'A', 'B', 'C'))).rejects.toThrow('that is none')
  })
})

it('asks for a provider and its credential, or for none', async () => {
  const bind = (provider: string, credential: string) =>
    askBinding(
      async () => provider,
      async () => credential,
    )
  expect(await bind('', '')).toBeUndefined()
  expect(await bind('anthropic', 'sk')).toMatchObject({ providers: { anthropic: { credential: 'sk' } } })
  expect(await bind('ollama', '')).toMatchObject({ providers: { ollama: {} }, default_provider: 'ollama' })
})

it('waits for an address that does not answer yet, but not for ever', async () => {
  expect(await answers(gateway.url)).toBe(true)
  expect(await answers('http://127.0.0.1:9', 2, 1)).toBe(false)
})

describe('the button', () => {
  it.each([
    ['https://github.com/me/dragoman.git\n', 'https://github.com/me/dragoman'],
    ['https://me:ghp_token@github.com/me/dragoman', 'https://github.com/me/dragoman'],
    ['git@gitlab.com:team/sub/dragoman.git', 'https://gitlab.com/team/sub/dragoman'],
    ['ssh://git@github.com:22/me/dragoman.git', 'https://github.com/me/dragoman'],
  ])('of %j', (remote, url) => {
    expect(buttonFor(remote)).toContain(`](https://deploy.workers.cloudflare.com/?url=${url})`)
  })

  it.each(['', '/srv/git/dragoman.git', 'https://git.example.com/me/dragoman', 'https://github.com.example/me/x'])(
    'is not for %j',
    (remote) => {
      expect(() => buttonFor(remote)).toThrow('The button is for public repositories')
    },
  )
})
