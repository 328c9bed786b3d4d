// Ranking: https://docs.cohere.com/v2/reference/rerank
import { at } from '../../hub/json.ts'
import { type RerankFields, ranksIn, sharedRows, type TranslatedRerank, textsRow } from '../../hub/rerank.ts'
import { type FieldRows, rows, write } from '../../hub/support.ts'
import { jsonBody } from '../../hub/task.ts'
import { inputUsage } from '../../hub/usage.ts'

interface RerankBody extends Omit<RerankFields, 'documents' | 'return_documents'> {
  documents: string[]
  priority: unknown
}

const { full } = rows<RerankBody, unknown>()

const fields: FieldRows<RerankFields, RerankBody, unknown> = {
  ...sharedRows,
  documents: textsRow,
  query: full('query'),
  top_n: full('top_n'),
  max_tokens_per_doc: full('max_tokens_per_doc'),
}
const extensions = { priority: full('priority') }

export const rerank: TranslatedRerank = {
  table: { fields, extensions },
  encode: (request, model, ledger) => [
    {
      path: '/v2/rerank',
      headers: {},
      body: JSON.stringify({ model, ...write({ fields, extensions }, request, undefined, ledger) }),
      paramOf: (path) => path,
      read: (text) => {
        const body = jsonBody(text)
        const [id, meta] = [at(body, 'id'), at(body, 'meta')]
        return {
          ranks: ranksIn(at(body, 'results'), 'index', ['relevance_score']),
          usage: inputUsage(at(at(meta, 'billed_units'), 'input_tokens')),
          ...(typeof id === 'string' && { id }),
          // It bills searches, not tokens.
          ...(typeof meta === 'object' && meta !== null && { meta }),
        }
      },
    },
  ],
}
