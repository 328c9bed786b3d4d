// GitHub Models: https://docs.github.com/rest/models/inference
import type { Account } from '../../hub/provider.ts'
import { FILTERS } from '../azure-openai/filters.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'
import { timeRemainingMeters } from '../openai-compatible/meters.ts'
import { bearer, openaiLike } from '../openai-compatible/provider.ts'
import { choices, lacks, plain } from '../openai-compatible/rows.ts'

const HOST = 'https://models.github.ai'

/** An organization pays for its own. */
const baseUrl = ({ organization }: Account) =>
  organization === undefined ? `${HOST}/inference` : `${HOST}/orgs/${encodeURIComponent(organization)}/inference`

/** Models that know the limit only by the name that OpenAI gave it later. */
const NEW_LIMIT = /(?:^|\/)(?:o\d|gpt-5)/

function renamed({ max_tokens: limit, ...body }: Body, { model }: Plan): Body {
  if (limit === undefined) return body
  return NEW_LIMIT.test(model) ? { ...body, max_completion_tokens: limit } : { ...body, max_tokens: limit }
}

export const githubModels = openaiLike({
  name: 'github-models',
  baseUrl,
  headers: (account) => ({
    ...bearer(account),
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  }),
  requestId: 'x-github-request-id',
  meters: timeRemainingMeters,
  // The catalog stands beside the models, for all of them.
  models: (account) => new URL('/catalog/models', account.baseUrl ?? HOST).href,
  fields: {
    ...plain,
    ...lacks('The service returns no probabilities.', 'logprobs', 'top_logprobs'),
    ...lacks('The service takes no identifier.', 'user'),
    n: choices,
  },
  adapt: renamed,
  answer: { silent: FILTERS },
  errors: {
    codes: { unknown_model: 'model_not_found', tokens_limit_reached: 'context_length_exceeded' },
  },
  embeddings: { tokens: true, base64: true },
})
