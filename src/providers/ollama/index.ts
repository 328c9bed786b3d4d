// Ollama, on a machine of one's own or its cloud: https://docs.ollama.com/api/openai-compatibility
import { switched } from '../openai-compatible/effort.ts'
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain } from '../openai-compatible/rows.ts'

/** It knows three degrees, and none. */
const EFFORTS: Readonly<Record<string, string>> = { minimal: 'low', xhigh: 'high', max: 'high' }

export const ollama = openaiLike({
  name: 'ollama',
  baseUrl: 'https://ollama.com/v1',
  credential: 'optional',
  meters: noMeters,
  completes: 'all',
  fields: {
    ...plain,
    ...lacks('The service names no users.', 'user'),
    ...lacks('The service has no such bound on tokens in this format.', 'top_k'),
    ...switched({
      set: (on) => ({ reasoning_effort: on ? 'medium' : 'none' }),
      effort: (effort) => ({ reasoning_effort: EFFORTS[effort] ?? effort }),
      to: ['reasoning_effort'],
    }),
    n: choices,
  },
  messages: { reasoning: 'reasoning', inlineImages: true, parts: { input_audio: NO_AUDIO_IN, file: NO_FILES } },
  choices: () => [],
  embeddings: {},
})
