// The models that make embeddings: what each is asked, and how it answers.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import { purposeOf, type Vector, vectorOf } from '../../hub/embeddings.ts'
import { at } from '../../hub/json.ts'
import { unlike } from '../../hub/task.ts'
import { EMBED_DEFAULTS, vectorsIn } from '../cohere/embeddings.ts'

/** What is asked of a text's vector, by names that each model has its own for. */
export interface EmbedOptions {
  input_type: unknown
  truncate: unknown
  normalize: unknown
  dimensions: number
}

export interface Embedder {
  /** Names of models, within the prefix of a region or an address. */
  readonly of: RegExp
  /** Texts in one call. */
  readonly most: number
  /** The sizes that its vectors can have, the smallest first; none where there is no choice. */
  readonly sizes: readonly number[]
  /** Its vectors can be cut. */
  readonly cuts: boolean
  readonly options: readonly ('input_type' | 'truncate' | 'normalize')[]
  body(texts: readonly string[], options: Partial<EmbedOptions>): object
  /** @throws GatewayError 502 for what are no vectors. */
  vectors(body: unknown): readonly Vector[]
  /** The tokens that the answer says it read. */
  tokens(body: unknown): unknown
}

const one = {
  most: 1,
  cuts: false,
  options: [],
  vectors: (body: unknown) => [vectorOf(at(body, 'embedding'))],
  tokens: (body: unknown) => at(body, 'inputTextTokenCount'),
}

/** The first whose pattern fits. */
export const EMBEDDERS: readonly Embedder[] = [
  {
    ...one,
    of: /titan-embed-image/,
    sizes: [256, 384, 1024],
    body: ([inputText], { dimensions }) => ({
      inputText,
      ...(dimensions !== undefined && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
    }),
  },
  { ...one, of: /titan-embed-(?:text-v1|g1)/, sizes: [], body: ([inputText]) => ({ inputText }) },
  {
    ...one,
    of: /titan-embed/,
    sizes: [256, 512, 1024],
    options: ['normalize'],
    body: ([inputText], { dimensions, normalize }) => ({
      inputText,
      ...(dimensions !== undefined && { dimensions }),
      ...(normalize !== undefined && { normalize }),
    }),
  },
  {
    of: /nova-[\w-]*embed/,
    most: 1,
    sizes: [256, 384, 1024, 3072],
    cuts: true,
    options: ['input_type', 'truncate'],
    body: ([value], { dimensions, input_type: type, truncate }) => ({
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: purpose(type),
        ...(dimensions !== undefined && { embeddingDimension: dimensions }),
        text: { truncationMode: truncate ?? 'NONE', value },
      },
    }),
    vectors: (body) => {
      const list: unknown = at(body, 'embeddings')
      if (!Array.isArray(list)) throw unlike('vectors')
      return list.map((part: unknown) => vectorOf(at(part, 'embedding')))
    },
    tokens: (body) => at(body, 'inputTokenCount'),
  },
  { ...byTexts(), of: /cohere\.embed-(?:english|multilingual)/, sizes: [], cuts: false },
  { ...byTexts(), of: /cohere\.embed/, sizes: [256, 512, 1024, 1536], cuts: true },
]

/** What the vectors are for: to be searched, unless said. */
function purpose(type: unknown): unknown {
  const known = purposeOf(type)
  if (known === 'query') return 'GENERIC_RETRIEVAL'
  return known || type === undefined ? 'GENERIC_INDEX' : String(type).toUpperCase()
}

function byTexts(): Pick<Embedder, 'most' | 'options' | 'body' | 'vectors' | 'tokens'> {
  return {
    most: 96,
    options: ['input_type', 'truncate'],
    body: (texts, { dimensions, input_type: type, ...more }) => {
      const known = purposeOf(type)
      return {
        texts,
        ...EMBED_DEFAULTS,
        ...(type !== undefined && { input_type: known ? `search_${known}` : type }),
        ...more,
        ...(dimensions !== undefined && { output_dimension: dimensions }),
      }
    },
    vectors: (body) => vectorsIn(body, undefined).vectors,
    tokens: () => undefined,
  }
}
