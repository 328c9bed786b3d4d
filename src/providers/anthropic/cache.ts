// Cache points: marked by the client in OpenAI's form or in the service's own, never added by us.
// https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose } from '../../hub/support.ts'
import type { Origins } from './origins.ts'
import type { Block, CacheControl, RedactedBlock, TextBlock, ThinkingBlock, Tool, Turn } from './wire.ts'

export const TTL = clamped('The cache keeps for 5 minutes or for 1 hour.')
export const LONGER = clamped('A cache point of 1 hour follows, which none of 5 minutes may precede.')
export const TOO_MANY = dropped('Messages takes four cache points: the last four are kept.')

interface Marked {
  readonly prompt_cache_breakpoint?: Mark | null | undefined
  readonly cache_control?: Mark | null | undefined
}
interface Mark {
  readonly ttl?: string | null | undefined
}

/** The cache point of a part, a message or a tool, to be spread into its block. */
export function cacheControlOf(
  marked: Marked,
  path: string,
  lose: Lose,
  origins: Origins,
): { cache_control?: CacheControl } {
  const own = marked.cache_control
  const mark = own ?? marked.prompt_cache_breakpoint
  if (!mark) return {}
  const at = `${path}.${own ? 'cache_control' : 'prompt_cache_breakpoint'}`
  const control = point(mark.ttl, at, lose)
  origins.set(control, at)
  return { cache_control: control }
}

/** The point that stands for the end of the whole prompt, wherever that is. */
export function topPoint(
  fields: ChatFields,
  tell: (field: string) => Lose,
  origins: Origins,
): CacheControl | undefined {
  const { cache_control: own, prompt_cache_options: options } = fields
  const field = own ? 'cache_control' : 'prompt_cache_options'
  // OpenAI's own default time says nothing; the mode, sent explicitly, asks for a cache point here.
  const ttl = own ? own.ttl : options?.ttl === '30m' ? undefined : options?.ttl
  if (!own && options?.mode !== 'implicit') return undefined
  const control = point(ttl, field, tell(field))
  origins.set(control, field)
  return control
}

/** A point with the nearest time to keep that there is. */
function point(ttl: string | null | undefined, path: string, lose: Lose): CacheControl {
  if (!ttl || ttl === '5m') return { type: 'ephemeral' }
  if (ttl !== '1h') lose(TTL, { path: `${path}.ttl`, sent: '1h' })
  return { type: 'ephemeral', ttl: '1h' }
}

interface Holder {
  cache_control?: CacheControl
}

const MAX_POINTS = 4

/**
 * Holds the whole request within the service's rules: at most four points, those of an hour before those of five
 * minutes. The order they count in is tools, system, messages; the top-level one comes last.
 */
export function limitPoints(
  tools: readonly Tool[],
  system: string | readonly TextBlock[] | undefined,
  turns: readonly Turn[],
  top: CacheControl | undefined,
  lose: Lose,
  origins: Origins,
): void {
  const holders: Holder[] = [
    ...(tools as readonly Holder[]),
    ...(typeof system === 'object' ? system : []),
    ...turns.flatMap(({ content }) => content.filter(mayHold)),
  ].filter((holder) => holder.cache_control !== undefined)
  const pathOf = ({ cache_control: control }: Holder) => (control && origins.get(control)) ?? 'messages'

  const excess = Math.max(0, holders.length + (top ? 1 : 0) - MAX_POINTS)
  for (const holder of holders.slice(0, excess)) {
    lose(TOO_MANY, { path: pathOf(holder) })
    delete holder.cache_control
  }
  const kept = holders.slice(excess)
  const end = top?.ttl === '1h' ? kept.length : kept.findLastIndex(isLong)
  for (const holder of kept.slice(0, Math.max(0, end))) {
    if (isLong(holder)) continue
    lose(LONGER, { path: `${pathOf(holder)}.ttl`, sent: '1h' })
    holder.cache_control = { type: 'ephemeral', ttl: '1h' }
  }
}

function isLong({ cache_control: control }: Holder): boolean {
  return control?.ttl === '1h'
}

/** Every kind of block may carry a point, but those of thinking. */
export function mayHold<B extends Block>(block: B): block is Exclude<B, ThinkingBlock | RedactedBlock> {
  return block.type !== 'thinking' && block.type !== 'redacted_thinking'
}
