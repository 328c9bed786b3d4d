import type { ChatFields } from '../../hub/request.ts'
import { auditFormat, BY_WORD, noAudio, oneChoice, SECOND_LIMIT, textOnly, toolRows } from '../../hub/shared-rows.ts'
import { stopRow } from '../../hub/stop.ts'
import { clamped, type Extensions, type Fields, rows } from '../../hub/support.ts'
import { MOST_TOKENS, type Plan } from './plan.ts'
import { THINKING_NOTES, think, thinkByEffort, thinkByReasoning, thinkByType } from './thinking.ts'
import { CHOICE_NOTES, TOOL_NOTES } from './tools.ts'
import { MESSAGE_NOTES } from './turns.ts'
import { GUESSED } from './usage.ts'
import type { PaddlerBody } from './wire.ts'

const { map, here, inert, drop, emulate } = rows<PaddlerBody, Plan>()

const OVER = clamped(`The service counts up to ${MOST_TOKENS}.`)
const SAMPLING = 'Sampling is a setting of the cluster.'
const NO_FIELD = 'The service has no such field.'

const toolsPart = ({ tools }: Plan) => (tools.length > 0 ? { tools, parse_tool_calls: true } : undefined)
const TOOLS = ['tools', 'parse_tool_calls'] as const
const limitPart = ({ maxTokens }: Plan) => ({ max_tokens: maxTokens })

export const fields: Fields<PaddlerBody, Plan> = {
  model: inert('The cluster has one model, which answers to any name.'),
  messages: map(
    'conversation_history',
    (_messages, { turns }: Plan) => ({ conversation_history: turns }),
    MESSAGE_NOTES,
  ),
  max_completion_tokens: map(
    'max_tokens',
    (value: number, plan, lose) => {
      if (value > plan.maxTokens) lose(OVER, { sent: plan.maxTokens })
      return limitPart(plan)
    },
    [OVER],
  ),
  max_tokens: map(
    'max_tokens',
    (value: number, plan, lose) => {
      const other = plan.request.max_completion_tokens
      if (other && other !== value) return lose(SECOND_LIMIT)
      if (value > plan.maxTokens) lose(OVER, { sent: plan.maxTokens })
      return limitPart(plan)
    },
    [OVER, SECOND_LIMIT],
  ),
  stream: here(),
  stream_options: map(
    [],
    (options: NonNullable<ChatFields['stream_options']>, { guessed }, lose) =>
      options.include_usage && guessed ? lose(GUESSED) : undefined,
    [GUESSED],
  ),
  n: oneChoice,
  stop: stopRow,

  temperature: drop(SAMPLING),
  top_p: drop(SAMPLING),
  top_k: drop(SAMPLING),
  seed: drop(SAMPLING),
  frequency_penalty: drop(SAMPLING),
  presence_penalty: drop(SAMPLING),
  logit_bias: drop(SAMPLING),
  logprobs: drop('The service gives no log probabilities.'),
  top_logprobs: drop('The service gives no log probabilities.'),

  ...toolRows<PaddlerBody, Plan>(TOOLS, toolsPart, TOOL_NOTES, CHOICE_NOTES),
  parallel_tool_calls: emulate('Only the first call of an answer is passed on.'),
  web_search_options: drop('The service searches no web.'),

  response_format: map(
    'grammar',
    (format: NonNullable<ChatFields['response_format']>, { grammar, wording }, lose) => {
      auditFormat(format, lose)
      if (wording) lose(BY_WORD)
      return grammar && { grammar }
    },
    [BY_WORD],
  ),

  reasoning_effort: map(
    'enable_thinking',
    (effort: string, plan, lose) => thinkByEffort(plan, effort, lose, 'reasoning_effort'),
    THINKING_NOTES,
  ),
  reasoning: map(
    'enable_thinking',
    (reasoning: NonNullable<ChatFields['reasoning']>, plan, lose) => thinkByReasoning(plan, reasoning, lose),
    THINKING_NOTES,
  ),
  thinking: map(
    'enable_thinking',
    (thinking: NonNullable<ChatFields['thinking']>, plan, lose) => thinkByType(plan, thinking, lose),
    THINKING_NOTES,
  ),
  verbosity: drop(NO_FIELD),

  user: inert('The service knows no users.'),
  safety_identifier: inert('The service knows no users.'),
  metadata: drop('The service stores nothing.'),
  store: drop('The service stores nothing.'),
  service_tier: drop('The service has no tiers.'),
  cache_control: inert('The service keeps what it has read by itself.'),
  prompt_cache_key: inert('The service keeps what it has read by itself.'),
  prompt_cache_options: inert('The service keeps what it has read by itself.'),
  prompt_cache_retention: inert('The service keeps what it has read by itself.'),

  modalities: textOnly,
  audio: noAudio,
  moderation: drop(NO_FIELD),
  prediction: drop(NO_FIELD),
}

/** A field of the native API, which clients of other gateways send beside OpenAI's. */
export const extensions: Extensions<PaddlerBody, Plan> = {
  enable_thinking: map(
    'enable_thinking',
    (value: unknown, plan, lose) => think(plan, value === true, lose),
    THINKING_NOTES,
  ),
}
