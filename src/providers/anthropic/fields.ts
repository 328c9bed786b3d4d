// The table: what becomes of each field of a chat request at the Messages API.
// https://docs.anthropic.com/en/api/messages
import { createHash } from 'node:crypto'
import type { ChatFields } from '../../hub/request.ts'
import {
  auditFormat,
  auditReasoning,
  BY_TOOL,
  BY_WORD,
  noAudio,
  oneChoice,
  SECOND_LIMIT,
  textOnly,
  toolRows,
} from '../../hub/shared-rows.ts'
import { clamped, dropped, type Extensions, type Fields, type Lose, rows } from '../../hub/support.ts'
import { TTL } from './cache.ts'
import { UNFORCED } from './choice.ts'
import { OVER_MAXIMUM, type Plan } from './plan.ts'
import { SEARCH_NOTES } from './search.ts'
import { THINKING_NOTES } from './thinking.ts'
import { TOOL_NOTES } from './tools.ts'
import { MESSAGE_NOTES } from './turns.ts'
import type { MessagesBody } from './wire.ts'

const { full, map, here, inert, drop } = rows<MessagesBody, Plan>()

const NO_SAMPLING = dropped('This model takes no sampling parameters.')
const THINKS = dropped('A model that thinks takes no sampling parameters.')
const ONE_OF_TWO = dropped("This model takes 'temperature' or 'top_p', not both: 'temperature' is sent.")
const UP_TO_ONE = clamped('Messages allows 0 to 1.')
const BLANK_STOP = dropped('A stop sequence must have a character that is no white space.')
const HASHED = clamped('User ids have at most 256 characters: its SHA-256 is sent.')
const OTHER_USER = dropped("'safety_identifier' is sent instead.")
const NO_METADATA = dropped("Messages keeps no metadata but 'user_id'.")
const NO_TIER = clamped("Messages has no such tier: 'auto' is sent.")

const THINKING = ['thinking', 'output_config'] as const
const TOOLS = ['tools', 'tool_choice'] as const

const thinkingPart = ({ thought, outputConfig }: Plan) => ({
  ...(thought.thinking && { thinking: thought.thinking }),
  ...(outputConfig && { output_config: outputConfig }),
})
const toolsPart = ({ tools, choice }: Plan) => ({
  ...(tools.length > 0 && { tools }),
  ...(choice && { tool_choice: choice }),
})
const limitPart = ({ maxTokens }: Plan) => ({ max_tokens: maxTokens })
const cachePart = ({ cache }: Plan) => cache && { cache_control: cache }

/** Ids of any length: a long one is sent as its hash, which is as good a name. */
const userPart = (id: string, lose: Lose) => {
  if (id.length <= 256) return { metadata: { user_id: id } }
  const hash = createHash('sha256').update(id).digest('hex')
  lose(HASHED, { sent: hash })
  return { metadata: { user_id: hash } }
}

