// Where a call goes: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
import { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import type { Account, SlotField } from '../../hub/provider.ts'

const GLOBAL = 'https://aiplatform.googleapis.com'
/** A token's look; what has another, and no project beside it, is an API key. */
const TOKEN = /^ya29\./
const API_KEY = /^(?:AIza|AQ\.)/

/** An API key stands for its project: neither project nor location is named. */
export function isExpress({ credential, project }: Pick<Account, 'credential' | 'project'>): boolean {
  if (typeof credential !== 'string') return false
  return API_KEY.test(credential) || (project === undefined && !TOKEN.test(credential))
}

/** What a slot has to say beside its credential. */
export function needs(credential: Account['credential']): readonly SlotField[] {
  if (typeof credential === 'string') return TOKEN.test(credential) ? ['location', 'project'] : []
  return at(credential, 'project_id') === undefined ? ['location', 'project'] : ['location']
}

export function baseUrl(account: Account): string {
  const { location = 'global' } = account
  if (isExpress(account) || location === 'global') return GLOBAL
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

/**
 * Below the base URL, up to what names the model.
 * @throws GatewayError 503 where nothing says which project.
 */
export function placeOf(account: Account): string {
  const { location = 'global', credential, name } = account
  const project = account.project ?? at(credential, 'project_id')
  if (typeof project !== 'string') throw new GatewayError('not_configured', `Slot '${name}' has no project.`)
  return `/v1/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`
}

/** The path of a publisher's model. */
export function modelPath(account: Account, publisher: string, model: string, method: string): string {
  return `${placeOf(account)}/publishers/${segment(publisher)}/models/${segment(model)}:${method}`
}

/** The path of a model that the project tuned or deployed itself. */
export function tunedPath(account: Account, id: string, method: string): string {
  return `${placeOf(account)}/endpoints/${segment(id)}:${method}`
}

/** One step of a path, whatever a client calls its model. A version stands behind `@`. */
export function segment(text: string): string {
  return encodeURIComponent(text).replaceAll('%40', '@')
}
