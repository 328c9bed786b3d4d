// Ranking at services in OpenAI's manner, which have borrowed its form from others: https://docs.cohere.com/reference/rerank
import { at } from '../../hub/json.ts'
import type { Account } from '../../hub/provider.ts'
import {
  type Ranking,
  type RerankFields,
  ranksIn,
  sharedRows,
  type TranslatedRerank,
  textsRow,
} from '../../hub/rerank.ts'
import { type Extensions, type FieldRows, rows, write } from '../../hub/support.ts'
import { jsonBody } from '../../hub/task.ts'
import { inputUsage, usageOf } from '../../hub/usage.ts'
import { passing } from './call.ts'
import type { Body } from './like.ts'

export interface RerankPlan {
  readonly model: string
  readonly account: Account
  readonly request: RerankFields
}

/** How a service differs. */
export interface RerankRules {
  /** `/rerank` unless said. */
  readonly path?: (model: string, account: Account) => string
  /** Documents may be objects; where not, only their text is sent. */
  readonly objects?: boolean
  /** Its name of `top_n`; null where it ranks them all, which are cut here. */
  readonly topN?: string | null
  /** It takes a limit for each document. */
  readonly perDocument?: boolean
  readonly extensions?: Extensions<Body, RerankPlan>
  /** The body, where it has little of the common form. @returns a new one. */
  readonly adapt?: (body: Body, plan: RerankPlan) => Body
  /** Reads the ranks of an answer: `results` or `data` unless said. */
  readonly ranks?: (body: unknown) => Ranking['ranks']
  /** What was read, where its `usage` does not tell. */
  readonly tokens?: (body: unknown) => unknown
}

const { here, full, rename } = rows<Body, RerankPlan>()

function fieldsOf({ objects, topN = 'top_n', perDocument }: RerankRules): FieldRows<RerankFields, Body, RerankPlan> {
  return {
    ...sharedRows,
    documents: textsRow,
    query: full('query'),
    top_n: topN === null ? here() : topN === 'top_n' ? full(topN) : rename(topN),
    ...(objects && { documents: full('documents') }),
    ...(perDocument && { max_tokens_per_doc: full('max_tokens_per_doc') }),
  }
}

export function rerankTask(rules: RerankRules): TranslatedRerank {
  const fields = fieldsOf(rules)
  const extensions = rules.extensions ?? {}
  return {
    table: { fields, extensions },
    encode: (request, model, ledger, account) => {
      const plan = { model, account, request: request.fields }
      const all = { ...passing(request), ...extensions }
      const body: Body = { model, ...write({ fields, extensions: all }, request, plan, ledger) }
      return [
        {
          path: rules.path?.(model, account) ?? '/rerank',
          headers: {},
          body: JSON.stringify(rules.adapt?.(body, plan) ?? body),
          paramOf: (path) => path,
          read: (text) => rankingIn(jsonBody(text), rules),
        },
      ]
    },
  }
}

/** @throws GatewayError 502 for what is no ranking. */
function rankingIn(body: unknown, { ranks, tokens }: RerankRules): Ranking {
  const [id, model, usage] = [at(body, 'id'), at(body, 'model'), at(body, 'usage')]
  const list = ranks?.(body) ?? ranksIn(at(body, 'results') ?? at(body, 'data'), 'index', ['relevance_score', 'score'])
  return {
    ranks: list,
    ...(typeof id === 'string' && { id }),
    ...(typeof model === 'string' && { model }),
    usage: inputUsage(tokens?.(body)) ?? usageOf(usage) ?? inputUsage(at(usage, 'total_tokens')),
  }
}
