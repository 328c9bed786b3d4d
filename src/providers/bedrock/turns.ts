// Messages as turns: instructions hoisted, the rest converted and merged, every result of a tool in its place.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
import type { FunctionMessage, Message, ToolMessage } from '../../../schemas/chat.ts'
import { Calls } from '../../hub/calls.ts'
import { messageKeys, NO_AUDIO, NO_NAME } from '../../hub/messages.ts'
import type { Names } from '../../hub/names.ts'
import { audit, emulated, type Lose, type Note } from '../../hub/support.ts'
import { RAW_ARGUMENTS } from '../anthropic/assistant.ts'
import { assistantPieces, boundedId, NO_CALLS, nineId } from './assistant.ts'
import { type Making, PART_NOTES, piecesOf, textsOf } from './content.ts'
import type { Model } from './models.ts'
import { type Piece, POINT_NOTES } from './points.ts'
import type { Block, TextBlock, ToolResultBlock } from './wire.ts'

const ONLY_SYSTEM = emulated('Converse needs a user turn: the instructions are sent as one.')
const NO_PROMPT = emulated('This model takes no instructions of their own: they stand in front of the first user turn.')
const USER_FIRST = emulated('Converse begins with a user turn: one that says "." is put in front.')
const USER_LAST = emulated('This model does not go on with a begun answer: a user turn that says "Continue." follows.')
const NOTHING_SAID = emulated('Converse needs text to answer: "." is sent.')
const LONE_DOCUMENT = emulated('A document needs text beside it: "." is sent.')

/** Every loss that `messages` may meet. */
export const MESSAGE_NOTES: readonly Note[] = [
  ...[NO_NAME, NO_AUDIO, RAW_ARGUMENTS, NO_CALLS],
  ...[ONLY_SYSTEM, NO_PROMPT, USER_FIRST, USER_LAST, NOTHING_SAID, LONE_DOCUMENT],
  ...POINT_NOTES,
  ...PART_NOTES,
]

const KEYS = messageKeys('used')

/** A turn on its way. */
export interface Draft {
  readonly role: 'user' | 'assistant'
  readonly pieces: Piece<Block>[]
  /** The message it began with: `messages[2]`. */
  readonly path: string
}

interface Ending {
  /** The last assistant message may stay last. */
  readonly prefill: boolean
  /** What the gateway itself has to say to the model. */
  readonly own: readonly string[]
}

/** A conversation as Converse takes it. */
export class Conversation {
  readonly #model: Model
  readonly #names: Names
  readonly #making: Making
  readonly #lose: Lose
  readonly #calls: Calls<Piece<ToolResultBlock>>
  readonly #prompt: Piece<TextBlock>[] = []
  readonly #turns: Draft[] = []
  /** The last message, when it is a user's and says nothing. */
  #silence: string | undefined

  /** @throws GatewayError 400 with OpenAI's words when calls and results do not match, or a part cannot be sent. */
  constructor(messages: readonly Message[], model: Model, names: Names, making: Making) {
    this.#model = model
    this.#names = names
    this.#making = making
    this.#lose = making.lose
    this.#calls = new Calls(model.nineIds ? nineId : boundedId)
    for (const [i, message] of messages.entries()) this.#one(message, `messages[${i}]`)
    this.#settleCalls('messages')
  }

  /** The model asked for calls, and did so without the thinking that led to them. */
  get lostThinking(): boolean {
    const pieces = this.#turns.findLast(({ role }) => role === 'assistant')?.pieces
    const [first, last] = [pieces?.[0]?.block, pieces?.at(-1)?.block]
    return first !== undefined && last !== undefined && rank(first) > 0 && rank(last) === 2
  }

  /** The history brings thinking back. */
  get thinks(): boolean {
    return this.#blocks().some((block) => rank(block) === 0)
  }

