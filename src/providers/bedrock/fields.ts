// The table: what becomes of each field of a chat request in Converse.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
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
import { stopRow } from '../../hub/stop.ts'
import { clamped, dropped, type Fields, rows } from '../../hub/support.ts'
import { UNFORCED } from '../anthropic/choice.ts'
import { NOT_NONE, PARALLEL } from './choice.ts'
import { REPLAY_REFUSED } from './mend.ts'
import { EXTRA, extraPart, limitPart, metadataPart, singlePart, thoughtPart, toolsPart, UNFIT } from './parts.ts'
import { NO_CALLING, OVER_MAXIMUM, type Plan } from './plan.ts'
import { POINT_NOTES } from './points.ts'
import { HERE_NOTES } from './thinking.ts'
import { NO_TOOLS, TOOL_NOTES } from './tools.ts'
import { MESSAGE_NOTES } from './turns.ts'
import type { ConverseBody, TextFormat } from './wire.ts'

const { map, here, inert, drop } = rows<ConverseBody, Plan>()

const NO_SAMPLING = dropped('This model takes no sampling parameters.')
const THINKS = dropped('A model that thinks takes no sampling parameters.')
const ONE_OF_TWO = dropped("This model takes 'temperature' or 'top_p', not both: 'temperature' is sent.")
const UP_TO_ONE = clamped('Converse allows 0 to 1.')
const NO_TOP_K = dropped("This model has no 'top_k'.")
const BLANK_STOP = dropped('A stop sequence must have a character that is no white space.')
const NO_TIER = clamped("Converse has no such tier: 'default' is sent.")

const nothing = () => undefined
const TIERS: ReadonlySet<string> = new Set(['default', 'flex', 'priority', 'reserved'])

