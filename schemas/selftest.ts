// What `GET /admin/selftest` answers: with 200 where all is well, else with 500.
import * as z from 'zod/mini'

const check = z.object({
  name: z.string(),
  ok: z.boolean(),
  /** How long it took. Work alone takes no time on Cloudflare, where clocks stand still until something is waited for. */
  ms: z.number(),
  /** What was found wrong. */
  detail: z.exactOptional(z.string()),
})

export const selfTest = z.object({
  ok: z.boolean(),
  /** Of this package. */
  version: z.string(),
  /** The gateway's own time, RFC 3339 in UTC. */
  time: z.iso.datetime(),
  checks: z.array(check),
})
export type SelfTest = z.infer<typeof selfTest>
export type Check = z.infer<typeof check>
