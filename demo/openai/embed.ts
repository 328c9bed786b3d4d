// Embeddings and moderations, as strict as the chat. https://platform.openai.com/docs/api-reference/embeddings
import { tokensOf } from '../tokens.ts'
import { base64Of, vectorOf } from '../vectors.ts'
import { Refusal } from './refusal.ts'
import { choice, integer, list, may, need, object, type Shape, string, stringOr, tagged } from './shape.ts'

const SIZES: Readonly<Record<string, number>> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
  'text-embedding-ada-002': 1536,
}

const text: Shape = (value, path) => {
  string()(value, path)
  if (value === '') throw new Refusal("'$.input' is invalid. Please check the API reference.", null)
}
const tokens = list(integer(0), { min: 1 })
const one: Shape = (value, path) =>
  (typeof value === 'number' ? integer(0) : Array.isArray(value) ? tokens : text)(value, path)

const EMBED = object({
  model: need(string()),
  input: need(stringOr(list(one, { min: 1, max: 2048 }))),
  dimensions: may(integer(1)),
  encoding_format: may(choice('float', 'base64')),
  user: may(string()),
})

interface Embed {
  readonly model: string
  readonly input: string | readonly (string | number | readonly number[])[]
  readonly dimensions?: number
  readonly encoding_format?: 'float' | 'base64'
}

/** The answer to a request that is well formed. */
export function embed(given: unknown): Record<string, unknown> {
  EMBED(given, '')
  // The table above is what the type says.
  const { model, input, dimensions, encoding_format: format } = given as Embed
  if (input === '') text(input, 'input')
  const size = Object.hasOwn(SIZES, model) ? SIZES[model] : undefined
  if (size === undefined) throw new Refusal(`The model '${model}' does not exist.`, 'model_not_found', null, 404)
  if (dimensions !== undefined && /ada/.test(model))
    throw new Refusal('This model does not support specifying dimensions.', null)
  const single = typeof input === 'string' || typeof input[0] === 'number'
  const inputs = single ? [input] : input
  const used = inputs.reduce(
    (sum: number, input) => sum + (typeof input === 'string' ? tokensOf(input) : [input].flat().length),
    0,
  )
  return {
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = vectorOf(JSON.stringify(input), dimensions ?? size)
      return { object: 'embedding', index, embedding: format === 'base64' ? base64Of(vector) : vector }
    }),
    model,
    usage: { prompt_tokens: used, total_tokens: used },
  }
}

const part = tagged('type', {
  text: object({ type: need(choice('text')), text: need(string()) }),
  image_url: object({ type: need(choice('image_url')), image_url: need(object({ url: need(string()) })) }),
})
const MODERATE = object({
  model: may(string()),
  input: need(stringOr(list(stringOr(part), { min: 1 }))),
})

const CATEGORIES = [
  ...['harassment', 'harassment/threatening', 'hate', 'hate/threatening', 'illicit', 'illicit/violent', 'self-harm'],
  ...['self-harm/intent', 'self-harm/instructions', 'sexual', 'sexual/minors', 'violence', 'violence/graphic'],
]

/** Whoever says `demo:refusal` is flagged, for harassment. */
export function moderate(given: unknown, sequence: number): Record<string, unknown> {
  MODERATE(given, '')
  const { model = 'omni-moderation-latest', input } = given as { model?: string; input: string | readonly unknown[] }
  const inputs = typeof input === 'string' ? [input] : typeof input[0] === 'string' ? input : [input]
  const results = inputs.map((one) => {
    const flagged = /demo:refusal/.test(JSON.stringify(one))
    const by = <T>(yes: T, no: T) =>
      Object.fromEntries(CATEGORIES.map((name) => [name, flagged && name === 'harassment' ? yes : no]))
    return {
      flagged,
      categories: by(true, false),
      category_scores: by(0.97, 0.001),
      category_applied_input_types: by(['text'], ['text']),
    }
  })
  return { id: `modr-${sequence}`, model, results }
}