export const fields: Fields<ConverseBody, Plan> = {
  model: here(),
  messages: map(
    ['messages', 'system', 'toolConfig'],
    (_messages, { turns, prompt, toolConfig }: Plan) => ({
      messages: turns,
      ...(prompt.length > 0 && { system: prompt }),
      ...(toolConfig && { toolConfig }),
    }),
    [...MESSAGE_NOTES, NO_CALLING, REPLAY_REFUSED],
  ),
  max_completion_tokens: map('inferenceConfig.maxTokens', (_limit, plan) => limitPart(plan), [OVER_MAXIMUM]),
  max_tokens: map('inferenceConfig.maxTokens', (_limit, plan) => limitPart(plan), [OVER_MAXIMUM, SECOND_LIMIT]),
  stream: here(),
  stream_options: here(),
  n: oneChoice,

  temperature: map(
    'inferenceConfig.temperature',
    (value: number, { model, thought }, lose) => {
      if (model.sampling === 'none') return lose(NO_SAMPLING)
      if (thought.on && model.replays) return lose(THINKS)
      if (value > 1) lose(UP_TO_ONE, { sent: 1 })
      return { 'inferenceConfig.temperature': Math.min(value, 1) }
    },
    [UP_TO_ONE, NO_SAMPLING, THINKS],
  ),
  top_p: map(
    'inferenceConfig.topP',
    (value: number, { model, thought, request }, lose) => {
      if (model.sampling === 'none') return value >= 0.99 ? { 'inferenceConfig.topP': value } : lose(NO_SAMPLING)
      if (thought.on && model.replays) return value >= 0.95 ? { 'inferenceConfig.topP': value } : lose(THINKS)
      if (model.sampling === 'one' && request.temperature !== undefined) return lose(ONE_OF_TWO)
      return { 'inferenceConfig.topP': value }
    },
    [ONE_OF_TWO, NO_SAMPLING, THINKS],
  ),
  top_k: map(
    EXTRA,
    (value: number, plan, lose) => {
      const { model, thought } = plan
      // Other services write 0 or -1 for none.
      if (value < 1) return undefined
      if (!model.topK) return lose(NO_TOP_K)
      if (model.sampling === 'none') return lose(NO_SAMPLING)
      if (thought.on && model.replays) return lose(THINKS)
      return extraPart(plan, model.topK === 'topK' ? { inferenceConfig: { topK: value } } : { [model.topK]: value })
    },
    [NO_TOP_K, NO_SAMPLING, THINKS],
  ),
  stop: map(
    'inferenceConfig.stopSequences',
    (value: string | string[], { model }, lose) => {
      if (!model.stops) {
        stopRow.write(value, undefined, lose)
        return undefined
      }
      const stops = [value].flat().filter((stop, i) => {
        const blank = stop === '' || ((model.thinkingBy === 'thinking' || model.replays) && stop.trim() === '')
        if (blank) lose(BLANK_STOP, { path: typeof value === 'string' ? 'stop' : `stop[${i}]` })
        return !blank
      })
      return stops.length > 0 ? { 'inferenceConfig.stopSequences': stops } : undefined
    },
    [BLANK_STOP, ...stopRow.may],
  ),
  seed: drop('Converse has no seed.'),
  frequency_penalty: drop('Converse has no penalties.'),
  presence_penalty: drop('Converse has no penalties.'),
  logit_bias: drop('Converse has no token bias.'),
  logprobs: drop('Converse gives no log probabilities.'),
  top_logprobs: drop('Converse gives no log probabilities.'),

  ...toolRows<ConverseBody, Plan>(
    ['toolConfig', EXTRA],
    toolsPart,
    [...TOOL_NOTES, ...POINT_NOTES],
    [UNFORCED, NOT_NONE, NO_TOOLS],
  ),
  parallel_tool_calls: map(
    EXTRA,
    (_parallel, plan: Plan, lose) => (plan.toolConfig ? (singlePart(plan) ?? lose(PARALLEL)) : undefined),
    [PARALLEL],
  ),
  web_search_options: drop('Converse has no search of the web.'),

  response_format: map(
    ['outputConfig.textFormat', 'toolConfig', 'system', EXTRA],
    (format: NonNullable<ChatFields['response_format']>, plan, lose) => {
      auditFormat(format, lose)
      if (plan.format?.by === 'tool') lose(BY_TOOL)
      if (plan.format?.by === 'word') lose(BY_WORD)
      if (plan.format?.by !== 'schema' || format.type !== 'json_schema') return toolsPart(plan)
      const { name, description } = format.json_schema
      const schema = JSON.stringify(plan.format.schema)
      const textFormat: TextFormat = {
        type: 'json_schema',
        structure: { jsonSchema: { schema, name, ...(description && { description }) } },
      }
      return { 'outputConfig.textFormat': textFormat }
    },
    [BY_TOOL, BY_WORD],
  ),

  reasoning_effort: map(EXTRA, (_effort, plan) => thoughtPart(plan), HERE_NOTES),
  reasoning: map(
    EXTRA,
    (reasoning: object, plan, lose) => {
      auditReasoning(reasoning, lose)
      return thoughtPart(plan)
    },
    HERE_NOTES,
  ),
  thinking: map(EXTRA, (_thinking, plan) => thoughtPart(plan), HERE_NOTES),

  user: map('requestMetadata', (id: string, plan, lose) => metadataPart(plan, { user: id }, lose, () => 'user'), [
    UNFIT,
  ]),
  safety_identifier: map(
    'requestMetadata',
    (id: string, plan, lose) => metadataPart(plan, { safety_identifier: id }, lose, () => 'safety_identifier'),
    [UNFIT],
  ),
  metadata: map(
    'requestMetadata',
    (pairs: Record<string, string>, plan, lose) => metadataPart(plan, pairs, lose, (key) => `metadata.${key}`),
    [UNFIT],
  ),
  service_tier: map(
    'serviceTier',
    (type: string, _plan, lose) => {
      if (TIERS.has(type)) return { serviceTier: { type } }
      lose(NO_TIER, { sent: 'default' })
      return { serviceTier: { type: 'default' } }
    },
    [NO_TIER],
  ),
  store: drop('Converse stores no answers.'),

  cache_control: map([], nothing, POINT_NOTES),
  prompt_cache_options: map([], nothing, POINT_NOTES),
  prompt_cache_key: inert('A hint for a cache that finds its entries by itself.'),
  prompt_cache_retention: inert('A hint for a cache that is marked here.'),

  modalities: textOnly,
  audio: noAudio,
  moderation: drop("Moderation is a guardrail's: 'guardrailConfig' names one."),
  prediction: drop('Converse takes no prediction.'),
  verbosity: drop('Converse has no verbosity.'),
}
