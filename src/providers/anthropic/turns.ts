// Messages as turns: hoisted, converted, merged, with every tool result in its place.
// https://docs.anthropic.com/en/api/messages
import type {
  AssistantMessage,
  DeveloperMessage,
  FunctionMessage,
  Message,
  SystemMessage,
  ToolMessage,
  UserMessage,
} from '../../../schemas/chat.ts'
import { GatewayError } from '../../hub/error.ts'
import { audit, dropped, emulated, type Keys, type Lose, type Note } from '../../hub/support.ts'
import { type AssistantContext, assistantBlocks, type CallIds, RAW_ARGUMENTS } from './assistant.ts'
import { cacheControlOf, TOO_MANY, TTL } from './cache.ts'
import { blocksOf, PART_NOTES } from './content.ts'
import type { Names } from './names.ts'
import type { Block, TextBlock, ToolResultBlock, Turn } from './wire.ts'

const NO_NAME = dropped('Messages has no names of speakers.')
const NO_AUDIO = dropped('Messages has no audio; its transcript is sent where there is one.')
const ONLY_SYSTEM = emulated('Messages needs a user turn: the instructions are sent as one.')
const USER_FIRST = emulated('Messages begins with a user turn: one that says "." is put in front.')
const USER_LAST = emulated('This model does not go on with a begun answer: a user turn that says "Continue." follows.')
const NOTHING_SAID = emulated('Messages refuses empty text: "." is sent.')
const LATE_SYSTEM = emulated('The instruction stands behind the user turn that follows it.')

/** Every loss that `messages` may meet. */
export const MESSAGE_NOTES: readonly Note[] = [
  NO_NAME,
  NO_AUDIO,
  RAW_ARGUMENTS,
  ONLY_SYSTEM,
  USER_FIRST,
  USER_LAST,
  NOTHING_SAID,
  LATE_SYSTEM,
  TTL,
  TOO_MANY,
  ...PART_NOTES,
]

const instruction = { role: 'used', content: 'used', name: 'inert', cache_control: 'used' } as const
/** What becomes of each key of each kind of message. What an answer carried and nobody reads again is inert. */
const KEYS: { readonly [M in Message as M['role']]: Keys<M> } = {
  system: instruction satisfies Keys<SystemMessage>,
  developer: instruction satisfies Keys<DeveloperMessage>,
  user: { role: 'used', content: 'used', name: NO_NAME, cache_control: 'used' } satisfies Keys<UserMessage>,
  assistant: {
    role: 'used',
    content: 'used',
    name: NO_NAME,
    refusal: 'used',
    tool_calls: 'used',
    function_call: 'used',
    audio: NO_AUDIO,
    cache_control: 'used',
    annotations: 'inert',
    parsed: 'inert',
    reasoning_content: 'inert',
    reasoning: 'inert',
    reasoning_details: 'used',
  } satisfies Keys<AssistantMessage>,
  tool: {
    role: 'used',
    content: 'used',
    tool_call_id: 'used',
    name: 'inert',
    is_error: 'used',
    cache_control: 'used',
  } satisfies Keys<ToolMessage>,
  function: { role: 'used', content: 'used', name: 'used' } satisfies Keys<FunctionMessage>,
}

export interface TurnOptions {
  readonly names: Names
  /** Keep instructions that come late where they are: hoisting them would break the signatures of earlier thinking. */
  readonly keepLateSystem: boolean
  /** The last assistant message may stay last. */
  readonly prefill: boolean
  /** Leave out thinking that was sent back. */
  readonly withoutThinking: boolean
}

export interface Turns {
  readonly system: string | TextBlock[] | undefined
  readonly turns: Turn[]
  /** Where each block came from: `messages[2].content[0]`. */
  readonly origins: ReadonlyMap<object, string>
}

/**
 * The conversation as Messages takes it.
 * @throws GatewayError 400 with OpenAI's words when calls and results do not match, or a part cannot be sent.
 */
