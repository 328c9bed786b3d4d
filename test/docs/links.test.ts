// Every link of the documentation that points into the repository leads somewhere, its heading included.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { PAGES, ROOT } from './pages.ts'

/** A heading as GitHub names it: https://docs.github.com/get-started/writing-on-github#section-links */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>()
  const headings = withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) => {
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '')
      const name = plain
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-')
      const times = seen.get(name) ?? 0
      seen.set(name, times + 1)
      return times === 0 ? name : `${name}-${times}`
    }),
  )
}

function withoutCode(text: string): string {
  return text.replace(/^ *```.*?^ *```/gms, '').replace(/`[^`\n]*`/g, '')
}

/** What is wrong with a page's links. */
function broken(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to)
  return links.flatMap((to) => {
    if (/^[a-z]+:/.test(to)) return []
    const [path = '', anchor] = to.split('#')
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path))
    if (!existsSync(join(ROOT, file))) return [`${to}: there is no ${file}`]
    if (anchor === undefined || !file.endsWith('.md')) return []
    return anchorsOf(readFileSync(join(ROOT, file), 'utf8')).has(anchor) ? [] : [`${to}: ${file} has no such heading`]
  })
}

it.each(PAGES)('%s', (page) => {
  expect(broken(page)).toEqual([])
})
