// Anthropic's Messages API: https://docs.anthropic.com/en/api
import { at } from '../../hub/json.ts'
import { abilities, flagsIn } from '../../hub/models.ts'
import type { Account, Conversant, ModelPage } from '../../hub/provider.ts'
import { encode } from './call.ts'
import { refused } from './error.ts'
import { extensions, fields } from './fields.ts'
import { meters } from './meters.ts'
import { familyName } from './models.ts'
import { prices } from './prices.ts'
import { samples } from './sample.ts'
import { betasOf, HOME } from './surface.ts'

/** Newer versions refuse what OpenAI clients send (`temperature`), and this one keeps working. */
const VERSION = '2023-06-01'

export const anthropic: Conversant = {
  name: 'anthropic',
  samples,
  baseUrl: 'https://api.anthropic.com',
  credential: 'required',
  tells: { requestId: 'request-id', organization: 'anthropic-organization-id' },
  meters,
  prices,
  headers: (account: Account, client, sent) => {
    const { credential } = account
    const key = typeof credential === 'string' ? credential : ''
    return {
      // A token of the OAuth kind is no key.
      ...(key.startsWith('sk-ant-oat') ? { authorization: `Bearer ${key}` } : { 'x-api-key': key }),
      // Clients that speak this API themselves say which version of it.
      'anthropic-version': sent.headers['anthropic-version'] ?? account.headers?.['anthropic-version'] ?? VERSION,
      ...betasOf(account, client),
    }
  },
  // A model without a family has limits of its own; its dated names share them.
  family: (model) => familyName(model) ?? model.replace(/[-@]\d{8}$/, ''),
  refuse: (refusal, slot, call) => refused(refusal, slot, call?.paramOf ?? (() => undefined)),
  models: {
    path: (after) => `/v1/models?limit=1000${after ? `&after_id=${encodeURIComponent(after)}` : ''}`,
    read: modelPage,
  },
  chat: { table: { fields, extensions }, encode },
  relays: (wire) => (wire === 'messages' ? HOME.path('', false) : undefined),
}

function modelPage(body: unknown): ModelPage {
  const data: unknown = at(body, 'data')
  const models = (Array.isArray(data) ? data : []).flatMap((model: unknown) => {
    const id = at(model, 'id')
    if (typeof id !== 'string') return []
    const told = abilities({
      display_name: at(model, 'display_name'),
      context_length: at(model, 'max_input_tokens'),
      max_output_tokens: at(model, 'max_tokens'),
      features: flagsIn(at(model, 'capabilities')),
    })
    return [{ id, created: seconds(at(model, 'created_at')), owned_by: 'anthropic', ...told }]
  })
  const last = at(body, 'last_id')
  return { models, next: at(body, 'has_more') === true && typeof last === 'string' ? last : undefined }
}

function seconds(date: unknown): number {
  const ms = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000)
}
