// Moonshot AI's Kimi: https://platform.moonshot.ai/docs/api/chat
import { dropped } from '../../hub/support.ts'
import { asksToThink, switched, thinkingType, withoutThinking } from '../openai-compatible/effort.ts'
import type { Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_FILES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain, takes, where } from '../openai-compatible/rows.ts'
import { objects } from './tools.ts'

/** They think unless they are told not to. */
const THINKS = /thinking|k2\.\d|k[3-9]/i
/** They take no other numbers than their own. */
const FIXED = /k2\.\d/i
const OWN = dropped('The model takes its own value only.')

const free = ({ model }: Plan) => !FIXED.test(model)
const numbers = takes('temperature', 'top_p', 'frequency_penalty', 'presence_penalty')

export const moonshot = openaiLike({
  name: 'moonshot',
  baseUrl: 'https://api.moonshot.ai/v1',
  meters: noMeters,
  fields: {
    ...plain,
    ...takes('prompt_cache_key', 'safety_identifier'),
    ...lacks('The service has no such bound on tokens.', 'top_k'),
    ...switched({ set: thinkingType, to: ['thinking'] }),
    temperature: where(numbers.temperature, free, OWN),
    top_p: where(numbers.top_p, free, OWN),
    frequency_penalty: where(numbers.frequency_penalty, free, OWN),
    presence_penalty: where(numbers.presence_penalty, free, OWN),
    n: choices,
  },
  // The service knows files of its own by their address, `ms://…`, and fetches nothing.
  messages: {
    reasoning: 'reasoning_content',
    inlineImages: true,
    parts: { input_audio: NO_AUDIO_IN, file: NO_FILES },
  },
  choices: (model, request) => ((asksToThink(request).on ?? THINKS.test(model)) ? ['none'] : ['none', 'named']),
  adapt: objects,
  mend: withoutThinking,
  errors: {
    codes: {
      exceeded_current_quota_error: 'insufficient_quota',
      engine_overloaded_error: 'overloaded',
      rate_limit_reached_error: 'rate_limit',
      invalid_authentication_error: 'invalid_api_key',
      incorrect_api_key_error: 'invalid_api_key',
      permission_denied_error: 'insufficient_permissions',
      resource_not_found_error: 'model_not_found',
    },
  },
})
