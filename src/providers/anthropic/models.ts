// What each family of models takes. The first pattern that matches a model's name is its family.
// https://docs.anthropic.com/en/docs/about-claude/models
import type { Effort } from './wire.ts'

export interface Family {
  readonly name: string
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

const newest: Omit<Family, 'name'> = {
  maxOutput: 128_000,
  defaultOutput: 128_000,
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
const always: Partial<Family> = { thinking: 'always', least: 'low' }
const bound: Partial<Family> = { ...always, forces: false, bound: true }
const four: Omit<Family, 'name'> = {
  ...newest,
  maxOutput: 64_000,
  defaultOutput: 64_000,
  sampling: 'one',
  thinking: 'budget',
  thinksUnasked: false,
  efforts: [],
  prefills: true,
  systemTurns: false,
}
const three: Omit<Family, 'name'> = {
  ...four,
  maxOutput: 4096,
  defaultOutput: 4096,
  sampling: 'both',
  thinking: 'none',
  structured: false,
}

const of = (name: string, base: Omit<Family, 'name'>, rest: Partial<Family> = {}): Family => ({
  ...base,
  ...rest,
  name,
})
const upTo = (tokens: number): Partial<Family> => ({ maxOutput: tokens, defaultOutput: tokens })

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/sonnet-5[-.]5/, of('sonnet-5-5', newest, { ...bound, least: 'between_tools' })],
  [/opus-5[-.]5/, of('opus-5-5', newest, bound)],
  [/haiku-5[-.]5/, of('haiku-5-5', newest)],
  [/(?:fable|mythos)-5[-.][12](?!\d)/, of('fable-5-1', newest, bound)],
  [/(?:fable|mythos)-5/, of('fable-5', newest, always)],
  [/opus-5/, of('opus-5', newest)],
  // Reports say that it takes no system messages between the others.
  [/sonnet-5/, of('sonnet-5', newest, { systemTurns: false })],
  [/opus-4[-.]8/, of('opus-4-8', newest, { thinksUnasked: false })],
  [/opus-4[-.]7/, of('opus-4-7', newest, { thinksUnasked: false, systemTurns: false })],
  [
    /(?:opus|sonnet)-4[-.]6/,
    of('4-6', newest, {
      sampling: 'one',
      thinksUnasked: false,
      efforts: ['low', 'medium', 'high', 'max'],
      systemTurns: false,
    }),
  ],
  [/opus-4[-.]5/, of('opus-4-5', four, { efforts: ['low', 'medium', 'high'] })],
  [/(?:sonnet|haiku)-4[-.]5/, of('4-5', four)],
  [/opus-4[-.]1(?!\d)/, of('opus-4-1', four, upTo(32_000))],
  [/opus-4/, of('opus-4', four, { ...upTo(32_000), structured: false })],
  [/sonnet-4/, of('sonnet-4', four, { structured: false })],
  [/3[-.]7/, of('3-7', four, { sampling: 'both', structured: false })],
  [/3[-.]5/, of('3-5', three, upTo(8192))],
  [/claude-(?:3|2|instant)/, of('3', three)],
]

/** A model nobody here has heard of: asked as the newest are, with nothing held back that it may take. */
const UNKNOWN = of('unknown', newest, {
  maxOutput: undefined,
  defaultOutput: 4096,
  sampling: 'one',
  thinksUnasked: false,
})

/** The family of a model, by its name in any of the spellings that hosts use. */
export function familyOf(model: string): Family {
  const name = model.toLowerCase()
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN
}
