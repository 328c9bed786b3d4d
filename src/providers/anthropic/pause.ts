// An answer that the service pauses between its own tools is gone on with by sending back what it said so far.
// https://docs.anthropic.com/en/docs/build-with-claude/handling-stop-reasons#pause-turn
import type { AnswerBlock, BlockDelta, MessagesEvent } from './wire.ts'

/** How often an answer is gone on with. */
export const MAX_PAUSES = 5

type Draft = Record<string, unknown> & { json?: string }

/** Keeps the blocks of an answer exactly as the service made them. */
export class Transcript {
  readonly #blocks: Draft[]
  #open = new Map<number, Draft>()

  /** @param blocks those of the parts before. */
  constructor(blocks: readonly Record<string, unknown>[]) {
    this.#blocks = [...blocks]
  }

  see(event: MessagesEvent): void {
    if (event.type === 'content_block_start') this.#begin(event.index, event.content_block)
    else if (event.type === 'content_block_delta') this.#go(this.#open.get(event.index), event.delta)
    else if (event.type === 'message_stop') this.#open = new Map()
  }

  /** The blocks of all parts so far, as they are sent back. Empty text may come out, and may not go in again. */
  get blocks(): Record<string, unknown>[] {
    return this.#blocks
      .filter(({ type, text }) => type !== 'text' || text !== '')
      .map(({ json, ...block }) => (json ? { ...block, input: parse(json) } : block))
  }

  #begin(index: number, block: AnswerBlock): void {
    const draft: Draft = { ...block }
    this.#blocks.push(draft)
    this.#open.set(index, draft)
  }

  #go(block: Draft | undefined, delta: BlockDelta): void {
    if (!block) return
    switch (delta.type) {
      case 'text_delta':
        block.text = `${block.text ?? ''}${delta.text}`
        break
      case 'thinking_delta':
        block.thinking = `${block.thinking ?? ''}${delta.thinking}`
        break
      case 'signature_delta':
        block.signature = `${block.signature ?? ''}${delta.signature}`
        break
      case 'input_json_delta':
        block.json = (block.json ?? '') + delta.partial_json
        break
      case 'citations_delta':
        block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation]
        break
      default:
        delta satisfies never
    }
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}
