// Amazon Bedrock's Converse API: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html
import type { Conversant } from '../../hub/provider.ts'
import { REQUEST_ID } from './answer.ts'
import { encode } from './call.ts'
import { countTokens } from './count.ts'
import { authorization } from './credential.ts'
import { embeddings } from './embeddings.ts'
import { refused } from './error.ts'
import { extensions } from './extensions.ts'
import { fields } from './fields.ts'
import { images } from './images.ts'
import { listPage, listPath } from './list.ts'
import { limitFamily } from './models.ts'
import { runtimeUrl } from './region.ts'
import { rerank } from './rerank.ts'
import { samples } from './sample.ts'

export const bedrock: Conversant = {
  name: 'bedrock',
  samples,
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
  models: { path: listPath, read: listPage },
  images,
  chat: {
    table: { fields, extensions },
    encode: (request, model, ledger) => encode(request, model, ledger),
  },
  countTokens,
  embeddings,
  rerank,
}
