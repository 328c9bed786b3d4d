// The conversation in the order that the service takes: https://docs.mistral.ai/api/#tag/chat
// Instructions come first, then the user; after a result comes an answer; what comes last is to be answered, or goes on.
import { Calls } from '../../hub/calls.ts'
import type { ChatFields } from '../../hub/request.ts'
import { emulated, type Lose, type Note } from '../../hub/support.ts'
import type { Body } from '../openai-compatible/like.ts'
import { CONTENT_NOTES, contentOf, thinkingOf } from './content.ts'
import { nineCharacters } from './ids.ts'

const IN_FRONT = emulated('The service takes instructions only at the beginning: there it stands.')
const AS_USER = emulated('The service needs something to answer: the last instruction is sent as one of the user.')
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
  readonly #instructions: { readonly said: Body; readonly path: string; readonly behind: number }[] = []

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
        this.#instructions.push({ said, path, behind: this.#out.length })
    }
  }

  end(): Body[] {
    this.#out.push(...this.#calls.settle())
    const asked = this.#askedLast()
    for (const { path, behind } of this.#instructions) if (behind > 0) this.#lose(IN_FRONT, { path })
    const last = this.#out.pop()
    const ends = last?.role === 'assistant' && !asked ? { ...last, prefix: true } : last
    const said = this.#instructions.map((one) => one.said)
    return [...said, ...this.#out, ...[ends, asked].filter((one) => one !== undefined)]
  }

  /** The last of all is an instruction: behind an answer, or behind nothing, there has to be the user. */
  #askedLast(): Body | undefined {
    const before = this.#out.at(-1)
    const last = this.#instructions.at(-1)
    if (last?.behind !== this.#out.length || (before && before.role !== 'assistant')) return undefined
    this.#instructions.pop()
    this.#lose(AS_USER, { path: last.path })
    return { ...last.said, role: 'user' }
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
