// The items of a request as the messages of a chat: what the model said in one go (thoughts, text, calls) is one
// message of the assistant's, and the outputs of its calls follow it, wherever they stand.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
import type { Message, Part } from '../../../schemas/chat.ts'
import type { Item, ItemContent } from '../../../schemas/responses.ts'
import { GatewayError } from '../../hub/error.ts'
import { audit, dropped, emulated, type Lose, rejected } from '../../hub/support.ts'
import { keys } from './keys.ts'
import { Outputs } from './outputs.ts'
import { contentOf } from './parts.ts'
import type { Place } from './paths.ts'
import { Turn } from './turn.ts'

const OWN_TOOL = dropped("What a service's own tool did before is not told again.")
const UNANSWERED = rejected('The gateway has no tool of this type, so that nothing of it can be told.')
const COMPACTED = rejected('What another service has compacted it alone can read: send the items themselves.')
const NO_ITEM = rejected('The gateway knows no item of this type.', 'invalid_value')
const NOT_HERE = dropped('The thoughts behind this name are not kept here.')
const BEHIND = emulated("What is no text in a tool's output is sent in a message of the user's behind it.")

/** Every loss that an item may meet on its way into the hub. */
export const ITEM_NOTES = [OWN_TOOL, UNANSWERED, COMPACTED, NO_ITEM, NOT_HERE, BEHIND]

/** Items that tell of work which is done, and without which the rest still makes sense. */
const DONE = new Set([
  ...['web_search_call', 'file_search_call', 'code_interpreter_call', 'image_generation_call', 'mcp_list_tools'],
  ...['mcp_call', 'tool_search_call', 'tool_search_output', 'program', 'program_output'],
])
/** Items of which a part stands elsewhere, with the client or with a service. */
const OPEN = new Set([
  ...['computer_call', 'computer_call_output', 'local_shell_call', 'local_shell_call_output', 'shell_call'],
  ...['shell_call_output', 'apply_patch_call', 'apply_patch_call_output', 'mcp_approval_request'],
  ...['mcp_approval_response', 'additional_tools'],
])

const KEYS = {
  message: keys('type role content', 'id status phase'),
  function_call: keys('type call_id name namespace arguments', 'id status parsed_arguments'),
  custom_tool_call: keys('type call_id name namespace input', 'id status'),
  output: keys('type call_id output', 'id status'),
}

/** An item, and where the client has it: an item of an earlier response is named by the field that names that one. */
export interface Placed {
  readonly item: Item
  readonly path: string
}

export interface Conversation {
  readonly messages: readonly Message[]
  /** Where each message came from. */
  readonly places: readonly Place[]
}

/** @throws GatewayError 400 for items that cannot be told, and where calls and outputs do not match. */
export function messagesOf(items: readonly Placed[], lose: Lose): Conversation {
  const outputs = new Outputs(items)
  const messages: Message[] = []
  const places: Place[] = []
  const push = (message: Message, place: Place) => {
    messages.push(message)
    places.push(place)
  }
  let turn = new Turn(lose)
  const endTurn = () => {
    const { message, place, calls } = turn.end()
    if (message) push(message, place)
    const rest: Part[] = []
    for (const id of calls) {
      const { path, output } = outputs.take(id)
      const [text, others] = divided(contentOf(output, `${path}.output`, lose))
      push({ role: 'tool', tool_call_id: id, content: text }, { path, text: 'output' })
      if (others.length > 0) lose(BEHIND, { path: `${path}.output` })
      rest.push(...others)
    }
    if (rest.length > 0) push({ role: 'user', content: rest }, { path: places.at(-1)?.path ?? 'input', text: 'output' })
    turn = new Turn(lose)
  }

  for (const { item, path } of items) {
    switch (item.type) {
      case 'message': {
        audit(item, KEYS.message, path, lose)
        const content = contentOf(item.content, `${path}.content`, lose)
        if (item.role !== 'assistant') {
          endTurn()
          push({ role: item.role, content }, { path, text: 'content' })
          break
        }
        if (turn.hasSpoken) endTurn()
        turn.say(content, path)
        break
      }
      case 'function_call':
      case 'custom_tool_call':
        audit(item, KEYS[item.type], path, lose)
        turn.call(item, path)
        break
      case 'reasoning':
        turn.think(item, path)
        break
      case 'function_call_output':
      case 'custom_tool_call_output':
        audit(item, KEYS.output, path, lose)
        endTurn()
        break
      case 'item_reference':
        lost(item.id, path, lose)
        break
      default:
        untold(item, path, lose)
    }
  }
  endTurn()
  return { messages, places }
}

/** A reference to an item that nobody here keeps. */
function lost(id: string, path: string, lose: Lose): void {
  // Thoughts alone may be missing: the rest of the conversation makes sense without them.
  if (id.startsWith('rs_')) lose(NOT_HERE, { path })
  else
    throw new GatewayError(
      'not_found',
      `Item with id '${id.slice(0, 100)}' not found. Items are kept only with the responses that are stored: send the item itself.`,
      { param: path },
    )
}

/** An item of a type that has no place in a chat. */
function untold({ type }: { readonly type: string }, path: string, lose: Lose): void {
  const note = DONE.has(type)
    ? OWN_TOOL
    : OPEN.has(type)
      ? UNANSWERED
      : type.startsWith('compaction')
        ? COMPACTED
        : NO_ITEM
  lose(note, { path: DONE.has(type) ? path : `${path}.type` })
}

/** What of a tool's output is text, which its own message may hold, and what is not. */
function divided(content: string | Part[]): [text: string | Part[], others: Part[]] {
  if (typeof content === 'string') return [content, []]
  const text = content.filter(({ type }) => type === 'text')
  return [text, content.filter(({ type }) => type !== 'text')]
}

/** What a tool answered. */
export type ToolOutput = ItemContent
