// An LM Studio server: https://lmstudio.ai/docs/developer/openai-compat/chat-completions
import type { ResponseFormat } from '../../../schemas/chat.ts'
import { emulated, rows } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain, takes } from '../openai-compatible/rows.ts'

const { map } = rows<Body, Plan>()
const ANY_OBJECT = emulated('JSON without a schema is sent as the schema of any object.')
const anything = { type: 'json_schema', json_schema: { name: 'object', schema: { type: 'object' } } }

export const lmStudio = openaiLike({
  name: 'lm-studio',
  baseUrl: undefined,
  credential: 'optional',
  meters: noMeters,
  completes: 'all',
  fields: {
    ...plain,
    ...takes('logit_bias'),
    ...lacks('The service tells no probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('The service names no users.', 'user'),
    n: choices,
    response_format: map(
      'response_format',
      (format: ResponseFormat, _plan, lose) => {
        if (format.type !== 'json_object') return { response_format: format }
        lose(ANY_OBJECT)
        return { response_format: anything }
      },
      [ANY_OBJECT],
    ),
  },
  messages: { inlineImages: true, parts: { input_audio: NO_AUDIO_IN, file: NO_FILES } },
  choices: () => ['none', 'required'],
  answer: { silent: ['stats', 'model_info', 'runtime'] },
  embeddings: { dimensions: 'none' },
})
