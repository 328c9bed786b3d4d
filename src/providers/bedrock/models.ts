// What each family of models takes in Converse, beside what Claude's own table says of Claude's: the first that fits.
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
import { type Family, familyName, familyOf } from '../anthropic/models.ts'

export interface Model extends Family {
  /** How thinking is asked for: in Claude's words, by an effort of this name, or not at all. */
  readonly thinkingBy: 'thinking' | 'reasoning_effort' | 'reasoning_config' | 'reasoningConfig' | undefined
  /** The model's own name of `top_k`. */
  readonly topK: 'top_k' | 'k' | 'topK' | undefined
  readonly tools: boolean
  /** `toolChoice` may name a tool, and not only demand one. */
  readonly names: boolean
  readonly stops: boolean
  readonly prompts: boolean
  readonly hears: boolean
  /** Where cache points may stand. */
  readonly caches: 'everywhere' | 'messages' | undefined
  /** A cache point may last for an hour. */
  readonly hour: boolean
  /** Calls side by side can be ruled out. */
  readonly single: boolean
  /** Ids of calls have nine letters or digits. */
  readonly nineIds: boolean
  /** The signed thinking of an answer comes back. */
  readonly replays: boolean
}

const plain: Model = {
  maxOutput: undefined,
  defaultOutput: 4096,
  sampling: 'both',
  thinking: 'none',
  thinksUnasked: false,
  least: 'disabled',
  efforts: [],
  forces: false,
  prefills: false,
  structured: false,
  systemTurns: false,
  bound: false,
  thinkingBy: undefined,
  topK: undefined,
  tools: true,
  names: false,
  stops: true,
  prompts: true,
  hears: false,
  caches: undefined,
  hour: false,
  single: false,
  nineIds: false,
  replays: false,
}
const mute: Model = { ...plain, tools: false }
const oldest: Model = { ...mute, prompts: false }
const structured: Model = { ...plain, structured: true }
const nova: Model = { ...plain, forces: true, names: true, prefills: true, caches: 'messages', topK: 'topK' }
const mistral: Model = { ...plain, forces: true, nineIds: true, topK: 'top_k' }

const FAMILIES: readonly (readonly [RegExp, Model])[] = [
  [
    /nova-2/,
    {
      ...nova,
      prefills: false,
      thinking: 'adaptive',
      thinkingBy: 'reasoningConfig',
      efforts: ['low', 'medium', 'high'],
      hears: true,
    },
  ],
  [/nova/, nova],
  [/titan|command-(?:text|light)|j2-|jurassic/, oldest],
  [/mistral-7b|mixtral/, { ...oldest, topK: 'top_k' }],
  [/mistral-(?:large-3|medium-3)|ministral|magistral/, { ...mistral, structured: true }],
  [/voxtral/, { ...mistral, structured: true, hears: true }],
  [/mistral|pixtral/, mistral],
  [/llama2|llama3-8b|llama3-70b|llama3-2-[13]b|jamba-instruct/, mute],
  [/llama/, plain],
  [
    /gpt-oss/,
    {
      ...structured,
      thinking: 'always',
      thinkingBy: 'reasoning_effort',
      least: 'low',
      efforts: ['low', 'medium', 'high'],
      stops: false,
    },
  ],
  [/deepseek\.?r1|deepseek-r1/, mute],
  [
    /qwen/,
    {
      ...structured,
      thinking: 'adaptive',
      thinkingBy: 'reasoning_config',
      efforts: ['low', 'medium', 'high'],
      stops: false,
    },
  ],
  [/deepseek|gemma|kimi|minimax|nemotron/, structured],
  [/command-r/, { ...plain, topK: 'k' }],
  [/jamba/, plain],
]

/** JSON by schema and strict tools, which came to some of Claude's families here and to others not. */
const STRUCTURED =
  /^(?:(?:opus|sonnet|haiku)-4-5|(?:opus|sonnet)-4-6|(?:opus|sonnet|haiku)-5-5|(?:fable|mythos)-5-[12])$/

/** Claude before it had a cache. */
const UNCACHED = /claude-(?:v?2|instant|3-(?:opus|sonnet|haiku)|3-5-sonnet-20240620)/

/** A model that nobody here has heard of: what it lacks it says itself. */
const other: Model = { ...plain, forces: true, names: true, hears: true }

/** A model whose name is hidden behind an address: whatever it is, it may be Claude. */
const hidden: Model = { ...other, caches: 'everywhere', hour: true, replays: true }

/** The model's own id in a profile's or in an ARN; that of an application's profile tells of no model. */
function ownId(model: string): string {
  const id = model.toLowerCase().split('/').at(-1) ?? ''
  return id.replace(/^(?:us|eu|apac|jp|au|ca|sa|us-gov|global)\./, '')
}

/** What a model takes, by its id: `us.anthropic.claude-…-v1:0`, `amazon.nova-lite-v1:0`, an ARN. */
export function modelOf(model: string): Model {
  const id = ownId(model)
  if (/claude/.test(id)) return claude(id)
  return FAMILIES.find(([pattern]) => pattern.test(id))?.[1] ?? (/^arn:/i.test(model) ? hidden : other)
}

function claude(id: string): Model {
  const family = familyOf(id)
  const name = familyName(id) ?? ''
  const recent = /^[a-z]+-(?:4-[5-9]|[5-9])/.test(name)
  return {
    ...plain,
    ...family,
    structured: STRUCTURED.test(name),
    // Thinking by effort and a forced call exclude each other here, and some never stop thinking.
    forces: family.forces && family.thinking !== 'always',
    thinkingBy: 'thinking',
    topK: 'top_k',
    tools: !/claude-(?:v?2|instant)/.test(id),
    names: true,
    caches: UNCACHED.test(id) ? undefined : 'everywhere',
    hour: recent,
    single: recent,
    replays: family.thinking !== 'none',
  }
}

/** The models that share limits: what all regions' profiles of one model are. */
export function limitFamily(model: string): string {
  return ownId(model)
}
