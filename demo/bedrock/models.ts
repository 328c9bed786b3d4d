// What the demo's models take.
export interface Model {
  readonly id: string
  readonly maxTokens: number
  readonly tools: boolean
  readonly choice: 'none' | 'any' | 'named'
  readonly streamsTools: boolean
  readonly system: boolean
  readonly stops: boolean
  readonly hears: boolean
  readonly structured: boolean
  readonly cache: 'none' | 'messages' | 'all'
  readonly prefill: boolean
  readonly nineIds: boolean
  /** `thinking.type` that it takes. */
  readonly thinking: readonly string[]
  readonly sampling: 'both' | 'one' | 'none'
  /** The fields of its own that it takes. */
  readonly own: readonly string[]
}

const plain: Model = {
  id: '',
  maxTokens: 200_000,
  tools: true,
  choice: 'none',
  streamsTools: true,
  system: true,
  stops: true,
  hears: false,
  structured: false,
  cache: 'none',
  prefill: false,
  nineIds: false,
  thinking: [],
  sampling: 'both',
  own: [],
}
const claude: Model = {
  ...plain,
  choice: 'named',
  cache: 'all',
  prefill: true,
  own: ['thinking', 'output_config', 'top_k', 'anthropic_beta', 'tool_choice'],
}
const nova: Model = { ...plain, choice: 'named', cache: 'messages', prefill: true, own: ['inferenceConfig'] }
const mistral: Model = { ...plain, choice: 'any', nineIds: true, own: ['top_k'] }

export const MODELS: readonly Model[] = [
  { ...claude, id: 'anthropic.claude-3-5-sonnet-20241022-v2:0', maxTokens: 8192 },
  { ...claude, id: 'anthropic.claude-3-7-sonnet-20250219-v1:0', maxTokens: 64_000, thinking: ['enabled', 'disabled'] },
  {
    ...claude,
    id: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    maxTokens: 64_000,
    thinking: ['enabled', 'disabled'],
    sampling: 'one',
    structured: true,
  },
  {
    ...claude,
    id: 'anthropic.claude-sonnet-4-6',
    maxTokens: 128_000,
    thinking: ['enabled', 'disabled', 'adaptive'],
    sampling: 'one',
    structured: true,
    prefill: false,
  },
  {
    ...claude,
    id: 'anthropic.claude-opus-4-8',
    maxTokens: 128_000,
    thinking: ['disabled', 'adaptive'],
    sampling: 'none',
    prefill: false,
  },
  { ...nova, id: 'amazon.nova-lite-v1:0' },
  {
    ...nova,
    id: 'amazon.nova-2-lite-v1:0',
    prefill: false,
    hears: true,
    own: ['inferenceConfig', 'reasoningConfig'],
  },
  { ...plain, id: 'amazon.titan-text-express-v1', tools: false, system: false },
  { ...plain, id: 'meta.llama3-1-70b-instruct-v1:0', streamsTools: false },
  { ...plain, id: 'meta.llama3-3-70b-instruct-v1:0', streamsTools: false },
  { ...mistral, id: 'mistral.mistral-7b-instruct-v0:2', tools: false, system: false },
  { ...mistral, id: 'mistral.mistral-large-2407-v1:0' },
  { ...mistral, id: 'mistral.voxtral-small-24b-2507', structured: true, hears: true },
  { ...plain, id: 'openai.gpt-oss-120b-1:0', structured: true, stops: false, own: ['reasoning_effort'] },
  { ...plain, id: 'qwen.qwen3-32b-v1:0', structured: true, stops: false, own: ['reasoning_config'] },
  { ...plain, id: 'deepseek.r1-v1:0', tools: false },
  { ...plain, id: 'cohere.command-r-plus-v1:0', own: ['k'] },
]

/** By its id, or by a profile of it. */
export const findModel = (id: string): Model | undefined =>
  MODELS.find((model) => model.id === id.replace(/^(?:us|eu|apac|jp|au|global)\./, ''))
