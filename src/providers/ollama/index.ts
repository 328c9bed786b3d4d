// Ollama, on a machine of one's own or its cloud: https://docs.ollama.com/api/openai-compatibility
import { clamped, rows } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain } from '../openai-compatible/rows.ts'

const { map } = rows<Body, Plan>()
const NEAREST = clamped('The service knows low, medium and high, and none.')
const EFFORTS: Readonly<Record<string, string>> = { minimal: 'low', xhigh: 'high', max: 'high' }

export const ollama = openaiLike({
  name: 'ollama',
  baseUrl: 'https://ollama.com/v1',
  credential: 'optional',
  meters: noMeters,
  fields: {
    ...plain,
    ...lacks('The service names no users.', 'user'),
    ...lacks('The service has no such bound on tokens in this format.', 'top_k'),
    reasoning_effort: map(
      'reasoning_effort',
      (effort: string, _plan, lose) => {
        const sent = EFFORTS[effort] ?? effort
        if (sent !== effort) lose(NEAREST, { sent })
        return { reasoning_effort: sent }
      },
      [NEAREST],
    ),
    n: choices,
  },
  messages: { reasoning: 'reasoning', inlineImages: true, parts: { input_audio: NO_AUDIO_IN, file: NO_FILES } },
  choices: () => [],
})
