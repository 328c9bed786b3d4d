// Google's Vertex AI: models of Google's, of its partners' and open ones, each in its own format.
// https://cloud.google.com/vertex-ai/generative-ai/docs
import type { ChatTable, Conversant } from '../../hub/provider.ts'
import { extensions, fields } from '../anthropic/fields.ts'
import { anthropic as messages } from '../anthropic/index.ts'
import { betasOf } from '../anthropic/surface.ts'
import { hearing } from '../gemini/hearing.ts'
import { images } from '../gemini/images.ts'
import { speech } from '../gemini/speech.ts'
import { mistral as predicting } from '../mistral/index.ts'
import { accessHeaders, renew } from './access.ts'
import { choices, encode } from './call.ts'
import { countTokens } from './count.ts'
import { embeddings } from './embeddings.ts'
import { refused } from './error.ts'
import { methodPath, table } from './generate.ts'
import { open } from './open.ts'
import { baseUrl, needs } from './place.ts'
import { rerank } from './rerank.ts'
import { routeOf } from './route.ts'
import { samples } from './sample.ts'
import { either } from './table.ts'

const MESSAGES = `/publishers/${messages.name}/`

export const vertex: Conversant = {
  name: 'vertex',
  samples,
  baseUrl,
  credential: 'required',
  credentialForms: ['text', 'service_account'],
  needs,
  tells: { requestId: 'request-id' },
  // Its answers tell nothing of its limits.
  meters: [],
  headers: async (account, client, { url }) => ({
    ...(await accessHeaders(account)),
    ...(url.includes(MESSAGES) && betasOf(account, client)),
  }),
  renew,
  // Limits are counted by base model: its versions share them.
  family: (model) => routeOf(model).model.replace(/@.*$|-\d{3}$/, ''),
  refuse: refused,
  // What a project may use is not listed anywhere.
  models: { path: () => undefined, read: () => ({ models: [], next: undefined }) },
  hearing: hearing(methodPath),
  speech: speech(methodPath),
  images: images(methodPath),
  chat: {
    table: {
      fields: {
        ...either<ChatTable['fields']>(table.fields, fields, predicting.chat.table.fields, open.chat.table.fields),
        n: choices,
      },
      extensions: either<ChatTable['extensions']>(table.extensions, extensions, predicting.chat.table.extensions),
    },
    encode,
  },
  embeddings,
  rerank,
  countTokens,
}
