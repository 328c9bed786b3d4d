// Moderation, with categories of the service's own: https://docs.mistral.ai/api/#tag/classifiers
import { at } from '../../hub/json.ts'
import {
  type ModerationFields,
  modelOr,
  NO_CATEGORY,
  TEXT_ONLY,
  tellMissing,
  textInputs,
  type Verdict,
  type Verdicts,
} from '../../hub/moderations.ts'
import { type FieldRows, rows, teller, write } from '../../hub/support.ts'
import { jsonBody, type TranslatedTask, unlike } from '../../hub/task.ts'
import type { Body } from '../openai-compatible/like.ts'

/** What OpenAI has a name for; its others stand under its own. */
const NAMES: Readonly<Record<string, string>> = {
  sexual: 'sexual',
  hate_and_discrimination: 'hate',
  violence_and_threats: 'violence',
  dangerous_and_criminal_content: 'illicit',
  criminal: 'illicit',
  selfharm: 'self-harm',
}
const KNOWN = [...new Set(Object.values(NAMES))]

const { here, map } = rows<Body, unknown>()

const fields: FieldRows<ModerationFields, Body, unknown> = {
  model: here(),
  input: map(
    'input',
    (input: ModerationFields['input'], _plan: unknown, lose) => ({ input: textInputs(input, lose) }),
    [TEXT_ONLY, NO_CATEGORY],
  ),
}

export const moderations: TranslatedTask<ModerationFields, Verdicts> = {
  table: { fields, extensions: {} },
  encode: (request, model, ledger) => {
    tellMissing(KNOWN, teller(ledger, 'input'))
    const body = write({ fields, extensions: {} }, request, undefined, ledger)
    return [
      {
        path: '/moderations',
        headers: {},
        body: JSON.stringify({ model: modelOr('mistral-moderation-latest', model, request), ...body }),
        paramOf: (path) => path,
        read: (text) => verdictsIn(jsonBody(text)),
      },
    ]
  },
}

/** @throws GatewayError 502 for what are no verdicts. */
function verdictsIn(body: unknown): Verdicts {
  const [id, model, results] = [at(body, 'id'), at(body, 'model'), at(body, 'results')]
  if (!Array.isArray(results)) throw unlike('verdict')
  return {
    ...(typeof id === 'string' && { id }),
    ...(typeof model === 'string' && { model }),
    verdicts: results.map(verdictOf),
  }
}

function verdictOf(result: unknown): Verdict {
  const scores: Record<string, number> = {}
  for (const [own, score] of Object.entries(at(result, 'category_scores') ?? {})) {
    const name = Object.hasOwn(NAMES, own) ? (NAMES[own] ?? own) : own
    scores[name] = Math.max(scores[name] ?? 0, Number(score))
  }
  const of = Object.entries(at(result, 'categories') ?? {}).flatMap(([own, is]) =>
    is === true ? [Object.hasOwn(NAMES, own) ? (NAMES[own] ?? own) : own] : [],
  )
  // It says of each category whether it applies, and nothing of them all.
  return { flagged: of.length > 0, scores, of: [...new Set(of)] }
}
