// The models and what each of them takes and refuses, as one table. Cites: Models.
// https://docs.claude.com/en/docs/about-claude/models/overview

type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max'
type ThinkingType = 'enabled' | 'adaptive' | 'disabled' | 'between_tools'

/** Everything the rules ask about a model. */
export interface Model {
  readonly id: string
  /** The names it goes by: its alias, with or without a date. */
  readonly pattern: RegExp
  readonly created: string
  readonly lifecycle: 'active' | 'deprecated' | 'retired'
  readonly maxTokens: number
  readonly window: number
  /** False: `temperature`, `top_p` and `top_k` are refused unless they say what happens anyway. */
  readonly sampling: boolean
  /** True: `temperature` and `top_p` exclude each other. */
  readonly eitherSampling: boolean
  readonly thinking: readonly ThinkingType[]
  /** Thinks although nobody asked. */
  readonly thinksByDefault: boolean
  /** What `display` is when the request does not say. */
  readonly display: 'summarized' | 'omitted'
  /** Levels of `output_config.effort`; none = the parameter is refused. */
  readonly effort: readonly Effort[]
  /** `thinking` values that go with an effort of `high` at most. */
  readonly quietUpToHigh: readonly ThinkingType[]
  readonly forcedTool: boolean
  readonly prefill: boolean
  readonly structured: boolean
  /** Takes `role: "system"` inside `messages`. */
  readonly systemRole: boolean
  /** A thinking block holds only in the conversation it was made in. */
  readonly bound: boolean
}

type Facts = Omit<Model, 'id' | 'pattern' | 'created'>

const UP_TO_HIGH = ['low', 'medium', 'high'] as const
const UP_TO_MAX = [...UP_TO_HIGH, 'max'] as const
const ALL = [...UP_TO_HIGH, 'xhigh', 'max'] as const

/** What the 4.5 models share; every other family is told as a difference from a neighbour. */
const budget: Facts = {
  lifecycle: 'active',
  maxTokens: 64_000,
  window: 200_000,
  sampling: true,
  eitherSampling: true,
  thinking: ['enabled', 'disabled'],
  thinksByDefault: false,
  display: 'summarized',
  effort: [],
  quietUpToHigh: [],
  forcedTool: true,
  prefill: true,
  structured: true,
  systemRole: false,
  bound: false,
}
const early: Facts = { ...budget, lifecycle: 'deprecated', structured: false }
const retired: Facts = {
  ...early,
  lifecycle: 'retired',
  eitherSampling: false,
  thinking: ['disabled'],
  maxTokens: 8192,
}
const both: Facts = {
  ...budget,
  maxTokens: 128_000,
  window: 1_000_000,
  thinking: ['adaptive', 'enabled', 'disabled'],
  effort: UP_TO_MAX,
  prefill: false,
}
const adaptive: Facts = {
  ...both,
  sampling: false,
  thinking: ['adaptive', 'disabled'],
  display: 'omitted',
  effort: ALL,
}
const defaultOn: Facts = { ...adaptive, eitherSampling: false, thinksByDefault: true, systemRole: true }
const alwaysOn: Facts = { ...defaultOn, thinking: ['adaptive'] }
const bound: Facts = { ...alwaysOn, forcedTool: false, bound: true }

const dated = (id: string): RegExp => new RegExp(`^${id}(-\\d{8})?$`)
const model = (id: string, created: string, facts: Facts, pattern = dated(id)): Model => ({
  id,
  created,
  pattern,
  ...facts,
})

