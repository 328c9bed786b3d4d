// NVIDIA NIM: https://docs.api.nvidia.com/nim/reference/llm-apis
import { purposeRow } from '../openai-compatible/embeddings.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain } from '../openai-compatible/rows.ts'
import { rerank } from './rerank.ts'

export const nvidia = openaiLike({
  name: 'nvidia',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  requestId: 'nvcf-reqid',
  meters: noMeters,
  fields: plain,
  messages: { strict: [] },
  // What the servers behind it add to what they say.
  answer: {
    silent: ['nvext', 'stop_reason', 'prompt_logprobs', 'prompt_token_ids', 'token_ids', 'kv_transfer_params'],
  },
  embeddings: {
    extensions: { input_type: purposeRow('query', 'passage') },
    // Most of its models refuse to guess what a text is.
    adapt: (body) => ({ input_type: 'passage', ...body }),
  },
  rerank,
})
