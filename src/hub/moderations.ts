// Moderation: whether a text or an image is harmful, in OpenAI's categories.
// https://platform.openai.com/docs/api-reference/moderations
import { type ModerationFields, type ModerationPart, moderationsRequest } from '../../schemas/moderations.ts'
import { GatewayError } from './error.ts'
import type { Loss } from './loss.ts'
import { dropped, type Lose, rejected } from './support.ts'
import { type PartTold, type Task, type TaskRequest, taskRequest } from './task.ts'

export type { ModerationFields, ModerationPart } from '../../schemas/moderations.ts'

export type ModerationRequest = TaskRequest<ModerationFields>

/** OpenAI's categories. A provider's own stand beside them, under its names. */
const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const

/** What a provider says of one input: a score from 0 to 1 for each category that it knows. */
export interface Verdict {
  readonly flagged: boolean
  readonly scores: Readonly<Record<string, number>>
  /** The categories that it is flagged for. */
  readonly of: readonly string[]
}

/** The verdicts of one call's inputs, in their order. */
export interface Verdicts extends PartTold {
  readonly id?: string | undefined
  readonly verdicts: readonly Verdict[]
}

export type ModerationTask = Task<ModerationFields, Verdicts>

/** What OpenAI takes for a request that names no model. */
export const DEFAULT_MODEL = 'omni-moderation-latest'

/** @throws GatewayError 400 with OpenAI's code and `param`. */
export function moderationRequestOf(body: unknown): ModerationRequest {
  const request = taskRequest<ModerationFields>(moderationsRequest, body)
  const { input } = request.fields
  const kinds = new Set((typeof input === 'string' ? [input] : input).map((one) => typeof one))
  if (kinds.size > 1) {
    const message = "Invalid 'input': it is a text, a list of texts, or a list of parts of one input."
    throw new GatewayError('invalid_type', message, { param: 'input' })
  }
  return request
}

/** Each input by itself: one for a text, and one for all parts together. */
export function inputsOf({ input }: Pick<ModerationFields, 'input'>): (string | readonly ModerationPart[])[] {
  if (typeof input === 'string') return [input]
  const texts = input.filter((one) => typeof one === 'string')
  return texts.length > 0 ? texts : [input.filter((one) => typeof one !== 'string')]
}

export const TEXT_ONLY = rejected('The provider moderates texts only.')

/** The text of each input, where an image among them is refused. */
export function textInputs(input: ModerationFields['input'], lose: Lose): string[] {
  for (const { path } of imagesAt({ input })) lose(TEXT_ONLY, { path })
  return inputsOf({ input }).map((one) =>
    typeof one === 'string' ? one : one.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
  )
}

/** The model that the client named, or the provider's own where it named none. */
export function modelOr(own: string, model: string, { fields }: ModerationRequest): string {
  return fields.model === undefined && model === DEFAULT_MODEL ? own : model
}

export const NO_CATEGORY = dropped('The provider has no such category: it is never flagged.')

/** Tells which of OpenAI's categories a provider does not look for. */
export function tellMissing(known: readonly string[], lose: Lose): void {
  for (const one of CATEGORIES) if (!known.includes(one)) lose(NO_CATEGORY, { path: `categories.${one}` })
}

/** The parts of one input that are no text. */
function imagesAt({ input }: Pick<ModerationFields, 'input'>): { readonly url: string; readonly path: string }[] {
  if (typeof input === 'string') return []
  return input.flatMap((one, i) =>
    typeof one === 'object' && one.type === 'image_url'
      ? [{ url: one.image_url.url, path: `input[${i}].image_url.url` }]
      : [],
  )
}

/** A result in OpenAI's form. @param types what the input consists of. */
export function resultOf({ flagged, scores, of }: Verdict, types: readonly string[]): Record<string, unknown> {
  const names = [...new Set([...CATEGORIES, ...Object.keys(scores), ...of])]
  const by = <T>(value: (name: string) => T) => Object.fromEntries(names.map((name) => [name, value(name)]))
  return {
    flagged,
    categories: by((name) => of.includes(name)),
    category_scores: by((name) => scores[name] ?? 0),
    category_applied_input_types: by((name) => (Object.hasOwn(scores, name) ? types : [])),
  }
}

/** The loss of an answer that is flagged for what OpenAI has no category for. */
export function unnamed(index: number, what: string): Loss {
  return { path: `results[${index}].categories`, kind: 'dropped', reason: `There is no category for ${what}.` }
}
