// `npm run build`: both halves are built, and their sizes told.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

it('tells the sizes of the bundle and of the page, and ends well', async () => {
  const { stdout } = await run('npm', ['run', '-s', 'build'], { cwd: join(import.meta.dirname, '../..') })
  expect(stdout).toMatch(/dist\/index\.js: .* gzipped$/m)
  expect(stdout).toMatch(/dist\/page: .* gzipped, without the data$/m)
})
