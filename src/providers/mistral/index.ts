// Mistral: https://docs.mistral.ai/api

import { NO_NAME } from '../openai-compatible/messages.ts'
import { bySizeMeters } from '../openai-compatible/meters.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { embeddings } from './embeddings.ts'
import { adapt, fields } from './fields.ts'
import { hearing } from './hearing.ts'
import { arrange, NOTES, prefixOf } from './messages.ts'
import { moderations } from './moderations.ts'
import { prices } from './prices.ts'

export const mistral = openaiLike({
  name: 'mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  requestId: 'mistral-correlation-id',
  meters: bySizeMeters,
  prices,
  fields,
  adapt,
  asksNoUsage: true,
  messages: {
    names: NO_NAME,
    plainNames: true,
    strict: ['prefix'],
    reasoning: 'reasoning_details',
    arrange,
    notes: NOTES,
  },
  answer: { marks: ['[THINK]', '[/THINK]'], strips: prefixOf, silent: ['p'] },
  errors: {
    codes: {
      1300: 'rate_limit',
      1500: 'model_not_found',
      3505: 'overloaded',
      rate_limited: 'rate_limit',
      invalid_model: 'model_not_found',
      service_tier_capacity_exceeded: 'overloaded',
      backend_out_of_capacity: 'overloaded',
    },
    // A limit of nothing: the plan has no such model, and no waiting mends that.
    headers: (headers, status) =>
      status === 429 && headers.get('x-ratelimit-limit-req-minute') === '0' ? 'insufficient_quota' : undefined,
  },
  embeddings,
  moderations,
  media: { hearing },
})
