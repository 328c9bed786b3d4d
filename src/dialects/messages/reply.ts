// A whole reply as a message: https://docs.anthropic.com/en/api/messages#response
//
// It is the fold of the events that a stream of it would be, so that both say the same.
import type { AnswerContext } from '../../hub/dialect.ts'
import { isObject, jsonIn } from '../../hub/json.ts'
import { type Reply, replay } from '../../hub/reply.ts'
import { Answer } from './answer.ts'
import type { BlockDelta, ContentBlock, Message, MessagesEvent } from './events.ts'
import { webCitation } from './sources.ts'

/** The reply as a `message` object. */
export function message(reply: Reply, context: AnswerContext): Record<string, unknown> {
  const answer = new Answer(context)
  const folding = new Folding()
  const sources = reply.choices[0]?.citations ?? []
  for (const delta of replay({ ...reply, choices: reply.choices.slice(0, 1) })) {
    // All text is there: a source finds its block by where it stands.
    if (delta.type !== 'citation') for (const event of answer.take(delta)) folding.see(event)
  }
  const texts = folding.blocks.filter((block) => block.type === 'text')
  const text = texts.map((block) => block.text).join('')
  for (const source of sources) {
    const cited = texts.find((_block, i) => lengthOf(texts.slice(0, i + 1)) > source.start)
    if (cited) cited.citations = [...(cited.citations ?? []), webCitation(source, text)]
  }
  for (const event of answer.end()) folding.see(event)
  return folding.message
}

function lengthOf(texts: readonly { readonly text: string }[]): number {
  return texts.reduce((length, { text }) => length + text.length, 0)
}

class Folding {
  #message: Message | undefined
  #report: object | undefined
  readonly blocks: ContentBlock[] = []
  #json = ''

  get message(): Record<string, unknown> {
    return { ...this.#message, content: this.blocks, ...(this.#report && { dragoman: this.#report }) }
  }

  see(event: MessagesEvent): void {
    switch (event.type) {
      case 'message_start':
        this.#message = event.message
        return
      case 'content_block_start':
        this.blocks.push({ ...event.content_block })
        this.#json = ''
        return
      case 'content_block_delta':
        this.#grow(this.blocks.at(-1), event.delta)
        return
      case 'content_block_stop': {
        const block = this.blocks.at(-1)
        if (block?.type === 'tool_use') block.input = inputOf(this.#json)
        return
      }
      case 'message_delta':
        if (this.#message) this.#message = { ...this.#message, ...event.delta, usage: event.usage }
        this.#report = event.dragoman
        return
      case 'message_stop':
        return
      default:
        event satisfies never
    }
  }

  #grow(block: ContentBlock | undefined, delta: BlockDelta): void {
    if (delta.type === 'input_json_delta') this.#json += delta.partial_json
    else if (block?.type === 'text' && delta.type === 'text_delta') block.text += delta.text
    else if (block?.type === 'thinking' && delta.type === 'thinking_delta') block.thinking += delta.thinking
    else if (block?.type === 'thinking' && delta.type === 'signature_delta') block.signature = delta.signature
  }
}

/** The model wrote it, so it may be anything: what is no JSON object stands inside one. */
function inputOf(json: string): unknown {
  if (json.trim() === '') return {}
  const value = jsonIn(json)
  if (isObject(value)) return value
  return value === undefined ? { _raw: json } : { value }
}
