// Calls of an answer. Services leave out the index, the id or the type, repeat names, or send arguments as an object.

import { inputIn } from '../../hub/definitions.ts'
import type { Delta } from '../../hub/delta.ts'
import { at } from '../../hub/json.ts'
import type { Asked, ChoiceState } from './state.ts'

interface At {
  readonly choice?: number
}

export function callDeltas(into: ChoiceState, delta: unknown, asked: Asked, choiceAt: At): Delta[] {
  const calls: unknown = at(delta, 'tool_calls')
  const list: readonly unknown[] = Array.isArray(calls) ? calls : calls ? [calls] : []
  const legacy: unknown = at(delta, 'function_call')
  const old = at(legacy, 'name') || at(legacy, 'arguments') ? [{ index: 0, function: legacy }] : []
  const several = list.length > 1
  return [...list, ...old].flatMap((call, place) => callDelta(into, call, { place, several }, asked, choiceAt))
}

/** Where a piece stands among those of its delta. */
interface Place {
  readonly place: number
  readonly several: boolean
}

function callDelta(into: ChoiceState, call: unknown, place: Place, asked: Asked, choiceAt: At): Delta[] {
  const { opened } = into
  const definition: unknown = at(call, 'function') ?? at(call, 'custom') ?? call
  const [id, name] = [textIn(at(call, 'id')), textIn(at(definition, 'name'))]
  const text = argumentsIn(at(definition, 'arguments') ?? at(definition, 'input') ?? at(definition, 'parameters'))
  if (id === '' && name === '' && text === '') return []
  const index = indexOf(into, call, place, id, name)
  const open = opened[index] ?? { custom: false, named: false, id: '', held: '', spoke: false }
  opened[index] = open
  open.id ||= id
  open.held += text
  const out: Delta[] = []
  // Nobody can say what a call is of before its name has come.
  if (!open.named && name !== '') {
    open.named = true
    const own = at(call, 'type') === 'custom'
    open.custom = !own && asked.custom.has(name)
    // The text of a call that is custom itself may be empty.
    open.spoke = own
    const extra: unknown = at(call, 'extra_content')
    const kept = typeof extra === 'object' && extra !== null ? { extra: { ...extra } } : {}
    out.push({ type: 'tool', index, id: open.id, name, custom: own || open.custom, ...kept, ...choiceAt })
  }
  if (open.held === '' || open.custom || !open.named) return out
  out.push({ type: 'arguments', index, text: open.held, ...choiceAt })
  open.held = ''
  open.spoke = true
  return out
}

/** Which of our calls this is a piece of: a new id is a new call, whatever index it claims. */
function indexOf(
  { calls, opened }: ChoiceState,
  call: unknown,
  { place, several }: Place,
  id: string,
  name: string,
): number {
  const claimed = at(call, 'index')
  const key = typeof claimed === 'number' ? claimed : undefined
  const known = key === undefined ? undefined : calls.get(key)
  if (known !== undefined && (id === '' || !opened[known]?.id || opened[known]?.id === id)) return known
  const byId = id === '' ? -1 : opened.findIndex((one) => one.id === id)
  if (byId >= 0) return byId
  // A piece that says nothing of its call goes on with the last one, or, of several, with the one at its place.
  if (key === undefined && id === '' && name === '' && opened.length > 0) {
    return (several ? calls.get(place) : undefined) ?? opened.length - 1
  }
  const index = opened.length
  calls.set(key ?? place, index)
  return index
}

/** What is still owed to the calls of a choice that has ended: an empty object of arguments, a custom tool's text. */
export function closeCalls({ opened }: ChoiceState, choiceAt: At): Delta[] {
  return opened.flatMap((call, index): Delta[] => {
    if (call.custom) return call.held ? [{ type: 'arguments', index, text: inputIn(call.held), ...choiceAt }] : []
    return call.spoke ? [] : [{ type: 'arguments', index, text: '{}', ...choiceAt }]
  })
}

function argumentsIn(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : ''
}

function textIn(value: unknown): string {
  // One service writes the word where it has no id.
  return typeof value === 'string' && value !== 'null' ? value : ''
}
