// Embeddings: the vectors come as lines, in whatever order the cluster's agents make them.
// https://github.com/intentee/paddler (`generate_embedding_batch`)
import {
  type EmbeddingFields,
  ONE_SIZE,
  type TranslatedEmbeddings,
  textRows,
  textsOf,
  type Vector,
  vectorOf,
} from '../../hub/embeddings.ts'
import { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import { type FieldRows, rows, write } from '../../hub/support.ts'
import { jsonBody } from '../../hub/task.ts'
import { ended, told } from './error.ts'

export const EMBED_PATH = '/api/v1/generate_embedding_batch'

const { drop } = rows<object, unknown>()

const fields: FieldRows<EmbeddingFields, object, unknown> = {
  ...textRows,
  // A cluster has one model, which its name says nothing of.
  dimensions: drop(ONE_SIZE.reason),
}

export const embeddings: TranslatedEmbeddings = {
  table: { fields, extensions: {} },
  encode: (request, model, ledger) => {
    write({ fields, extensions: {} }, request, undefined, ledger)
    const texts = textsOf(request.fields) ?? []
    const input_batch = texts.map((content, i) => ({ content, id: String(i) }))
    return [
      {
        path: EMBED_PATH,
        headers: {},
        body: JSON.stringify({ input_batch, normalization_method: 'L2' }),
        paramOf: (path) => (path.startsWith('input_batch') ? path.replace('input_batch', 'input') : undefined),
        read: (text) => ({ model, vectors: vectorsIn(text, texts.length) }),
      },
    ]
  },
}

/** @throws GatewayError the cluster's own failure, or 502 for an answer without its end. */
function vectorsIn(text: string, count: number): Vector[] {
  const vectors: Vector[] = []
  let done = false
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const value = jsonBody(line)
    const failure = at(value, 'Error')
    if (failure) throw told(at(failure, 'error'))
    const response = at(at(value, 'Response'), 'response')
    const said = at(response, 'Embedding')
    if (said === undefined) throw ended(typeof response === 'string' ? response : '')
    if (said === 'Done') done = true
    else {
      const vector = at(said, 'Embedding')
      if (vector === undefined) throw failed(said)
      vectors[Number(at(vector, 'source_document_id'))] = vectorOf(at(vector, 'embedding'))
    }
  }
  if (!done || Object.keys(vectors).length !== count)
    throw new GatewayError('upstream_truncated', 'The provider stopped before the last vector.')
  return vectors
}

/** What an agent says instead of a vector: a word, or one with what it is about. */
function failed(said: unknown): GatewayError {
  const [name = '', about] = typeof said === 'string' ? [said] : (Object.entries(said ?? {})[0] ?? [])
  if (name === 'DocumentExceedsBatchSize') {
    const index = Number(at(about, 'source_document_id'))
    const message = `The text has ${Number(at(about, 'document_tokens'))} tokens, and the cluster takes ${Number(at(about, 'n_batch'))}.`
    return new GatewayError('context_length_exceeded', message, { param: `input[${index}]` })
  }
  if (name === 'EmbeddingsDisabled')
    return new GatewayError('invalid_request', 'The model of this cluster makes no embeddings.', { param: 'model' })
  if (name === 'EmbeddingRejectedDueToActiveTokenGeneration')
    return new GatewayError('overloaded', 'The cluster is busy with other answers.', { retryAfterMs: 1000 })
  return new GatewayError('upstream_error', 'The provider made no embeddings.')
}
