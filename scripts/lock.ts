// One process a data folder: two on the same one would both run and double every limit.
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAME = 'lock'

interface Owner {
  readonly pid: number
  /** When the process began, where the system tells: a number that is used again is then another process. */
  readonly began: string
}

interface Entry extends Owner {
  /** What it started, and what works in the folder as long as it lives. */
  readonly children: readonly Owner[]
}

/** When a process began, in the kernel's ticks; empty where that cannot be known. */
function beganOf(pid: number): string {
  try {
    // The name, in parentheses, may hold anything; what follows it does not. The 22nd field is the 20th after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const ownerOf = (pid: number): Owner => ({ pid, began: beganOf(pid) })

/** The processes this one has started, where the system tells. */
function children(): readonly Owner[] {
  try {
    const threads = readdirSync('/proc/self/task')
    const lists = threads.map((thread) => readFileSync(`/proc/self/task/${thread}/children`, 'utf8'))
    return lists.flatMap((list) => list.trim().split(' ')).flatMap((pid) => (pid === '' ? [] : [ownerOf(Number(pid))]))
  } catch {
    return []
  }
}

function isAlive({ pid, began }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It is there, but not ours to ask.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return began === '' || beganOf(pid) === began
}

function read(path: string): Entry | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Entry
  } catch {
    return undefined
  }
}

/** Ends what a process that was killed left running: it still has the folder's files open. */
function endOrphans(entry: Entry | undefined): void {
  for (const child of entry?.children ?? []) {
    if (child.began !== '' && isAlive(child)) process.kill(child.pid, 'SIGKILL')
  }
}

/** A folder that somebody else works in. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'

  constructor(folder: string, pid: number) {
    super(`Another Dragoman (process ${pid}) is using ${folder}. Stop it, or start this one with PERSIST=0.`)
  }
}

export interface FolderLock {
  /** Notes what this process has started by now, so that it can be ended if we are killed. */
  noteChildren(): void
  release(): void
}

/**
 * Takes a folder for this process; what a dead one left behind is taken over.
 * @throws FolderInUse
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, NAME)
  const draft = `${path}.${process.pid}`
  const self = ownerOf(process.pid)
  const write = (started: readonly Owner[], put: (from: string, to: string) => void) => {
    writeFileSync(draft, JSON.stringify({ ...self, children: started } satisfies Entry))
    try {
      put(draft, path)
    } finally {
      rmSync(draft, { force: true })
    }
  }
  for (;;) {
    try {
      // A link is made whole or not at all, so nobody ever reads half an entry of a process that lives.
      write([], linkSync)
      return { noteChildren: () => write(children(), renameSync), release: () => rmSync(path, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const owner = read(path)
    if (owner && isAlive(owner)) throw new FolderInUse(folder, owner.pid)
    endOrphans(owner)
    rmSync(path, { force: true })
  }
}