export const fields: Fields<MessagesBody, Plan> = {
  model: full('model'),
  messages: map(
    ['messages', 'system'],
    (_messages, { turns, system }: Plan) => ({ messages: turns, ...(system !== undefined && { system }) }),
    MESSAGE_NOTES,
  ),
  max_completion_tokens: map('max_tokens', (_limit, plan) => limitPart(plan), [OVER_MAXIMUM]),
  max_tokens: map('max_tokens', (_limit, plan) => limitPart(plan), [OVER_MAXIMUM, SECOND_LIMIT]),
  stream: full('stream'),
  stream_options: here(),
  n: oneChoice,

  temperature: map(
    'temperature',
    (value: number, { family, thought }, lose) => {
      if (family.sampling === 'none') return lose(NO_SAMPLING)
      if (thought.on) return lose(THINKS)
      if (value > 1) lose(UP_TO_ONE, { sent: 1 })
      return { temperature: Math.min(value, 1) }
    },
    [UP_TO_ONE, NO_SAMPLING, THINKS],
  ),
  top_p: map(
    'top_p',
    (value: number, { family, thought, request }, lose) => {
      if (family.sampling === 'none') return value >= 0.99 ? { top_p: value } : lose(NO_SAMPLING)
      if (thought.on) return value >= 0.95 ? { top_p: value } : lose(THINKS)
      if (family.sampling === 'one' && request.temperature !== undefined) return lose(ONE_OF_TWO)
      return { top_p: value }
    },
    [ONE_OF_TWO, NO_SAMPLING, THINKS],
  ),
  top_k: map(
    'top_k',
    (value: number, { family, thought }, lose) => {
      // Other services write 0 or -1 for none.
      if (value < 1) return undefined
      if (family.sampling === 'none') return lose(NO_SAMPLING)
      return thought.on ? lose(THINKS) : { top_k: value }
    },
    [NO_SAMPLING, THINKS],
  ),
  stop: map(
    'stop_sequences',
    (value: string | string[], _plan, lose) => {
      const stops = [value].flat().filter((stop, i) => {
        const blank = stop.trim() === ''
        if (blank) lose(BLANK_STOP, { path: typeof value === 'string' ? 'stop' : `stop[${i}]` })
        return !blank
      })
      return stops.length > 0 ? { stop_sequences: stops } : undefined
    },
    [BLANK_STOP],
  ),
  seed: drop('Messages has no seed.'),
  frequency_penalty: drop('Messages has no penalties.'),
  presence_penalty: drop('Messages has no penalties.'),
  logit_bias: drop('Messages has no token bias.'),
  logprobs: drop('Messages gives no log probabilities.'),
  top_logprobs: drop('Messages gives no log probabilities.'),

  ...toolRows<MessagesBody, Plan>(TOOLS, toolsPart, TOOL_NOTES, [UNFORCED]),
  parallel_tool_calls: map('tool_choice', (_parallel, { choice }: Plan) => choice && { tool_choice: choice }),
  web_search_options: map(TOOLS, (_options, plan) => toolsPart(plan), SEARCH_NOTES),

  response_format: map(
    ['output_config', 'tools', 'tool_choice', 'system'],
    (format: NonNullable<ChatFields['response_format']>, plan, lose) => {
      auditFormat(format, lose)
      if (plan.format?.by === 'tool') lose(BY_TOOL)
      if (plan.format?.by === 'word') lose(BY_WORD)
      const { outputConfig, system } = plan
      return { ...toolsPart(plan), ...(outputConfig && { output_config: outputConfig }), ...(system && { system }) }
    },
    [BY_TOOL, BY_WORD],
  ),

  reasoning_effort: map(THINKING, (_effort, plan) => thinkingPart(plan), THINKING_NOTES),
  reasoning: map(
    THINKING,
    (reasoning: object, plan, lose) => {
      auditReasoning(reasoning, lose)
      return thinkingPart(plan)
    },
    THINKING_NOTES,
  ),
  thinking: map(THINKING, (_thinking, plan) => thinkingPart(plan), THINKING_NOTES),

  user: map(
    'metadata',
    (id: string, { request: { safety_identifier: other } }, lose) => {
      if (!other) return id === '' ? undefined : userPart(id, lose)
      return id === other ? undefined : lose(OTHER_USER)
    },
    [OTHER_USER, HASHED],
  ),
  safety_identifier: map('metadata', (id: string, _plan, lose) => (id === '' ? undefined : userPart(id, lose)), [
    HASHED,
  ]),
  metadata: map(
    'metadata',
    ({ user_id: id, ...rest }: Record<string, string>, { request: { user, safety_identifier } }, lose) => {
      const named = Boolean(id) && !user && !safety_identifier
      if (!named || Object.keys(rest).length > 0) lose(NO_METADATA)
      return named && id ? userPart(id, (note, at) => lose(note, { ...at, path: 'metadata.user_id' })) : undefined
    },
    [NO_METADATA, HASHED],
  ),
  service_tier: map(
    'service_tier',
    (tier: string, _plan, lose) => {
      if (tier === 'default' || tier === 'standard_only') return { service_tier: 'standard_only' }
      lose(NO_TIER, { sent: 'auto' })
      return { service_tier: 'auto' }
    },
    [NO_TIER],
  ),
  store: drop('Messages stores no answers.'),

  cache_control: map('cache_control', (_value, plan) => cachePart(plan), [TTL]),
  prompt_cache_options: map('cache_control', (_value, plan) => cachePart(plan), [TTL]),
  prompt_cache_key: inert('A hint for a cache that finds its entries by itself.'),
  prompt_cache_retention: inert('A hint for a cache that is marked here.'),

  modalities: textOnly,
  audio: noAudio,
  moderation: drop('Messages moderates by itself.'),
  prediction: drop('Messages takes no prediction.'),
  verbosity: drop('Messages has no verbosity.'),
}

/** Fields of the Messages API itself, which clients of other gateways send beside OpenAI's. */
export const extensions: Extensions<MessagesBody, Plan> = {
  container: full('container'),
  mcp_servers: full('mcp_servers'),
  context_management: full('context_management'),
  output_config: map('output_config', (value: object, { outputConfig }: Plan) => ({
    output_config: { ...outputConfig, ...value },
  })),
  speed: full('speed'),
  inference_geo: full('inference_geo'),
}
