// What becomes of each field: https://docs.mistral.ai/api/#tag/chat/operation/chat_completion_v1_chat_completions_post
import { at } from '../../hub/json.ts'
import { dropped, rows } from '../../hub/support.ts'
import type { Body, LikeFields, Plan } from '../openai-compatible/like.ts'
import { lacks, plain, takes } from '../openai-compatible/rows.ts'

const { rename, clamp, map } = rows<Body, Plan>()

const GREEDY = dropped("At a temperature of 0 the service takes no 'top_p'.")

export const fields: LikeFields = {
  ...plain,
  ...takes('metadata', 'service_tier', 'prompt_cache_key', 'parallel_tool_calls'),
  ...lacks('The service takes no identifier.', 'user'),
  ...lacks('The service tells no probabilities.', 'logprobs', 'top_logprobs'),
  ...lacks('The service takes no number of candidates.', 'top_k'),
  seed: rename('random_seed'),
  temperature: clamp('temperature', 0, 1.5, 'The service allows 0 to 1.5.'),
  top_p: map(
    'top_p',
    (value: number, { request }: Plan, lose) => (request.temperature === 0 ? lose(GREEDY) : { top_p: value }),
    [GREEDY],
  ),
  prediction: map('prediction', (value: Body) => ({ prediction: { ...value, content: textOf(value.content) } })),
}

function textOf(content: unknown): unknown {
  return Array.isArray(content) ? content.map((part: unknown) => at(part, 'text') ?? '').join('') : content
}

/** The service's word for a choice, and functions that all have parameters. */
export function adapt(body: Body): Body {
  const { tools, tool_choice: choice } = body
  return {
    ...body,
    ...(Array.isArray(tools) && { tools: tools.map(withParameters) }),
    ...(choice === 'required' && { tool_choice: 'any' }),
  }
}

const NONE = { type: 'object', properties: {} }

function withParameters(tool: Body): Body {
  const { function: definition } = tool
  if (typeof definition !== 'object' || definition === null || at(definition, 'parameters')) return tool
  return { ...tool, function: { ...definition, parameters: NONE } }
}
