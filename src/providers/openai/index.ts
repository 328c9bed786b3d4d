// OpenAI: https://platform.openai.com/docs/api-reference

import type { Wire } from '../../hub/dialect.ts'
import { at } from '../../hub/json.ts'
import type { Account, Conversant, ModelPage } from '../../hub/provider.ts'
import { openaiLike } from '../openai-compatible/provider.ts'
import { allMedia } from '../openai-compatible/relaying.ts'
import { everything, lacks, newLimit, plain, takes } from '../openai-compatible/rows.ts'
import { refused } from './error.ts'
import { meters } from './meters.ts'
import { prices } from './prices.ts'
import { samples } from './sample.ts'

/** Its format, for those who speak another: the names of limits are the ones that all of its models know. */
const spoken = openaiLike({
  name: 'openai',
  baseUrl: undefined,
  fields: {
    ...everything,
    ...newLimit,
    ...takes('functions', 'function_call'),
    ...lacks('OpenAI knows no such field.', 'cache_control', 'thinking', 'top_k'),
    reasoning: plain.reasoning,
  },
  messages: { native: true, developer: true },
})

export const openai: Conversant = {
  name: 'openai',
  samples,
  baseUrl: 'https://api.openai.com/v1',
  credential: 'required',
  tells: { requestId: 'x-request-id', organization: 'openai-organization' },
  meters,
  prices,
  headers: ({ credential, organization, project }: Account, client) => {
    const beta = client.get('openai-beta')
    return {
      authorization: `Bearer ${typeof credential === 'string' ? credential : ''}`,
      ...(organization && { 'openai-organization': organization }),
      ...(project && { 'openai-project': project }),
      ...(beta && { 'openai-beta': beta }),
    }
  },
  // Each model has limits of its own; its dated names share them.
  family: (model) => model.replace(/-\d{4}-\d{2}-\d{2}$/, ''),
  refuse: (refusal, slot) => refused(refusal, slot),
  models: { path: () => '/models', read: modelPage },
  chat: spoken.chat,
  embeddings: { relays: () => '/embeddings' },
  moderations: { relays: () => '/moderations' },
  ...allMedia(),
  relays: (wire) => RELAYED[wire],
}

/** Dialects that it answers in itself. What is said in another is translated, as for any service like it. */
const RELAYED: { readonly [wire in Wire]?: string } = {
  chat: '/chat/completions',
  completions: '/completions',
  responses: '/responses',
}

function modelPage(body: unknown): ModelPage {
  const data = at(body, 'data')
  const models = (Array.isArray(data) ? data : []).flatMap((model: unknown) => {
    const [id, created, owner] = [at(model, 'id'), at(model, 'created'), at(model, 'owned_by')]
    if (typeof id !== 'string') return []
    return [
      {
        id,
        created: typeof created === 'number' ? created : 0,
        owned_by: typeof owner === 'string' ? owner : 'openai',
      },
    ]
  })
  return { models, next: undefined }
}
