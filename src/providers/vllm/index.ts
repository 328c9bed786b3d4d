// A vLLM server: https://docs.vllm.ai/en/latest/serving/openai_compatible_server/

import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { allMedia } from '../openai-compatible/relaying.ts'
import { bothLimits, plain, takes } from '../openai-compatible/rows.ts'
import { hearing } from './hearing.ts'

export const vllm = openaiLike({
  name: 'vllm',
  baseUrl: undefined,
  credential: 'optional',
  meters: noMeters,
  completes: 'all',
  fields: { ...plain, ...bothLimits, ...takes('logit_bias', 'parallel_tool_calls', 'stream_options') },
  messages: { reasoning: 'reasoning' },
  answer: {
    silent: [
      ...['prompt_logprobs', 'prompt_token_ids', 'prompt_text', 'token_ids', 'kv_transfer_params', 'stop_reason'],
      ...['routed_experts', 'metrics'],
    ],
  },
  errors: { codes: { NotFoundError: 'model_not_found' } },
  embeddings: { tokens: true, base64: true, user: true },
  rerank: {},
  media: { ...allMedia(), hearing },
})
