// Ranking, which is served by another host: https://cloud.google.com/generative-ai-app-builder/docs/ranking
import { at } from '../../hub/json.ts'
import {
  documentTexts,
  type RerankFields,
  ranksIn,
  sharedRows,
  type TranslatedRerank,
  textsRow,
} from '../../hub/rerank.ts'
import { type FieldRows, rows, write } from '../../hub/support.ts'
import { jsonBody } from '../../hub/task.ts'
import { placeOf } from './place.ts'

const HOST = 'https://discoveryengine.googleapis.com'

interface RankBody {
  query: string
  topN: number
  records: { id: string; content: string }[]
}

const { full, rename, map } = rows<RankBody, unknown>()

const fields: FieldRows<RerankFields, RankBody, unknown> = {
  ...sharedRows,
  query: full('query'),
  documents: map(
    'records',
    (documents: RerankFields['documents'], _plan: unknown, lose) => ({
      records: documentTexts(documents, lose).map((content, i) => ({ id: String(i), content })),
    }),
    textsRow.may,
  ),
  top_n: rename('topN'),
}

export const rerank: TranslatedRerank = {
  table: { fields, extensions: {} },
  encode: (request, model, ledger, account) => [
    {
      path: `${account.baseUrl === undefined ? HOST : ''}${placeOf({ ...account, location: 'global' })}/rankingConfigs/default_ranking_config:rank`,
      headers: {},
      body: JSON.stringify({
        model,
        ...write({ fields, extensions: {} }, request, undefined, ledger),
        ignoreRecordDetailsInResponse: true,
      }),
      paramOf: (path) => (path.startsWith('records') ? path.replace('records', 'documents') : undefined),
      read: (text) => ({ ranks: ranksIn(at(jsonBody(text), 'records'), 'id', ['score']) }),
    },
  ],
}
