// What each family of models takes: one table, looked up by the family that a model's name tells.
// https://docs.anthropic.com/en/docs/about-claude/models
import type { Effort } from './wire.ts'

export interface Family {
  /** The most a model of the family can put out, in tokens; undefined when it is not known. */
  readonly maxOutput: number | undefined
  /** What is asked for when the client names no limit. */
  readonly defaultOutput: number
  /** `temperature` and `top_p`: both together, only one of them, or neither. */
  readonly sampling: 'both' | 'one' | 'none'
  /** How thinking is asked for: not at all, by a budget, or by effort; and whether it can be turned off. */
  readonly thinking: 'none' | 'budget' | 'adaptive' | 'always'
  readonly thinksUnasked: boolean
  /** What turns thinking down as far as the family lets it. */
  readonly least: 'disabled' | 'between_tools' | 'low'
  readonly efforts: readonly Effort[]
  /** `tool_choice` may force a call. */
  readonly forces: boolean
  /** The last message may be the beginning of the answer. */
  readonly prefills: boolean
  /** JSON output by schema, and strict tools. */
  readonly structured: boolean
  /** `system` messages may stand between the others. */
  readonly systemTurns: boolean
  /** A signature of thinking holds only for the very same system prompt, tools and earlier turns. */
  readonly bound: boolean
}

const ALL: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max']
const upTo = (tokens: number) => ({ maxOutput: tokens, defaultOutput: tokens })

const newest: Family = {
  ...upTo(128_000),
  sampling: 'none',
  thinking: 'adaptive',
  thinksUnasked: true,
  least: 'disabled',
  efforts: ALL,
  forces: true,
  prefills: false,
  structured: true,
  systemTurns: true,
  bound: false,
}
const always: Family = { ...newest, thinking: 'always', least: 'low' }
const bound: Family = { ...always, forces: false, bound: true }
const quiet: Family = { ...newest, thinksUnasked: false }
const sampled: Family = {
  ...quiet,
  sampling: 'one',
  efforts: ['low', 'medium', 'high', 'max'],
  systemTurns: false,
}
const budget: Family = {
  ...sampled,
  ...upTo(64_000),
  thinking: 'budget',
  efforts: [],
  prefills: true,
}
const early: Family = { ...budget, structured: false }
const retired: Family = { ...early, ...upTo(4096), sampling: 'both', thinking: 'none' }

const FAMILIES: Readonly<Record<string, Family>> = {
  'sonnet-5-5': { ...bound, least: 'between_tools' },
  'opus-5-5': bound,
  'haiku-5-5': newest,
  'fable-5-2': bound,
  'mythos-5-2': bound,
  'fable-5-1': bound,
  'mythos-5-1': bound,
  'fable-5': always,
  'mythos-5': always,
  'opus-5': newest,
  // Reports say that it takes no system messages between the others.
  'sonnet-5': { ...newest, systemTurns: false },
  'opus-4-8': quiet,
  'opus-4-7': { ...quiet, systemTurns: false },
  'opus-4-6': sampled,
  'sonnet-4-6': sampled,
  'opus-4-5': budget,
  'sonnet-4-5': budget,
  'haiku-4-5': budget,
  'opus-4-1': { ...budget, ...upTo(32_000) },
  'opus-4': { ...early, ...upTo(32_000) },
  'sonnet-4': early,
  'sonnet-3-7': { ...early, sampling: 'both' },
  'sonnet-3-5': { ...retired, ...upTo(8192) },
  'haiku-3-5': { ...retired, ...upTo(8192) },
  'opus-3': retired,
  'sonnet-3': retired,
  'haiku-3': retired,
}

/** A model nobody here has heard of: asked as the newest are, with nothing held back that it may take. */
const UNKNOWN: Family = { ...newest, maxOutput: undefined, defaultOutput: 4096, sampling: 'one', thinksUnasked: false }

const LINE = '(opus|sonnet|haiku|fable|mythos)'
/** A version's second number; a longer run of digits is a date. */
const MINOR = '(?:[-.](\\d{1,2})(?!\\d))?'
const NAMED = new RegExp(`(?:^|[^a-z])${LINE}-(\\d)(?!\\d)${MINOR}`)
/** The order that came before: `claude-3-5-haiku`. */
const NUMBERED = new RegExp(`(?:^|[^a-z])claude-(\\d)(?!\\d)${MINOR}-${LINE}`)

/** The family's name in a model's, in any of the spellings that hosts use: `sonnet-4-5`; undefined when it has none. */
export function familyName(model: string): string | undefined {
  const name = model.toLowerCase()
  const [, early, earlyMinor, earlyLine] = NUMBERED.exec(name) ?? []
  const [, late, lateMajor, lateMinor] = NAMED.exec(name) ?? []
  const line = earlyLine ?? late
  if (line === undefined) return undefined
  const minor = earlyLine ? earlyMinor : lateMinor
  return [line, earlyLine ? early : lateMajor, ...(minor === undefined || minor === '0' ? [] : [minor])].join('-')
}

export function familyOf(model: string): Family {
  const family = FAMILIES[familyName(model) ?? '']
  if (family) return family
  return /claude-(?:v?2|instant)/i.test(model) ? retired : UNKNOWN
}
