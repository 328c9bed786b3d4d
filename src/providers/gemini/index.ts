// Google's Gemini API: https://ai.google.dev/api
import { at } from '../../hub/json.ts'
import { abilities } from '../../hub/models.ts'
import type { Account, Conversant, ModelPage } from '../../hub/provider.ts'
import { encodeFor } from './call.ts'
import { YOUTUBE } from './content.ts'
import { counted } from './count.ts'
import { embeddings } from './embeddings.ts'
import { refused } from './error.ts'
import { extensions, fields } from './fields.ts'
import { hearing } from './hearing.ts'
import { images } from './images.ts'
import { familyOf } from './models.ts'
import { moderations } from './moderations.ts'
import { prices } from './prices.ts'
import { samples } from './sample.ts'
import { speech } from './speech.ts'
import { modelPathOf, type Surface } from './surface.ts'

const STORED = /^https:\/\/generativelanguage\.googleapis\.com\/v[\w]+\/files\//i

const HOME: Surface = {
  path: (model, streams) => modelPathOf(model, streams ? 'streamGenerateContent?alt=sse' : 'generateContent'),
  family: familyOf,
  table: { fields, extensions },
  // Of what it holds itself it knows the type.
  refers: (url, { fetches }, type) =>
    STORED.test(url) || YOUTUBE.test(url) || (fetches && type !== undefined && /^https:\/\//i.test(url)),
  displayNames: false,
  callIds: true,
  serverToolFlag: true,
}

export const gemini: Conversant = {
  name: 'gemini',
  samples,
  baseUrl: 'https://generativelanguage.googleapis.com',
  credential: 'required',
  tells: { requestId: 'x-goog-request-id' },
  // Its answers tell nothing of its limits; only refusals do.
  meters: [],
  prices,
  headers: ({ credential }: Account) => ({ 'x-goog-api-key': typeof credential === 'string' ? credential : '' }),
  // Each model has limits of its own; its numbered names share them.
  family: (model) => model.replace(/^models\//, '').replace(/-\d{3}$/, ''),
  refuse: (refusal, slot, call) => refused(refusal, slot, call?.paramOf ?? (() => undefined)),
  models: {
    path: (after) => `/v1beta/models?pageSize=1000${after ? `&pageToken=${encodeURIComponent(after)}` : ''}`,
    read: modelPage,
  },
  hearing: hearing(modelPathOf),
  speech: speech(modelPathOf),
  images: images(modelPathOf),
  chat: {
    table: { fields, extensions },
    encode: (request, model, ledger) => encodeFor(HOME, request, model, ledger),
  },
  embeddings,
  moderations,
  countTokens: (call, model) =>
    counted(call, (body) => ({
      generateContentRequest: { model: `models/${model.replace(/^models\//, '')}`, ...body },
    })),
}

function modelPage(body: unknown): ModelPage {
  const data: unknown = at(body, 'models')
  const models = (Array.isArray(data) ? data : []).flatMap((model: unknown) => {
    const name = at(model, 'name')
    if (typeof name !== 'string') return []
    const told = abilities({
      display_name: at(model, 'displayName'),
      context_length: at(model, 'inputTokenLimit'),
      max_output_tokens: at(model, 'outputTokenLimit'),
      features: at(model, 'supportedGenerationMethods'),
    })
    return [{ id: name.replace(/^models\//, ''), created: 0, owned_by: 'google', ...told }]
  })
  const next = at(body, 'nextPageToken')
  return { models, next: typeof next === 'string' && next !== '' ? next : undefined }
}
