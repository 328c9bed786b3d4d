// Moderation by Llama Guard, a model that answers with the codes of the hazards it sees.
// https://developers.cloudflare.com/workers-ai/models/llama-guard-3-8b/
import { at } from '../../hub/json.ts'
import {
  type ModerationFields,
  modelOr,
  NO_CATEGORY,
  TEXT_ONLY,
  tellMissing,
  textInputs,
  unnamed,
  type Verdicts,
} from '../../hub/moderations.ts'
import { emulated, type FieldRows, rows, teller, write } from '../../hub/support.ts'
import { jsonBody, type TranslatedTask, unlike } from '../../hub/task.ts'
import { usageOf } from '../../hub/usage.ts'
import { readNative } from './native.ts'

const GUARD = '@cf/meta/llama-guard-3-8b'

/** Its hazards, and OpenAI's category for each, where there is one. */
const HAZARDS: Readonly<Record<string, readonly [string, category?: string]>> = {
  S1: ['violent crimes', 'illicit/violent'],
  S2: ['non-violent crimes', 'illicit'],
  S3: ['sex-related crimes', 'sexual'],
  S4: ['child sexual exploitation', 'sexual/minors'],
  S5: ['defamation'],
  S6: ['specialized advice'],
  S7: ['privacy'],
  S8: ['intellectual property'],
  S9: ['indiscriminate weapons', 'illicit/violent'],
  S10: ['hate', 'hate'],
  S11: ['suicide and self-harm', 'self-harm'],
  S12: ['sexual content', 'sexual'],
  S13: ['elections'],
  S14: ['code interpreter abuse'],
}
const KNOWN = [...new Set(Object.values(HAZARDS).flatMap(([, category]) => category ?? []))]

const YES_OR_NO = emulated('The model says yes or no: a score is 1 or 0.')
const { here } = rows<object, unknown>()

const fields: FieldRows<ModerationFields, object, unknown> = {
  model: here(),
  input: {
    kind: 'renamed',
    may: [TEXT_ONLY, YES_OR_NO, NO_CATEGORY],
    to: [],
    write: (input, _plan, lose) => {
      textInputs(input, lose)
      return lose(YES_OR_NO, { path: 'category_scores' })
    },
  },
}

export const moderations: TranslatedTask<ModerationFields, Verdicts> = {
  table: { fields, extensions: {} },
  encode: (request, model, ledger) => {
    write({ fields, extensions: {} }, request, undefined, ledger)
    tellMissing(KNOWN, teller(ledger, 'input'))
    const guard = modelOr(GUARD, model, request)
    return textInputs(request.fields.input, () => undefined).map((content, i) => {
      return {
        path: '/chat/completions',
        headers: {},
        body: JSON.stringify({ model: guard, messages: [{ role: 'user', content }], max_tokens: 64, temperature: 0 }),
        paramOf: () => undefined,
        read: (text) => verdictIn(jsonBody(text), i, guard),
      }
    })
  },
}

/** `safe`, or `unsafe` and a line of codes; as a value where the model was asked by its own name. */
function verdictIn(body: unknown, index: number, model: string): Verdicts {
  const answer = readNative(body) ?? body
  const choices: unknown = at(answer, 'choices')
  const said: unknown = at(at(Array.isArray(choices) ? choices[0] : undefined, 'message'), 'content')
  const words = typeof said === 'string' ? said.trim() : ''
  const value = words.startsWith('{') ? jsonBody(words) : undefined
  const listed: unknown = at(value, 'categories')
  const safe = typeof at(value, 'safe') === 'boolean' ? at(value, 'safe') === true : /^safe\b/i.test(words)
  if (!safe && value === undefined && !/^unsafe\b/i.test(words)) throw unlike('verdict')
  const codes = safe ? [] : ((Array.isArray(listed) ? listed.join(',') : words).match(/\bS\d{1,2}\b/g) ?? [])
  const of = codes.flatMap((code) => HAZARDS[code]?.[1] ?? [])
  return {
    model,
    usage: usageOf(at(answer, 'usage')),
    losses: codes.flatMap((code) => {
      const [name, category] = HAZARDS[code] ?? [code]
      return category === undefined ? [unnamed(index, name)] : []
    }),
    verdicts: [
      { flagged: !safe, scores: Object.fromEntries(KNOWN.map((name) => [name, of.includes(name) ? 1 : 0])), of },
    ],
  }
}
