// JSON as text, with the lines of those fields marked that something becomes of.

import type { Json, Loss } from './dialects/dialect.ts'
import { make } from './dom.ts'

/** The body's lines; those of a field that is lost, or partly, are marked. */
export function marked(body: Json, losses: readonly Loss[]): DocumentFragment {
  const kinds = new Map(losses.map(({ path, kind }) => [/^[^.[]*/.exec(path)?.[0] ?? path, kind]))
  const fragment = document.createDocumentFragment()
  const fields = Object.entries(body)
  fragment.append(fields.length > 0 ? '{\n' : '{')
  for (const [place, [name, value]] of fields.entries()) {
    const text = JSON.stringify(value, null, 2).replace(/\n/g, '\n  ')
    const lines = `  ${JSON.stringify(name)}: ${text}${place < fields.length - 1 ? ',' : ''}`
    const kind = kinds.get(name)
    fragment.append(kind === undefined ? lines : make('span', { class: 'lost', title: kind }, lines), '\n')
  }
  fragment.append('}')
  return fragment
}
