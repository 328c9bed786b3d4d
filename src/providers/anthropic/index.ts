// Anthropic's Messages API: https://docs.anthropic.com/en/api
import type { Account, ModelPage, Provider } from '../../hub/provider.ts'
import { encode } from './call.ts'
import { refused } from './error.ts'
import { extensions, fields } from './fields.ts'
import { meters } from './meters.ts'
import { familyOf } from './models.ts'

/** Newer versions refuse what OpenAI clients send (`temperature`), and this one keeps working. */
const VERSION = '2023-06-01'

export const anthropic: Provider = {
  name: 'anthropic',
  baseUrl: 'https://api.anthropic.com',
  credential: 'required',
  tells: { requestId: 'request-id', organization: 'anthropic-organization-id' },
  meters,
  headers: ({ credential }: Account, client) => {
    const key = typeof credential === 'string' ? credential : ''
    const beta = client.get('anthropic-beta')
    return {
      // A token of the OAuth kind is no key.
      ...(key.startsWith('sk-ant-oat') ? { authorization: `Bearer ${key}` } : { 'x-api-key': key }),
      'anthropic-version': VERSION,
      ...(beta && { 'anthropic-beta': beta }),
    }
  },
  family: (model) => familyOf(model).name,
  refuse: (refusal, slot, call) => refused(refusal, slot, call?.paramOf ?? (() => undefined)),
  models: {
    path: (after) => `/v1/models?limit=1000${after ? `&after_id=${encodeURIComponent(after)}` : ''}`,
    read: modelPage,
  },
  chat: { table: { fields, extensions }, encode },
}

function modelPage(body: unknown): ModelPage {
  const page = body as { data?: { id?: unknown; created_at?: unknown }[]; has_more?: unknown; last_id?: unknown }
  const models = (Array.isArray(page.data) ? page.data : []).flatMap(({ id, created_at }) =>
    typeof id === 'string' ? [{ id, created: seconds(created_at), owned_by: 'anthropic' }] : [],
  )
  return { models, next: page.has_more === true && typeof page.last_id === 'string' ? page.last_id : undefined }
}

function seconds(date: unknown): number {
  const ms = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000)
}
