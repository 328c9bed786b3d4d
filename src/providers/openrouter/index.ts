// OpenRouter: https://openrouter.ai/docs/api-reference/chat-completion
import { at } from '../../hub/json.ts'
import type { Account } from '../../hub/provider.ts'
import type { ChatFields } from '../../hub/request.ts'
import { rows } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { bareMeters } from '../openai-compatible/meters.ts'
import { bearer, openaiLike } from '../openai-compatible/provider.ts'
import { bothLimits, choices, everything, lacks } from '../openai-compatible/rows.ts'

const { map } = rows<Body, Plan>()

/** Headers by which an app says its name, as clients of this service know them. */
const APP = ['http-referer', 'x-title', 'x-openrouter-title'] as const

function headers(account: Account, client: Headers): Record<string, string> {
  const said = APP.flatMap((name): [string, string][] => {
    const value = client.get(name)
    return value ? [[name, value]] : []
  })
  return { ...bearer(account), ...Object.fromEntries(said) }
}

/** `thinking` as `reasoning` says it, of which it is a part; what the client says there itself comes first. */
function reasoningOf({ reasoning, thinking }: ChatFields) {
  const budget = thinking?.budget_tokens
  const thinks = typeof budget === 'number' ? { max_tokens: budget } : { enabled: true }
  const said = thinking?.type === 'disabled' ? { enabled: false } : thinks
  return { reasoning: { ...(thinking && said), ...reasoning } }
}

const reasoning = map('reasoning', (_value: unknown, { request }: Plan) => reasoningOf(request))

export const openrouter = openaiLike({
  name: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  headers,
  meters: bareMeters,
  completes: 'all',
  fields: {
    ...everything,
    ...bothLimits,
    ...lacks('The service stores no answers.', 'store'),
    n: choices,
    reasoning,
    thinking: reasoning,
  },
  messages: { developer: true, reasoning: 'reasoning_details', marks: true },
  answer: { silent: ['provider', 'native_finish_reason', 'user_id', 'openrouter_metadata'] },
  errors: {
    words: [[/moderation|flagged/i, 'content_filter']],
    behind: (body) => at(at(at(body, 'error'), 'metadata'), 'raw'),
  },
  embeddings: { tokens: true, user: true },
  rerank: {},
})
