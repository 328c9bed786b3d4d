// How much memory the runtime's process holds, as Linux counts it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** What the process holds, and the most that it has held since `reset`, in MiB. */
export interface Memory {
  now(): number
  peak(): number
  reset(): void
}

/** The newest workerd that this process has started; undefined where there is no /proc to read. */
export function memoryOfRuntime(): Memory | undefined {
  if (process.platform !== 'linux') return undefined
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const [, name, parent] = /\((.*)\) \S (\d+)/.exec(read(`/proc/${pid}/stat`)) ?? []
      return name === 'workerd' && Number(parent) === process.pid
    })
  const pid = Math.max(...children)
  const field = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(read(`/proc/${pid}/status`))?.[1]) / 1024
  return {
    now: () => field('VmRSS'),
    peak: () => field('VmHWM'),
    // "5" sets the peak to what is held now: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
    reset: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
  }
}

/** Processes end while one reads of them. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
