// Groq: https://console.groq.com/docs/api-reference#chat-create

import { at } from '../../hub/json.ts'
import { rows } from '../../hub/support.ts'
import { refillingMeters } from '../../limits/meters.ts'
import { type Degrees, degrees } from '../openai-compatible/degrees.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { hearingLike, jsonAndText, speechLike } from '../openai-compatible/media.ts'
import { NO_AUDIO_IN, NO_FILES, NO_NAME } from '../openai-compatible/messages.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, newLimit, plain, takes } from '../openai-compatible/rows.ts'
import { prices } from './prices.ts'

const { map } = rows<Body, Plan>()

const THREE: Degrees = { none: 'low', minimal: 'low', xhigh: 'high', max: 'high' }
const ON_OR_OFF: Degrees = { minimal: 'default', low: 'default', medium: 'default', high: 'default', xhigh: 'default' }

/** OpenAI's tiers under the service's names. */
const TIERS: Readonly<Record<string, string>> = { default: 'on_demand', priority: 'performance' }

/** Without the thoughts of earlier answers, which not every model takes back. */
function thoughtless(message: string, body: Body): Body | undefined {
  const { messages } = body
  if (!/'reasoning' is unsupported/.test(message) || !Array.isArray(messages)) return undefined
  if (messages.every((one: Body) => one.reasoning === undefined)) return undefined
  return { ...body, messages: messages.map(({ reasoning: _gone, ...rest }: Body) => rest) }
}

/** Why a stream was stopped, which its last chunk tells beside a finish. */
function brokenOff(chunk: unknown): { code: string; message: string } | undefined {
  const message = at(at(chunk, 'x_groq'), 'error')
  return typeof message === 'string' && message !== '' ? { code: 'stopped', message } : undefined
}

export const groq = openaiLike({
  name: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  prices,
  // Of 14,400 requests a day 30 are gone, and the reset is in three minutes.
  meters: refillingMeters,
  fields: {
    ...plain,
    ...newLimit,
    ...takes('parallel_tool_calls'),
    ...lacks('The service returns no probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('No model there knows penalties.', 'frequency_penalty', 'presence_penalty'),
    ...lacks('The service takes no number of candidates.', 'top_k'),
    ...degrees((model) => (/gpt-oss/.test(model) ? THREE : /qwen/.test(model) ? ON_OR_OFF : {})),
    n: choices,
    service_tier: map('service_tier', (tier: string) => ({
      service_tier: Object.hasOwn(TIERS, tier) ? TIERS[tier] : tier,
    })),
  },
  messages: {
    names: NO_NAME,
    plainNames: true,
    strict: [],
    reasoning: 'reasoning',
    parts: { input_audio: NO_AUDIO_IN, file: NO_FILES },
  },
  answer: {
    failure: brokenOff,
    usageIn: (chunk) => at(at(chunk, 'x_groq'), 'usage'),
    // The channel is what tells reasoning from text, and both are told apart.
    silent: ['x_groq', 'channel', 'usage_breakdown'],
  },
  errors: { codes: { 498: 'overloaded', capacity_exceeded: 'overloaded' } },
  mend: thoughtless,
  media: {
    hearing: hearingLike({ table: { response_format: jsonAndText } }),
    speech: speechLike(),
  },
})
