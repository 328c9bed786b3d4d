// Embeddings, by the method that the model knows: `predict`, or `embedContent` for the newest.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
import {
  cut,
  type EmbeddingFields,
  type EmbeddingRequest,
  type TranslatedEmbeddings,
  textsOf,
  type Vectors,
  vectorOf,
} from '../../hub/embeddings.ts'
import { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import type { Ledger } from '../../hub/loss.ts'
import type { Account } from '../../hub/provider.ts'
import { type Extensions, type FieldRows, rows, write } from '../../hub/support.ts'
import { batches, jsonBody, type Load, type TaskCall, type TaskTable, unlike } from '../../hub/task.ts'
import { inputUsage } from '../../hub/usage.ts'
import { type EmbedOptions, embedExtensions, embedFields, embedParam } from '../gemini/embeddings.ts'
import { open } from './open.ts'
import { isExpress, modelPath, segment, tunedPath } from './place.ts'
import { routeOf } from './route.ts'
import { either } from './table.ts'

interface VertexOptions extends EmbedOptions {
  autoTruncate: unknown
}

const { rename } = rows<VertexOptions, unknown>()

const fields: FieldRows<EmbeddingFields, VertexOptions, unknown> = embedFields
const extensions: Extensions<VertexOptions, unknown> = { ...embedExtensions, auto_truncate: rename('autoTruncate') }

/** Models that are asked by `embedContent`, one text a call. */
const BY_CONTENT = /^gemini-embedding-(?:[2-9]|exp-[2-9])/
/** It takes one text a call as well; those before it so many, of 20,000 tokens together. */
const ONE: Load = { most: 1 }
const MANY: Load = { most: 250, characters: 50_000 }

/** How open models are asked. */
const own = open.embeddings && 'encode' in open.embeddings ? open.embeddings : undefined

export const embeddings: TranslatedEmbeddings = {
  table: {
    fields: either<TaskTable<EmbeddingFields>['fields']>(fields, ...(own ? [own.table.fields] : [])),
    extensions,
  },
  encode: (request, model, ledger, account) => {
    const route = routeOf(model)
    if (route.format === 'open' && own) return own.encode(request, route.model, ledger, account)
    if (route.format !== 'generate') throw notHere(model)
    const path = (method: string) => pathOf(account, route.publisher, route.model, method)
    return generated(request, route.model, ledger, path)
  },
}

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
function generated(
  request: EmbeddingRequest,
  model: string,
  ledger: Ledger,
  path: (method: string) => string,
): TaskCall<Vectors>[] {
  // Left to itself it cuts what is too long, in silence.
  const options = { autoTruncate: false, ...write({ fields, extensions }, request, undefined, ledger) }
  const { taskType, title, ...config } = options
  const texts = textsOf(request.fields) ?? []
  const size = request.fields.dimensions ?? undefined
  const call = (method: string, from: number, body: object, read: (body: unknown) => Vectors): TaskCall<Vectors> => ({
    path: path(method),
    headers: {},
    body: JSON.stringify(body),
    paramOf: (name) => embedParam(name, from),
    read: (text) => read(jsonBody(text)),
  })
  if (BY_CONTENT.test(model)) {
    return texts.map((text, i) =>
      call('embedContent', i, { content: { parts: [{ text }] }, embedContentConfig: options }, (body) => ({
        vectors: [cut(vectorOf(at(at(body, 'embedding'), 'values')), size)],
        usage: inputUsage(at(at(body, 'usageMetadata'), 'promptTokenCount')),
      })),
    )
  }
  return batches(texts, /^gemini-/.test(model) ? ONE : MANY).map(({ from, items }) => {
    const about = { ...(taskType !== undefined && { task_type: taskType }), ...(title !== undefined && { title }) }
    const instances = items.map((content) => ({ content, ...about }))
    return call('predict', from, { instances, parameters: config }, (body) => predicted(body, size))
  })
}

/** @throws GatewayError 502 for what are no vectors. */
function predicted(body: unknown, size: number | undefined): Vectors {
  const list: unknown = at(body, 'predictions')
  if (!Array.isArray(list) || list.length === 0) throw unlike('vectors')
  const counts = list.map((one: unknown) => at(at(at(one, 'embeddings'), 'statistics'), 'token_count'))
  return {
    vectors: list.map((one: unknown) => cut(vectorOf(at(at(one, 'embeddings'), 'values')), size)),
    usage: inputUsage(counts.reduce((sum: number, count) => sum + Number(count ?? 0), 0)),
  }
}

function pathOf(account: Account, publisher: string, model: string, method: string): string {
  if (isExpress(account)) return `/v1/publishers/${publisher}/models/${segment(model)}:${method}`
  return publisher === 'endpoints' ? tunedPath(account, model, method) : modelPath(account, publisher, model, method)
}

function notHere(model: string): GatewayError {
  return new GatewayError('model_not_found', `The model '${model}' makes no embeddings.`, { param: 'model' })
}
