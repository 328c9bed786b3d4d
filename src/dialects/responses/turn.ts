// What the model said in one go, item by item, as one message of the assistant's.
import type { AssistantMessage, Part, ReasoningDetail, ToolCall } from '../../../schemas/chat.ts'
import type { Item } from '../../../schemas/responses.ts'
import { carriedIn, isCarried } from '../../hub/carried.ts'
import type { Extra } from '../../hub/delta.ts'
import { audit, dropped, type Lose } from '../../hub/support.ts'
import { keys } from './keys.ts'
import { flatName } from './namespaces.ts'
import type { Place } from './paths.ts'

const FOREIGN = dropped('Another service has sealed these thoughts, and it alone can read them.')
const DAMAGED = dropped('What the gateway had packed here is damaged.')

/** Every loss that thoughts may meet on their way into the hub. */
export const THOUGHT_NOTES = [FOREIGN, DAMAGED]

type Call = Extract<Item, { type: 'function_call' | 'custom_tool_call' }>
type Reasoning = Extract<Item, { type: 'reasoning' }>

const KEYS = keys('type summary content encrypted_content', 'id status')

export class Turn {
  readonly #lose: Lose
  readonly #parts: Part[] = []
  readonly #partPaths: string[] = []
  /** The text as the client wrote it, while it is the only part. */
  #text: string | undefined
  readonly #calls: ToolCall[] = []
  readonly #callPaths: string[] = []
  readonly #details: ReasoningDetail[] = []
  readonly #thoughts: string[] = []
  readonly #extras = new Map<string, Extra>()
  #extra: Extra | undefined
  #path: string | undefined
  #reasoningPath: string | undefined

  constructor(lose: Lose) {
    this.#lose = lose
  }

  /** A text that follows another one, without a call between them, was said in a turn of its own. */
  get hasSpoken(): boolean {
    return this.#parts.length > 0 && this.#calls.length === 0
  }

  say(content: string | Part[], path: string): void {
    this.#path ??= path
    const parts: Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content
    this.#text = typeof content === 'string' && this.#parts.length === 0 ? content : undefined
    parts.forEach((part, i) => {
      this.#parts.push(part)
      this.#partPaths.push(typeof content === 'string' ? `${path}.content` : `${path}.content[${i}]`)
    })
  }

  call(item: Call, path: string): void {
    this.#path ??= path
    const { call_id: id, namespace } = item
    const name = namespace ? flatName(namespace, item.name) : item.name
    this.#calls.push(
      item.type === 'function_call'
        ? { id, type: 'function', function: { name, arguments: item.arguments } }
        : { id, type: 'custom', custom: { name, input: item.input } },
    )
    this.#callPaths.push(path)
  }

  think(item: Reasoning, path: string): void {
    audit(item, KEYS, path, this.#lose)
    this.#reasoningPath ??= path
    const { encrypted_content: sealed } = item
    const carried = sealed ? carriedIn(sealed) : undefined
    if (sealed && !carried) this.#lose(isCarried(sealed) ? DAMAGED : FOREIGN, { path: `${path}.encrypted_content` })
    this.#details.push(...(carried?.details ?? []))
    for (const [id, extra] of Object.entries(carried?.calls ?? {})) this.#extras.set(id, extra)
    this.#extra = carried?.message ?? this.#extra
    const texts = [...(item.content ?? []), ...(item.content?.length ? [] : (item.summary ?? []))]
    const text = texts.map((one) => one.text).join('\n\n')
    if (text !== '') this.#thoughts.push(text)
  }

  /** The message, unless nothing was said, and the ids of its calls. */
  end(): { readonly message: AssistantMessage | undefined; readonly place: Place; readonly calls: readonly string[] } {
    const place: Place = {
      path: this.#path ?? this.#reasoningPath ?? 'input',
      text: 'content',
      parts: this.#partPaths,
      calls: this.#callPaths,
      ...(this.#reasoningPath !== undefined && { reasoning: this.#reasoningPath }),
    }
    const calls = this.#calls.map((call): ToolCall => {
      const extra = this.#extras.get(call.id ?? '')
      return extra ? { ...call, extra_content: extra } : call
    })
    // Thoughts that led to nothing are no turn.
    if (this.#parts.length + calls.length === 0) return { message: undefined, place, calls: [] }
    const message: AssistantMessage = {
      role: 'assistant',
      content: this.#text ?? (this.#parts.length > 0 ? this.#parts : null),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(this.#thoughts.length > 0 && { reasoning_content: this.#thoughts.join('\n\n') }),
      ...(this.#details.length > 0 && { reasoning_details: this.#details }),
      ...(this.#extra && { extra_content: this.#extra }),
    }
    return { message, place, calls: calls.map(({ id }) => id ?? '') }
  }
}
