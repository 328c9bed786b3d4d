// Where an answer has its words from: https://ai.google.dev/gemini-api/docs/google-search
import type { Citation, Delta } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'
import { dropped } from '../../hub/support.ts'
import type { CandidateState } from './state.ts'
import type { Grounding, Segment, Source } from './wire.ts'

const NO_PLACE = dropped('A source without an address, or without a place in the text, has none in a chat answer.')

/** The citations of a whole candidate, each of them once. */
export function citationsOf(one: CandidateState): Delta[] {
  const { text, place } = one
  const found = new Map<string, Citation>()
  let placeless = false
  const add = (source: Source | undefined, segment: Segment, starts: readonly number[]) => {
    if (!source?.uri) {
      placeless = true
      return
    }
    const citation = { url: source.uri, title: source.title ?? '', ...rangeOf(segment, text, starts) }
    found.set(JSON.stringify(citation), citation)
  }
  let chunks: NonNullable<Grounding['groundingChunks']> = []
  for (const { groundingChunks, groundingSupports } of one.grounding) {
    chunks = groundingChunks ?? chunks
    placeless ||= groundingChunks !== undefined && groundingSupports === undefined
    for (const { segment = {}, groundingChunkIndices: indices = [] } of groundingSupports ?? []) {
      for (const index of indices) {
        add(sourceIn(chunks[index]), segment, one.starts)
      }
    }
  }
  for (const source of one.citations) add(source, source, [])
  const out: Delta[] = [...found.values()].map((citation) => ({ type: 'citation', citation, ...place }))
  if (!placeless) return out
  const { kind, reason } = NO_PLACE
  return [...out, { type: 'loss', loss: { path: `choices[${place.choice ?? 0}].message.annotations`, kind, reason } }]
}

/** The page, document or place that a chunk is of: it stands under the name of its kind. */
function sourceIn(chunk: unknown): Source | undefined {
  for (const said of Object.values(Object(chunk))) {
    const [uri, title] = [at(said, 'uri'), at(said, 'title')]
    if (typeof uri === 'string') return { uri, ...(typeof title === 'string' && { title }) }
  }
  return undefined
}

type Range = Pick<Citation, 'start' | 'end'>

/**
 * A segment in units of the choice's text. The service counts bytes within a part; where its own words show that it
 * means something else, they are looked for.
 */
function rangeOf(segment: Segment, text: string, starts: readonly number[]): Range {
  const { startIndex = 0, endIndex = 0, partIndex = 0, text: words } = segment
  const within = (from: number): Range => {
    const rest = text.slice(from)
    return { start: from + unitsIn(rest, startIndex), end: from + unitsIn(rest, endIndex) }
  }
  const first = within(starts[partIndex] ?? 0)
  if (!words) return first
  const says = ({ start, end }: Range) => text.slice(start, end) === words
  const range = [first, within(0)].find(says)
  if (range) return range
  const at = text.indexOf(words)
  return at === -1 ? first : { start: at, end: at + words.length }
}

/** How many UTF-16 units so many bytes of UTF-8 are. */
function unitsIn(text: string, bytes: number): number {
  let left = bytes
  let units = 0
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
    if (left < 0) break
    units += char.length
  }
  return units
}
