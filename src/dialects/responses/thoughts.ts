// Reasoning items: what was thought, as far as it was said, and packed away what the provider wants back of it.
import type { ReasoningDetail } from '../../../schemas/chat.ts'
import { type Carried, carry } from '../../hub/carried.ts'
import type { Delta, Extra } from '../../hub/delta.ts'

type Block = Extract<Delta, { type: 'reasoning' | 'signature' | 'encrypted' }>

/** One block of reasoning, as it grows. */
export class Thought {
  readonly index: number
  readonly #format: string
  #text = ''
  #summary = false
  #signature = ''
  #data = ''
  #id: string | undefined

  constructor({ index, format }: Pick<Block, 'index' | 'format'>) {
    this.index = index
    this.#format = format
  }

  add(delta: Block): void {
    if (delta.type === 'signature') this.#signature += delta.signature
    else if (delta.type === 'encrypted') this.#data += delta.data
    else {
      this.#text += delta.text
      this.#summary ||= delta.summary === true
    }
    if (delta.type !== 'signature') this.#id ??= delta.id
  }

  /** What the provider wants back; undefined where that is nothing, because what was said openly is enough. */
  get sealed(): string | undefined {
    if (this.#signature === '' && this.#data === '') return undefined
    return carry({ details: this.#details() })
  }

  #details(): ReasoningDetail[] {
    const named = { ...(this.#id !== undefined && { id: this.#id }), index: this.index, format: this.#format }
    const [text, signature] = [this.#text, this.#signature]
    const signed = signature === '' ? {} : { signature }
    const said: ReasoningDetail = this.#summary
      ? { type: 'reasoning.summary', ...named, summary: text, ...signed }
      : { type: 'reasoning.text', ...named, text, ...signed }
    const data: ReasoningDetail[] =
      this.#data === '' ? [] : [{ type: 'reasoning.encrypted', ...named, data: this.#data }]
    return text === '' && signature === '' ? data : [said, ...data]
  }
}

/** What belongs to a call or to the message, in an item of its own. */
export function carried(extra: Extra, call?: string): string {
  const pieces: Carried = call === undefined ? { message: extra } : { calls: { [call]: extra } }
  return carry(pieces)
}
