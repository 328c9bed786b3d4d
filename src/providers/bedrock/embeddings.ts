// Embeddings, by InvokeModel: each maker's models have a body of their own.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import {
  CUT,
  cut,
  type EmbeddingFields,
  NO_SIZE,
  ONE_SIZE,
  sizeFor,
  type TranslatedEmbeddings,
  textRows,
  textsOf,
  type Vectors,
} from '../../hub/embeddings.ts'
import { GatewayError } from '../../hub/error.ts'
import { dropped, type Extensions, type FieldRows, rows, write } from '../../hub/support.ts'
import { batches, jsonBody, type TaskCall } from '../../hub/task.ts'
import { inputUsage } from '../../hub/usage.ts'
import { EMBEDDERS, type Embedder, type EmbedOptions } from './embedders.ts'

interface Plan {
  readonly embedder: Embedder
  /** The size to which vectors are cut here. */
  size: number | undefined
}

const { map } = rows<EmbedOptions, Plan>()

const fields: FieldRows<EmbeddingFields, EmbedOptions, Plan> = {
  ...textRows,
  dimensions: map(
    'dimensions',
    (wanted: number, plan: Plan, lose) => {
      const { sizes, cuts } = plan.embedder
      if (sizes.length === 0) return lose(ONE_SIZE)
      const size = sizeFor(wanted, sizes, cuts, lose)
      if (size !== wanted) plan.size = wanted
      return size === undefined ? undefined : { dimensions: size }
    },
    [ONE_SIZE, NO_SIZE, CUT],
  ),
}

const NO_OPTION = dropped('This model has no such option.')

/** An option that some models have. */
const option = <K extends 'input_type' | 'truncate' | 'normalize'>(name: K) => ({
  kind: 'renamed' as const,
  may: [NO_OPTION],
  to: [name],
  write: (value: NonNullable<unknown>, { embedder }: Plan, lose: (note: typeof NO_OPTION) => undefined) =>
    embedder.options.includes(name) ? ({ [name]: value } as Partial<EmbedOptions>) : lose(NO_OPTION),
})

const extensions: Extensions<EmbedOptions, Plan> = {
  input_type: option('input_type'),
  truncate: option('truncate'),
  normalize: option('normalize'),
}

export const embeddings: TranslatedEmbeddings = {
  table: { fields, extensions },
  encode: (request, model, ledger) => {
    const embedder = EMBEDDERS.find(({ of }) => of.test(model))
    if (!embedder) {
      throw new GatewayError('model_not_found', `The model '${model}' makes no embeddings.`, { param: 'model' })
    }
    const plan: Plan = { embedder, size: undefined }
    const options = write({ fields, extensions }, request, plan, ledger)
    return batches(textsOf(request.fields) ?? [], { most: embedder.most }).map(
      ({ from, items }): TaskCall<Vectors> => ({
        path: `/model/${encodeURIComponent(model)}/invoke`,
        headers: {},
        body: JSON.stringify(embedder.body(items, options)),
        paramOf: (path) => {
          const index = /^texts\W+(\d+)/.exec(path)?.[1]
          if (/dimension|outputEmbeddingLength/i.test(path)) return 'dimensions'
          return /^(?:texts|inputText|singleEmbeddingParams)/.test(path)
            ? `input[${from + Number(index ?? 0)}]`
            : undefined
        },
        read: (text, head) => {
          const body = jsonBody(text)
          return {
            vectors: embedder.vectors(body).map((vector) => cut(vector, plan.size)),
            usage: inputUsage(embedder.tokens(body) ?? tokensIn(head)),
          }
        },
      }),
    )
  },
}

/** What every model's answer tells of its input. */
function tokensIn(head: Headers): number | undefined {
  const count = head.get('x-amzn-bedrock-input-token-count')
  return count === null ? undefined : Number(count)
}
