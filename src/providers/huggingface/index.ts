// Hugging Face's router: https://huggingface.co/docs/inference-providers/tasks/chat-completion
import { bearer, openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'

export const huggingface = openaiLike({
  name: 'huggingface',
  baseUrl: 'https://router.huggingface.co/v1',
  // An organization pays, if the slot names one.
  headers: (account) => ({
    ...bearer(account),
    ...(account.organization !== undefined && { 'x-hf-bill-to': account.organization }),
  }),
  // What it takes is for the service behind it to say.
  fields: { ...plain, ...takes('logit_bias', 'parallel_tool_calls') },
  answer: {
    silent: [
      'stop_reason',
      'prompt_logprobs',
      'prompt_token_ids',
      'token_ids',
      'kv_transfer_params',
      'prompt',
      'seed',
      'metadata',
    ],
  },
})
