// What commands print: colours and progress for whoever looks, and nothing of either for programs.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/build.ts'
import { columns, labelled, plain, working } from '../../scripts/terminal.ts'

const ESCAPE = '\u001b'

it('puts texts and cells into columns', () => {
  expect(
    labelled(
      [
        ['a', '1'],
        ['long', '2'],
      ],
      '  ',
    ),
  ).toBe('  a     1\n  long  2')
  expect(
    columns(
      ['ID', 'NAME'],
      [
        ['a', 'x'],
        ['bcd', ''],
      ],
    ),
  ).toBe('ID   NAME\na    x\nbcd')
})

it('lets nothing through that a terminal would obey', () => {
  expect(plain('a\u001b[2Jb\u202ec')).toBe('a\ufffd[2Jb\ufffdc')
})

it('gives what the work gives, and what it throws', async () => {
  expect(await working('Working', Promise.resolve(7))).toBe(7)
  await expect(working('Working', Promise.reject(new Error('no')))).rejects.toThrow('no')
})

/** Its output on a terminal, which `script` plays. */
function onTerminal(code: string, env: Record<string, string> = {}): string {
  const program = `${process.execPath} --input-type=module -e '${code}'`
  const { NO_COLOR: _none, CI: _ci, ...rest } = process.env
  const environment = { ...rest, TERM: 'xterm', ...env } as NodeJS.ProcessEnv
  const { stdout } = spawnSync('script', ['-qec', program, '/dev/null'], {
    cwd: ROOT,
    env: environment,
    encoding: 'utf8',
  })
  return stdout
}
const hasScript = spawnSync('script', ['--version']).status === 0
const MODULE = join(ROOT, 'scripts/terminal.ts')

describe.skipIf(!hasScript)('on a terminal', () => {
  const GREEN = `import { green } from "${MODULE}"; console.log(green("ready"))`
  const SLOW = `import { working } from "${MODULE}"; await working("Building", new Promise((soon) => setTimeout(soon, 1500)))`

  it('there are colours, but not with NO_COLOR', () => {
    expect(onTerminal(GREEN)).toContain(`${ESCAPE}[32mready`)
    expect(onTerminal(GREEN, { NO_COLOR: '1' }).trim()).toBe('ready')
  })

  it('what takes long is told, and nothing of it stays', () => {
    const shown = onTerminal(SLOW)
    expect(shown).toContain('Building … ')
    expect(shown.endsWith(`\r${ESCAPE}[K`)).toBe(true)
    expect(onTerminal(SLOW, { TERM: 'dumb' })).toBe('')
  })
})
