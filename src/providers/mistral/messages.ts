// The conversation in the order that the service takes: https://docs.mistral.ai/api/#tag/chat
// Instructions come first, then the user; after a result comes an answer; what comes last is to be answered, or goes on.
import { Calls } from '../../hub/calls.ts'
import type { ChatFields } from '../../hub/request.ts'
import { emulated, type Lose, type Note } from '../../hub/support.ts'
import type { Body } from '../openai-compatible/like.ts'
import { CONTENT_NOTES, contentOf, thinkingOf } from './content.ts'
import { nineCharacters } from './ids.ts'

const IN_FRONT = emulated('The service takes instructions only at the beginning: there it stands.')
const AS_USER = emulated('The service needs something to answer: the last instruction is sent as the user.')
const ANSWERED = emulated(
  'The service takes nothing of the user behind a result: a word of the assistant stands between.',
)

/** Every loss that the order, or the form of the content, can bring. */
export const NOTES: readonly Note[] = [IN_FRONT, AS_USER, ANSWERED, ...CONTENT_NOTES]

const OK: Body = { role: 'assistant', content: 'OK' }

/** @throws GatewayError 400 in OpenAI's words when calls and results do not match. */
export function arrange(messages: readonly Body[], { lose }: { readonly lose: Lose }): Body[] {
  const order = new Order(lose)
  for (const [i, message] of messages.entries()) order.add(message, `messages[${i}]`)
  return order.end()
}

class Order {
  readonly #lose: Lose
  readonly #calls = new Calls<Body>(nineCharacters)
  readonly #out: Body[] = []
  readonly #instructions: Body[] = []

  constructor(lose: Lose) {
    this.#lose = lose
  }

  add(message: Body, path: string): void {
    if (message.role !== 'tool') this.#out.push(...this.#calls.settle())
    const said = { ...message, content: contentOf(message.content, path, this.#lose) }
    switch (message.role) {
      case 'tool':
        this.#result(said)
        break
      case 'assistant':
        this.#answer(said)
        break
      case 'user':
        this.#ask(said, path)
        break
      default:
        if (this.#out.length > 0) this.#lose(IN_FRONT, { path })
        this.#instructions.push(said)
    }
  }

  end(): Body[] {
    this.#out.push(...this.#calls.settle())
    const last = this.#out.at(-1)
    if (last?.role === 'assistant') this.#out[this.#out.length - 1] = { ...last, prefix: true }
    const only = last === undefined ? this.#instructions.pop() : undefined
    if (only) this.#lose(AS_USER)
    return [...this.#instructions, ...this.#out, ...(only ? [{ ...only, role: 'user' }] : [])]
  }

  #result(message: Body): void {
    const result = { role: 'tool' as const, tool_call_id: String(message.tool_call_id), content: null }
    this.#calls.answer(result, (tool_call_id) => ({ ...message, tool_call_id }))
  }

  #answer({ reasoning, reasoning_details, tool_calls, content, ...rest }: Body): void {
    const thoughts = thinkingOf({ reasoning, reasoning_details })
    const calls = (Array.isArray(tool_calls) ? tool_calls : []).map((call: Body) => ({
      ...call,
      id: this.#calls.open(typeof call.id === 'string' ? call.id : undefined, '', false),
    }))
    const parts = Array.isArray(content) ? content : content === '' ? [] : [{ type: 'text', text: content }]
    // The service refuses an answer that says nothing, and nobody misses it.
    if (calls.length === 0 && thoughts.length + parts.length === 0) return
    this.#out.push({
      ...rest,
      content: thoughts.length > 0 ? [...thoughts, ...parts] : content,
      ...(calls.length > 0 && { tool_calls: calls }),
    })
  }

  #ask(message: Body, path: string): void {
    if (this.#out.at(-1)?.role === 'tool') {
      this.#lose(ANSWERED, { path })
      this.#out.push(OK)
    }
    this.#out.push(message)
  }
}

/** What the service repeats: the answer goes on from the last message, and begins with it. */
export function prefixOf({ messages }: ChatFields): string | undefined {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return undefined
  const { content } = last
  if (!Array.isArray(content)) return content ?? undefined
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
