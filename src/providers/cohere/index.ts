// Cohere's API, version 2: https://docs.cohere.com/v2/reference/about
import { at } from '../../hub/json.ts'
import { abilities } from '../../hub/models.ts'
import type { Conversant, ModelPage } from '../../hub/provider.ts'
import { encode } from './call.ts'
import { embeddings } from './embeddings.ts'
import { refused } from './error.ts'
import { extensions, fields } from './fields.ts'
import { meters } from './meters.ts'
import { prices } from './prices.ts'
import { rerank } from './rerank.ts'
import { samples } from './sample.ts'

export const cohere: Conversant = {
  name: 'cohere',
  samples,
  baseUrl: 'https://api.cohere.com',
  credential: 'required',
  tells: { requestId: 'x-debug-trace-id' },
  meters,
  prices,
  headers: ({ credential }) => ({ authorization: `Bearer ${typeof credential === 'string' ? credential : ''}` }),
  family: (model) => model,
  refuse: (refusal, slot, call) => refused(refusal, slot, call?.paramOf ?? (() => undefined)),
  models: {
    path: (after) => `/v1/models?page_size=1000${after ? `&page_token=${encodeURIComponent(after)}` : ''}`,
    read: modelPage,
  },
  chat: { table: { fields, extensions }, encode },
  embeddings,
  rerank,
}

function modelPage(body: unknown): ModelPage {
  const models: unknown = at(body, 'models')
  const next = at(body, 'next_page_token')
  return {
    models: (Array.isArray(models) ? models : []).flatMap((model: unknown) => {
      const id = at(model, 'name')
      if (typeof id !== 'string') return []
      const features = [at(model, 'endpoints'), at(model, 'features')].flatMap((list) => list ?? [])
      // The list does not say when a model was made.
      return [
        { id, created: 0, owned_by: 'cohere', ...abilities({ context_length: at(model, 'context_length'), features }) },
      ]
    }),
    next: typeof next === 'string' && next !== '' ? next : undefined,
  }
}
