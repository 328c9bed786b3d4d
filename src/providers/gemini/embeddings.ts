// Embeddings: https://ai.google.dev/api/embeddings
import {
  cut,
  type EmbeddingFields,
  purposeOf,
  type TranslatedEmbeddings,
  textRows,
  textsOf,
  type Vectors,
  vectorOf,
} from '../../hub/embeddings.ts'
import { at } from '../../hub/json.ts'
import { dropped, type Extensions, type FieldRows, rows, write } from '../../hub/support.ts'
import { batches, jsonBody, unlike } from '../../hub/task.ts'
import { inputUsage } from '../../hub/usage.ts'
import { modelPathOf } from './surface.ts'

/** What is said of each text. */
export interface EmbedOptions {
  taskType: unknown
  title: unknown
  outputDimensionality: number
}

const MOST = 100
const NO_TASK = dropped("The service has no such purpose: its own are named by 'task_type'.")

const { map, rename, full } = rows<EmbedOptions, unknown>()

export const embedFields: FieldRows<EmbeddingFields, EmbedOptions, unknown> = {
  ...textRows,
  // Shorter ones are not of length 1 with every model, as OpenAI's are: they are brought to it.
  dimensions: rename('outputDimensionality'),
}

export const embedExtensions: Extensions<EmbedOptions, unknown> = {
  task_type: rename('taskType'),
  taskType: full('taskType'),
  title: full('title'),
  input_type: map(
    'taskType',
    (value: NonNullable<unknown>, _plan: unknown, lose) => {
      const purpose = purposeOf(value)
      const word = String(value).toUpperCase()
      if (!purpose && word !== 'CLASSIFICATION' && word !== 'CLUSTERING') return lose(NO_TASK)
      return { taskType: purpose ? `RETRIEVAL_${purpose.toUpperCase()}` : word }
    },
    [NO_TASK],
  ),
}

export const embeddings: TranslatedEmbeddings = {
  table: { fields: embedFields, extensions: embedExtensions },
  encode: (request, model, ledger) => {
    const options = write({ fields: embedFields, extensions: embedExtensions }, request, undefined, ledger)
    const name = model.includes('/') ? model : `models/${model}`
    return batches(textsOf(request.fields) ?? [], { most: MOST }).map(({ from, items }) => ({
      path: modelPathOf(model, 'batchEmbedContents'),
      headers: {},
      body: JSON.stringify({
        requests: items.map((text) => ({ model: name, content: { parts: [{ text }] }, ...options })),
      }),
      paramOf: (path) => embedParam(path, from),
      read: (text) => vectorsIn(jsonBody(text), request.fields.dimensions ?? undefined),
    }))
  },
}

/** @param from the place of a call's first text among the client's. */
export function embedParam(path: string, from: number): string | undefined {
  if (/output_?dimensionality/i.test(path)) return 'dimensions'
  if (/task_?type/i.test(path)) return 'task_type'
  if (/\btitle\b/.test(path)) return 'title'
  if (/^model\b/.test(path)) return 'model'
  const index = /\b(?:requests|instances)\[(\d+)\]/.exec(path)?.[1]
  return index === undefined ? 'input' : `input[${Number(index) + from}]`
}

/** @throws GatewayError 502 for what are no vectors. */
function vectorsIn(body: unknown, size: number | undefined): Vectors {
  // A text by itself may have an answer by itself.
  const list: unknown = at(body, 'embeddings') ?? [at(body, 'embedding')]
  if (!Array.isArray(list) || list.length === 0) throw unlike('vectors')
  return {
    vectors: list.map((one: unknown) => cut(vectorOf(at(one, 'values')), size)),
    usage: inputUsage(at(at(body, 'usageMetadata'), 'promptTokenCount')),
  }
}
