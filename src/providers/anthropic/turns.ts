// Messages as turns: hoisted, converted, merged, with every tool result in its place.
// https://docs.anthropic.com/en/api/messages
import type { AssistantMessage, DeveloperMessage, Message, SystemMessage, UserMessage } from '../../../schemas/chat.ts'
import { Calls } from '../../hub/calls.ts'
import { messageKeys, NO_AUDIO, NO_NAME } from '../../hub/messages.ts'
import type { Names } from '../../hub/names.ts'
import { audit, emulated, type Lose, type Note } from '../../hub/support.ts'
import { assistantBlocks, RAW_ARGUMENTS } from './assistant.ts'
import { cacheControlOf, LONGER, mayHold, TOO_MANY, TTL } from './cache.ts'
import { resultBlock } from './calls.ts'
import { blocksOf, type Making, PART_NOTES } from './content.ts'
import { Instructions } from './instructions.ts'
import type { Origins } from './origins.ts'
import type { Fetched } from './surface.ts'
import type { Block, TextBlock, ToolResultBlock, Turn } from './wire.ts'

const ONLY_SYSTEM = emulated('Messages needs a user turn: the instructions are sent as one.')
const USER_FIRST = emulated('Messages begins with a user turn: one that says "." is put in front.')
const USER_LAST = emulated('This model does not go on with a begun answer: a user turn that says "Continue." follows.')
const NOTHING_SAID = emulated('Messages refuses empty text: "." is sent.')
const LATE_SYSTEM = emulated('The instruction stands behind the user turn that follows it.')

/** Every loss that `messages` may meet. */
export const MESSAGE_NOTES: readonly Note[] = [
  ...[NO_NAME, NO_AUDIO, RAW_ARGUMENTS, ONLY_SYSTEM, USER_FIRST, USER_LAST, NOTHING_SAID, LATE_SYSTEM],
  ...[TTL, LONGER, TOO_MANY],
  ...PART_NOTES,
]

const KEYS = messageKeys('used')

interface Recall {
  readonly names: Names
  readonly origins: Origins
  /** Keep instructions that come late where they are: hoisting them would break the signatures of earlier thinking. */
  readonly keepLateSystem: boolean
  /** Leave out thinking that was sent back. */
  readonly withoutThinking: boolean
  readonly fetched: Fetched | undefined
}

interface Ending {
  /** The last assistant message may stay last. */
  readonly prefill: boolean
  /** What the gateway itself has to say to the model. */
  readonly own: readonly string[]
}

/** A conversation as Messages takes it. */
export class Conversation {
  readonly #recall: Recall
  readonly #lose: Lose
  readonly #making: Making
  readonly #calls = new Calls<ToolResultBlock>()
  readonly #instructions: Instructions
  readonly #turns: Turn[] = []
  #begun = false
  /** The last message, when it is a user's and says nothing. */
  #silence: string | undefined

  /** @throws GatewayError 400 with OpenAI's words when calls and results do not match, or a part cannot be sent. */
  constructor(messages: readonly Message[], recall: Recall, lose: Lose) {
    this.#recall = recall
    this.#lose = lose
    this.#making = { lose, origins: recall.origins, fetched: recall.fetched }
    this.#instructions = new Instructions(this.#making)
    for (const [i, message] of messages.entries()) this.#one(message, `messages[${i}]`)
    this.#settleCalls('messages')
  }

  /** The model asked for calls, and did so without the thinking that led to them. */
  get lostThinking(): boolean {
    const last = this.#turns.findLast(({ role }) => role === 'assistant')
    const first = last?.content[0]
    return first !== undefined && mayHold(first) && last?.content.at(-1)?.type === 'tool_use'
  }

  /** The history brings thinking back. */
  get replays(): boolean {
    return this.#turns.some(({ content }) => content.some((block) => !mayHold(block)))
  }

