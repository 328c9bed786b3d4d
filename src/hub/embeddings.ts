// Embeddings: the request as providers get it, and their vectors in the form that the client asked for.
// https://platform.openai.com/docs/api-reference/embeddings
import { type EmbeddingFields, embeddingsRequest } from '../../schemas/embeddings.ts'
import { type Code, GatewayError } from './error.ts'
import { dropped, emulated, type FieldRows, type Lose, rejected, rows } from './support.ts'
import { type PartTold, type Task, type TaskRequest, type TranslatedTask, taskRequest, unlike } from './task.ts'

const { here, drop } = rows<object, unknown>()

export type { EmbeddingFields } from '../../schemas/embeddings.ts'

export type EmbeddingRequest = TaskRequest<EmbeddingFields>

/** A vector, or its base64 where the service sent that: little-endian float32, as OpenAI's. */
export type Vector = readonly number[] | string

/** The vectors of one call's inputs, in their order. */
export interface Vectors extends PartTold {
  readonly vectors: readonly Vector[]
}

export type EmbeddingTask = Task<EmbeddingFields, Vectors>
export type TranslatedEmbeddings = TranslatedTask<EmbeddingFields, Vectors>

/** OpenAI's limit of inputs in one request. */
const MOST_INPUTS = 2048

/**
 * Reads a parsed JSON body as an embeddings request.
 * @throws GatewayError 400 with OpenAI's code and `param`.
 */
export function embeddingRequestOf(body: unknown): EmbeddingRequest {
  const request = taskRequest<EmbeddingFields>(embeddingsRequest, body)
  check(request.fields.input)
  return request
}

function check(input: EmbeddingFields['input']): void {
  if (typeof input === 'string') {
    checkText(input, 'input')
    return
  }
  if (input.length === 0) throw fault('empty_array', 'input', 'it is an empty array')
  if (isTokens(input)) return
  if (input.length > MOST_INPUTS)
    throw fault('array_above_max_length', 'input', `it has ${input.length} inputs, and may have ${MOST_INPUTS}`)
  const texts = typeof input[0] === 'string'
  for (const [i, one] of input.entries()) {
    if (texts && typeof one === 'string') checkText(one, `input[${i}]`)
    else if (texts || !isTokens(one)) throw fault('invalid_type', texts ? `input[${i}]` : 'input', EXPECTED)
  }
}

const EXPECTED = 'an input is a text, or a list of token ids, and all inputs are of one kind'

function checkText(text: string, param: string): void {
  if (text === '') throw fault('string_below_min_length', param, 'it is an empty string')
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one) && one >= 0)
}

function fault(code: Code, param: string, why: string): GatewayError {
  return new GatewayError(code, `Invalid '${param}': ${why}.`, { param })
}

const NO_TOKENS = rejected('The service takes texts only, no token ids.')

/** The rows of a service that takes texts alone, but for what it does with `dimensions`. */
export const textRows: Omit<FieldRows<EmbeddingFields, object, unknown>, 'dimensions'> = {
  model: here(),
  input: {
    kind: 'renamed',
    may: [NO_TOKENS],
    to: [],
    write: (input, _plan, lose) => (textsOf({ input }) ? undefined : lose(NO_TOKENS)),
  },
  // What the service sends is brought into the form that was asked for.
  encoding_format: here(),
  user: drop('The service takes no identifier.'),
}

export const ONE_SIZE = dropped('The model has vectors of one size.')
export const NO_SIZE = rejected('The model has no vectors of this size.', 'invalid_value')
export const CUT = emulated('Longer vectors are cut, as the model allows, and brought to length 1 again.')

/**
 * The size to ask for where a model has only some.
 * @param cuts the first numbers of its vectors are vectors themselves, so that every smaller size can be had.
 */
export function sizeFor(wanted: number, sizes: readonly number[], cuts: boolean, lose: Lose): number | undefined {
  if (sizes.includes(wanted)) return wanted
  const larger = sizes.find((size) => size > wanted)
  if (larger === undefined || !cuts)
    return lose({ ...NO_SIZE, reason: `${NO_SIZE.reason} It has: ${sizes.join(', ')}.` })
  lose(CUT)
  return larger
}

/** The texts of a request, or undefined where it has tokens. */
export function textsOf({ input }: Pick<EmbeddingFields, 'input'>): readonly string[] | undefined {
  if (typeof input === 'string') return [input]
  // They were checked when the request was read.
  return typeof input[0] === 'string' ? (input as string[]) : undefined
}

/** What the vectors are for, by any of the names that services give it. */
export function purposeOf(value: unknown): 'query' | 'document' | undefined {
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  if (/^(?:search_query|query|retrieval_query|retrieval\.query)$/.test(word)) return 'query'
  return /^(?:search_document|document|passage|retrieval_document|retrieval\.passage)$/.test(word)
    ? 'document'
    : undefined
}

/** @throws GatewayError 502 for what is no vector. */
export function vectorOf(value: unknown): Vector {
  if (typeof value === 'string' && value !== '') return value
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number')) return value
  throw unlike('vector')
}

/** Numbers as OpenAI's clients read them from a text. */
export function base64Of(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  for (const [i, one] of vector.entries()) view.setFloat32(i * 4, one, true)
  const bytes = new Uint8Array(view.buffer)
  let text = ''
  // In pieces that fit on the stack.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

/** @throws GatewayError 502 for a text that is no such vector. */
export function floatsIn(base64: string): number[] {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const view = new DataView(bytes.buffer)
    return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true))
  } catch {
    throw unlike('vector')
  }
}

/** The first numbers of a vector, brought to length 1 as OpenAI's are. */
export function cut(vector: Vector, size: number | undefined): Vector {
  if (size === undefined) return vector
  const numbers = typeof vector === 'string' ? floatsIn(vector) : vector
  return unit(numbers.length > size ? numbers.slice(0, size) : numbers)
}

/** Of one that is as good as of length 1 not a digit changes. */
function unit(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector)
  if (length === 0 || Math.abs(length - 1) < 1e-3) return vector
  return vector.map((one) => one / length)
}

/** A vector in the form that the client asked for. */
export function formed(vector: Vector, format: EmbeddingFields['encoding_format']): Vector {
  if (format === 'base64') return typeof vector === 'string' ? vector : base64Of(vector)
  return typeof vector === 'string' ? floatsIn(vector) : vector
}
