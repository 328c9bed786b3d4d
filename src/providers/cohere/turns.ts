// Messages as turns, one for one. https://docs.cohere.com/v2/docs/chat-api
import type { FunctionMessage, Message, ToolMessage, UserMessage } from '../../../schemas/chat.ts'
import { Calls, type IdRule } from '../../hub/calls.ts'
import { messageKeys, NO_AUDIO, NO_NAME } from '../../hub/messages.ts'
import type { Names } from '../../hub/names.ts'
import { audit, dropped, emulated, type Lose, type Note } from '../../hub/support.ts'
import { ASSISTANT_NOTES, assistantTurn } from './assistant.ts'
import { itemsOf, PART_NOTES, textsOf } from './content.ts'
import type { Family } from './models.ts'
import type { SystemTurn, ToolTurn, Turn } from './wire.ts'

const NO_ERROR = dropped('Chat has no mark for a result that is an error.')
const ONLY_SYSTEM = emulated('Chat needs a user turn: the last instruction is sent as one.')
const NOTHING_SAID = emulated('Chat refuses empty text: "." is sent.')
/** Every loss that `messages` may meet. */
export const MESSAGE_NOTES: readonly Note[] = [
  ...[NO_NAME, NO_AUDIO, NO_ERROR, ONLY_SYSTEM, NOTHING_SAID],
  ...ASSISTANT_NOTES,
  ...PART_NOTES,
]

const KEYS = messageKeys('inert', { assistant: { reasoning_content: 'used', reasoning: 'used' } })

/** Any id will do, as long as there is one. */
const anyId: IdRule = (clientId, count) => clientId || `call_${count}`

/** A conversation as the service takes it. */
export class Conversation {
  readonly #names: Names
  readonly #family: Family
  readonly #lose: Lose
  readonly #calls = new Calls<ToolTurn>(anyId)
  readonly #turns: Turn[] = []
  /** Instructions that came between calls and their results: these belong together. */
  #held: SystemTurn[] = []
  #waiting = false
  /** The last message, when it is a user's and says nothing. */
  #silence: string | undefined

  /** @throws GatewayError 400 with OpenAI's words when calls and results do not match, or a part cannot be sent. */
  constructor(messages: readonly Message[], names: Names, family: Family, lose: Lose) {
    this.#names = names
    this.#family = family
    this.#lose = lose
    for (const [i, message] of messages.entries()) this.#one(message, `messages[${i}]`)
    this.#settle()
    this.#fixEnd()
  }

  /** @param own what the gateway itself has to say, behind the instructions in front. */
  turns(own: readonly string[]): Turn[] {
    const first = this.#turns.findIndex(({ role }) => role !== 'system')
    const said = own.map((content): SystemTurn => ({ role: 'system', content }))
    return this.#turns.toSpliced(first, 0, ...said)
  }

  #one(message: Message, path: string): void {
    audit(message, KEYS[message.role], path, this.#lose)
    this.#silence = undefined
    switch (message.role) {
      case 'system':
      case 'developer': {
        const content = textsOf(message.content, path, this.#lose).join('\n')
        if (content) (this.#waiting ? this.#held : this.#turns).push({ role: 'system', content })
        break
      }
      case 'tool':
      case 'function':
        this.#calls.answer(message, (sentId) => this.#result(sentId, message, path))
        break
      case 'user':
        this.#settle()
        this.#ask(message, path)
        break
      case 'assistant': {
        this.#settle()
        const recalling = { names: this.#names, calls: this.#calls, family: this.#family, lose: this.#lose }
        const turn = assistantTurn(message, path, recalling)
        if (!turn) break
        this.#turns.push(turn)
        this.#waiting = turn.tool_calls !== undefined
        break
      }
      default:
        message satisfies never
    }
  }

  #ask({ content }: UserMessage, path: string): void {
    const items = itemsOf(content, path, this.#family.sees !== false, this.#lose)
    if (items.length === 0) {
      this.#silence = path
      return
    }
    const [first] = items
    const plain = typeof content === 'string' && first?.type === 'text'
    this.#turns.push({ role: 'user', content: plain ? first.text : items })
  }

  #result(sentId: string, message: ToolMessage | FunctionMessage, path: string): ToolTurn {
    if (message.role === 'tool' && message.is_error) this.#lose(NO_ERROR, { path: `${path}.is_error` })
    const text = textsOf(message.content, path, this.#lose).join('\n')
    if (!text) this.#lose(NOTHING_SAID, { path: `${path}.content` })
    return { role: 'tool', tool_call_id: sentId, content: text || '.' }
  }

  #settle(): void {
    this.#turns.push(...this.#calls.settle(), ...this.#held)
    this.#held = []
    this.#waiting = false
  }

  #fixEnd(): void {
    const turns = this.#turns
    const last = turns.at(-1)
    if (this.#silence !== undefined || !last) {
      this.#lose(NOTHING_SAID, { path: this.#silence ?? 'messages' })
      turns.push({ role: 'user', content: '.' })
    } else if (last.role === 'system' && turns.every(({ role }) => role === 'system')) {
      this.#lose(ONLY_SYSTEM)
      turns[turns.length - 1] = { role: 'user', content: last.content }
    }
  }
}
