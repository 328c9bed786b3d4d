// Vectors without a model: the same text has the same one every time, another text has another.
import { createHash } from 'node:crypto'

/** A vector of length 1. */
export function vectorOf(text: string, size: number): number[] {
  const bytes: number[] = []
  for (let i = 0; bytes.length < size; i++) bytes.push(...createHash('sha256').update(`${i}/${text}`).digest())
  const numbers = bytes.slice(0, size).map((byte) => byte - 127.5)
  const length = Math.hypot(...numbers)
  return numbers.map((one) => one / length)
}

/** Its numbers as little-endian float32 in base64. */
export function base64Of(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64')
}

/** How well a document answers a query: the share of the query's words that it has. */
export function relevanceOf(query: string, document: string): number {
  const words = new Set(query.toLowerCase().match(/\w+/g))
  const found = [...words].filter((word) => document.toLowerCase().includes(word))
  return words.size === 0 ? 0 : found.length / words.size
}
