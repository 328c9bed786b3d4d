// DeepSeek: https://api-docs.deepseek.com/api/create-chat-completion
import { dropped, rejected, rows } from '../../hub/support.ts'
import { switched, thinkingType, withoutThinking } from '../openai-compatible/effort.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, jsonObject, lacks, plain, saysJson, takes, where } from '../openai-compatible/rows.ts'
import { replayed } from './replay.ts'
import { thinks } from './thinking.ts'

const { map } = rows<Body, Plan>()
const IDLE = dropped('Without effect while the model thinks.')
const NO_LOGPROBS = dropped('There are none while the model thinks.')
const NO_NAME = dropped("A user's name may have letters, digits, underscores and hyphens.")
const NO_FILES = rejected('The service takes text and images only.')

const silent = ({ model, request }: Plan) => !thinks(model, request)
const numbers = takes('temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs')

export const deepseek = openaiLike({
  name: 'deepseek',
  baseUrl: 'https://api.deepseek.com',
  meters: noMeters,
  fields: {
    ...plain,
    ...lacks('The service has no seeds.', 'seed'),
    ...lacks('The service has no such bound on tokens.', 'top_k'),
    ...switched({
      set: thinkingType,
      effort: (effort) => ({ reasoning_effort: effort === 'minimal' ? 'low' : effort }),
      to: ['reasoning_effort', 'thinking'],
    }),
    temperature: where(numbers.temperature, silent, IDLE),
    top_p: where(numbers.top_p, silent, IDLE),
    frequency_penalty: where(numbers.frequency_penalty, silent, IDLE),
    presence_penalty: where(numbers.presence_penalty, silent, IDLE),
    logprobs: where(numbers.logprobs, silent, NO_LOGPROBS),
    top_logprobs: where(numbers.top_logprobs, silent, NO_LOGPROBS),
    n: choices,
    response_format: jsonObject,
    user: map(
      'user_id',
      (user: string, _plan, lose) => (/^[\w-]{1,512}$/.test(user) ? { user_id: user } : lose(NO_NAME)),
      [NO_NAME],
    ),
  },
  messages: { reasoning: 'reasoning_content', parts: { input_audio: NO_AUDIO_IN, file: NO_FILES }, arrange: replayed },
  choices: (model, request) => (thinks(model, request) ? ['none'] : ['none', 'required', 'named']),
  jsonByWord: ({ type }, _model, request) => type === 'json_schema' || !saysJson(request),
  mend: withoutThinking,
})
