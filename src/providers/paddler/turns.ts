// Messages as the turns of a conversation, which have a role and content and nothing else.
import type { AssistantMessage, Message } from '../../../schemas/chat.ts'
import { Calls } from '../../hub/calls.ts'
import { jsonIn } from '../../hub/json.ts'
import { messageKeys, NO_AUDIO, NO_NAME } from '../../hub/messages.ts'
import { audit, dropped, emulated, type Note } from '../../hub/support.ts'
import { contentOf, type Making, PART_NOTES } from './content.ts'
import type { Turn, TurnPart } from './wire.ts'

const CALLS = emulated('Calls are sent as text, in the form that most chat templates show.')
const BY_ORDER = emulated('Results are told apart by their order.')
const NO_MARK = dropped('The service has no mark for calls that failed.')

/** Every loss that `messages` may meet. */
export const MESSAGE_NOTES: readonly Note[] = [NO_NAME, NO_AUDIO, CALLS, BY_ORDER, NO_MARK, ...PART_NOTES]

const KEYS = messageKeys('inert', {
  assistant: { tool_calls: CALLS, function_call: CALLS, reasoning_details: 'inert' },
  tool: { tool_call_id: BY_ORDER },
  function: { name: BY_ORDER },
})

/**
 * The turns of a conversation.
 * @param own what the gateway itself has to say to the model: it stands in the instructions.
 * @throws GatewayError 400 with OpenAI's words when calls and results do not match, or a part cannot be sent.
 */
export function turnsOf(messages: readonly Message[], own: readonly string[], making: Making): Turn[] {
  const calls = new Calls<Turn>()
  const turns: Turn[] = []
  for (const [i, message] of messages.entries()) {
    const path = `messages[${i}]`
    audit(message, KEYS[message.role], path, making.lose)
    switch (message.role) {
      case 'tool':
        if (message.is_error) making.lose(NO_MARK, { path: `${path}.is_error` })
        calls.answer(message, () => ({ role: 'tool', content: contentOf(message.content, path, making) }))
        break
      case 'function':
        calls.answer(message, () => ({ role: 'tool', content: contentOf(message.content, path, making) }))
        break
      case 'system':
      case 'developer':
        turns.push({ role: 'system', content: contentOf(message.content, path, making) })
        break
      case 'user':
        turns.push(...calls.settle(), { role: 'user', content: contentOf(message.content, path, making) })
        break
      case 'assistant':
        turns.push(...calls.settle(), { role: 'assistant', content: said(message, path, making, calls) })
        break
      default:
        message satisfies never
    }
  }
  turns.push(...calls.settle())
  return instructed(turns, own)
}

/** All that an assistant's message says, its calls last. */
function said(message: AssistantMessage, path: string, making: Making, calls: Calls<Turn>): string | TurnPart[] {
  const content = contentOf(message.content, path, making)
  const aside = [message.refusal, message.audio?.transcript]
  const called = (message.tool_calls ?? []).map(({ id, custom, function: fn }) => {
    const name = custom?.name ?? fn?.name ?? ''
    calls.open(id ?? undefined, name, false)
    return callText(name, custom ? JSON.stringify(custom.input ?? '') : fn?.arguments)
  })
  const { function_call: call } = message
  if (call) {
    calls.open(undefined, call.name, true)
    called.push(callText(call.name, call.arguments))
  }
  const more = [...aside, ...called].filter((text) => typeof text === 'string' && text !== '')
  if (typeof content === 'string') return [...(content === '' ? [] : [content]), ...more].join('\n')
  return more.length === 0 ? content : [...content, { type: 'text', text: more.join('\n') }]
}

/** A call as models are trained to write it. Arguments that are no JSON are a string of it. */
function callText(name: string, given: string | null | undefined): string {
  const args = given?.trim() || '{}'
  const json = jsonIn(args) === undefined ? JSON.stringify(args) : args
  return `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${json}}\n</tool_call>`
}

/** Chat templates know one system turn, in front. */
function instructed(turns: Turn[], own: readonly string[]): Turn[] {
  if (own.length === 0) return turns
  const [first, ...rest] = turns
  const text = own.join('\n\n')
  if (first?.role !== 'system' || typeof first.content !== 'string')
    return [{ role: 'system', content: text }, ...turns]
  return [{ role: 'system', content: [first.content, text].filter(Boolean).join('\n\n') }, ...rest]
}
