// kluster.ai: https://docs.kluster.ai/api-reference/reference/#chat-completions
import { dropped, rejected } from '../../hub/support.ts'
import { flattened, HISTORY } from '../openai-compatible/history.ts'
import type { Plan } from '../openai-compatible/like.ts'
import { NO_NAME } from '../openai-compatible/messages.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, estimatedUsage, lacks, newLimit, plain, takes, where } from '../openai-compatible/rows.ts'

/** Models that are known to call tools; sources differ on the others. */
const CALLS = /^(?:klusterai\/Meta-Llama-3|deepseek-ai\/DeepSeek-V3|Qwen\/Qwen3)/i
const SEES = /gemma-3|llama-4|-vl-/i
/** They think first, and their template has opened the thought already. */
const THINKS = /deepseek-r1/i

const NO_TOOLS = dropped('This model calls no tools.')
const NO_FORCE = rejected('This model calls no tools, so that none can be demanded.', 'unsupported_parameter')
const NO_EYES = rejected('This model takes no images.')
const ONLY_TEXT = rejected('The service takes text and images only.')

const calls = ({ model }: Plan) => CALLS.test(model)
const isForced = ({ choice }: Plan) => choice === 'required' || (typeof choice === 'object' && choice !== null)
const unforced = (plan: Plan) => calls(plan) || !isForced(plan)

export const kluster = openaiLike({
  name: 'kluster',
  baseUrl: 'https://api.kluster.ai/v1',
  fields: {
    ...plain,
    ...newLimit,
    ...takes('logit_bias'),
    ...lacks('The service names no users.', 'user'),
    ...lacks('The service knows no efforts.', 'reasoning_effort', 'reasoning'),
    n: choices,
    stream_options: estimatedUsage,
    tools: where(plain.tools, calls, NO_TOOLS),
    functions: where(plain.functions, calls, NO_TOOLS),
    tool_choice: where(where(plain.tool_choice, calls, NO_TOOLS), unforced, NO_FORCE),
    function_call: where(where(plain.function_call, calls, NO_TOOLS), unforced, NO_FORCE),
    parallel_tool_calls: where(takes('parallel_tool_calls').parallel_tool_calls, calls, NO_TOOLS),
  },
  messages: {
    names: NO_NAME,
    parts: { image_url: (model) => (SEES.test(model) ? undefined : NO_EYES), input_audio: ONLY_TEXT, file: ONLY_TEXT },
    arrange: flattened,
    notes: [HISTORY, NO_EYES],
  },
  jsonByWord: () => true,
  asksNoUsage: true,
  answer: {
    estimates: true,
    opensThinking: (model) => THINKS.test(model),
    silent: ['stop_reason', 'prompt_logprobs'],
  },
})
