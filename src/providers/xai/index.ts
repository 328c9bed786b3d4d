// xAI: https://docs.x.ai/docs/api-reference#chat-completions

import { at } from '../../hub/json.ts'
import { dropped, rows } from '../../hub/support.ts'
import type { Usage } from '../../hub/usage.ts'
import { type Degrees, degrees } from '../openai-compatible/degrees.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { bothLimits, lacks, plain, stopsUpTo, takes, where } from '../openai-compatible/rows.ts'
import { images } from './media.ts'
import { prices } from './prices.ts'
import { OPEN, openSchemas } from './schemas.ts'

const { reject } = rows<Body, Plan>()

const REASONS = /grok-(?:3-mini|[4-9]|code)/
const NO_PENALTY = dropped('Models that reason take no penalties.')

const reasons = (model: string) => REASONS.test(model) && !/non-reasoning/.test(model)
const plainly = ({ model }: Plan) => !reasons(model)

/** Models whose effort is fixed, or that have none. */
const FIXED = /grok-(?:2|3(?!-mini)|4(?!\.\d)|4\.20-(?!multi)|code)/

/** Efforts by model, the first that matches. */
const DEGREES: readonly (readonly [RegExp, Degrees])[] = [
  [/3-mini/, { none: 'low', minimal: 'low', medium: 'high', xhigh: 'high' }],
  [/4\.3/, { minimal: 'low', xhigh: 'high' }],
  [/4\.5/, { none: 'low', minimal: 'low', xhigh: 'high' }],
  [/./, { none: 'low', minimal: 'low' }],
]

function degreesOf(model: string): Degrees | undefined {
  return FIXED.test(model) ? undefined : DEGREES.find(([pattern]) => pattern.test(model))?.[1]
}

/** What was thought stands beside what was written, but in the total. */
function withThoughts(usage: Usage): Usage {
  const { prompt_tokens, completion_tokens, total_tokens, completion_tokens_details: details } = usage
  const reasoning = details?.reasoning_tokens ?? 0
  if (total_tokens !== prompt_tokens + completion_tokens + reasoning) return usage
  return { ...usage, completion_tokens: completion_tokens + reasoning }
}

function sourcesIn(chunk: unknown): { url: string; title: string }[] {
  const urls: unknown = at(chunk, 'citations')
  return (Array.isArray(urls) ? urls : []).flatMap((url: unknown) =>
    typeof url === 'string' ? [{ url, title: '' }] : [],
  )
}

/** The one failure that another attempt mends, by the words that stand where a code should. */
function unavailable(chunk: unknown): { code: string; message: string } | undefined {
  const [code, message] = [at(chunk, 'code'), at(chunk, 'error')]
  if (code !== 'The service is currently unavailable' || typeof message !== 'string') return undefined
  return { code: 'unavailable', message }
}

export const xai = openaiLike({
  name: 'xai',
  baseUrl: 'https://api.x.ai/v1',
  prices,
  fields: {
    ...plain,
    ...bothLimits,
    ...takes('parallel_tool_calls', 'web_search_options'),
    ...lacks('The service takes no number of candidates.', 'top_k'),
    ...degrees(degreesOf),
    frequency_penalty: where(plain.frequency_penalty, plainly, NO_PENALTY),
    presence_penalty: where(plain.presence_penalty, plainly, NO_PENALTY),
    stop: stopsUpTo((model) => (reasons(model) ? 0 : Number.POSITIVE_INFINITY)),
    tools: { ...plain.tools, may: [...plain.tools.may, OPEN] },
  },
  extensions: { deferred: reject('Answers that are fetched later do not come through the gateway.') },
  messages: { strict: [] },
  adapt: openSchemas,
  answer: { failure: unavailable, usage: withThoughts, sources: sourcesIn, silent: ['citations'] },
  errors: {
    codes: { unavailable: 'overloaded' },
    words: [
      [/incorrect api key/i, 'invalid_api_key'],
      [/used all available credits|spending limit|no credits/i, 'insufficient_quota'],
    ],
  },
  media: { images },
})
