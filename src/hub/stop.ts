// Stop sequences where a provider has none: the gateway looks for them, ends the answer before the first one, and hangs
// up. https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop
import type { Delta } from './delta.ts'
import { type Edit, edited, editedDeltas } from './edit.ts'
import type { AnswerReader } from './provider.ts'
import type { ChatFields } from './request.ts'
import { emulated, type Row, rejected } from './support.ts'
import type { Usage } from './usage.ts'

type Stop = NonNullable<ChatFields['stop']>

/** In UTF-16 units, all of them together: far more than anybody asks for, and little to keep in mind. */
const MOST = 4096

const HERE = emulated('The gateway ends the text at a stop sequence.')
const TOO_LONG = rejected(`Stop sequences may have ${MOST} characters together.`, 'string_above_max_length')

/** The row of `stop` for a provider that has none. */
export const stopRow: Row<Stop, object, unknown> = {
  kind: 'emulated',
  reason: HERE.reason,
  may: [HERE, TOO_LONG],
  to: [],
  write: (stop, _plan, lose) => lose([stop].flat().join('').length > MOST ? TOO_LONG : HERE),
}

/**
 * The reader of an answer that ends at the first stop sequence: the one that is complete first, as if the model had
 * stopped there, and of several that end at one place the longest. Its text ends before the sequence, its finish is
 * `stop` (`tool_calls` when there were calls before), and it is `done`: whatever would follow is not waited for.
 * Reasoning and the arguments of calls are not searched.
 * @param choices how many choices this one answer has.
 * @param used what was used until then, where the end would have told it; without it, usage that was not told is left
 *   out.
 */
export function stopAt(
  stop: Stop | null | undefined,
  reader: AnswerReader,
  choices = 1,
  used?: () => Usage,
): AnswerReader {
  const search = searchFor(stop)
  return search ? edited(reader, search, choices, used) : reader
}

/** The same of a whole answer. */
export function stopDeltas(stop: Stop | null | undefined, deltas: readonly Delta[], choices = 1): readonly Delta[] {
  const search = searchFor(stop)
  return search ? editedDeltas(deltas, search, choices) : deltas
}

/** An empty sequence stops nothing. */
function searchFor(stop: Stop | null | undefined): (() => Edit) | undefined {
  const stops = [stop ?? []].flat().filter((one) => one !== '')
  if (stops.length === 0) return undefined
  const root = automaton(stops)
  return () => new Search(root)
}

/** A state of the search: how much of a stop sequence the text so far ends in (Aho and Corasick, 1975). */
interface State {
  /** A sequence that begins so, and how much of it the text ends in: more than of any other. */
  readonly stop: string
  readonly depth: number
  readonly next: Map<number, State>
  /** Where a character that leads no further is looked for: what a shorter end of the text is the beginning of. */
  fail: State | undefined
  /** The length of the longest sequence that is complete; 0 for none. */
  found: number
}

function automaton(stops: readonly string[]): State {
  const root: State = { stop: '', depth: 0, next: new Map(), fail: undefined, found: 0 }
  for (const stop of stops) {
    let state = root
    for (let i = 0; i < stop.length; i++) {
      const char = stop.charCodeAt(i)
      const known = state.next.get(char)
      const next = known ?? { stop, depth: i + 1, next: new Map(), fail: root, found: 0 }
      if (!known) state.next.set(char, next)
      state = next
    }
    state.found = stop.length
  }
  // By depth, because a state's fail is nearer to the root than the state.
  const queue = [...root.next.values()]
  for (const state of queue) {
    for (const [char, next] of state.next) {
      next.fail = follow(state.fail, char, root)
      next.found ||= next.fail.found
      queue.push(next)
    }
  }
  return root
}

function follow(from: State | undefined, char: number, root: State): State {
  for (let state = from; state; state = state.fail) {
    const next = state.next.get(char)
    if (next) return next
  }
  return root
}

class Search implements Edit {
  over = false
  stop?: string
  readonly #root: State
  #state: State

  constructor(root: State) {
    this.#root = root
    this.#state = root
  }

  /** Work is linear: what is held back is not kept as text, but read off the sequence that it begins. */
  say(text: string): string {
    let state = this.#state
    const held = this.release()
    for (let i = 0; i < text.length; i++) {
      state = follow(state, text.charCodeAt(i), this.#root)
      if (state.found === 0) continue
      this.over = true
      const said = cut(held, text, held.length + i + 1)
      this.stop = said.slice(said.length - state.found)
      return said.slice(0, said.length - state.found)
    }
    this.#state = state
    return cut(held, text, held.length + text.length - state.depth)
  }

  release(): string {
    const { stop, depth } = this.#state
    this.#state = this.#root
    return stop.slice(0, depth)
  }
}

/** So much of the beginning of two texts. */
function cut(a: string, b: string, length: number): string {
  return length <= a.length ? a.slice(0, length) : a + b.slice(0, length - a.length)
}
