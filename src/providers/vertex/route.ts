// Who answers to a model's name: which publisher's, and so in which format.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-garden/available-models
import { anthropic as messages } from '../anthropic/index.ts'

/** `messages`, `generate` and `predict` are the formats of its three big publishers, `open` is OpenAI's. */
export interface Route {
  readonly format: 'messages' | 'generate' | 'predict' | 'open'
  readonly publisher: string
  /** As the publisher calls it; in the format of them all with the publisher in front. */
  readonly model: string
}

/** The publisher whose models are asked by a method of its own, in OpenAI's format. */
export const PREDICTING = 'mistralai'

/** The names of a publisher's models, where nobody names the publisher; the last is anybody else's. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^claude/i, messages.name],
  [/^\w*[sx]tral-/i, PREDICTING],
  [/^/, 'google'],
]

const FORMATS: Readonly<Record<string, Route['format']>> = {
  [messages.name]: 'messages',
  google: 'generate',
  [PREDICTING]: 'predict',
  // A model of the project's own.
  endpoints: 'generate',
}

const FULL_NAME = /^(?:publishers\/)?([^/]+)\/(?:models\/)?(.+)$/

/** @param name `model`, `publisher/model` or `endpoints/{id}`. */
export function routeOf(name: string): Route {
  const [, publisher = publisherOf(name), model = name] = FULL_NAME.exec(name) ?? []
  const format = (Object.hasOwn(FORMATS, publisher) ? FORMATS[publisher] : undefined) ?? 'open'
  return { format, publisher, model: format === 'open' ? `${publisher}/${model}` : model }
}

function publisherOf(model: string): string {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? ''
}
