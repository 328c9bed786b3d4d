// NVIDIA NIM: https://docs.api.nvidia.com/nim/reference/llm-apis
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain } from '../openai-compatible/rows.ts'

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
})
