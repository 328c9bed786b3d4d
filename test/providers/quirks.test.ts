// Each quirk of a service that speaks OpenAI's format has a golden case of its own, and each case is of a quirk.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { providers } from '../../src/providers/index.ts'
import { isChat } from '../case.ts'
import { first } from './quirks/first.ts'
import { second } from './quirks/second.ts'
import { third } from './quirks/third.ts'

const all = [first, second, third].flatMap((quirks) => Object.entries(quirks))
const cases = join(import.meta.dirname, '../cases')

describe.each(all)('the quirks of %s', (name, listed) => {
  it('have each a case, and each case is of one', () => {
    expect(providers.has(name)).toBe(true)
    // What is said in another dialect is no quirk.
    const own = readdirSync(join(cases, name)).filter(
      (folder) => isChat(folder) && !/^(?:messages|responses)-/.test(folder),
    )
    expect(listed.map(([, folder]) => folder).sort()).toEqual(own.sort())
  })

  it('have each a name', () => {
    expect(new Set(listed.map(([quirk]) => quirk)).size).toBe(listed.length)
  })
})

it('are listed once for each service', () => {
  const names = all.map(([name]) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(10)
})
