// Embeddings of services that speak OpenAI's format: https://platform.openai.com/docs/api-reference/embeddings
import {
  CUT,
  cut,
  type EmbeddingFields,
  ONE_SIZE,
  purposeOf,
  type TranslatedEmbeddings,
  textRows,
  type Vectors,
  vectorOf,
} from '../../hub/embeddings.ts'
import { at } from '../../hub/json.ts'
import type { Account } from '../../hub/provider.ts'
import { type Extensions, type FieldRows, type Row, rows, write } from '../../hub/support.ts'
import { batches, jsonBody, type Load, unlike } from '../../hub/task.ts'
import { inputUsage, usageOf } from '../../hub/usage.ts'
import { passing } from './call.ts'
import type { Body } from './like.ts'
import { isMatryoshka } from './matryoshka.ts'

export interface EmbeddingPlan {
  readonly model: string
  readonly account: Account
  readonly request: EmbeddingFields
  /** The size to which vectors are cut here. */
  size: number | undefined
}

/** How a service differs. */
export interface EmbeddingRules {
  /** `/embeddings` unless said. */
  readonly path?: (model: string, account: Account) => string
  /** What one call takes; as OpenAI 2,048 inputs unless said. */
  readonly load?: Load
  /** It takes token ids. */
  readonly tokens?: boolean
  /** It can send base64, which is shorter. */
  readonly base64?: boolean
  /** It takes an id of the user. */
  readonly user?: boolean
  /** The row of `dimensions`: under its own name unless said. `none`: it has no such field. */
  readonly dimensions?: 'none' | Row<number, Body, EmbeddingPlan>
  /** Further fields with a row of their own; all others pass as they are. */
  readonly extensions?: Extensions<Body, EmbeddingPlan>
  /** A vector among `data`, where it may stand there by itself. */
  readonly vector?: (one: unknown) => unknown
  /** A last pass over a body. @returns a new one. */
  readonly adapt?: (body: Body, plan: EmbeddingPlan) => Body
}

const { full } = rows<Body, EmbeddingPlan>()

/** Of a service without `dimensions`: some models allow that their vectors are cut. */
const cutHere: Row<number, Body, EmbeddingPlan> = {
  kind: 'dropped',
  reason: ONE_SIZE.reason,
  may: [ONE_SIZE, CUT],
  to: [],
  write: (wanted, plan, lose) => {
    if (!isMatryoshka(plan.model)) return lose(ONE_SIZE)
    plan.size = wanted
    return lose(CUT)
  },
}

/** What the vectors are for, in the service's own two words. */
export function purposeRow(query: string, document: string): Row<NonNullable<unknown>, Body, EmbeddingPlan> {
  return {
    kind: 'renamed',
    may: [],
    to: ['input_type'],
    write: (value) => {
      const purpose = purposeOf(value)
      return { input_type: purpose === 'query' ? query : purpose === 'document' ? document : value }
    },
  }
}

function fieldsOf(rules: EmbeddingRules): FieldRows<EmbeddingFields, Body, EmbeddingPlan> {
  const { tokens, base64, user, dimensions } = rules
  return {
    ...textRows,
    ...(tokens && { input: full('input') }),
    ...(base64 && { encoding_format: full('encoding_format') }),
    ...(user && { user: full('user') }),
    dimensions: dimensions === 'none' ? cutHere : (dimensions ?? full('dimensions')),
  }
}

export function embeddingTask(rules: EmbeddingRules): TranslatedEmbeddings {
  const fields = fieldsOf(rules)
  const extensions = rules.extensions ?? {}
  return {
    table: { fields, extensions },
    encode: (request, model, ledger, account) => {
      const plan: EmbeddingPlan = { model, account, request: request.fields, size: undefined }
      const { input: _input, ...body } = write(
        { fields, extensions: { ...passing(request), ...extensions } },
        request,
        plan,
        ledger,
      )
      const { input } = request.fields
      // The tokens of one text are no list of inputs.
      const single = typeof input === 'string' || typeof input[0] === 'number'
      return (single ? [{ from: 0, items: input }] : batches(input, rules.load ?? { most: 2048 })).map(
        ({ from, items }) => {
          const whole = { model, input: items, ...body }
          return {
            path: rules.path?.(model, account) ?? '/embeddings',
            headers: {},
            body: JSON.stringify(rules.adapt?.(whole, plan) ?? whole),
            paramOf: (path: string) => path.replace(/^input\[(\d+)\]/, (_, i) => `input[${Number(i) + from}]`),
            read: (text: string) => vectorsIn(jsonBody(text), plan.size, rules.vector),
          }
        },
      )
    },
  }
}

/** @throws GatewayError 502 for what are no vectors. */
function vectorsIn(answer: unknown, size: number | undefined, own: EmbeddingRules['vector']): Vectors {
  // Some put their answers into an envelope.
  const body: unknown = at(answer, 'result') ?? answer
  const data: unknown = at(body, 'data')
  if (!Array.isArray(data) || data.length === 0) throw unlike('vectors')
  const place = (one: unknown, i: number) => {
    const index: unknown = at(one, 'index')
    return typeof index === 'number' ? index : i
  }
  const vectors = data
    .map((one: unknown, i) => ({ index: place(one, i), vector: vectorOf(own?.(one) ?? at(one, 'embedding')) }))
    .toSorted((a, b) => a.index - b.index)
    .map(({ vector }) => cut(vector, size))
  const [model, usage] = [at(body, 'model'), at(body, 'usage')]
  return {
    vectors,
    ...(typeof model === 'string' && { model }),
    usage: usageOf(usage) ?? inputUsage(at(usage, 'total_tokens')),
  }
}
