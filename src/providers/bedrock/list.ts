// What can be named as a model: the models of the region, and the profiles through which the newer of them are reached.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html and API_ListInferenceProfiles.html
import { at } from '../../hub/json.ts'
import { abilities, type ListedModel } from '../../hub/models.ts'
import type { Account, ModelPage } from '../../hub/provider.ts'
import { controlUrl } from './region.ts'

/** The page that follows the models: the first of the profiles, whose pages have tokens. */
const PROFILES = 'profiles'

export function listPath(after: string | undefined, account: Account): string {
  if (after === undefined) return controlUrl(account, '/foundation-models')
  const token = after === PROFILES ? '' : `&nextToken=${encodeURIComponent(after)}`
  return controlUrl(account, `/inference-profiles?maxResults=1000${token}`)
}

export function listPage(body: unknown): ModelPage {
  const profiles: unknown = at(body, 'inferenceProfileSummaries')
  if (Array.isArray(profiles)) {
    const token = at(body, 'nextToken')
    return { models: profiles.flatMap(profileOf), next: typeof token === 'string' && token !== '' ? token : undefined }
  }
  const models: unknown = at(body, 'modelSummaries')
  return Array.isArray(models) ? { models: models.flatMap(modelOf), next: PROFILES } : { models: [], next: undefined }
}

function modelOf(model: unknown): ListedModel[] {
  const [id, owner] = [at(model, 'modelId'), at(model, 'providerName')]
  if (typeof id !== 'string') return []
  const told = abilities({
    display_name: at(model, 'modelName'),
    input_modalities: at(model, 'inputModalities'),
    output_modalities: at(model, 'outputModalities'),
  })
  return [{ id, created: 0, owned_by: typeof owner === 'string' ? owner : 'Amazon', ...told }]
}

function profileOf(profile: unknown): ListedModel[] {
  const id = at(profile, 'inferenceProfileId')
  if (typeof id !== 'string') return []
  const created = Date.parse(String(at(profile, 'createdAt'))) / 1000
  const told = abilities({ display_name: at(profile, 'inferenceProfileName') })
  return [{ id, created: Number.isFinite(created) ? Math.floor(created) : 0, owned_by: 'Amazon', ...told }]
}
