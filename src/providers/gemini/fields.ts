import type { ChatFields } from '../../hub/request.ts'
import { auditFormat, auditReasoning, SECOND_LIMIT, toolRows } from '../../hub/shared-rows.ts'
import {
  audit,
  clamped,
  dropped,
  type Extensions,
  emulated,
  type Fields,
  type Lose,
  rejected,
  rows,
} from '../../hub/support.ts'
import type { Plan } from './plan.ts'
import { SCHEMA_NOTES } from './schema.ts'
import { isSchema } from './schema-join.ts'
import { THINKING_NOTES } from './thinking.ts'
import { SEARCH_NOTES, TOOL_NOTES } from './tools.ts'
import { MESSAGE_NOTES } from './turns.ts'
import type { GeminiFields } from './wire.ts'

const { rename, map, here, inert, drop, emulate } = rows<GeminiFields, Plan>()

const NO_SAMPLING = dropped('This model has no sampling parameters.')
export const NO_PENALTIES = dropped('This model takes no penalties.')
export const NO_LOGPROBS = dropped('This model gives no log probabilities.')
const EMPTY_STOP = dropped('A stop sequence must not be empty.')
const FIVE_STOPS = clamped('generateContent takes five stop sequences: the first five are sent.')
const SEED = clamped('Seeds have 32 bits: the last 32 are sent.')
const LIMIT = clamped('A limit has at most 31 bits.')
const PARALLEL = dropped('generateContent cannot be held to one call.')
const BY_WORD = emulated('Beside tools this model takes no form of answer: it is told to answer in JSON.')
const NO_TIER = clamped("generateContent has no such tier: 'standard' is sent.")
const NO_AUDIO = rejected('Chat answers of this provider have no audio.')
const TEXT_ONLY = dropped('Chat answers of this provider have no audio: the answer is text.')
const NO_MODALITY = rejected("Supported modalities are 'text' and 'image'.")
const NO_OBJECT = rejected('This must be an object.', 'invalid_type')

const TOOLS = ['tools', 'toolConfig'] as const
const GOOGLE_KEYS = { thinking_config: 'used', cached_content: 'used', safety_settings: 'used' } as const

const thinkingPart = ({ thinking }: Plan) => thinking && { thinkingConfig: thinking }
const toolsPart = ({ tools, toolConfig }: Plan) => ({
  ...(tools.length > 0 && { tools }),
  ...(toolConfig && { toolConfig }),
})
const limitPart = (value: number, lose: Lose) => {
  const sent = Math.min(value, 2 ** 31 - 1)
  if (sent !== value) lose(LIMIT, { sent })
  return { maxOutputTokens: sent }
}

