// Arguments that come piece by piece: each piece says what stands at a path, and texts at one path add up.
// https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
import type { PartialArg } from './wire.ts'

type Holder = Record<string, unknown> | unknown[]

/** The arguments with one more piece in them: `$.operations[0].name`, or `$['a b']`. */
export function assign(args: unknown, piece: PartialArg): unknown {
  const steps = [...(piece.jsonPath ?? '').matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[['"]([^'"]*)['"]\]/g)].map(
    ([, name, index, quoted]) => (index === undefined ? (name ?? quoted ?? '') : Number(index)),
  )
  const root: Holder = isHolder(args) ? args : {}
  let here = root
  for (const [i, step] of steps.entries()) {
    const key = Array.isArray(here) ? Math.min(Number(step) || 0, here.length) : step
    const known: unknown = Object.hasOwn(here, key) ? Reflect.get(here, key) : undefined
    const last = i === steps.length - 1
    const next = last ? pieceOf(known, piece) : isHolder(known) ? known : typeof steps[i + 1] === 'number' ? [] : {}
    // Defined, not assigned: a name that means something to the language is one like any other.
    Object.defineProperty(here, key, { value: next, enumerable: true, configurable: true, writable: true })
    if (isHolder(next)) here = next
  }
  return root
}

function pieceOf(known: unknown, { stringValue, numberValue, boolValue }: PartialArg): unknown {
  if (stringValue !== undefined) return typeof known === 'string' ? known + stringValue : stringValue
  return numberValue ?? boolValue ?? null
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null
}
