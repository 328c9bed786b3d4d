// `.dev.vars`: ours are read and set, everything else stays, and nobody else can read it.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readVars, writeVars } from '../../scripts/dev-vars.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dragoman-'))
  path = join(folder, 'deep', '.dev.vars')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('reads nothing where there is no file', () => {
  expect(readVars(path)).toEqual({})
})

it('reads what it wrote, JSON included', () => {
  const vars = { ADMIN_TOKEN: 'a-b_c', SEAL_KEYS: '{"1":"ab+/="}' }
  writeVars(path, vars)
  expect(readVars(path)).toEqual(vars)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

it('leaves other lines as they are', () => {
  writeVars(path, {})
  writeFileSync(path, '# mine\nOPENAI_KEY="x y"\n\nADMIN_TOKEN=old\nLAST=1', { mode: 0o644 })
  writeVars(path, { ADMIN_TOKEN: 'new', DEMO_KEY: 'k' })
  expect(readFileSync(path, 'utf8')).toBe('# mine\nOPENAI_KEY="x y"\n\nADMIN_TOKEN=new\nLAST=1\nDEMO_KEY=k\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})
