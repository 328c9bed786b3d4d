// Ranking documents by how well they answer a query, in the form that many services share.
import { type RerankFields, rerankRequest } from '../../schemas/rerank.ts'
import { at } from './json.ts'
import { dropped, type FieldRows, type Lose, type Row, rejected, rows } from './support.ts'
import { type PartTold, type Task, type TaskRequest, type TranslatedTask, taskRequest, unlike } from './task.ts'

export type { RerankFields } from '../../schemas/rerank.ts'

export type RerankRequest = TaskRequest<RerankFields>

export interface Rank {
  /** Of the document, among the client's. */
  readonly index: number
  readonly relevance_score: number
}

/** What a call says of all documents. Their order is the gateway's to make. */
export interface Ranking extends PartTold {
  readonly id?: string | undefined
  readonly ranks: readonly Rank[]
  /** What a service bills, where it counts no tokens. */
  readonly meta?: object | undefined
}

export type RerankTask = Task<RerankFields, Ranking>
export type TranslatedRerank = TranslatedTask<RerankFields, Ranking>

/** @throws GatewayError 400 with OpenAI's code and `param`. */
export function rerankRequestOf(body: unknown): RerankRequest {
  return taskRequest<RerankFields>(rerankRequest, body)
}

const NO_TEXT = rejected("A document is a text, or an object with a 'text'.")
const ONLY_TEXT = dropped("Only a document's 'text' is sent.")

/** The texts of the documents, for a service that takes nothing else. */
export function documentTexts(documents: RerankFields['documents'], lose: Lose): string[] {
  return documents.map((one, i) => {
    if (typeof one === 'string') return one
    const { text, ...more } = one
    const path = `documents[${i}]`
    for (const key of Object.keys(more)) if (/image|video/.test(key)) lose(NO_TEXT, { path: `${path}.${key}` })
    if (typeof text !== 'string') {
      lose(NO_TEXT, { path })
      return ''
    }
    for (const key of Object.keys(more)) lose(ONLY_TEXT, { path: `${path}.${key}` })
    return text
  })
}

const { here, drop } = rows<object, unknown>()

/** The rows that are the same nearly everywhere. */
export const sharedRows: Pick<
  FieldRows<RerankFields, object, unknown>,
  'model' | 'return_documents' | 'max_tokens_per_doc'
> = {
  model: here(),
  // The documents are the client's own, and added here.
  return_documents: here(),
  max_tokens_per_doc: drop('The service has no limit for each document.'),
}

/** `documents` of a service that takes texts alone. */
export const textsRow: Row<RerankFields['documents'], { documents: string[] }, unknown> = {
  kind: 'renamed',
  may: [NO_TEXT, ONLY_TEXT],
  to: ['documents'],
  write: (documents, _plan, lose) => ({ documents: documentTexts(documents, lose) }),
}

/**
 * Reads a list of ranks whose members may be called by several names.
 * @throws GatewayError 502 for what is none.
 */
export function ranksIn(list: unknown, index: string, score: readonly string[]): Rank[] {
  if (!Array.isArray(list)) throw unlike('ranking')
  return list.map((one: unknown, i) => {
    const place: unknown = index === '' ? i : at(one, index)
    const value = score.map((name) => at(one, name)).find((found) => typeof found === 'number')
    if (typeof value !== 'number' || !Number.isInteger(Number(place))) throw unlike('ranking')
    return { index: Number(place), relevance_score: value }
  })
}
