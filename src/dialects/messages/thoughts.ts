// What a turn of the model's brings back of its reasoning: what Claude signed, and what was sealed of others.
import type { ReasoningDetail, ToolCall } from '../../../schemas/chat.ts'
import type { Block } from '../../../schemas/messages.ts'
import type { Extra } from '../../hub/delta.ts'
import { detailsOf, isSealed, NATIVE, type Sealed, unseal } from './seal.ts'

type Thought = Extract<Block, { type: 'thinking' | 'redacted_thinking' }>

export class Thoughts {
  readonly #native: ReasoningDetail[] = []
  readonly #blocks: { one: Sealed; text: string }[] = []
  /** By the call that it belongs to; '' for the message. */
  readonly #extras = new Map<string, Extra>()

  /** A seal that is torn says nothing any more. */
  add(block: Thought): void {
    const [shown, kept] = block.type === 'thinking' ? [block.thinking, block.signature] : ['', block.data]
    if (!isSealed(kept)) this.#native.push(...nativeDetails(block))
    else this.#open(unseal(kept), shown)
  }

  /** What goes with the message, once its calls are known: they get what is theirs. */
  beside(calls: readonly ToolCall[]): { readonly extra: Extra | undefined; readonly details: ReasoningDetail[] } {
    for (const call of calls) {
      const own = this.#extras.get(call.id ?? '')
      if (own) call.extra_content = own
    }
    const sealed = this.#blocks.flatMap(({ one, text }) => detailsOf(one, text))
    return { extra: this.#extras.get(''), details: [...this.#native, ...sealed] }
  }

  /** Two seals of one block are one. */
  #open(one: Sealed | undefined, shown: string): void {
    if (one?.extra) this.#extras.set(one.id ?? '', one.extra)
    if (!one || one.extra) return
    const same = (block: { readonly one: Sealed }) => block.one.index === one.index && block.one.format === one.format
    const before = one.index === undefined ? undefined : this.#blocks.find(same)
    if (!before) this.#blocks.push({ one, text: shown })
    else {
      before.one = { ...before.one, ...one }
      before.text += shown
    }
  }
}

/** What the model signed itself; what nobody signed is of nobody's format. */
function nativeDetails(block: Thought): ReasoningDetail[] {
  if (block.type === 'redacted_thinking') return [{ type: 'reasoning.encrypted', format: NATIVE, data: block.data }]
  const { thinking: text, signature } = block
  if (!signature) return text === '' ? [] : [{ type: 'reasoning.text', format: 'unknown', text }]
  return [{ type: 'reasoning.text', format: NATIVE, text, signature }]
}
