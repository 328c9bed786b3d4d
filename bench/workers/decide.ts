// The isolate's own part of a key's limits, without all that stands around it: a request asks, goes, and is over.
import { leases } from '../../src/limits/lease.ts'
import type { LimiterNamespace } from '../../src/limits/rpc.ts'

interface Env {
  readonly LIMITER: LimiterNamespace
}

interface Context {
  waitUntil(work: Promise<unknown>): void
}

export default {
  /** The body is the key's limits; `?count=` how many requests. */
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    const limits = await request.json()
    const count = Number(new URL(request.url).searchParams.get('count'))
    for (let i = 0; i < count; i++) {
      const reservation = leases.reserve({
        limiter: env.LIMITER,
        keyId: 'key_bench',
        limits: limits as object,
        mode: 'soft',
        cost: { requests: 1, tokens: 1000 },
        waitUntil: (work) => context.waitUntil(work),
      })
      await reservation.granted
      reservation.settle(300)
    }
    return Response.json({ count })
  },
}
