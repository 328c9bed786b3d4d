// What the commands share that run a gateway on this machine: its port, and whose end is theirs.
import { createServer } from 'node:net'
import { Failure, UsageError } from './command.ts'

const DEFAULT_PORT = 8787

/** @throws UsageError for what is no port. @param least 0 where any free one may be asked for. */
export function portOf(text: string | undefined, least: 0 | 1): number {
  if (!text) return DEFAULT_PORT
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= least && port <= 65_535) return port
  throw new UsageError(`PORT: expected ${least} to 65535.`)
}

/**
 * Finds out whether a port can be listened on.
 * @param host an address, a name or `*`.
 * @throws Failure where it cannot.
 */
export async function checkPort(port: number, host: string, advice: string): Promise<void> {
  const probe = createServer()
  await new Promise<void>((free, refused) => {
    probe.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') refused(new Failure(`Port ${port} is in use. ${advice}`))
      else if (code === 'EACCES')
        refused(new Failure(`Port ${port} is for the system's administrator alone: take one from 1024.`))
      else refused(new Failure(`HOST: nothing can listen on this address (${code}).`))
    })
    probe.listen({ port, ...(host !== '*' && { host }) }, () => probe.close(() => free()))
  })
}

/** Ends with whoever started this command: npm passes signals on, but not its own sudden death. */
export function followParent(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) stop()
  }, 1000).unref()
}