export const fields: Fields<GeminiFields, Plan> = {
  // The path says which model, and whether the answer is a stream.
  model: here(),
  stream: here(),
  stream_options: here(),
  messages: map(
    ['contents', 'systemInstruction'],
    (_messages, { contents, system }: Plan) => ({ contents, ...(system && { systemInstruction: system }) }),
    MESSAGE_NOTES,
  ),
  max_completion_tokens: map('maxOutputTokens', (value: number, _plan, lose) => limitPart(value, lose), [LIMIT]),
  max_tokens: map(
    'maxOutputTokens',
    (value: number, { request: { max_completion_tokens: other } }, lose) => {
      if (!other) return limitPart(value, lose)
      return other === value ? undefined : lose(SECOND_LIMIT)
    },
    [LIMIT, SECOND_LIMIT],
  ),
  // The models since the third generation give one candidate, and a table has one kind for all of them.
  n: emulate('The newer models give one candidate: as many calls are made side by side.'),

  temperature: map(
    'temperature',
    (value: number, { family }, lose) => (family.sampling ? { temperature: value } : lose(NO_SAMPLING)),
    [NO_SAMPLING],
  ),
  top_p: map('topP', (value: number, { family }, lose) => (family.sampling ? { topP: value } : lose(NO_SAMPLING)), [
    NO_SAMPLING,
  ]),
  top_k: map(
    'topK',
    (value: number, { family }, lose) => {
      // Other services write 0 or -1 for none.
      if (value < 1) return undefined
      return family.sampling ? { topK: value } : lose(NO_SAMPLING)
    },
    [NO_SAMPLING],
  ),
  stop: map(
    'stopSequences',
    (value: string | string[], _plan, lose) => {
      const stops = [value].flat().filter((stop, i) => {
        if (stop === '') lose(EMPTY_STOP, { path: typeof value === 'string' ? 'stop' : `stop[${i}]` })
        return stop !== ''
      })
      if (stops.length > 5) lose(FIVE_STOPS, { sent: stops.slice(0, 5) })
      return stops.length > 0 ? { stopSequences: stops.slice(0, 5) } : undefined
    },
    [EMPTY_STOP, FIVE_STOPS],
  ),
  seed: map(
    'seed',
    (value: number, _plan, lose) => {
      const sent = value | 0
      if (sent !== value) lose(SEED, { sent })
      return { seed: sent }
    },
    [SEED],
  ),
  frequency_penalty: map(
    'frequencyPenalty',
    (value: number, { family }, lose) => (family.penalties ? { frequencyPenalty: value } : lose(NO_PENALTIES)),
    [NO_PENALTIES],
  ),
  presence_penalty: map(
    'presencePenalty',
    (value: number, { family }, lose) => (family.penalties ? { presencePenalty: value } : lose(NO_PENALTIES)),
    [NO_PENALTIES],
  ),
  logit_bias: drop('generateContent has no token bias.'),
  logprobs: map(
    'responseLogprobs',
    (value: boolean, { family }, lose) => (family.logprobs ? { responseLogprobs: value } : lose(NO_LOGPROBS)),
    [NO_LOGPROBS],
  ),
  top_logprobs: map(
    'logprobs',
    (value: number, { family }, lose) => {
      if (value === 0) return undefined
      return family.logprobs ? { logprobs: value } : lose(NO_LOGPROBS)
    },
    [NO_LOGPROBS],
  ),

  ...toolRows<GeminiFields, Plan>(TOOLS, toolsPart, TOOL_NOTES, []),
  parallel_tool_calls: map(
    [],
    (_parallel, { tools }: Plan, lose) => {
      if (tools.some((tool) => 'functionDeclarations' in tool)) lose(PARALLEL)
      return undefined
    },
    [PARALLEL],
  ),
  web_search_options: map(TOOLS, (_options, plan) => toolsPart(plan), SEARCH_NOTES),

  response_format: map(
    ['responseMimeType', 'responseJsonSchema', 'responseSchema', 'systemInstruction', 'contents'],
    (format: NonNullable<ChatFields['response_format']>, plan, lose) => {
      auditFormat(format, lose)
      const { format: decided } = plan
      if (decided?.by === 'word') return lose(BY_WORD)
      return {
        responseMimeType: 'application/json',
        ...(decided?.by === 'schema' && {
          [decided.jsonForm ? 'responseJsonSchema' : 'responseSchema']: decided.schema,
        }),
      }
    },
    [BY_WORD, ...SCHEMA_NOTES],
  ),

  reasoning_effort: map('thinkingConfig', (_effort, plan) => thinkingPart(plan), THINKING_NOTES),
  reasoning: map(
    'thinkingConfig',
    (reasoning: object, plan, lose) => {
      auditReasoning(reasoning, lose)
      return thinkingPart(plan)
    },
    THINKING_NOTES,
  ),
  thinking: map('thinkingConfig', (_thinking, plan) => thinkingPart(plan), THINKING_NOTES),

  service_tier: map(
    'serviceTier',
    (tier: string, { surface }, lose) => {
      const sent = tierSent(tier)
      if (sent === undefined) lose(NO_TIER, { sent: 'standard' })
      return surface.tierHeaders ? undefined : { serviceTier: sent ?? 'standard' }
    },
    [NO_TIER],
  ),
  modalities: map(
    'responseModalities',
    (value: readonly string[], _plan, lose) => {
      const odd = value.findIndex((one) => one !== 'text' && one !== 'image' && one !== 'audio')
      if (odd >= 0) lose(NO_MODALITY, { path: `modalities[${odd}]` })
      if (value.includes('audio')) lose(value.length > 1 ? TEXT_ONLY : NO_AUDIO)
      const sent = value.filter((one) => one !== 'audio').map((one) => one.toUpperCase())
      return sent.includes('IMAGE') ? { responseModalities: sent } : undefined
    },
    [NO_MODALITY, TEXT_ONLY, NO_AUDIO],
  ),
  audio: drop('Chat answers of this provider have no audio.'),
  user: drop('generateContent knows no end users.'),
  safety_identifier: drop('generateContent knows no end users.'),
  metadata: drop('generateContent keeps no metadata.'),
  store: drop('generateContent stores no answers.'),
  cache_control: inert('The service finds its cache by itself.'),
  prompt_cache_options: inert('The service finds its cache by itself.'),
  prompt_cache_key: inert('The service finds its cache by itself.'),
  prompt_cache_retention: inert('The service finds its cache by itself.'),
  moderation: drop('The service moderates by itself.'),
  prediction: drop('generateContent takes no prediction.'),
  verbosity: drop('generateContent has no verbosity.'),
}

const TIERS: Readonly<Record<string, string>> = { default: 'standard', flex: 'flex', priority: 'priority' }

/** The service's name of a tier; undefined when it has none such. */
export function tierSent(tier: string | null | undefined): string | undefined {
  return tier && Object.hasOwn(TIERS, tier) ? TIERS[tier] : undefined
}

/** What Google's own endpoint for OpenAI's format takes under its name. */
const googlePart = (value: unknown, path: string, lose: Lose) => {
  if (!isSchema(value)) return lose(NO_OBJECT, { path })
  audit(value, GOOGLE_KEYS, path, lose)
  const { thinking_config: thinking, cached_content: cached, safety_settings: safety } = value
  if (thinking !== undefined && !isSchema(thinking)) lose(NO_OBJECT, { path: `${path}.thinking_config` })
  return {
    ...(isSchema(thinking) && { thinkingConfig: thinking }),
    ...(cached !== undefined && { cachedContent: cached }),
    ...(safety !== undefined && { safetySettings: safety }),
  }
}
const GOOGLE = ['thinkingConfig', 'cachedContent', 'safetySettings'] as const

/** Fields of generateContent itself, which clients of other gateways send beside OpenAI's. */
export const extensions: Extensions<GeminiFields, Plan> = {
  google: map(GOOGLE, (value: unknown, _plan, lose) => googlePart(value, 'google', lose), [NO_OBJECT]),
  extra_body: map(
    GOOGLE,
    (value: unknown, _plan, lose) => {
      if (!isSchema(value)) return lose(NO_OBJECT)
      audit(value, { google: 'used' }, 'extra_body', lose)
      return value.google === undefined ? undefined : googlePart(value.google, 'extra_body.google', lose)
    },
    [NO_OBJECT],
  ),
  safety_settings: rename('safetySettings'),
  cached_content: rename('cachedContent'),
  media_resolution: rename('mediaResolution'),
  speech_config: rename('speechConfig'),
  image_config: rename('imageConfig'),
}
