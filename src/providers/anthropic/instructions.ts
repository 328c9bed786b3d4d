// System and developer messages: hoisted into the one prompt in front, or left behind the user turn they came with.
// https://docs.anthropic.com/en/api/messages
import type { DeveloperMessage, SystemMessage } from '../../../schemas/chat.ts'
import { cacheControlOf } from './cache.ts'
import { type Making, textBlocksOf } from './content.ts'
import type { TextBlock } from './wire.ts'

export class Instructions {
  readonly #making: Making
  readonly #hoisted: TextBlock[] = []
  #late: TextBlock[] = []

  constructor(making: Making) {
    this.#making = making
  }

  /** @returns the block it became, or undefined when it says nothing. */
  add(message: SystemMessage | DeveloperMessage, path: string, late: boolean): TextBlock | undefined {
    const { lose, origins } = this.#making
    const parts = textBlocksOf(message.content, path, this.#making)
    if (parts.length === 0) return undefined
    const mark = parts.findLast((part) => part.cache_control)?.cache_control
    const block: TextBlock = {
      type: 'text',
      text: parts.map((part) => part.text).join('\n'),
      ...(mark && { cache_control: mark }),
      ...cacheControlOf(message, path, lose, origins),
    }
    origins.set(block, path)
    if (late) this.#late.push(block)
    else this.#hoisted.push(block)
    return block
  }

  /** Those that came late and have no place yet. */
  takeLate(): TextBlock[] {
    return this.#late.splice(0)
  }

  /** Takes what was hoisted, for a conversation that has nothing else. */
  takeHoisted(): TextBlock[] {
    const prompt = joined(this.#hoisted.splice(0))
    return typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : (prompt ?? [])
  }

  /**
   * The prompt in front: a string, or blocks where cache points stand between them.
   * @param own what the gateway itself has to say.
   */
  prompt(own: readonly string[]): string | TextBlock[] | undefined {
    const { origins } = this.#making
    const prompt = joined([...this.#hoisted, ...own.map((text): TextBlock => ({ type: 'text', text }))])
    if (typeof prompt !== 'object') return prompt
    prompt.forEach((block, i) => {
      const source = this.#hoisted[i]
      const path = source && origins.get(source)
      if (path !== undefined) origins.set(block, path)
    })
    return prompt
  }
}

function joined(blocks: readonly TextBlock[]): string | TextBlock[] | undefined {
  if (blocks.length === 0) return undefined
  if (!blocks.some((block) => block.cache_control)) return blocks.map((block) => block.text).join('\n')
  return blocks.map((block, i) => (i < blocks.length - 1 ? { ...block, text: `${block.text}\n` } : { ...block }))
}
