// Cloudflare Workers AI, by REST or by the Worker's own binding:
// https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/
import type { Account } from '../../hub/provider.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain } from '../openai-compatible/rows.ts'
import { hearing } from './hearing.ts'
import { images } from './images.ts'
import { moderations } from './moderations.ts'
import { binding, isBound, readNative } from './native.ts'
import { rerank } from './rerank.ts'
import { speech } from './speech.ts'

/** Without a limit the service stops after 256 tokens, which nobody expects. */
const LIMIT = 2048

export const workersAi = openaiLike({
  name: 'workers-ai',
  baseUrl: ({ accountId = '' }: Account) => `https://api.cloudflare.com/client/v4/accounts/${accountId}/ai/v1`,
  credential: 'optional',
  // A slot without a credential means the binding.
  needs: (credential) => (credential === undefined ? [] : ['account_id']),
  reach: binding,
  requestId: 'cf-ray',
  meters: [],
  models: null,
  fields: {
    ...plain,
    ...lacks('The service gives no log probabilities.', 'logprobs', 'top_logprobs'),
    n: choices,
  },
  adapt: (body) => ({ ...body, max_tokens: body.max_tokens ?? LIMIT }),
  answer: { read: readNative, endsUnsaid: true, silent: ['p'] },
  errors: {
    codes: {
      3036: 'insufficient_quota',
      3040: 'overloaded',
      3042: 'model_not_found',
      5007: 'model_not_found',
      3006: 'request_too_large',
      3007: 'timeout',
      3008: 'timeout',
      3003: 'invalid_request',
      5004: 'invalid_request',
      5016: 'insufficient_permissions',
      5018: 'insufficient_permissions',
      3023: 'insufficient_permissions',
      3041: 'insufficient_permissions',
      10000: 'invalid_api_key',
    },
  },
  embeddings: {
    dimensions: 'none',
    load: { most: 100 },
    // The binding takes the model's own fields.
    adapt: ({ input, ...body }, { account }) => (isBound(account) ? { ...body, text: input } : { ...body, input }),
    vector: (one) => (Array.isArray(one) ? one : undefined),
  },
  rerank,
  moderations,
  media: { hearing, speech, images },
})
