// `npm run rollout`, with wrangler played.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ROOT } from '../../scripts/build.ts'
import { playWrangler } from '../harness/wrangler.ts'

const folder = mkdtempSync(join(tmpdir(), 'dragoman-rollout-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const versions = { print: JSON.stringify([{ id: 'old' }, { id: 'new' }]) }
const deployments = { print: JSON.stringify({ versions: [{ version_id: 'old', percentage: 100 }] }) }

async function rollout(args: readonly string[], play: object = { versions, deployments }) {
  const played = playWrangler(folder, play)
  const none = { DOMAIN: '', WORKER_NAME: '', CLOUDFLARE_ENV: '', DEPLOY_DIR: folder }
  const environment: NodeJS.ProcessEnv = { ...process.env, ...none, ...played.env }
  const ended = await new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [join(ROOT, 'scripts/rollout.ts'), ...args], { env: environment }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
  })
  return { ...ended, calls: played.calls().map(({ args }) => args) }
}

it('uploads a version that gets nothing, and says how to try it', async () => {
  const tell = { type: 'version-upload', version_id: 'new', preview_url: 'https://new-dragoman.me.workers.dev' }
  const { code, calls, out } = await rollout(['upload', '--env', 'staging', '--tag', 'x'], { versions: { tell } })
  expect([code, calls]).toEqual([0, [['versions', 'upload', '--minify', '--env', 'staging', '--tag', 'x']]])
  expect(out).toContain('Version new is uploaded, and gets no traffic yet.')
  expect(out).toContain('npm run doctor -- --url https://new-dragoman.me.workers.dev')
})

it('gives it a part, and takes it back', async () => {
  const tenth = await rollout(['10', '--name', 'mine', '--json'])
  expect(tenth.calls.at(-1)).toEqual(['versions', 'deploy', 'new@10', 'old@90', '--yes', '--name', 'mine'])
  expect(JSON.parse(tenth.out)).toEqual({
    versions: [
      { id: 'new', percent: 10 },
      { id: 'old', percent: 90 },
    ],
  })
  expect((await rollout(['back'])).calls.at(-1)).toEqual(['versions', 'deploy', 'old@100', '--yes'])
})

it('shows what gets which part', async () => {
  const { out, calls } = await rollout(['status'])
  expect(out).toMatch(/VERSION +TRAFFIC\nold +100 %/)
  expect(calls).toHaveLength(2)
})

it.each([
  [2, [], 'PERCENT'],
  [2, ['0'], 'Expected upload, a number from 1 to 100'],
  [2, ['101'], 'Expected upload'],
  [2, ['ten'], 'Expected upload'],
])('ends with %i for %j', async (expected, args, words) => {
  const { code, err, calls } = await rollout(args)
  expect([code, calls]).toEqual([expected, []])
  expect(err).toContain(words)
})

it('says why nothing can be seen', async () => {
  const failed = { code: 1, tell: { type: 'command-failed', message: 'Not logged in.\nmore' } }
  const { code, err } = await rollout(['10'], { versions: failed, deployments: failed })
  expect([code, err]).toEqual([1, 'What is deployed could not be seen: Not logged in.\n'])
})
