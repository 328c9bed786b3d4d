// Embeddings: https://docs.cohere.com/v2/reference/embed
import {
  CUT,
  cut,
  type EmbeddingFields,
  NO_SIZE,
  ONE_SIZE,
  purposeOf,
  sizeFor,
  type TranslatedEmbeddings,
  textRows,
  textsOf,
  type Vectors,
  vectorOf,
} from '../../hub/embeddings.ts'
import { at } from '../../hub/json.ts'
import { type Extensions, type FieldRows, rows, write } from '../../hub/support.ts'
import { batches, jsonBody, unlike } from '../../hub/task.ts'
import { inputUsage } from '../../hub/usage.ts'

interface EmbedBody {
  input_type: unknown
  output_dimension: number | undefined
  truncate: unknown
  max_tokens: unknown
  priority: unknown
}

interface EmbedPlan {
  /** As the service itself calls the model. */
  readonly model: string
  /** The size to which vectors are cut here. */
  size: number | undefined
}

const MOST = 96
const SIZES = [256, 512, 1024, 1536]
/** Models from before sizes could be chosen. */
const FIXED = /embed-(?:english|multilingual)/

const { map, full } = rows<EmbedBody, EmbedPlan>()

/** What its vectors are for, by its own names and by those of others. */
const purpose = map('input_type', (value: NonNullable<unknown>) => {
  const known = purposeOf(value)
  return { input_type: known ? `search_${known}` : value }
})

const embedFields: FieldRows<EmbeddingFields, EmbedBody, EmbedPlan> = {
  ...textRows,
  dimensions: map(
    'output_dimension',
    (wanted: number, plan: EmbedPlan, lose) => {
      if (FIXED.test(plan.model)) return lose(ONE_SIZE)
      const size = sizeFor(wanted, SIZES, true, lose)
      if (size !== wanted) plan.size = wanted
      return { output_dimension: size }
    },
    [ONE_SIZE, NO_SIZE, CUT],
  ),
}

const embedExtensions: Extensions<EmbedBody, EmbedPlan> = {
  input_type: purpose,
  truncate: full('truncate'),
}

const extensions: Extensions<EmbedBody, EmbedPlan> = {
  ...embedExtensions,
  max_tokens: full('max_tokens'),
  priority: full('priority'),
}

/** What is sent where the client does not say: models refuse to guess, and cut what is too long in silence. */
export const EMBED_DEFAULTS = { input_type: 'search_document', truncate: 'NONE' }

export const embeddings: TranslatedEmbeddings = {
  table: { fields: embedFields, extensions },
  encode: (request, model, ledger) => {
    const plan: EmbedPlan = { model, size: undefined }
    const body = write({ fields: embedFields, extensions }, request, plan, ledger)
    return batches(textsOf(request.fields) ?? [], { most: MOST }).map(({ from, items }) => ({
      path: '/v2/embed',
      headers: {},
      body: JSON.stringify({ model, texts: items, ...EMBED_DEFAULTS, embedding_types: ['float'], ...body }),
      paramOf: (path) => embedParam(path, from),
      read: (text) => vectorsIn(jsonBody(text), plan.size),
    }))
  },
}

/** @param from the place of a call's first text among the client's. */
function embedParam(path: string, from: number): string | undefined {
  if (path === 'output_dimension') return 'dimensions'
  const index = /^texts(?:\[(\d+)\])?/.exec(path)
  if (!index) return Object.hasOwn(extensions, path) ? path : undefined
  return index[1] === undefined ? 'input' : `input[${Number(index[1]) + from}]`
}

/** @throws GatewayError 502 for what are no vectors. */
export function vectorsIn(body: unknown, size: number | undefined): Vectors {
  const all: unknown = at(body, 'embeddings')
  const list: unknown = at(all, 'float') ?? all
  if (!Array.isArray(list) || list.length === 0) throw unlike('vectors')
  return {
    vectors: list.map((one: unknown) => cut(vectorOf(one), size)),
    usage: inputUsage(at(at(at(body, 'meta'), 'billed_units'), 'input_tokens')),
  }
}
