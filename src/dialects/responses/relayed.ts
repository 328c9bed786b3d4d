// The body of a request for a provider that speaks the dialect itself, where it cannot go as it came: it goes on with a
// response that the provider has never seen, it holds what only the gateway understands, or it must not be stored.
import type { Item } from '../../../schemas/responses.ts'
import { isCarried } from '../../hub/carried.ts'
import type { Relayed } from '../../hub/request.ts'
import { placeOf } from './object.ts'
import { EARLIER } from './paths.ts'
import { itemsOf, type Past, type Said } from './request.ts'

/** Whether thoughts are another service's, packed by the gateway: the provider cannot look for them, or read them. */
function isOurs(item: Item): boolean {
  if (item.type !== 'reasoning') return false
  return placeOf(item.id ?? '') !== undefined || isCarried(item.encrypted_content ?? '')
}

const IN_FULL = 'The conversation is sent in full: the service has not seen its beginning.'
const OWN_THOUGHTS = 'Thoughts of another service say nothing to this one.'

/**
 * The body, but for the model's name; undefined where it goes as it came.
 * @param store whether the key lets responses be stored.
 */
export function relayedBody(said: Said, past: Past, store: boolean): Relayed | undefined {
  const { input, previous_response_id: previous, ...rest } = said
  const given = Array.isArray(input) ? input : []
  const named = given.some((item) => isOurs(item) || ('id' in item && placeOf(item.id ?? '') !== undefined))
  const forbidden = !store && said.store !== false
  if (past.items.length === 0 && !named && !forbidden) return undefined
  const placed = itemsOf(said, past)
  const items = [...past.items, ...placed.map(({ item }) => item)]
  const body = {
    ...rest,
    // Where its own response goes on, the provider knows the beginning.
    ...(past.items.length === 0 && previous && { previous_response_id: previous }),
    ...(input !== undefined && {
      input: typeof input === 'string' && past.items.length === 0 ? input : items.flatMap(sent),
    }),
    ...(forbidden && { store: false }),
  }
  const left = placed.filter(({ item }) => isOurs(item))
  return {
    text: JSON.stringify(body),
    losses: [
      ...(past.items.length > 0 ? [{ path: EARLIER, kind: 'emulated' as const, reason: IN_FULL }] : []),
      ...left.map(({ path }) => ({ path, kind: 'dropped' as const, reason: OWN_THOUGHTS })),
    ],
  }
}

/** An item as the provider takes it: names that it has not given say nothing to it. */
function sent(item: Item): Item[] {
  // Its own tools have made no picture of another service's.
  if (isOurs(item) || String(item.type) === 'image_generation_call') return []
  if (!('id' in item) || placeOf(item.id ?? '') === undefined) return [item]
  const { id: _ours, ...rest } = item
  // Only a reference is nothing but its name, and those of ours were put in the place of it.
  return [rest as Item]
}
