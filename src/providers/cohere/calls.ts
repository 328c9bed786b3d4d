// The calls of an answer, as they open, grow and close: https://docs.cohere.com/v2/docs/tool-use-streaming
import { inputIn } from '../../hub/definitions.ts'
import type { Delta } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'
import type { Asked, OpenCall, State } from './state.ts'

/** A call begins. @param place the service's index of it. */
export function callStart(state: State, place: number, call: unknown, asked: Asked): Delta[] {
  const before = callEnd(state, place)
  const called = at(call, 'function')
  const name = asked.names.back(textOf(at(called, 'name')))
  const open: OpenCall = { index: state.tools++, custom: asked.custom.has(name), held: '', spoke: false }
  state.calls.set(place, open)
  const { index, custom } = open
  return [
    ...before,
    { type: 'tool', index, id: textOf(at(call, 'id')), name, custom },
    ...callGrows(state, place, called),
  ]
}

/** Arguments grow. What comes for a call that has not begun is passed over. */
export function callGrows(state: State, place: number, called: unknown): Delta[] {
  const open = state.calls.get(place)
  const text = textOf(at(called, 'arguments'))
  if (!open || text === '') return []
  if (open.spoke) return [{ type: 'arguments', index: open.index, text }]
  open.held += text
  if (open.custom || isNothing(open.held)) return []
  open.spoke = true
  return [{ type: 'arguments', index: open.index, text: open.held }]
}

/** Nothing so far, or the beginning of `null`, which is how the service writes that there are no arguments. */
function isNothing(held: string): boolean {
  return 'null'.startsWith(held.trim())
}

/** A call ends; what was held is said. */
export function callEnd(state: State, place: number): Delta[] {
  const open = state.calls.get(place)
  state.calls.delete(place)
  if (!open || open.spoke) return []
  const whole = open.held.trim() === '' || open.held.trim() === 'null' ? '{}' : open.held
  return [{ type: 'arguments', index: open.index, text: open.custom ? inputIn(whole) : whole }]
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