  /** The tools that the history calls, as they are sent. */
  get called(): string[] {
    return [...new Set(this.#blocks().flatMap((block) => ('toolUse' in block ? [block.toolUse.name] : [])))]
  }

  /** The turns, with both ends as the service wants them, and the instructions. */
  end({ prefill, own }: Ending): { turns: Draft[]; prompt: Piece<TextBlock>[] } {
    const prompt = this.#prompt
    if (this.#turns.length === 0 && prompt.length > 0) {
      this.#lose(ONLY_SYSTEM)
      this.#turns.push({ role: 'user', pieces: prompt.splice(0), path: 'messages' })
    }
    if (!this.#model.prompts && prompt.length > 0) this.#lose(NO_PROMPT)
    prompt.push(...own.map((text) => ({ block: { text } })))
    this.#fixEnds(prefill)
    if (!this.#model.prompts) this.#turns[0]?.pieces.unshift(...prompt.splice(0))
    for (const { pieces, path } of this.#turns) {
      if (pieces.some(({ block }) => 'text' in block) || !pieces.some(({ block }) => 'document' in block)) continue
      this.#lose(LONE_DOCUMENT, { path })
      pieces.push({ block: { text: '.' } })
    }
    return { turns: this.#turns, prompt }
  }

  #blocks(): Block[] {
    return this.#turns.flatMap(({ pieces }) => pieces.map(({ block }) => block))
  }

  #one(message: Message, path: string): void {
    audit(message, KEYS[message.role], path, this.#lose)
    this.#silence = undefined
    const { points } = this.#making
    switch (message.role) {
      case 'system':
      case 'developer':
        this.#prompt.push(...marked(textsOf(message.content, path, this.#making), points.of(message, path)))
        break
      case 'tool':
      case 'function':
        this.#calls.answer(message, (sentId) => this.#result(sentId, message, path))
        break
      case 'user': {
        this.#settleCalls(path)
        const pieces = marked<Block>(piecesOf(message.content, path, this.#making), points.of(message, path))
        if (pieces.length === 0) this.#silence = path
        this.#append('user', pieces, path)
        break
      }
      case 'assistant': {
        this.#settleCalls(path)
        const { tools, replays } = this.#model
        const recalling = { ...this.#making, names: this.#names, calls: this.#calls, replays, tools }
        this.#append('assistant', marked(assistantPieces(message, path, recalling), points.of(message, path)), path)
        break
      }
      default:
        message satisfies never
    }
  }

  #result(toolUseId: string, message: ToolMessage | FunctionMessage, path: string): Piece<ToolResultBlock> {
    const parts = piecesOf(message.content, path, this.#making)
    const own = message.role === 'tool' ? this.#making.points.of(message, path) : undefined
    const failed = message.role === 'tool' && message.is_error
    return {
      block: {
        toolResult: { toolUseId, content: parts.map(({ block }) => block), ...(failed && { status: 'error' }) },
      },
      // A point inside a result is one behind it.
      point: own ?? parts.findLast(({ point }) => point)?.point,
    }
  }

  /** All results of a turn go into one user turn, first, in the order of the calls. */
  #settleCalls(path: string): void {
    this.#append('user', this.#calls.settle(), path)
  }

  #append(role: Draft['role'], pieces: readonly Piece<Block>[], path: string): void {
    if (pieces.length === 0) return
    const last = this.#turns.at(-1)
    if (last?.role !== role) {
      this.#turns.push({ role, pieces: [...pieces], path })
      return
    }
    last.pieces.push(...pieces)
    if (role === 'assistant') last.pieces.sort((a, b) => rank(a.block) - rank(b.block))
  }

  #fixEnds(prefill: boolean): void {
    const turns = this.#turns
    const say = (text: string): Draft => ({ role: 'user', pieces: [{ block: { text } }], path: 'messages' })
    const [first] = turns
    if (first?.role === 'assistant') {
      this.#lose(USER_FIRST, { path: first.path })
      turns.unshift(say('.'))
    }
    const last = turns.at(-1)
    if (last?.role === 'user') return
    if (!last || this.#silence !== undefined) {
      this.#lose(NOTHING_SAID, { path: this.#silence ?? 'messages' })
      turns.push(say('.'))
    } else if (prefill) trimEnd(last)
    else {
      this.#lose(USER_LAST, { path: last.path })
      turns.push(say('Continue.'))
    }
  }
}

/** The pieces of a message: a point on the message is one behind its last piece. */
function marked<B>(pieces: Piece<B>[], point: Piece<B>['point']): Piece<B>[] {
  const last = pieces.at(-1)
  if (last && point) last.point = point
  return pieces
}

/** Thinking comes first in a turn, calls last. */
function rank(block: Block): number {
  if ('reasoningContent' in block) return 0
  return 'toolUse' in block ? 2 : 1
}

/** A begun answer must not end in white space. */
function trimEnd({ pieces }: Draft): void {
  const block = pieces.at(-1)?.block
  if (block && 'text' in block) block.text = block.text.trimEnd()
}
