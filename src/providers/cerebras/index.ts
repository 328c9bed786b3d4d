// Cerebras: https://inference-docs.cerebras.ai/api-reference/chat-completions
import { at } from '../../hub/json.ts'
import { dropped, type Lose } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { minuteDayMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { bothLimits, choices, lacks, plain, takes } from '../openai-compatible/rows.ts'

const UNEVEN = dropped('All tools have to be strict here, or none.')

/** Tools of which all are strict, or none. */
function even(body: Body, { tools }: Plan, lose: Lose): Body {
  const strict = tools.map((tool) => at(at(tool, 'function'), 'strict') === true)
  if (!strict.includes(true) || !strict.includes(false)) return body
  const loose = tools.map((tool, i) => {
    if (strict[i]) lose(UNEVEN, { path: `tools[${i}].function.strict` })
    const { function: its, ...rest } = tool
    return typeof its === 'object' && its !== null ? { ...rest, function: { ...its, strict: false } } : tool
  })
  return { ...body, tools: loose }
}

export const cerebras = openaiLike({
  name: 'cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  meters: minuteDayMeters,
  completes: 'all',
  fields: {
    ...plain,
    ...bothLimits,
    ...takes('parallel_tool_calls', 'service_tier', 'prediction'),
    ...lacks('The service has no penalties.', 'frequency_penalty', 'presence_penalty'),
    ...lacks('The service has no such bound on tokens.', 'top_k'),
    tools: { ...plain.tools, may: [...plain.tools.may, UNEVEN] },
    n: choices,
  },
  messages: {
    developer: true,
    strict: [],
    reasoning: 'reasoning',
    parts: { input_audio: NO_AUDIO_IN, file: NO_FILES },
  },
  adapt: even,
  answer: { silent: ['time_info'] },
  errors: {
    codes: {
      queue_exceeded: 'overloaded',
      request_quota_exceeded: 'rate_limit_requests',
      token_quota_exceeded: 'rate_limit_tokens',
      wrong_api_key: 'invalid_api_key',
    },
  },
})
