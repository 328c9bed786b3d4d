// Databricks Model Serving; the model is the name of an endpoint.
// https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference
import { openaiLike } from '../openai-compatible/provider.ts'
import { plain, takes } from '../openai-compatible/rows.ts'

export const databricks = openaiLike({
  name: 'databricks',
  // Each workspace has a host of its own: `https://{host}/serving-endpoints`.
  baseUrl: undefined,
  meters: [],
  models: null,
  fields: { ...plain, ...takes('thinking') },
  errors: {
    codes: {
      REQUEST_LIMIT_EXCEEDED: 'rate_limit',
      RESOURCE_DOES_NOT_EXIST: 'model_not_found',
      ENDPOINT_NOT_FOUND: 'model_not_found',
      BAD_REQUEST: 'invalid_request',
      INVALID_PARAMETER_VALUE: 'invalid_request',
      PERMISSION_DENIED: 'insufficient_permissions',
      TEMPORARILY_UNAVAILABLE: 'overloaded',
    },
    words: [[/rate limit of 0\b/i, 'insufficient_quota']],
  },
  embeddings: { dimensions: 'none' },
})
