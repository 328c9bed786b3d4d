// What a client makes of the events of a response: the deltas folded, which must be what each `done` says again, and all
// of that what the last event says.
import { expect } from 'vitest'
import { type Event, eventsIn, lastOf } from '../harness/open-responses.ts'

type Item = Record<string, unknown>
type Part = Item & { readonly type: string }

/** The response, without what only one of the two ways can say. */
export function foldedResponse(sse: string): object {
  const events = eventsIn(sse)
  const items: Item[] = []
  const done = new Set<unknown>()
  for (const event of events) {
    const { type, output_index: index, item, item_id: id } = event
    if (typeof index !== 'number') continue
    if (type === 'response.output_item.added') {
      expect(index).toBe(items.length)
      items.push(structuredClone(item) as Item)
      continue
    }
    const own = items[index] ?? expect.unreachable()
    expect(done.has(index)).toBe(false)
    if (id !== undefined) expect(id).toBe(own.id)
    if (type === 'response.output_item.done') {
      done.add(index)
      checkDone(own, item as Item)
      items[index] = item as Item
    } else grow(own, event)
  }
  const last = lastOf(events)
  expect(done.size).toBe(last.status === 'failed' ? done.size : items.length)
  if (last.status !== 'failed') expect(items.map(bare)).toEqual(last.output.map(bare))
  return last
}

function grow(item: Item, event: Event): void {
  const { type, content_index: content, summary_index: summary, part, delta } = event
  const list = summary !== undefined ? 'summary' : 'content'
  const place = (summary ?? content) as number | undefined
  if (place === undefined) {
    const key = type.includes('custom_tool') ? 'input' : 'arguments'
    if (type.endsWith('.delta')) item[key] = `${item[key]}${delta}`
    if (type.endsWith('.done') && !type.includes('image')) expect(event[key]).toBe(item[key])
    return
  }
  const parts = (item[list] ?? []) as Part[]
  item[list] = parts
  if (type.endsWith('part.added')) {
    expect(place).toBe(parts.length)
    parts.push(structuredClone(part) as Part)
    return
  }
  const own = parts[place] ?? expect.unreachable()
  const key = own.type === 'refusal' ? 'refusal' : 'text'
  if (type.endsWith('annotation.added')) (own.annotations as unknown[]).push(event.annotation)
  else if (type.endsWith('part.done')) expect(part).toEqual(own)
  else if (type.endsWith('.done')) expect(event[key]).toBe(own[key])
  else {
    own[key] = `${own[key]}${delta}`
    if (event.logprobs) (own.logprobs as unknown[]).push(...(event.logprobs as unknown[]))
  }
}

/** What stood in the deltas is what the item has when it is done. */
function checkDone(grown: Item, done: Item): void {
  const { status: _was, encrypted_content: _packed, result: _none, output_format: _no, ...own } = grown
  expect(done).toMatchObject(own)
}

/** Citations that came late stand only in the whole. */
function bare(item: Item): Item {
  return JSON.parse(JSON.stringify(item, (key, value) => (key === 'annotations' ? [] : value)))
}
