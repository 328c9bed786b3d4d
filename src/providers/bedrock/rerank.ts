// Ranking, by InvokeModel: an API key opens no other way to it.
// https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html
import { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import { type RerankFields, ranksIn, sharedRows, type TranslatedRerank, textsRow } from '../../hub/rerank.ts'
import { type FieldRows, rows, write } from '../../hub/support.ts'
import { jsonBody } from '../../hub/task.ts'

interface RankBody {
  query: string
  documents: string[]
  top_n: number
}

interface Plan {
  readonly documents: number
}

const { full, map } = rows<RankBody, Plan>()

const fields: FieldRows<RerankFields, RankBody, Plan> = {
  ...sharedRows,
  documents: textsRow,
  query: full('query'),
  // More than there are is refused, and means the same.
  top_n: map('top_n', (wanted: number, { documents }: Plan) => ({ top_n: Math.min(wanted, documents) })),
}

export const rerank: TranslatedRerank = {
  table: { fields, extensions: {} },
  encode: (request, model, ledger) => {
    if (!/rerank/.test(model)) {
      throw new GatewayError('model_not_found', `The model '${model}' ranks no documents.`, { param: 'model' })
    }
    const plan = { documents: request.fields.documents.length }
    const body = write({ fields, extensions: {} }, request, plan, ledger)
    return [
      {
        path: `/model/${encodeURIComponent(model)}/invoke`,
        headers: {},
        body: JSON.stringify({ ...body, ...(/cohere\./.test(model) && { api_version: 2 }) }),
        paramOf: (path) => path,
        read: (text) => ({
          ranks: ranksIn(at(jsonBody(text), 'results'), 'index', ['relevance_score', 'relevanceScore']),
        }),
      },
    ]
  },
}
