// Turns as chat messages: instructions, what users said, results of calls, what the model said, thought and called.
// https://docs.anthropic.com/en/api/messages#body-messages
import type { AssistantMessage, Content, Message, Part, ToolCall, ToolMessage } from '../../../schemas/chat.ts'
import type {
  Block,
  MessagesFields,
  MessagesMessage,
  ResultContent,
  SpokenBlock,
  TextBlock,
} from '../../../schemas/messages.ts'
import { GatewayError } from '../../hub/error.ts'
import { dropped, type Lose, type Note } from '../../hub/support.ts'
import { PART_NOTES, partsOf, type Telling } from './content.ts'
import type { Paths } from './paths.ts'
import { Thoughts } from './thoughts.ts'

const OWN_WORK = dropped('What the tools of another service did is not sent.')
export const MESSAGE_NOTES: readonly Note[] = [OWN_WORK, ...PART_NOTES]

type Result = Extract<Block, { type: 'tool_result' }>
interface Placed<B> {
  readonly at: string
  readonly block: B
}

/** @throws GatewayError 400, where calls and results do not match, or a block is one that nobody else takes. */
export function chatMessages(
  { messages, system }: Pick<MessagesFields, 'messages' | 'system'>,
  paths: Paths,
  lose: Lose,
): Message[] {
  const conversation = new Conversation(paths, lose)
  if (system !== null && system !== undefined) conversation.instruct(system, 'system')
  for (const [i, message] of messages.entries()) conversation.turn(message, `messages[${i}]`, i === messages.length - 1)
  conversation.settle()
  return conversation.messages
}

class Conversation {
  readonly messages: Message[] = []
  readonly #telling: Telling
  readonly #ids = new Set<string>()
  /** The calls that have no result yet, and where the last of them stands. */
  readonly #open = new Set<string>()
  #asked = ''

  constructor(paths: Paths, lose: Lose) {
    this.#telling = { paths, lose }
  }

  instruct(content: string | readonly TextBlock[], own: string): void {
    const said = this.#content(typeof content === 'string' ? content : placed(content, own), own)
    if (said.length > 0) this.#add({ role: 'system', content: said }, own)
  }

  turn({ role, content }: MessagesMessage, own: string, last: boolean): void {
    if (content.length === 0 && !(last && role === 'assistant'))
      throw invalid('All messages must have non-empty content except for the optional final assistant message.', own)
    if (role === 'assistant') this.#answer(content, own)
    else if (role === 'user') this.#user(content, own)
    else
      this.instruct(
        typeof content === 'string' ? content : content.filter((block) => block.type === 'text'),
        `${own}.content`,
      )
  }

  /** @throws GatewayError 400 when a call has no result, and nobody can give it any more. */
  settle(): void {
    const last = this.messages.at(-1)
    if (last?.role !== 'assistant') this.#close()
  }

  #close(): void {
    if (this.#open.size === 0) return
    const ids = [...this.#open].join(', ')
    throw invalid(
      `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      this.#asked,
    )
  }

  #user(content: MessagesMessage['content'], own: string): void {
    if (typeof content === 'string') {
      this.#add({ role: 'user', content }, own)
      return
    }
    const spoken: Placed<SpokenBlock>[] = []
    content.forEach((block, j) => {
      const at = `${own}.content[${j}]`
      if (block.type === 'tool_result') this.#result(block, at)
      else spoken.push({ at, block: spokenBlock(block) })
    })
    if (spoken.length > 0) this.#add({ role: 'user', content: this.#content(spoken, own) }, own)
  }

  #result(block: Result, at: string): void {
    const { tool_use_id: id, content, is_error, cache_control: mark } = block
    if (!this.#open.delete(id))
      throw invalid(
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        at,
      )
    const message: ToolMessage = {
      role: 'tool',
      tool_call_id: id,
      content: this.#content(resultBlocks(content, `${at}.content`), at),
      ...(is_error && { is_error }),
      ...(mark && { cache_control: mark }),
    }
    this.#add(message, at)
  }

  #answer(content: MessagesMessage['content'], own: string): void {
    this.#close()
    if (typeof content === 'string') {
      this.#add({ role: 'assistant', content }, own)
      return
    }
    const hub = `messages[${this.messages.length}]`
    const spoken: Placed<SpokenBlock>[] = []
    const calls: ToolCall[] = []
    const thoughts = new Thoughts()
    let mark: AssistantMessage['cache_control']
    content.forEach((block, j) => {
      const at = `${own}.content[${j}]`
      switch (block.type) {
        case 'thinking':
        case 'redacted_thinking':
          thoughts.add(block)
          return
        case 'tool_use':
          this.#telling.paths.set(`${hub}.tool_calls[${calls.length}]`, at)
          calls.push(this.#call(block, at))
          mark = block.cache_control ?? mark
          return
        case 'tool_result':
          throw invalid('`tool_result` blocks can only be in `user` messages.', at)
        case 'text':
        case 'image':
        case 'document':
        case 'search_result':
          spoken.push({ at, block })
          return
        default:
          block satisfies never
          this.#telling.lose(OWN_WORK, { path: at })
      }
    })
    const { extra, details } = thoughts.beside(calls)
    const said = this.#content(spoken, own)
    this.#add(
      {
        role: 'assistant',
        content: said.length > 0 ? said : null,
        ...(calls.length > 0 && { tool_calls: calls }),
        ...(details.length > 0 && { reasoning_details: details }),
        ...(extra && { extra_content: extra }),
        ...(mark && { cache_control: mark }),
      } satisfies AssistantMessage & { extra_content?: unknown },
      own,
    )
  }

  #call({ id, name, input }: Extract<Block, { type: 'tool_use' }>, at: string): ToolCall {
    if (this.#ids.has(id)) throw invalid('`tool_use` ids must be unique', at)
    this.#ids.add(id)
    this.#open.add(id)
    this.#asked = at.replace(/\.content\[\d+\]$/, '')
    return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } }
  }

  /** Text alone, with no mark on it, is a string, which everybody takes. */
  #content(spoken: string | readonly Placed<SpokenBlock>[], own: string): Content {
    if (typeof spoken === 'string') return spoken
    const empty = spoken.find(({ block }) => block.type === 'text' && block.text === '')
    if (empty) throw invalid('text content blocks must be non-empty', empty.at)
    const hub = `messages[${this.messages.length}].content`
    const parts: Part[] = partsOf(spoken, hub, this.#telling)
    const [first, ...rest] = parts
    if (!first) return ''
    if (rest.length > 0 || first.type !== 'text' || first.cache_control) return parts
    this.#telling.paths.set(hub, spoken[0]?.at ?? own)
    return first.text
  }

  #add(message: Message, own: string): void {
    this.#telling.paths.set(`messages[${this.messages.push(message) - 1}]`, own)
  }
}

function placed<B>(blocks: readonly B[], own: string): Placed<B>[] {
  return blocks.map((block, j) => ({ at: `${own}[${j}]`, block }))
}

/** What is no such block is refused where its parts are made. */
function spokenBlock(block: Block): SpokenBlock {
  return block as SpokenBlock
}

function resultBlocks(content: ResultContent | null | undefined, own: string): string | Placed<SpokenBlock>[] {
  return typeof content === 'string' || !content ? (content ?? '') : placed(content, own)
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid_request', message, { param })
}
