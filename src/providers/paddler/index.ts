// Paddler, a balancer of llama.cpp that one hosts oneself: https://github.com/intentee/paddler
import type { Account, Conversant } from '../../hub/provider.ts'
import { encode } from './call.ts'
import { EMBED_PATH, embeddings } from './embeddings.ts'
import { refused } from './error.ts'
import { extensions, fields } from './fields.ts'
import { samples } from './sample.ts'

export const paddler: Conversant = {
  name: 'paddler',
  samples,
  baseUrl: undefined,
  // It asks for none itself; a proxy in front may.
  credential: 'optional',
  tells: { requestId: 'x-request-id' },
  meters: [],
  headers: ({ credential }: Account): Record<string, string> =>
    typeof credential === 'string' ? { authorization: `Bearer ${credential}` } : {},
  // A cluster has one model, whatever it is called.
  family: () => 'cluster',
  refuse: (refusal, slot, call) => refused(refusal, slot, call?.path === EMBED_PATH),
  models: { path: () => undefined, read: () => ({ models: [], next: undefined }) },
  chat: { table: { fields, extensions }, completes: 'text', encode },
  embeddings,
}
