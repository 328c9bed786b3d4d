// The source files, as the laws about them read them.
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export interface Source {
  /** From the root: `src/hub/error.ts`. */
  readonly path: string
  readonly text: string
}

export const sources: readonly Source[] = globSync(['src/**/*.ts', 'schemas/**/*.ts'], { cwd: root })
  .sort()
  .map((path) => ({ path, text: readFileSync(resolve(root, path), 'utf8') }))
