// MiniMax: https://platform.minimax.io/docs/api-reference/text-openai-api
import type { Code } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import { rows } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { NO_AUDIO_IN, NO_FILES, NO_IMAGES } from '../openai-compatible/messages.ts'
import { noMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain } from '../openai-compatible/rows.ts'

const { clamp } = rows<Body, Plan>()

/** https://platform.minimax.io/docs/api-reference/errorcode */
const CODES: Readonly<Record<string, Code>> = {
  1000: 'server_error',
  1001: 'timeout',
  1002: 'rate_limit',
  1004: 'invalid_api_key',
  1008: 'insufficient_quota',
  1013: 'server_error',
  1024: 'server_error',
  1026: 'content_filter',
  1027: 'content_filter',
  1033: 'server_error',
  1039: 'rate_limit_tokens',
  1041: 'rate_limit',
  1042: 'invalid_request',
  2013: 'invalid_request',
  2045: 'rate_limit',
  2049: 'invalid_api_key',
  2056: 'insufficient_quota',
}

const BLIND = /-m[12]\b/i

/** The service's own status, which stands in answers too. */
function failure(chunk: unknown): { code: string; message: string } | undefined {
  const [code, message] = [at(at(chunk, 'base_resp'), 'status_code'), at(at(chunk, 'base_resp'), 'status_msg')]
  if (typeof code !== 'number' || code === 0) return undefined
  return {
    code: String(code),
    message: typeof message === 'string' && message ? message : `The provider answered ${code}.`,
  }
}

export const minimax = openaiLike({
  name: 'minimax',
  baseUrl: 'https://api.minimax.io/v1',
  meters: noMeters,
  fields: {
    ...plain,
    ...lacks('The service has no penalties.', 'frequency_penalty', 'presence_penalty'),
    n: choices,
    temperature: clamp('temperature', 0.01, 1, 'Temperatures are above 0 and up to 1 here.'),
  },
  // The model has to see what it thought, as it wrote it.
  messages: {
    reasoning: 'marks',
    parts: {
      input_audio: NO_AUDIO_IN,
      file: NO_FILES,
      // What they cannot see they would pass over.
      image_url: (model) => (BLIND.test(model) ? NO_IMAGES : undefined),
    },
  },
  answer: {
    failure,
    finish: (chunk) => (at(chunk, 'output_sensitive') === true ? 'content_filter' : undefined),
    silent: [
      ...['base_resp', 'input_sensitive', 'output_sensitive', 'input_sensitive_type', 'output_sensitive_type'],
      ...['input_sensitive_int', 'output_sensitive_int', 'audio_content'],
    ],
  },
  errors: { codes: CODES },
})
