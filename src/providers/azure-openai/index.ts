// Azure OpenAI, the classic paths and v1: https://learn.microsoft.com/azure/ai-foundry/openai/reference
import type { Account } from '../../hub/provider.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { allMedia } from '../openai-compatible/relaying.ts'
import { bothLimits, everything, lacks, plain, takes } from '../openai-compatible/rows.ts'
import { FILTERS } from './filters.ts'

/** Tokens of Entra ID are JSON Web Tokens, and no key is. */
const ENTRA = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/

/** The first version whose streams can be asked for usage. */
const COUNTS = '2024-09-01'

/** The classic paths have dates for versions. What else there is (`preview`) are words of v1. */
const isClassic = ({ apiVersion = '' }: Pick<Account, 'apiVersion'>) => /^\d/.test(apiVersion)

function versioned(path: string, account: Account): string {
  const { apiVersion } = account
  const version = apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(apiVersion)}`
  return `/openai${isClassic(account) ? '' : '/v1'}${path}${version}`
}

/** In the classic paths the deployment selects the model, in v1 the body does. */
function deployed(path: string, model: string, account: Account): string {
  return versioned(isClassic(account) ? `/deployments/${encodeURIComponent(model)}${path}` : path, account)
}

export const azureOpenai = openaiLike({
  name: 'azure-openai',
  baseUrl: undefined,
  headers: ({ credential }) => {
    if (typeof credential !== 'string') return {}
    return ENTRA.test(credential) ? { authorization: `Bearer ${credential}` } : { 'api-key': credential }
  },
  requestId: 'apim-request-id',
  path: (model, account) => deployed('/chat/completions', model, account),
  completes: 'all',
  promptPath: (model, account) => deployed('/completions', model, account),
  media: allMedia(deployed, isClassic),
  // The classic paths have it only in their last versions: what is said there is translated.
  relays: (wire, _model, account) =>
    wire === 'responses' && !isClassic(account) ? versioned('/responses', account) : undefined,
  models: (account) => versioned('/models', account),
  fields: {
    ...everything,
    ...bothLimits,
    ...takes('functions', 'function_call'),
    ...lacks('The service knows no such field.', 'cache_control', 'thinking', 'top_k'),
    reasoning: plain.reasoning,
    // What it says aloud does not come through: better to say so before than to lose it behind.
    audio: plain.audio,
    modalities: plain.modalities,
  },
  messages: { native: true, developer: true },
  asksNoUsage: ({ apiVersion = '' }) => isClassic({ apiVersion }) && apiVersion < COUNTS,
  answer: { silent: FILTERS },
  errors: { codes: { DeploymentNotFound: 'model_not_found', ResponsibleAIPolicyViolation: 'content_filter' } },
  embeddings: {
    path: (model, account) => deployed('/embeddings', model, account),
    tokens: true,
    base64: true,
    user: true,
  },
})
