// The lock on a data folder: kept while its owner lives, taken over when it is gone.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FolderInUse, lockFolder } from '../../scripts/lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dragoman-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => join(folder, 'lock')

it('refuses a folder that is in use, by name and process', () => {
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(FolderInUse)
  expect(() => lockFolder(folder)).toThrow(`Another Dragoman (process ${process.pid}) is using ${folder}.`)
  lock.release()
  expect(existsSync(file())).toBe(false)
  lockFolder(folder).release()
})

it('takes over from a process that is dead, and from half a file', async () => {
  const dead = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => dead.once('exit', resolve))
  writeFileSync(file(), JSON.stringify({ pid: dead.pid, began: '', children: [] }))
  lockFolder(folder).release()
  writeFileSync(file(), '{"pid":')
  lockFolder(folder).release()
})

const tells = existsSync('/proc/self/stat')

it.runIf(tells)('knows a number that was given away again', () => {
  writeFileSync(file(), JSON.stringify({ pid: process.pid, began: '1', children: [] }))
  lockFolder(folder).release()
})

it.runIf(tells)('ends what a killed owner left running', async () => {
  const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const ended = new Promise((resolve) => orphan.once('exit', (_, signal) => resolve(signal)))
  const lock = lockFolder(folder)
  lock.noteChildren()
  const entry = JSON.parse(readFileSync(file(), 'utf8')) as { children: { pid: number }[] }
  expect(entry.children.map(({ pid }) => pid)).toContain(orphan.pid)
  // As if its owner had been another process, and died.
  const children = entry.children.filter(({ pid }) => pid === orphan.pid)
  writeFileSync(file(), JSON.stringify({ ...entry, began: '1', children }))
  lockFolder(folder).release()
  expect(await ended).toBe('SIGKILL')
})
