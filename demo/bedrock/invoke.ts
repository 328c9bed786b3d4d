// InvokeModel, for the models that make embeddings and ranks: each maker's has a body of its own.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import { tokensOf } from '../tokens.ts'
import { relevanceOf, vectorOf } from '../vectors.ts'
import { Refusal } from './refusal.ts'
import { boolean, choice, list, number, object, type Shape, string } from './shape.ts'

const text = string(/^/, 50_000, 1)

/** A number that is one of these. */
const size =
  (...sizes: readonly number[]): Shape =>
  (value, path) => {
    if (!sizes.includes(Number(value)))
      throw new Refusal(`Malformed input request: #/${path}: ${String(value)} is not a valid enum value.`)
  }

/** All members that any of the bodies has. */
interface Body {
  readonly inputText: string
  readonly dimensions?: number
  readonly singleEmbeddingParams: { readonly embeddingDimension?: number; readonly text: { readonly value: string } }
  readonly texts: readonly string[]
  readonly output_dimension?: number
  readonly query: string
  readonly documents: readonly string[]
  readonly top_n?: number
}

interface Model {
  readonly of: RegExp
  readonly shape: Shape
  answer(body: Body): { readonly body: Record<string, unknown>; readonly tokens?: number }
}

const one = (text: string, size = 1024) => ({
  body: { embedding: vectorOf(text, size), inputTextTokenCount: tokensOf(text) },
  tokens: tokensOf(text),
})
const TEXTS = object(
  { texts: list(text, 1, 96), input_type: choice('search_document', 'search_query', 'classification', 'clustering') },
  { truncate: choice('NONE', 'START', 'END'), output_dimension: size(256, 512, 1024, 1536) },
)

const ranked = ({ query, documents, top_n: most }: Body) => ({
  body: {
    results: documents
      .map((document, index) => ({ index, relevance_score: relevanceOf(query, document) }))
      .sort((a, b) => b.relevance_score - a.relevance_score)
      .slice(0, most),
  },
})
const RANK = { query: text, documents: list(text, 1, 1000) }
const MOST = { top_n: number(1, 1000, true) }

const MODELS: readonly Model[] = [
  {
    of: /^amazon\.titan-embed-text-v2/,
    shape: object({ inputText: text }, { dimensions: size(256, 512, 1024), normalize: boolean }),
    answer: ({ inputText, dimensions }) => one(inputText, dimensions),
  },
  {
    of: /^amazon\.titan-embed-text-v1/,
    shape: object({ inputText: text }),
    answer: ({ inputText }) => one(inputText, 1536),
  },
  {
    of: /^amazon\.nova-2-multimodal-embeddings/,
    shape: object({
      taskType: choice('SINGLE_EMBEDDING'),
      singleEmbeddingParams: object(
        {
          embeddingPurpose: choice(
            'GENERIC_INDEX',
            'GENERIC_RETRIEVAL',
            'TEXT_RETRIEVAL',
            'CLASSIFICATION',
            'CLUSTERING',
          ),
          text: object({ value: text, truncationMode: choice('NONE', 'START', 'END') }),
        },
        { embeddingDimension: size(256, 384, 1024, 3072) },
      ),
    }),
    answer: ({ singleEmbeddingParams: { embeddingDimension = 3072, text } }) => ({
      body: { embeddings: [{ embeddingType: 'TEXT', embedding: vectorOf(text.value, embeddingDimension) }] },
      tokens: tokensOf(text.value),
    }),
  },
  {
    of: /^cohere\.embed-v4/,
    shape: TEXTS,
    answer: ({ texts, output_dimension: wanted = 1536 }) => ({
      body: {
        embeddings: { float: texts.map((text) => vectorOf(text, wanted)) },
        response_type: 'embeddings_by_type',
        texts,
      },
      tokens: tokensOf(texts.join('')),
    }),
  },
  { of: /^cohere\.rerank-v3-5/, shape: object({ ...RANK, api_version: number(2, 2, true) }, MOST), answer: ranked },
  { of: /^amazon\.rerank-v1/, shape: object(RANK, MOST), answer: ranked },
]

export interface Invoked {
  /** All that was said in the request. */
  readonly text: string
  readonly body: Record<string, unknown>
  readonly headers: Readonly<Record<string, string>>
}

/** The answer to a request that is well formed. @param id of the model, with the prefix of a region or without. */
export function invoke(id: string, given: unknown): Invoked {
  const model = MODELS.find(({ of }) => of.test(id.replace(/^(?:us|eu|apac|jp|au|global)\./, '')))
  if (!model) throw new Refusal('The provided model identifier is invalid.')
  model.shape(given, '')
  // The table above is what each model's answer reads.
  const { body, tokens } = model.answer(given as Body)
  const headers: Record<string, string> =
    tokens === undefined ? {} : { 'x-amzn-bedrock-input-token-count': String(tokens) }
  return { text: JSON.stringify(given), body, headers }
}
