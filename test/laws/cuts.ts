// Bodies in pieces, and a translator that is asked as the pump asks it.
import type { Translator } from '../../src/wire/pump.ts'

/** The bytes cut at these places. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i]))
}

/** Everything a translator says to a body, until it wants no more. */
export function said(translator: Translator, body: Iterable<Uint8Array>): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let out = ''
  const add = (output: string | Uint8Array) => {
    out += typeof output === 'string' ? output : decoder.decode(output, { stream: true })
  }
  for (const chunk of body) {
    add(translator.feed(chunk))
    if (translator.done || translator.failed) return out + decoder.decode()
  }
  add(translator.end())
  return out + decoder.decode()
}
