// Moderation by the ratings that the service gives each prompt: it is asked to refuse whatever is not surely harmless, so
// that what it does not refuse, or does not rate, is. https://ai.google.dev/gemini-api/docs/safety-settings
import { at } from '../../hub/json.ts'
import {
  inputsOf,
  type ModerationFields,
  type ModerationPart,
  modelOr,
  NO_CATEGORY,
  tellMissing,
  type Verdicts,
} from '../../hub/moderations.ts'
import { emulated, type FieldRows, type Lose, rejected, rows, teller, write } from '../../hub/support.ts'
import { jsonBody, type TranslatedTask, unlike } from '../../hub/task.ts'
import { inputUsage } from '../../hub/usage.ts'
import { errorIn } from './error.ts'
import { modelPathOf } from './surface.ts'

/** The model that rates where the client names none. */
const MODEL = 'gemini-2.5-flash-lite'

/** Its categories, and OpenAI's for each. */
const NAMES: Readonly<Record<string, string>> = {
  HARM_CATEGORY_HARASSMENT: 'harassment',
  HARM_CATEGORY_HATE_SPEECH: 'hate',
  HARM_CATEGORY_SEXUALLY_EXPLICIT: 'sexual',
  HARM_CATEGORY_DANGEROUS_CONTENT: 'illicit',
}
const KNOWN = Object.values(NAMES)

/** Its four words as numbers; from the third on an input is flagged. */
const SCORES: Readonly<Record<string, number>> = { NEGLIGIBLE: 0, LOW: 0.25, MEDIUM: 0.6, HIGH: 0.9 }
const FLAGGED = 0.5

const FOUR = emulated('The service rates in four words: a score is 0, 0.25, 0.6 or 0.9.')
const INLINE = rejected('An image is a data URL with base64 data.', 'invalid_image_url')
const { here } = rows<object, unknown>()

const fields: FieldRows<ModerationFields, object, unknown> = {
  model: here(),
  input: {
    kind: 'renamed',
    may: [FOUR, INLINE, NO_CATEGORY],
    to: [],
    write: (_input, _plan, lose) => lose(FOUR, { path: 'category_scores' }),
  },
}

const SETTINGS = Object.keys(NAMES).map((category) => ({ category, threshold: 'BLOCK_LOW_AND_ABOVE' }))

export const moderations: TranslatedTask<ModerationFields, Verdicts> = {
  table: { fields, extensions: {} },
  encode: (request, model, ledger) => {
    const lose = teller(ledger, 'input')
    const asked = inputsOf(request.fields).map((input) =>
      typeof input === 'string' ? [{ text: input }] : partsOf(input, lose),
    )
    write({ fields, extensions: {} }, request, undefined, ledger)
    tellMissing(KNOWN, lose)
    const rater = modelOr(MODEL, model, request)
    return asked.map((parts) => ({
      path: modelPathOf(rater, 'generateContent'),
      headers: {},
      body: JSON.stringify({
        contents: [{ role: 'user', parts }],
        safetySettings: SETTINGS,
        // Nobody reads what it would answer.
        generationConfig: { maxOutputTokens: 1 },
      }),
      paramOf: (path: string) => (path.startsWith('contents') ? 'input' : undefined),
      read: (text: string) => verdictIn(jsonBody(text), rater),
    }))
  },
}

const DATA_URL = /^data:([\w.+/-]+);base64,(.+)$/s

function partsOf(parts: readonly ModerationPart[], lose: Lose): object[] {
  return parts.map((part, i) => {
    if (part.type === 'text') return { text: part.text }
    const [, mimeType, data] = DATA_URL.exec(part.image_url.url) ?? []
    if (data === undefined) lose(INLINE, { path: `input[${i}].image_url.url` })
    return { inlineData: { mimeType, data } }
  })
}

/** @throws GatewayError 502 for an answer that is none, and for a prompt that was refused without a word. */
function verdictIn(body: unknown, model: string): Verdicts {
  if (at(body, 'error')) throw errorIn(body)
  const feedback: unknown = at(body, 'promptFeedback')
  const reason: unknown = at(feedback, 'blockReason')
  const ratings: unknown = at(feedback, 'safetyRatings')
  if (feedback === undefined && !Array.isArray(at(body, 'candidates'))) throw unlike('verdict')
  const scores = Object.fromEntries(KNOWN.map((name) => [name, 0]))
  for (const rating of Array.isArray(ratings) ? ratings : []) {
    const name = NAMES[String(at(rating, 'category'))]
    if (name !== undefined) scores[name] = SCORES[String(at(rating, 'probability'))] ?? 0
  }
  const of = KNOWN.filter((name) => (scores[name] ?? 0) > FLAGGED)
  const rated = Object.values(scores).some((score) => score > 0)
  return {
    model,
    usage: inputUsage(at(at(body, 'usageMetadata'), 'promptTokenCount')),
    // What is refused for another reason (a list of words, content that is forbidden) is harmful as well.
    verdicts: [{ flagged: of.length > 0 || (typeof reason === 'string' && !rated), scores, of }],
  }
}
