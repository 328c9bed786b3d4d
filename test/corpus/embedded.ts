// Recorded embeddings, read without any of the gateway's own code: the texts that were asked for, and their vectors.
import type { Case } from './cases.ts'

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

const NAMES = ['input', 'texts', 'inputText', 'content', 'requests', 'parts', 'text', 'value', 'singleEmbeddingParams']

/** The texts of a native request, in whatever form. */
export function textsIn({ request }: Case): string[] {
  const from = (value: unknown): string[] => {
    if (typeof value === 'string') return [value]
    if (typeof value !== 'object' || value === null) return []
    if (Array.isArray(value)) return value.flatMap(from)
    return NAMES.flatMap((name) => from(at(value, name)))
  }
  return from(request)
}

/** The vectors of a native answer, in whatever form: lists of numbers, and texts of float32. */
export function vectorsIn({ bytes }: Case): number[][] {
  const from = (value: unknown, name: string): number[][] => {
    if (typeof value === 'string') return name === 'embedding' ? [[...new Float32Array(floats(value))]] : []
    if (typeof value !== 'object' || value === null) return []
    if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number')) return [value]
    // Some say the same vector twice: by itself, and by type.
    return Object.entries(value).flatMap(([key, one]) => (key === 'embeddingsByType' ? [] : from(one, key)))
  }
  return from(JSON.parse(new TextDecoder().decode(bytes)), '')
}

function floats(base64: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64, 'base64')).buffer
}

/** What the answer says that it read; 0 where it does not say. */
export function tokensIn({ bytes, headers }: Case): number {
  const body: unknown = JSON.parse(new TextDecoder().decode(bytes))
  const told = [
    at(at(body, 'usage'), 'total_tokens'),
    at(body, 'inputTextTokenCount'),
    at(body, 'inputTokenCount'),
    at(at(at(body, 'meta'), 'billed_units'), 'input_tokens'),
    at(at(body, 'usageMetadata'), 'promptTokenCount'),
    Number(headers.get('x-amzn-bedrock-input-token-count') ?? Number.NaN),
  ]
  return Number(told.find((one) => typeof one === 'number' && Number.isFinite(one)) ?? 0)
}
