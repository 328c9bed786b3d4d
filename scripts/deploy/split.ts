// How traffic is split between two versions of the Worker.
import { Failure } from '../command.ts'

export interface Part {
  /** A version's. */
  readonly id: string
  /** Of the traffic, 0 to 100. */
  readonly percent: number
}

export interface Traffic {
  /** Newest first. */
  readonly versions: readonly string[]
  readonly deployed: readonly Part[]
}

/**
 * What wrangler tells, in our words; undefined where it told nothing.
 * @param versions of `wrangler versions list --json`, oldest first.
 * @param status of `wrangler deployments status --json`.
 */
export function traffic(versions: unknown, status: unknown): Traffic | undefined {
  const deployed = (status as { readonly versions?: unknown } | undefined)?.versions
  if (!Array.isArray(versions) || !Array.isArray(deployed)) return undefined
  return {
    versions: versions.map(({ id }: { id: string }) => id).reverse(),
    deployed: deployed.map((part: { version_id: string; percentage: number }) => ({
      id: part.version_id,
      percent: part.percentage,
    })),
  }
}

/**
 * The newest version's part, and the rest for the one that has most of the traffic besides.
 * @param percent for the newest; 0 takes all of it away.
 * @throws Failure where there is nothing to split.
 */
export function split({ versions, deployed }: Traffic, percent: number): Part[] {
  const [newest] = versions
  if (newest === undefined) throw new Failure('There is no version yet: npm run deploy makes the first one.')
  const others = deployed.filter(({ id }) => id !== newest).sort((a, b) => b.percent - a.percent)
  // When it has everything already, the way back is to the version before.
  const rest = others[0]?.id ?? versions[1]
  if (percent === 100) return [{ id: newest, percent }]
  if (rest === undefined) throw new Failure('There is only one version: npm run rollout -- upload makes another.')
  if (percent === 0) return [{ id: rest, percent: 100 }]
  return [
    { id: newest, percent },
    { id: rest, percent: 100 - percent },
  ]
}
