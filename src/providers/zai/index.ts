// Z.ai and Zhipu: https://docs.z.ai/api-reference/llm/chat-completion

import type { Code } from '../../hub/error.ts'
import { dropped, rows } from '../../hub/support.ts'
import { switched, thinkingType, withoutThinking } from '../openai-compatible/effort.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, jsonObject, lacks, plain, stopsUpTo } from '../openai-compatible/rows.ts'
import { hearing, images } from './media.ts'

const { clamp, map } = rows<Body, Plan>()
const NO_NAME = dropped('A name of 6 to 128 characters is taken.')
/** Models with degrees of effort. */
const DEGREES = /glm-(?:[5-9]|\d\d)/i

/** https://docs.z.ai/api-reference/api-code */
const CODES: Readonly<Record<string, Code>> = {
  ...of('invalid_api_key', 1000, 1001, 1002, 1003, 1004),
  ...of('invalid_request', 1210, 1212, 1213, 1214, 1215),
  ...of('rate_limit', 1302, 1303, 1304, 1305, 1308, 1310),
  1113: 'insufficient_quota',
  1211: 'model_not_found',
  1261: 'context_length_exceeded',
  1301: 'content_filter',
  434: 'insufficient_permissions',
  435: 'request_too_large',
}

function of(code: Code, ...numbers: readonly number[]): Record<string, Code> {
  return Object.fromEntries(numbers.map((number) => [number, code]))
}

export const zai = openaiLike({
  name: 'zai',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  meters: noMeters,
  fields: {
    ...plain,
    ...lacks('The service has no penalties.', 'frequency_penalty', 'presence_penalty'),
    ...lacks('The service has no seeds.', 'seed'),
    ...lacks('The service tells no probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('The service has no such bound on tokens.', 'top_k'),
    ...switched({
      set: thinkingType,
      effort: (effort, model) => (DEGREES.test(model) ? { reasoning_effort: effort } : undefined),
      to: ['reasoning_effort', 'thinking'],
    }),
    n: choices,
    stop: stopsUpTo(1),
    temperature: clamp('temperature', 0, 1, 'Temperatures go up to 1 here.'),
    response_format: jsonObject,
    user: map(
      'user_id',
      (user: string, _plan, lose) => (user.length >= 6 && user.length <= 128 ? { user_id: user } : lose(NO_NAME)),
      [NO_NAME],
    ),
  },
  messages: { reasoning: 'reasoning_content', parts: { input_audio: NO_AUDIO_IN, file: NO_FILES } },
  choices: () => [],
  jsonByWord: ({ type }) => type === 'json_schema',
  mend: withoutThinking,
  answer: { silent: ['request_id'] },
  errors: { codes: CODES },
  embeddings: { load: { most: 64 } },
  media: { hearing, images },
})
