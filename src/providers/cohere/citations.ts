// Citations: OpenAI's point to the web, the service's to documents and results of tools, some of which are of the web.
// https://docs.cohere.com/v2/docs/rag-citations
import type { Delta } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'
import { dropped } from '../../hub/support.ts'
import type { Asked, Said, State } from './state.ts'

const NO_PLACE = dropped('A citation without an address, or outside the text, has no place in a chat answer.')

/** All citations of an answer, once its text is whole. */
export function citationDeltas({ citations, texts }: State, { trimmed }: Asked): Delta[] {
  const out: Delta[] = []
  let lost = false
  for (const citation of citations) {
    const place = trimmed ? undefined : placeOf(citation, texts)
    const pages = place ? pagesOf(at(citation, 'sources')) : []
    if (!place || pages.length === 0) lost = true
    else out.push(...pages.map((page): Delta => ({ type: 'citation', citation: { ...page, ...place } })))
  }
  const { kind, reason } = NO_PLACE
  if (lost) out.push({ type: 'loss', loss: { path: 'choices[0].message.annotations', kind, reason } })
  return out
}

interface Page {
  readonly url: string
  readonly title: string
}

/** The sources that have an address. */
function pagesOf(sources: unknown): Page[] {
  return (Array.isArray(sources) ? sources : []).flatMap((source: unknown): Page[] => {
    const held = at(source, 'document') ?? at(source, 'tool_output')
    const url = at(held, 'url')
    if (typeof url !== 'string' || !/^https?:\/\//i.test(url)) return []
    const title = at(held, 'title')
    return [{ url, title: typeof title === 'string' ? title : '' }]
  })
}

/** Where the cited text stands in the choice's text; undefined where it stands elsewhere: in a plan, or in thinking. */
function placeOf(citation: unknown, texts: ReadonlyMap<number, Said>): { start: number; end: number } | undefined {
  const type = at(citation, 'type')
  if (type === 'PLAN' || type === 'THINKING_CONTENT') return undefined
  const index = at(citation, 'content_index')
  // Older answers have one text, and say no index.
  const said = typeof index === 'number' ? texts.get(index) : texts.values().next().value
  const start = at(citation, 'start')
  const end = at(citation, 'end')
  if (!said || typeof start !== 'number' || typeof end !== 'number') return undefined
  const within = unitsOf(said.text, start, end, at(citation, 'text'))
  return { start: said.from + within.start, end: said.from + within.end }
}

/**
 * The service counts characters, OpenAI's clients UTF-16 units. The cited text tells which of them it is where both are
 * possible.
 */
function unitsOf(text: string, start: number, end: number, cited: unknown): { start: number; end: number } {
  if (text.slice(start, end) === cited) return { start, end }
  const characters = [...text]
  const units = (count: number) => characters.slice(0, count).join('').length
  return { start: units(start), end: units(end) }
}