  /** The turns, with both ends as the service wants them, and the prompt in front. */
  end({ prefill, own }: Ending): { turns: Turn[]; system: string | TextBlock[] | undefined } {
    this.#fixEnds(prefill)
    this.#placeLate()
    return { turns: this.#turns, system: this.#instructions.prompt(own) }
  }

  #one(message: Message, path: string): void {
    audit(message, KEYS[message.role], path, this.#lose)
    this.#silence = undefined
    switch (message.role) {
      case 'system':
      case 'developer':
        this.#instruct(message, path)
        break
      case 'tool':
      case 'function':
        this.#calls.answer(message, (sentId) => resultBlock(sentId, message, path, this.#making))
        break
      case 'user':
        this.#settleCalls(path)
        this.#silence = this.#add('user', blocksOf(message.content, path, this.#making), message, path)
        break
      case 'assistant': {
        this.#settleCalls(path)
        const { names, withoutThinking } = this.#recall
        const recalling = { ...this.#making, names, calls: this.#calls, withoutThinking }
        const blocks = assistantBlocks(message, path, recalling)
        if (blocks.length > 0) {
          this.#placeLate()
          this.#begun = true
        }
        this.#add('assistant', blocks, message, path)
        break
      }
      default:
        message satisfies never
    }
  }

  #instruct(message: SystemMessage | DeveloperMessage, path: string): void {
    const late = this.#begun && this.#recall.keepLateSystem
    const block = this.#instructions.add(message, path, late)
    if (late && block && this.#turns.at(-1)?.role !== 'user') this.#lose(LATE_SYSTEM, { path })
  }

  /** Instructions between turns stand behind a user turn, and before the assistant's next one or at the end. */
  #placeLate(): void {
    if (this.#turns.at(-1)?.role !== 'user') return
    const late = this.#instructions.takeLate()
    if (late.length > 0) this.#turns.push({ role: 'system', content: late })
  }

  /** All results of a turn go into one user turn, first, in the order of the calls. */
  #settleCalls(path: string): void {
    this.#append('user', this.#calls.settle(), path)
  }

  /** @returns the path of a message that says nothing. */
  #add(
    role: 'user' | 'assistant',
    blocks: Block[],
    message: UserMessage | AssistantMessage,
    path: string,
  ): string | undefined {
    // A cache point on a message is one on its last block.
    const last = blocks.findLast(mayHold)
    if (last) Object.assign(last, cacheControlOf(message, path, this.#lose, this.#making.origins))
    this.#append(role, blocks, path)
    return blocks.length === 0 ? path : undefined
  }

  #append(role: 'user' | 'assistant', blocks: readonly Block[], path: string): void {
    if (blocks.length === 0) return
    const last = this.#turns.at(-1)
    if (last?.role === role) {
      last.content.push(...blocks)
      if (role === 'assistant') last.content.sort((a, b) => rank(a) - rank(b))
      return
    }
    const turn: Turn = { role, content: [...blocks] }
    this.#making.origins.set(turn, path)
    this.#turns.push(turn)
  }

  #fixEnds(prefill: boolean): void {
    const turns = this.#turns
    const say = (text: string): Turn => ({ role: 'user', content: [{ type: 'text', text }] })
    const pathOf = (turn: Turn | undefined) => (turn && this.#making.origins.get(turn)) ?? 'messages'
    const hoisted = turns.length === 0 ? this.#instructions.takeHoisted() : []
    if (hoisted.length > 0) {
      this.#lose(ONLY_SYSTEM)
      turns.push({ role: 'user', content: hoisted })
    }
    const [first] = turns
    if (first?.role === 'assistant') {
      this.#lose(USER_FIRST, { path: pathOf(first) })
      turns.unshift(say('.'))
    }
    const last = turns.at(-1)
    if (last?.role === 'user') return
    if (!last || this.#silence !== undefined) {
      this.#lose(NOTHING_SAID, { path: this.#silence ?? 'messages' })
      turns.push(say('.'))
    } else if (prefill) trimEnd(last)
    else {
      this.#lose(USER_LAST, { path: pathOf(last) })
      turns.push(say('Continue.'))
    }
  }
}

/** Thinking comes first in a turn, calls last. */
function rank(block: Block): number {
  if (!mayHold(block)) return 0
  return block.type === 'tool_use' ? 2 : 1
}

/** A begun answer must not end in white space. */
function trimEnd(turn: Turn): void {
  const last = turn.content.at(-1)
  if (last?.type === 'text') last.text = last.text.trimEnd()
}
