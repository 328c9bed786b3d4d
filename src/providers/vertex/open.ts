// Models that speak OpenAI's format: open ones behind an endpoint of their own, and Mistral's by its publisher's method.
// https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis
import { rows } from '../../hub/support.ts'
import type { Body, Like, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { lacks, plain } from '../openai-compatible/rows.ts'
import { placeOf } from './place.ts'

export const open: Like = {
  name: 'vertex',
  baseUrl: undefined,
  path: (_model, account) => `${placeOf(account)}/endpoints/openapi/chat/completions`,
  fields: plain,
  messages: { reasoning: 'reasoning_content', parts: { file: NO_FILES, input_audio: NO_AUDIO_IN } },
}

export const predicting: Like = {
  ...open,
  fields: {
    ...plain,
    seed: rows<Body, Plan>().rename('random_seed'),
    ...lacks('The service gives no log probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('The service takes no identifier.', 'user'),
  },
  asksNoUsage: true,
}
