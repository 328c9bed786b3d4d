// Open models, behind the endpoint that speaks OpenAI's format.
// https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain } from '../openai-compatible/rows.ts'
import { placeOf } from './place.ts'

export const open = openaiLike({
  name: 'vertex',
  baseUrl: undefined,
  path: (_model, account) => `${placeOf(account)}/endpoints/openapi/chat/completions`,
  fields: plain,
  embeddings: { path: (_model, account) => `${placeOf(account)}/endpoints/openapi/embeddings`, dimensions: 'none' },
  messages: {
    reasoning: 'reasoning_content',
    parts: { file: NO_FILES, input_audio: NO_AUDIO_IN },
    // Data, or the address of a file in Google's storage, which passes.
    inlineImages: true,
  },
})
