// A llama.cpp server: https://github.com/ggml-org/llama.cpp/tree/master/tools/server
import { NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain, takes } from '../openai-compatible/rows.ts'

export const llamaCpp = openaiLike({
  name: 'llama-cpp',
  baseUrl: undefined,
  credential: 'optional',
  meters: noMeters,
  completes: 'all',
  fields: {
    ...plain,
    ...takes('logit_bias', 'parallel_tool_calls'),
    ...lacks('The service names no users.', 'user'),
    n: choices,
  },
  messages: { reasoning: 'reasoning_content', parts: { file: NO_FILES } },
  choices: () => ['none', 'required'],
  answer: { silent: ['timings', '__verbose'] },
  errors: {
    codes: {
      authentication_error: 'invalid_api_key',
      exceed_context_size_error: 'context_length_exceeded',
      not_found_error: 'not_found',
      not_supported_error: 'invalid_request',
      unavailable_error: 'overloaded',
    },
  },
  embeddings: { tokens: true, base64: true, dimensions: 'none' },
  rerank: {},
})
