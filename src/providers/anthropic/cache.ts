// Cache points: marked by the client in OpenAI's form or in the service's own, never added by us.
// https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
import { clamped, dropped, type Lose } from '../../hub/support.ts'
import type { Block, CacheControl, TextBlock, Tool, Turn } from './wire.ts'

export const TTL = clamped('The cache keeps for 5 minutes or for 1 hour.')
export const TOO_MANY = dropped('Messages takes four cache points: the last four are kept.')

interface Marked {
  readonly prompt_cache_breakpoint?: { readonly ttl?: string | null | undefined } | null | undefined
  readonly cache_control?: { readonly ttl?: string | null | undefined } | null | undefined
}

/** The cache point of a part, a message or a tool, to be spread into its block. */
export function cacheControlOf(marked: Marked, path: string, lose: Lose): { cache_control?: CacheControl } {
  if (marked.cache_control) return { cache_control: point(marked.cache_control.ttl, `${path}.cache_control.ttl`, lose) }
  const mark = marked.prompt_cache_breakpoint
  return mark ? { cache_control: point(mark.ttl, `${path}.prompt_cache_breakpoint.ttl`, lose) } : {}
}

/** A point with the nearest time to keep that there is. */
export function point(ttl: string | null | undefined, path: string, lose: Lose): CacheControl {
  if (!ttl || ttl === '5m') return { type: 'ephemeral' }
  if (ttl !== '1h') lose(TTL, { path, sent: '1h' })
  return { type: 'ephemeral', ttl: '1h' }
}

type Holder = { cache_control?: CacheControl }

const MAX_POINTS = 4

/**
 * Holds the whole request within the service's rules: at most four points, those of an hour before those of five
 * minutes. The order they count in is tools, system, messages.
 * @param rest points that stand elsewhere (the top-level one).
 */
export function limitPoints(
  tools: readonly Tool[],
  system: string | readonly TextBlock[] | undefined,
  turns: readonly Turn[],
  rest: number,
  lose: Lose,
): void {
  const holders: Holder[] = [
    ...(tools as readonly Holder[]),
    ...(typeof system === 'object' ? system : []),
    ...turns.flatMap(({ content }) => content.flatMap(nested)),
  ].filter((holder) => holder.cache_control !== undefined)
  const excess = holders.length + rest - MAX_POINTS
  for (let i = 0; i < excess; i++) {
    const holder = holders[i]
    if (holder) delete holder.cache_control
  }
  if (excess > 0) lose(TOO_MANY)
  // An hour after five minutes is refused, so that the shorter ones before it are kept as long.
  const kept = holders.slice(Math.max(0, excess))
  const last = kept.findLastIndex((holder) => holder.cache_control?.ttl === '1h')
  for (const holder of kept.slice(0, last + 1)) holder.cache_control = { type: 'ephemeral', ttl: '1h' }
}

function nested(block: Block): Holder[] {
  if (block.type === 'thinking' || block.type === 'redacted_thinking') return []
  const inside = block.type === 'tool_result' && Array.isArray(block.content) ? block.content : []
  return [...inside, block]
}
