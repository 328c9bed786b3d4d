// What the examples need beside Dragoman: packages of npm in examples/node_modules, and an environment of Python for each file
// of requirements. Both stay until the files that pin them change.
import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../build.ts'

export const EXAMPLES_DIR = join(ROOT, 'examples')
/** The least that LangChain takes. */
const OLDEST_PYTHON = [3, 11] as const

function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}.`)
}

/** Does work once for each state of a file. */
function oncePer(file: string, folder: string, work: () => void): void {
  const stamp = join(folder, '.installed-for')
  const wanted = hash('sha256', readFileSync(file))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  work()
  writeFileSync(stamp, wanted)
}

/** @returns the folder of executables of the packages. */
export function installPackages(): string {
  const folder = join(EXAMPLES_DIR, 'node_modules')
  oncePer(join(EXAMPLES_DIR, 'package-lock.json'), folder, () => {
    console.log('npm ci --prefix examples …')
    run('npm', ['ci', '--prefix', EXAMPLES_DIR, '--no-audit', '--no-fund', '--silent'])
  })
  return join(folder, '.bin')
}

/** A Python that is new enough and can make environments, or why there is none. */
export function findPython(): { readonly command: string } | { readonly missing: string } {
  const wanted = OLDEST_PYTHON.join('.')
  const check = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${OLDEST_PYTHON.join(', ')}))`
  for (const command of [process.env.PYTHON, 'python3', 'python'])
    if (command && spawnSync(command, ['-c', check], { stdio: 'ignore' }).status === 0) return { command }
  return { missing: `there is no Python ${wanted} or newer with venv; PYTHON says where one is` }
}

/**
 * @param requirements the name of a file in `examples/` that names every package, and those it needs, with its version
 * @returns the folder of executables of the environment.
 */
export function installPython(python: string, requirements: string): string {
  const file = join(EXAMPLES_DIR, requirements)
  const folder = join(ROOT, 'node_modules', '.cache', 'examples', requirements.replace('.txt', ''))
  mkdirSync(folder, { recursive: true })
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')
  oncePer(file, folder, () => {
    console.log(`pip install -r examples/${requirements} …`)
    rmSync(folder, { recursive: true, force: true })
    run(python, ['-m', 'venv', folder])
    // All of them are named: there is nothing to resolve.
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile']
    run(join(bin, 'python'), ['-m', 'pip', 'install', ...options, '-r', file])
  })
  return bin
}