export function turnsOf(messages: readonly Message[], options: TurnOptions, lose: Lose): Turns {
  return new Conversation(options, lose).read(messages)
}

interface Pending {
  readonly clientId: string
  readonly sentId: string
  readonly name: string
  readonly legacy: boolean
  result: ToolResultBlock | undefined
}

class Conversation implements CallIds {
  readonly #options: TurnOptions
  readonly #lose: Lose
  readonly #context: AssistantContext
  readonly #origins = new Map<object, string>()
  readonly #turns: Turn[] = []
  readonly #system: TextBlock[] = []
  readonly #late: TextBlock[] = []
  /** The calls of the last assistant message that asked for any, in its order. */
  #pending: Pending[] = []
  readonly #ids = new Set<string>()
  #begun = false

  constructor(options: TurnOptions, lose: Lose) {
    const { names, withoutThinking } = options
    this.#options = options
    this.#lose = lose
    this.#context = { names, ids: this, origins: this.#origins, withoutThinking, lose }
  }

  read(messages: readonly Message[]): Turns {
    for (const [i, message] of messages.entries()) this.#one(message, `messages[${i}]`)
    this.#settleCalls()
    this.#flushLate()
    this.#fixEnds(messages.length)
    return { system: this.#systemPrompt(), turns: this.#turns, origins: this.#origins }
  }

  #one(message: Message, path: string): void {
    audit(message, KEYS[message.role], path, this.#lose)
    switch (message.role) {
      case 'system':
      case 'developer':
        this.#instruct(message, path)
        break
      case 'tool':
        this.#result(this.#awaited(message), message, path)
        break
      case 'function':
        this.#result(this.#awaitedFunction(message), message, path)
        break
      case 'user':
        this.#settleCalls()
        this.#add('user', this.#marked(blocksOf(message.content, path, this.#lose, this.#origins), message, path))
        break
      case 'assistant':
        this.#settleCalls()
        this.#flushLate()
        this.#begun = true
        this.#add('assistant', this.#marked(assistantBlocks(message, path, this.#context), message, path))
        break
      default:
        message satisfies never
    }
  }

  /** A cache mark on a message is one on its last block. */
  #marked<B extends Block>(blocks: B[], message: UserMessage | AssistantMessage, path: string): B[] {
    const last = blocks.at(-1)
    if (message.cache_control && last) Object.assign(last, cacheControlOf(message, path, this.#lose))
    return blocks
  }

  #instruct(message: SystemMessage | DeveloperMessage, path: string): void {
    const parts = blocksOf(message.content, path, this.#lose, this.#origins).filter((block) => block.type === 'text')
    const text = parts.map((part) => part.text).join('\n')
    if (text === '') return
    const mark = parts.findLast((part) => part.cache_control)?.cache_control
    const own = cacheControlOf(message, path, this.#lose).cache_control ?? mark
    const block: TextBlock = { type: 'text', text, ...(own && { cache_control: own }) }
    this.#origins.set(block, path)
    if (!this.#begun || !this.#options.keepLateSystem) this.#system.push(block)
    else {
      if (this.#turns.at(-1)?.role !== 'user') this.#lose(LATE_SYSTEM, { path })
      this.#late.push(block)
    }
  }

  /** Instructions between turns stand behind a user turn, and before the assistant's next one or at the end. */
  #flushLate(): void {
    if (this.#late.length === 0) return
    const late = this.#late.splice(0)
    if (this.#turns.at(-1)?.role !== 'user') this.#system.push(...late)
    else this.#turns.push({ role: 'system', content: late })
  }

  /** A call's id as it is sent: within the rules, and never twice. */
  open(clientId: string | undefined, name: string, legacy: boolean): string {
    const base = (clientId ?? '').replace(/[^a-zA-Z0-9_-]/g, '_') || `call_fn_${this.#ids.size}`
    let sentId = base
    for (let n = 2; this.#ids.has(sentId); n++) sentId = `${base}_${n}`
    this.#ids.add(sentId)
    this.#pending.push({ clientId: clientId ?? sentId, sentId, name, legacy, result: undefined })
    return sentId
  }

  #awaited({ tool_call_id: id }: ToolMessage): Pending {
    const call = this.#pending.find((one) => !one.legacy && one.clientId === id && !one.result)
    if (!call) throw unmatched("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.")
    return call
  }

  #awaitedFunction({ name }: FunctionMessage): Pending {
    const call = this.#pending.find((one) => one.legacy && one.name === name && !one.result)
    if (!call) throw unmatched("messages with role 'function' must answer a preceding 'function_call' of that name.")
    return call
  }

  #result(call: Pending, message: ToolMessage | FunctionMessage, path: string): void {
    const block: ToolResultBlock = { type: 'tool_result', tool_use_id: call.sentId }
    if (typeof message.content === 'string') {
      if (message.content !== '') block.content = message.content
    } else {
      const content = blocksOf(message.content, path, this.#lose, this.#origins)
      if (content.length > 0) block.content = content
    }
    if (message.role === 'tool') {
      if (message.is_error) block.is_error = true
      Object.assign(block, cacheControlOf(message, path, this.#lose))
    }
    this.#origins.set(block, path)
    call.result = block
  }

  /** All results of a turn go into one user turn, first, in the order of the calls. */
  #settleCalls(): void {
    if (this.#pending.length === 0) return
    const missing = this.#pending.filter((call) => !call.result).map((call) => call.clientId)
    if (missing.length > 0) {
      throw unmatched(
        `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${missing.join(', ')}`,
      )
    }
    const results = this.#pending.flatMap((call) => (call.result ? [call.result] : []))
    this.#pending = []
    this.#add('user', results)
  }

  #add(role: 'user' | 'assistant', blocks: readonly Block[]): void {
    if (blocks.length === 0) return
    const last = this.#turns.at(-1)
    if (last?.role !== role) {
      this.#turns.push({ role, content: [...blocks] })
      return
    }
    last.content.push(...blocks)
    if (role === 'assistant') {
      const calls = last.content.filter((block) => block.type === 'tool_use')
      last.content = [...last.content.filter((block) => block.type !== 'tool_use'), ...calls]
    }
  }

  #fixEnds(count: number): void {
    const turns = this.#turns
    if (turns.length === 0) {
      if (this.#system.length > 0) {
        this.#lose(ONLY_SYSTEM)
        turns.push({ role: 'user', content: this.#system.splice(0) })
        return
      }
      this.#lose(NOTHING_SAID)
      turns.push({ role: 'user', content: [{ type: 'text', text: '.' }] })
      return
    }
    if (turns[0]?.role === 'assistant') {
      this.#lose(USER_FIRST, { path: 'messages[0]' })
      turns.unshift({ role: 'user', content: [{ type: 'text', text: '.' }] })
    }
    const last = turns.at(-1)
    if (last?.role !== 'assistant') return
    if (this.#options.prefill) trimEnd(last)
    if (!this.#options.prefill || last.content.length === 0) {
      this.#lose(USER_LAST, { path: `messages[${count - 1}]` })
      turns.push({ role: 'user', content: [{ type: 'text', text: 'Continue.' }] })
    }
  }

  #systemPrompt(): string | TextBlock[] | undefined {
    const blocks = this.#system
    if (blocks.length === 0) return undefined
    if (!blocks.some((block) => block.cache_control)) return blocks.map((block) => block.text).join('\n')
    return blocks.map((block, i) => (i < blocks.length - 1 ? { ...block, text: `${block.text}\n` } : block))
  }
}

/** A begun answer must not end in white space. */
function trimEnd(turn: Turn): void {
  const last = turn.content.at(-1)
  if (last?.type !== 'text') return
  last.text = last.text.trimEnd()
  if (last.text === '') turn.content.pop()
}

function unmatched(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' })
}
