// CompactifAI by Multiverse Computing: https://docs.compactif.ai

import { BY_WORD, SECOND_LIMIT } from '../../hub/shared-rows.ts'
import { clamped, dropped, rejected, rows } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { hearingLike, hears, onlyJson } from '../openai-compatible/media.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, estimatedUsage, lacks, plain } from '../openai-compatible/rows.ts'
import { DETAIL, withDetail } from './detail.ts'

const { drop, map } = rows<Body, Plan>()

const MOST = 150_000
const OVER = clamped('The service writes at most 150,000 tokens.')
const NOT_ZERO = clamped("'top_p' must be more than 0.")
const LOWEST = clamped("The service has no effort 'minimal': 'low' is sent.")
const TOO_FEW = rejected("'min_tokens' is more than the limit.", 'invalid_value')
const STRICT = dropped('The service has no strict tools.')

/** The old name works whichever of the two descriptions of the service is right. */
const limit = (value: number, lose: Parameters<typeof plain.max_tokens.write>[2]) => {
  if (value > MOST) lose(OVER, { sent: MOST })
  return { max_tokens: Math.min(value, MOST) }
}

export const compactifai = openaiLike({
  name: 'compactifai',
  baseUrl: 'https://api.compactif.ai/v1',
  completes: 'text',
  fields: {
    ...plain,
    ...lacks('The service gives no log probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('The service has no seed.', 'seed'),
    max_completion_tokens: map('max_tokens', (value: number, _plan, lose) => limit(value, lose), [OVER]),
    max_tokens: map(
      'max_tokens',
      (value: number, { request: { max_completion_tokens: other } }, lose) =>
        other && other !== value ? lose(SECOND_LIMIT) : limit(value, lose),
      [OVER, SECOND_LIMIT],
    ),
    top_p: map(
      'top_p',
      (value: number, _plan, lose) => {
        if (value === 0) lose(NOT_ZERO, { sent: 0.0001 })
        return { top_p: value || 0.0001 }
      },
      [NOT_ZERO],
    ),
    reasoning_effort: map(
      'reasoning_effort',
      (value: string, _plan, lose) => {
        if (value === 'minimal') lose(LOWEST, { sent: 'low' })
        return { reasoning_effort: value === 'minimal' ? 'low' : value }
      },
      [LOWEST],
    ),
    // Sent and asked for in words as well: one of the two descriptions of the service says that it is ignored.
    response_format: map(
      'response_format',
      (format: object, _plan, lose) => {
        lose(BY_WORD)
        return { response_format: format }
      },
      [BY_WORD],
    ),
    tools: map(
      ['tools', 'tool_choice'],
      (tools: readonly object[], plan, lose) => {
        const sent = plan.tools.map((tool, i) => lenient(tool, i, lose))
        return tools.length > 0
          ? { tools: sent, ...(plan.choice !== undefined && { tool_choice: plan.choice }) }
          : undefined
      },
      [...plain.tools.may, STRICT],
    ),
    n: choices,
    stream_options: estimatedUsage,
  },
  extensions: {
    data_sources: drop('The service reads no sources.'),
    min_tokens: map(
      'min_tokens',
      (value: unknown, { request: { max_completion_tokens: newer, max_tokens: older } }, lose) => {
        if (typeof value === 'number' && value > (newer ?? older ?? MOST)) lose(TOO_FEW)
        return { min_tokens: value }
      },
      [TOO_FEW],
    ),
  },
  messages: { arrange: withDetail, notes: [DETAIL] },
  jsonByWord: () => true,
  asksNoUsage: true,
  answer: { estimates: true },
  errors: { words: [[/^Model '.*' not found/, 'model_not_found']] },
  media: {
    hearing: hearingLike({
      tasks: ['transcriptions'],
      table: { ...hears.notThese('timestamp_granularities'), response_format: onlyJson },
    }),
  },
})

/** A tool without `strict`, which the service does not have. */
function lenient(tool: Body, index: number, lose: Parameters<typeof plain.tools.write>[2]): Body {
  const definition = tool.function
  if (typeof definition !== 'object' || definition === null || !('strict' in definition)) return tool
  const { strict, ...rest } = definition
  if (strict) lose(STRICT, { path: `tools[${index}].function.strict` })
  return { ...tool, function: rest }
}
