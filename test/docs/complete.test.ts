// What the documentation promises to have is there: each error code, each provider, each variable, each page in the index.
import { existsSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CODES } from '../../src/hub/error.ts'
import { CODE_BY_TYPE } from '../../src/hub/messages-error.ts'
import { providers } from '../../src/providers/index.ts'
import { PAGES, ROOT, textOf } from './pages.ts'

const TROUBLE = textOf('docs/troubleshooting.md')
const README = textOf('README.md')

/** The first two cells of each row of a table. */
const rowsOf = (text: string) =>
  [...text.matchAll(/^\| (.+?) \| (.+?) \|/gm)].map(([, first = '', second = '']) => [first, second] as const)

describe('troubleshooting', () => {
  const rows = new Map(rowsOf(TROUBLE).map(([code, status]) => [code.replaceAll('`', ''), status]))

  it.each(Object.entries(CODES))('has %s with its status', (code, { status }) => {
    expect(rows.get(code)).toBe(String(status))
  })

  it.each(Object.entries(CODES).filter(([name, { code }]) => code !== name))(
    'says what clients see of %s',
    (name, own) => {
      const line = TROUBLE.split('\n').find((one) => one.startsWith('| `') && one.includes(`\`${name}\``)) ?? ''
      expect(line).toContain(`\`${own.type}\``)
      expect(line).toContain(own.code === null ? 'null' : `\`${own.code}\``)
    },
  )

  it.each(Object.keys(CODE_BY_TYPE))('has %s of the Messages dialect', (type) => {
    expect(rows.has(type)).toBe(true)
  })
})

describe('providers', () => {
  it.each([...providers.keys()])('%s has notes of its own', (name) => {
    const notes = textOf(`src/providers/${name}/notes.md`).trim()
    expect(notes).toMatch(/^[^#-]/)
    expect(notes.split('\n').length).toBeGreaterThanOrEqual(3)
    // How a slot is made, as a command.
    expect(notes).toMatch(new RegExp(`--provider (?:\\S+:)?${name}\\b`))
  })

  it.each([...providers.keys()])('%s is in the README', (name) => {
    expect(README).toContain(`\`${name}\``)
  })
})

describe('variables', () => {
  const wrangler = textOf('wrangler.toml')
  const own = /^\[vars\]\n((?:[A-Z_]+ = .*\n)+)/m.exec(wrangler)?.[1] ?? ''
  const set = [...own.matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, name = '', value = '']) => [name, value] as const)

  it.each(set)('%s of wrangler.toml is in the README, with its default', (name, value) => {
    const row = rowsOf(README).find(([cell]) => cell === `\`${name}\``)
    expect(row?.[1]).toBe(value === '' ? 'empty' : `\`${value}\``)
  })

  it.each(
    rowsOf(README).flatMap(([cell]) =>
      [...cell.matchAll(/^`([A-Z_]+)`(?:, `([A-Z_]+)`)?$/g)].flatMap(([, ...names]) => names.filter(Boolean)),
    ),
  )('%s of the README is read by something', (name) => {
    const sources = globSync(['src/*.ts', 'src/*/*.ts', 'scripts/*.ts', 'scripts/*/*.ts'], { cwd: ROOT })
    expect(sources.some((path) => textOf(path).includes(name))).toBe(true)
  })

  it('are the same in every environment', () => {
    const environments = [...wrangler.matchAll(/^\[env\.\w+\.vars\]\n((?:[A-Z_]+ = .*\n?)+)/gm)]
    expect(environments.length).toBeGreaterThan(0)
    for (const [, vars] of environments) expect(vars?.trim()).toBe(own.trim())
  })
})

it('the index names every page', () => {
  const index = textOf('docs/README.md')
  const pages = PAGES.filter(
    (page) => page.startsWith('docs/') && !page.startsWith('docs/compat/') && page !== 'docs/README.md',
  )
  expect(pages.filter((page) => !index.includes(`(${page.slice('docs/'.length)})`))).toEqual([])
})

it('commands that are named exist', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'))
  const named = PAGES.flatMap((page) =>
    [...textOf(page).matchAll(/\bnpm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, name = '']) => name),
  )
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
})

it('files that are named exist', () => {
  const named = PAGES.flatMap((page) => {
    const paths = textOf(page).matchAll(/`((?:src|schemas|scripts|test|demo|docs|selfhost|bench)\/[\w./-]+\.[a-z]+)`/g)
    return [...paths].map(([, path = '']) => `${basename(page)}: ${path}`)
  })
  expect(named.filter((one) => !existsSync(join(ROOT, one.split(': ')[1] ?? '')))).toEqual([])
})
