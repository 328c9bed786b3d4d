import type { ChatFields } from '../../hub/request.ts'
import { auditFormat, noAudio, oneChoice, SECOND_LIMIT, textOnly, toolRows } from '../../hub/shared-rows.ts'
import { clamped, dropped, type Extensions, type Fields, rejected, rows } from '../../hub/support.ts'
import { BY_WORD, ONE_PENALTY, OVER_MAXIMUM, OVER_TEMPERATURE } from './mend.ts'
import { LEFT_OUT, type Plan, UNFORCED } from './plan.ts'
import { THINKING_NOTES } from './thinking.ts'
import { TOOL_NOTES } from './tools.ts'
import { MESSAGE_NOTES } from './turns.ts'
import type { ChatBody } from './wire.ts'

const { full, map, here, inert, drop, clamp } = rows<ChatBody, Plan>()

const OTHER_LIMIT = clamped('Chat takes 0 to 500.')
const TOO_MANY_STOPS = clamped('Chat takes 5 stop sequences.')
const EMPTY_STOP = dropped('A stop sequence must not be empty.')
const NO_NEGATIVE = clamped('Chat takes no negative seed: the same without its sign is sent.')
const NO_SAFETY = rejected("'safety_mode' cannot be combined with tools or documents.")
const MAX_STOPS = 5
const MAX_K = 500

const toolsPart = ({ tools, strict, choice }: Plan) => ({
  ...(tools.length > 0 && { tools }),
  ...(strict && { strict_tools: true }),
  ...(choice && { tool_choice: choice }),
})
const TOOLS = ['tools', 'strict_tools', 'tool_choice'] as const
const limitPart = (limit: number, { amends: { maxTokens = limit } }: Plan) => ({
  max_tokens: Math.min(limit, maxTokens),
})
const thinkingPart = ({ thinking }: Plan) => thinking && { thinking }

const presence = clamp('presence_penalty', 0, 1, 'Chat takes penalties of 0 to 1.')

export const fields: Fields<ChatBody, Plan> = {
  model: full('model'),
  messages: map('messages', (_messages, { messages }: Plan) => ({ messages }), MESSAGE_NOTES),
  max_completion_tokens: map('max_tokens', (limit: number, plan) => limitPart(limit, plan), [OVER_MAXIMUM]),
  max_tokens: map(
    'max_tokens',
    (limit: number, plan, lose) => {
      const other = plan.request.max_completion_tokens
      if (!other) return limitPart(limit, plan)
      return other === limit ? undefined : lose(SECOND_LIMIT)
    },
    [OVER_MAXIMUM, SECOND_LIMIT],
  ),
  stream: full('stream'),
  stream_options: here(),
  n: oneChoice,

  temperature: map(
    'temperature',
    (value: number, { amends: { maxTemperature = value } }) => ({ temperature: Math.min(value, maxTemperature) }),
    [OVER_TEMPERATURE],
  ),
  top_p: clamp('p', 0.01, 0.99, 'Chat takes 0.01 to 0.99.'),
  top_k: map(
    'k',
    (value: number, _plan, lose) => {
      // Other services write 0 or -1 for none.
      if (value < 1) return undefined
      if (value > MAX_K) lose(OTHER_LIMIT, { sent: MAX_K })
      return { k: Math.min(value, MAX_K) }
    },
    [OTHER_LIMIT],
  ),
  stop: map(
    'stop_sequences',
    (value: string | string[], _plan, lose) => {
      const stops = [value].flat().filter((stop, i) => {
        if (stop === '') lose(EMPTY_STOP, { path: typeof value === 'string' ? 'stop' : `stop[${i}]` })
        return stop !== ''
      })
      if (stops.length > MAX_STOPS) lose(TOO_MANY_STOPS, { sent: stops.slice(0, MAX_STOPS) })
      return stops.length > 0 ? { stop_sequences: stops.slice(0, MAX_STOPS) } : undefined
    },
    [TOO_MANY_STOPS, EMPTY_STOP],
  ),
  seed: map(
    'seed',
    (value: number, _plan, lose) => {
      if (value < 0) lose(NO_NEGATIVE, { sent: -value })
      return { seed: Math.abs(value) }
    },
    [NO_NEGATIVE],
  ),
  frequency_penalty: clamp('frequency_penalty', 0, 1, 'Chat takes penalties of 0 to 1.'),
  presence_penalty: {
    ...presence,
    may: [...presence.may, ONE_PENALTY],
    write: (value, plan, lose) => (plan.amends.onePenalty ? undefined : presence.write(value, plan, lose)),
  },
  logit_bias: drop('Chat has no token bias.'),
  logprobs: full('logprobs'),
  top_logprobs: drop('Chat tells only of the tokens that were chosen.'),

  ...toolRows<ChatBody, Plan>(TOOLS, toolsPart, TOOL_NOTES, [UNFORCED, LEFT_OUT]),
  parallel_tool_calls: drop('Chat has no switch for calls side by side.'),
  web_search_options: drop('Chat does not search the web.'),
  response_format: map(
    'response_format',
    (format: NonNullable<ChatFields['response_format']>, { format: decided }, lose) => {
      auditFormat(format, lose)
      if (decided.word) lose(BY_WORD)
      return decided.sent && { response_format: decided.sent }
    },
    [BY_WORD],
  ),

  reasoning_effort: map('thinking', (_effort, plan) => thinkingPart(plan), THINKING_NOTES),
  reasoning: map('thinking', (_reasoning, plan) => thinkingPart(plan), THINKING_NOTES),
  thinking: map('thinking', (_thinking, plan) => thinkingPart(plan), THINKING_NOTES),

  user: drop('Chat takes no id of the user.'),
  safety_identifier: drop('Chat takes no id of the user.'),
  metadata: drop('Chat keeps no metadata.'),
  service_tier: drop("Chat has no tiers: its own 'priority' is a number."),
  store: drop('Chat stores no answers.'),
  cache_control: inert('The service finds what it has seen before by itself.'),
  prompt_cache_options: inert('The service finds what it has seen before by itself.'),
  prompt_cache_key: inert('The service finds what it has seen before by itself.'),
  prompt_cache_retention: inert('The service finds what it has seen before by itself.'),
  modalities: textOnly,
  audio: noAudio,
  moderation: drop("Chat moderates by its own 'safety_mode'."),
  prediction: drop('Chat takes no prediction.'),
  verbosity: drop('Chat has no verbosity.'),
}

/** Fields of the service itself, which clients send beside OpenAI's. */
export const extensions: Extensions<ChatBody, Plan> = {
  documents: full('documents'),
  citation_options: full('citation_options'),
  safety_mode: map(
    'safety_mode',
    (mode: unknown, { tools, grounded }: Plan, lose) =>
      tools.length > 0 || grounded ? lose(NO_SAFETY) : { safety_mode: mode },
    [NO_SAFETY],
  ),
  k: full('k'),
  priority: full('priority'),
  strict_tools: full('strict_tools'),
}
