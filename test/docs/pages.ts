// The pages of the documentation, as paths from the repository's root.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

export const PAGES: readonly string[] = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort()

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}
