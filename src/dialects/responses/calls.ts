// Calls of functions and custom tools, as they grow. A service may go on with several side by side, so that each stays
// open until it is plain that nothing more of it comes.
import { jsonIn } from '../../hub/json.ts'
import type { CallType, Events, Growing } from './events.ts'
import type { OutputItem } from './object.ts'

interface Call {
  readonly item: OutputItem
  readonly index: number
  readonly grows: Growing
  text: string
  open: boolean
}

export class Calls {
  readonly #events: Events
  /** By the hub's index. */
  readonly #calls = new Map<number, Call>()

  constructor(events: Events) {
    this.#events = events
  }

  /** @param place in the output. */
  open(index: number, item: OutputItem, place: number): void {
    const type: CallType = item.type === 'custom_tool_call' ? item.type : 'function_call'
    const grows = this.#events.call({ ...item, type }, place)
    this.#calls.set(index, { item, index: place, grows, text: '', open: true })
  }

  add(index: number, text: string): string {
    const call = this.#calls.get(index)
    if (!call || text === '') return ''
    call.text += text
    call.item[call.grows.key] = call.text
    return call.open ? this.#events.delta(call.grows, text) : ''
  }

  /** Ends the calls whose arguments are a whole object: nothing could follow it. */
  closeWhole(): string {
    return this.#end('completed', ({ item, text }) => item.type === 'function_call' && isObject(text))
  }

  close(status: 'completed' | 'incomplete'): string {
    return this.#end(status, () => true)
  }

  #end(status: 'completed' | 'incomplete', which: (call: Call) => boolean): string {
    let out = ''
    for (const call of this.#calls.values()) {
      if (!call.open || !which(call)) continue
      call.open = false
      const { item, grows, index, text } = call
      // Only the last one can have been cut short.
      item.status = item.type === 'function_call' && isObject(text) ? 'completed' : status
      out += this.#events.done(grows, text) + this.#events.item('done', index, item)
    }
    return out
  }
}

function isObject(text: string): boolean {
  const value = text.trimEnd().endsWith('}') ? jsonIn(text) : undefined
  return typeof value === 'object' && value !== null
}
