// The table: what becomes of each field of a chat request at the Messages API.
// https://docs.anthropic.com/en/api/messages
import { createHash } from 'node:crypto'
import type { ChatFields } from '../../hub/request.ts'
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
import { point, TTL } from './cache.ts'
import { OVER_MAXIMUM, type Plan, SECOND_LIMIT } from './plan.ts'
import { EFFORTS, THINKING_NOTES } from './thinking.ts'
import { CUSTOM, DUPLICATE, GRAMMAR, MERGED, NO_SUCH_TOOL, NOT_STRICT, RENAMED, SUBSET, UNFORCED } from './tools.ts'
import { MESSAGE_NOTES } from './turns.ts'
import type { MessagesBody } from './wire.ts'

const { full, map, here, inert, drop, emulate } = rows<MessagesBody, Plan>()

const NO_SAMPLING = dropped('This model takes no sampling parameters.')
const THINKS = dropped('A model that thinks takes no sampling parameters.')
const ONE_OF_TWO = dropped("This model takes 'temperature' or 'top_p', not both: 'temperature' is sent.")
const UP_TO_ONE = clamped('Messages allows 0 to 1.')
const BLANK_STOP = dropped('A stop sequence must have a character that is no white space.')
const HASHED = clamped('User ids have at most 256 characters: its SHA-256 is sent.')
const OTHER_USER = dropped("'safety_identifier' is sent instead.")
const NO_METADATA = dropped("Messages keeps no metadata but 'user_id'.")
const NO_TIER = clamped("Messages has no such tier: 'auto' is sent.")
const NO_AUDIO = rejected('Messages puts out no audio.')
const TEXT_ONLY = dropped('Messages puts out no audio: the answer is text.')
const NO_SIZE = dropped('The search has no context size.')
const NO_EFFORT = rejected('No such effort.')
const BY_TOOL = emulated('A forced tool call carries the JSON.')
const BY_WORD = emulated('The model is told to answer in JSON, and is not held to it.')

const TOOL_NOTES = [RENAMED, MERGED, NOT_STRICT, CUSTOM, GRAMMAR, DUPLICATE, NO_SUCH_TOOL]
const THINKING = ['thinking', 'output_config'] as const
const REASONING_KEYS: Keys<NonNullable<ChatFields['reasoning']>> = {
  effort: 'used',
  max_tokens: 'used',
  exclude: 'used',
  enabled: 'used',
}

const thinkingPart = ({ thought, outputConfig }: Plan) => ({
  ...(thought.thinking && { thinking: thought.thinking }),
  ...(outputConfig && { output_config: outputConfig }),
})
const toolsPart = ({ tools, choice }: Plan) => ({
  ...(tools.length > 0 && { tools }),
  ...(choice && { tool_choice: choice }),
})
const limitPart = ({ maxTokens }: Plan) => ({ max_tokens: maxTokens })
const userId = (id: string) => ({ metadata: { user_id: id } })
const hash = (id: string) => createHash('sha256').update(id).digest('hex')
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
  n: emulate('Messages returns one choice: as many calls are made side by side.'),

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

  tools: map(['tools', 'tool_choice'], (_tools, plan) => toolsPart(plan), TOOL_NOTES),
  functions: map(['tools', 'tool_choice'], (_functions, plan) => toolsPart(plan), TOOL_NOTES),
  tool_choice: map(['tools', 'tool_choice'], (_choice, plan) => toolsPart(plan), [UNFORCED, SUBSET]),
  function_call: map(['tools', 'tool_choice'], (_choice, plan) => toolsPart(plan), [UNFORCED]),
  parallel_tool_calls: map('tool_choice', (_parallel, { choice }: Plan) =>
    choice ? { tool_choice: choice } : undefined,
  ),
  web_search_options: map(
    ['tools', 'tool_choice'],
    (options: { search_context_size?: string | null | undefined }, plan, lose) => {
      const size = options.search_context_size
      if (size && size !== 'medium') lose(NO_SIZE, { path: 'web_search_options.search_context_size' })
      return toolsPart(plan)
    },
    [NO_SIZE],
  ),

  response_format: map(
    ['output_config', 'tools', 'tool_choice', 'system'],
    (_format, plan, lose) => {
      const { format, outputConfig, system } = plan
      if (format?.by === 'tool') lose(BY_TOOL)
      if (format?.by === 'word') lose(BY_WORD)
      return { ...toolsPart(plan), ...(outputConfig && { output_config: outputConfig }), ...(system && { system }) }
    },
    [BY_TOOL, BY_WORD],
  ),

  reasoning_effort: map(
    THINKING,
    (effort: string, plan, lose) => {
      if (!EFFORTS.includes(effort)) lose(NO_EFFORT)
      return thinkingPart(plan)
    },
    [...THINKING_NOTES, NO_EFFORT],
  ),
  reasoning: map(
    THINKING,
    (reasoning: object, plan, lose) => {
      audit(reasoning, REASONING_KEYS, 'reasoning', lose)
      return thinkingPart(plan)
    },
    THINKING_NOTES,
  ),
  thinking: map(THINKING, (_thinking, plan) => thinkingPart(plan), THINKING_NOTES),

  user: map(
    'metadata',
    (id: string, { request }, lose) => {
      if (request.safety_identifier) return lose(OTHER_USER)
      if (id.length > 256) lose(HASHED, { sent: hash(id) })
      return userId(id.length > 256 ? hash(id) : id)
    },
    [OTHER_USER, HASHED],
  ),
  safety_identifier: map(
    'metadata',
    (id: string, _plan, lose) => {
      if (id.length > 256) lose(HASHED, { sent: hash(id) })
      return userId(id.length > 256 ? hash(id) : id)
    },
    [HASHED],
  ),
  metadata: map(
    'metadata',
    (value: Record<string, string>, { request }, lose) => {
      const { user_id: id } = value
      const named = id !== undefined && id.length <= 256 && !request.user && !request.safety_identifier
      if (!named || Object.keys(value).length > 1) lose(NO_METADATA)
      return named ? userId(id) : undefined
    },
    [NO_METADATA],
  ),
  service_tier: map(
    'service_tier',
    (tier: string, _plan, lose) => {
      if (tier === 'default') return { service_tier: 'standard_only' }
      lose(NO_TIER, { sent: 'auto' })
      return { service_tier: 'auto' }
    },
    [NO_TIER],
  ),
  store: drop('Messages stores no answers.'),

  cache_control: map(
    'cache_control',
    (value: { ttl?: string | null | undefined }, _plan, lose) => ({
      cache_control: point(value.ttl, 'cache_control.ttl', lose),
    }),
    [TTL],
  ),
  prompt_cache_options: map(
    'cache_control',
    (value: { mode?: string | null | undefined; ttl?: string | null | undefined }, _plan, lose) => {
      // OpenAI's own default time says nothing; the mode, sent explicitly, asks for a cache point here.
      const ttl = value.ttl === '30m' ? undefined : value.ttl
      if (value.mode === 'explicit') return undefined
      return { cache_control: point(ttl, 'prompt_cache_options.ttl', lose) }
    },
    [TTL],
  ),
  prompt_cache_key: inert('A hint for a cache that finds its entries by itself.'),
  prompt_cache_retention: inert('A hint for a cache that is marked here.'),

  modalities: map(
    [],
    (value: readonly string[], _plan, lose) => {
      if (!value.includes('audio')) return undefined
      lose(value.includes('text') ? TEXT_ONLY : NO_AUDIO)
      return undefined
    },
    [TEXT_ONLY, NO_AUDIO],
  ),
  audio: drop('Messages puts out no audio.'),
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
