// The table: what becomes of each field of a chat request in the native API.
// https://github.com/intentee/paddler
import type { JsonSchemaFormat } from '../../../schemas/chat.ts'
import type { ChatFields } from '../../hub/request.ts'
import { stopRow } from '../../hub/stop.ts'
import {
  audit,
  clamped,
  dropped,
  type Extensions,
  emulated,
  type Fields,
  type Keys,
  rejected,
  rows,
} from '../../hub/support.ts'
import { isLegacy } from '../../hub/wish.ts'
import { MOST_TOKENS, type Plan } from './plan.ts'
import { THINKING_NOTES, think, thinkByEffort, thinkByReasoning, thinkByType } from './thinking.ts'
import { CHOICE_NOTES, TOOL_NOTES } from './tools.ts'
import { MESSAGE_NOTES } from './turns.ts'
import { GUESSED } from './usage.ts'
import type { PaddlerBody } from './wire.ts'

const { map, here, inert, drop, emulate } = rows<PaddlerBody, Plan>()

const OVER = clamped(`The service counts up to ${MOST_TOKENS}.`)
const SECOND_LIMIT = dropped("'max_completion_tokens' is sent instead.")
const OTHER_TOOLS = dropped("'tools' are sent instead.")
const OTHER_CHOICE = dropped("'tools' are sent, and their 'tool_choice'.")
const BY_WORD = emulated('The model is told to answer in JSON, and is not held to it.')
const NO_AUDIO = rejected('The service puts out no audio.')
const TEXT_ONLY = dropped('The service puts out no audio: the answer is text.')
const SAMPLING = 'Sampling is a setting of the cluster.'
const NO_FIELD = 'The service has no such field.'

const SCHEMA_KEYS: Keys<JsonSchemaFormat> = { name: 'inert', description: 'inert', schema: 'used', strict: 'inert' }

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
  n: emulate('The service returns one choice: as many calls are made side by side.'),
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

  tools: map(TOOLS, (_tools, plan) => toolsPart(plan), TOOL_NOTES),
  functions: map(TOOLS, (_functions, plan, lose) => (isLegacy(plan.request) ? toolsPart(plan) : lose(OTHER_TOOLS)), [
    ...TOOL_NOTES,
    OTHER_TOOLS,
  ]),
  tool_choice: map(TOOLS, (_choice, plan) => toolsPart(plan), CHOICE_NOTES),
  function_call: map(
    TOOLS,
    (_choice, plan, lose) =>
      isLegacy(plan.request) && !plan.request.tool_choice ? toolsPart(plan) : lose(OTHER_CHOICE),
    [...CHOICE_NOTES, OTHER_CHOICE],
  ),
  parallel_tool_calls: emulate('Only the first call of an answer is passed on.'),
  web_search_options: drop('The service searches no web.'),

  response_format: map(
    'grammar',
    (format: NonNullable<ChatFields['response_format']>, { grammar, wording }, lose) => {
      if (format.type === 'json_schema') audit(format.json_schema, SCHEMA_KEYS, 'response_format.json_schema', lose)
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

  modalities: map(
    [],
    (value: readonly string[], _plan, lose) => {
      if (value.includes('audio')) lose(value.includes('text') ? TEXT_ONLY : NO_AUDIO)
      return undefined
    },
    [TEXT_ONLY, NO_AUDIO],
  ),
  audio: drop('The service puts out no audio.'),
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
