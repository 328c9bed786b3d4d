// Embeddings and ranking. https://docs.cohere.com/v2/reference/embed, https://docs.cohere.com/v2/reference/rerank
import { tokensOf } from '../tokens.ts'
import { relevanceOf, vectorOf } from '../vectors.ts'
import { Refusal } from './refusal.ts'
import { choice, list, number, object, string, text } from './shape.ts'

const SIZES = [256, 512, 1024, 1536]
const MODELS: Readonly<Record<string, number>> = { 'embed-v4.0': 1536, 'embed-english-v3.0': 1024 }

const EMBED = object(
  {
    model: text,
    texts: list(string, 1, 96),
    input_type: choice('search_document', 'search_query', 'classification', 'clustering'),
  },
  {
    embedding_types: list(choice('float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'), 1),
    output_dimension: number(1, 1536, true),
    truncate: choice('NONE', 'START', 'END'),
    max_tokens: number(1, 128_000, true),
    priority: number(0, 999, true),
  },
)

interface Embed {
  readonly model: string
  readonly texts: readonly string[]
  readonly output_dimension?: number
}

const known = (model: string): never => {
  throw new Refusal(`model '${model}' not found, make sure the correct model ID was used`, 404)
}

/** The answer to a request that is well formed. */
export function embed(given: unknown, sequence: number): Record<string, unknown> {
  EMBED(given, '')
  // The table above is what the type says.
  const { model, texts, output_dimension: wanted } = given as Embed
  const size = (Object.hasOwn(MODELS, model) ? MODELS[model] : undefined) ?? known(model)
  if (wanted !== undefined && (model !== 'embed-v4.0' || !SIZES.includes(wanted)))
    throw new Refusal(`invalid request: output_dimension is not valid for this model`)
  return {
    id: `embed-${sequence}`,
    embeddings: { float: texts.map((one) => vectorOf(one, wanted ?? size)) },
    texts,
    response_type: 'embeddings_by_type',
    meta: {
      api_version: { version: '2' },
      billed_units: { input_tokens: texts.reduce((n, one) => n + tokensOf(one), 0) },
    },
  }
}

const RERANK = object(
  { model: text, query: text, documents: list(string, 1, 1000) },
  { top_n: number(1, 1000, true), max_tokens_per_doc: number(1, 128_000, true), priority: number(0, 999, true) },
)

interface Rerank {
  readonly model: string
  readonly query: string
  readonly documents: readonly string[]
  readonly top_n?: number
}

export function rerank(given: unknown, sequence: number): Record<string, unknown> {
  RERANK(given, '')
  const { model, query, documents, top_n: most } = given as Rerank
  if (!/^rerank-v[34]/.test(model)) known(model)
  const results = documents
    .map((document, index) => ({ index, relevance_score: relevanceOf(query, document) }))
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, most)
  return {
    id: `rerank-${sequence}`,
    results,
    meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
  }
}
