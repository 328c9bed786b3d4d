// Amazon Bedrock's Converse API: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
import { at } from '../../hub/json.ts'
import type { ModelPage, Provider } from '../../hub/provider.ts'
import { REQUEST_ID } from './answer.ts'
import { encode } from './call.ts'
import { authorization } from './credential.ts'
import { refused } from './error.ts'
import { extensions } from './extensions.ts'
import { fields } from './fields.ts'
import { limitFamily } from './models.ts'
import { modelsUrl, runtimeUrl } from './region.ts'

export const bedrock: Provider = {
  name: 'bedrock',
  baseUrl: runtimeUrl,
  credential: 'required',
  credentialForms: ['text', 'access_key'],
  needs: ['region'],
  tells: { requestId: REQUEST_ID },
  // The service tells nothing of its limits.
  meters: [],
  headers: (account, _client, sent) => authorization(account, sent, new Date()),
  family: limitFamily,
  refuse: (refusal, slot, call) => refused(refusal, slot, call?.paramOf ?? (() => undefined)),
  models: { path: (_after, account) => modelsUrl(account), read: modelPage },
  chat: {
    table: { fields, extensions },
    encode: (request, model, ledger) => encode(request, model, ledger),
  },
}

function modelPage(body: unknown): ModelPage {
  const summaries: unknown = at(body, 'modelSummaries')
  const models = (Array.isArray(summaries) ? summaries : []).flatMap((model: unknown) => {
    const id = at(model, 'modelId')
    const owner = at(model, 'providerName')
    return typeof id === 'string' ? [{ id, created: 0, owned_by: typeof owner === 'string' ? owner : 'Amazon' }] : []
  })
  return { models, next: undefined }
}
