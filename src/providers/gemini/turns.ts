// Messages as turns of two roles, with every result behind its call.
// https://ai.google.dev/api/caching#Content
import type { Message } from '../../../schemas/chat.ts'
import { Calls, type IdRule } from '../../hub/calls.ts'
import { messageKeys, NO_AUDIO, NO_NAME } from '../../hub/messages.ts'
import type { Names } from '../../hub/names.ts'
import { audit, emulated, type Note } from '../../hub/support.ts'
import { type Making, PART_NOTES, partsOf, textPartsOf } from './content.ts'
import { assistantParts, RAW_ARGUMENTS, type Result, resultOf } from './history.ts'
import { NO_SIGNATURE } from './signature.ts'
import type { Content, SentPart } from './wire.ts'

const ONLY_SYSTEM = emulated('generateContent needs a user turn: the instructions are sent as one.')
export const NO_SYSTEM = emulated('This model has no system instruction: it stands in front of the first user turn.')
const USER_FIRST = emulated('A call must follow a user turn: one that says "." is put in front.')
const NOTHING_SAID = emulated('generateContent refuses a turn without parts: "." is sent.')

/** Every loss that `messages` may meet. */
export const MESSAGE_NOTES: readonly Note[] = [
  ...[NO_NAME, NO_AUDIO, RAW_ARGUMENTS, ONLY_SYSTEM, NO_SYSTEM, USER_FIRST, NOTHING_SAID],
  ...PART_NOTES,
]

const KEYS = messageKeys('inert')
/** What answers of this and other gateways carry besides. */
const CARRIED = { images: 'used', extra_content: 'used', provider_specific_fields: 'used' } as const

interface Recall extends Making {
  readonly names: Names
  /** Whether signatures that were sent back are used. */
  readonly signatures: boolean
}

/** Ids are the client's own, whatever they look like. */
const anyId: IdRule = (clientId, count) => clientId || `call_${count}`

/** A conversation as generateContent takes it. */
export class Conversation {
  readonly contents: Content[] = []
  readonly #recall: Recall
  readonly #calls = new Calls<Result>(anyId)
  #system: SentPart[] = []
  /** How many turns there were when the user last said something: the model's current turn begins there. */
  #current = 0
  /** The last message, when it is a user's and says nothing. */
  #silence: string | undefined
  /** How many calls the history has. */
  calls = 0

  /** @throws GatewayError 400 with OpenAI's words when calls and results do not match, or a part cannot be sent. */
  constructor(messages: readonly Message[], recall: Recall) {
    this.#recall = recall
    for (const [i, message] of messages.entries()) this.#one(message, `messages[${i}]`)
    this.#settle()
  }

  /** The instruction in front, with both ends of the conversation as the service wants them. */
  end(own: readonly string[]): { readonly parts: readonly SentPart[] } | undefined {
    const { lose, family } = this.#recall
    const { contents } = this
    this.#system.push(...own.map((text) => ({ text })))
    const [first] = contents
    if (!first && this.#system.length > 0) {
      lose(ONLY_SYSTEM)
      contents.push({ role: 'user', parts: this.#system.splice(0) })
    } else if (!first || this.#silence !== undefined) {
      lose(NOTHING_SAID, { path: this.#silence ?? 'messages' })
      contents.push({ role: 'user', parts: [{ text: '.' }] })
      this.#current = contents.length
    }
    if (first?.role === 'model' && first.parts.some((part) => part.functionCall)) {
      lose(USER_FIRST, { path: this.#recall.origins.get(first) ?? 'messages' })
      contents.unshift({ role: 'user', parts: [{ text: '.' }] })
      this.#current++
    }
    if (family.third) this.#sign()
    if (family.system || this.#system.length === 0) return this.#system.length > 0 ? { parts: this.#system } : undefined
    lose(NO_SYSTEM)
    const user = contents.find(({ role }) => role === 'user')
    if (user) user.parts.unshift(...this.#system)
    else contents.unshift({ role: 'user', parts: this.#system })
    return undefined
  }

  /** The first call of each step of the current turn must have a signature: where the client lost it, none is checked. */
  #sign(): void {
    for (const { role, parts } of this.contents.slice(this.#current)) {
      const call = role === 'model' ? parts.find((part) => part.functionCall) : undefined
      if (call) call.thoughtSignature ??= NO_SIGNATURE
    }
  }

  #one(message: Message, path: string): void {
    const { lose } = this.#recall
    const keys = message.role === 'assistant' ? { ...KEYS.assistant, ...CARRIED } : KEYS[message.role]
    audit(message, keys, path, lose)
    this.#silence = undefined
    switch (message.role) {
      case 'system':
      case 'developer':
        this.#system.push(...textPartsOf(message.content, path, this.#recall))
        break
      case 'tool':
      case 'function':
        this.#calls.answer(message, (id, name) => resultOf(id, name, message, path, this.#recall))
        break
      case 'user': {
        this.#settle()
        const parts = partsOf(message.content, path, this.#recall)
        if (parts.length === 0) this.#silence = path
        this.#append('user', parts, path)
        if (parts.length > 0) this.#current = this.contents.length
        break
      }
      case 'assistant': {
        this.#settle()
        const parts = assistantParts(message, path, { ...this.#recall, calls: this.#calls })
        this.calls += parts.filter((part) => part.functionCall).length
        this.#append('model', parts, path)
        break
      }
      default:
        message satisfies never
    }
  }

  /** All results of a turn go into one turn of their own, in the order of the calls; media behind it, in another. */
  #settle(): void {
    const results = this.#calls.settle()
    for (const parts of [results.map(({ part }) => part), results.flatMap(({ beside }) => beside)]) {
      if (parts.length > 0) this.contents.push({ role: 'user', parts })
    }
  }

  #append(role: Content['role'], parts: SentPart[], path: string): void {
    if (parts.length === 0) return
    const last = this.contents.at(-1)
    // A turn of results stands by itself: whatever follows it is another one.
    if (last?.role === role && !last.parts.some((part) => part.functionResponse)) {
      last.parts.push(...parts)
      return
    }
    const content = { role, parts }
    this.#recall.origins.set(content, path)
    this.contents.push(content)
  }
}