/** Newest first, as the service lists them. */
export const MODELS: readonly Model[] = [
  model('claude-fable-5-2', '2026-11-05', bound),
  model('claude-mythos-5-2', '2026-11-05', bound),
  model('claude-opus-5-5', '2026-09-22', bound),
  model('claude-sonnet-5-5', '2026-09-22', {
    ...bound,
    thinking: ['adaptive', 'between_tools'],
    quietUpToHigh: ['between_tools'],
  }),
  model('claude-haiku-5-5', '2026-09-22', { ...defaultOn, quietUpToHigh: ['disabled'] }),
  model('claude-fable-5-1', '2026-08-04', bound),
  model('claude-mythos-5-1', '2026-08-04', bound),
  model('claude-opus-5', '2026-07-14', { ...defaultOn, quietUpToHigh: ['disabled'] }),
  model('claude-fable-5', '2026-06-09', alwaysOn),
  model('claude-mythos-5', '2026-06-09', alwaysOn),
  model('claude-sonnet-5', '2026-06-16', { ...defaultOn, systemRole: false }),
  model('claude-opus-4-8', '2026-05-28', { ...adaptive, systemRole: true }),
  model('claude-opus-4-7', '2026-04-16', adaptive),
  model('claude-sonnet-4-6', '2026-02-17', both),
  model('claude-opus-4-6', '2026-02-05', both),
  model('claude-opus-4-5', '2025-11-24', { ...budget, effort: UP_TO_HIGH }),
  model('claude-haiku-4-5', '2025-10-15', budget),
  model('claude-sonnet-4-5', '2025-09-29', budget),
  model('claude-opus-4-1', '2025-08-05', { ...budget, lifecycle: 'deprecated', maxTokens: 32_000 }),
  model('claude-opus-4-0', '2025-05-22', { ...early, maxTokens: 32_000 }, /^claude-opus-4(-0)?(-\d{8})?$/),
  model('claude-sonnet-4-0', '2025-05-22', early, /^claude-sonnet-4(-0)?(-\d{8})?$/),
  // Gone from the real service; here so that recordings of their day can still be played.
  model(
    'claude-3-7-sonnet',
    '2025-02-24',
    {
      ...retired,
      maxTokens: 64_000,
      thinking: ['enabled', 'disabled'],
    },
    /^claude-3-7-sonnet-(\d{8}|latest)$/,
  ),
  model('claude-3-5', '2024-10-22', retired, /^claude-3-5-(sonnet|haiku)-(\d{8}|latest)$/),
  model('claude-3', '2024-03-07', { ...retired, maxTokens: 4096 }, /^claude-3-(opus|sonnet|haiku)-(\d{8}|latest)$/),
]

/** The model of a name, or nothing. */
export const findModel = (name: string): Model | undefined => MODELS.find((candidate) => candidate.pattern.test(name))

/** A name as the service prints it: `claude-sonnet-4-5` is `Claude Sonnet 4.5`. */
const displayName = (id: string): string => {
  const words = id.split('-').map((word) => (/^\d/.test(word) ? word : word[0]?.toUpperCase() + word.slice(1)))
  return words.join(' ').replace(/(\d) (\d)/, '$1.$2')
}

const supported = (value: boolean) => ({ supported: value })

/** A model as `GET /v1/models` shows it. */
export function describeModel(known: Model): Record<string, unknown> {
  const levels = Object.fromEntries(ALL.map((level) => [level, supported(known.effort.includes(level))]))
  const types = Object.fromEntries(
    (['adaptive', 'enabled', 'disabled', 'between_tools'] as const).map((type) => [
      type,
      supported(known.thinking.includes(type)),
    ]),
  )
  return {
    type: 'model',
    id: known.id,
    display_name: displayName(known.id),
    created_at: `${known.created}T00:00:00Z`,
    max_input_tokens: known.window,
    max_tokens: known.maxTokens,
    lifecycle: known.lifecycle,
    deprecated_at: null,
    retires_at: null,
    line: known.id.split('-')[1],
    capabilities: {
      image_input: supported(true),
      pdf_input: supported(true),
      citations: supported(true),
      structured_outputs: supported(known.structured),
      batch: supported(false),
      code_execution: supported(false),
      context_management: null,
      effort: { supported: known.effort.length > 0, ...levels },
      thinking: { supported: known.thinking.length > 1 || known.thinksByDefault, types },
      server_tools: { supported: true, web_search: supported(true), code_execution: supported(false) },
    },
  }
}
