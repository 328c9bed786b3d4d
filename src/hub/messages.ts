// What becomes of the keys of messages, wherever a provider reads them one by one. What an answer carried and nobody
// reads again is inert.
import type {
  AssistantMessage,
  DeveloperMessage,
  FunctionMessage,
  Message,
  SystemMessage,
  ToolMessage,
  UserMessage,
} from '../../schemas/chat.ts'
import { dropped, type Keys, type Note } from './support.ts'

export const NO_NAME = dropped('The service has no names of speakers.')
export const NO_AUDIO = dropped('Audio of an answer cannot be sent back; its transcript is, where there is one.')

/** The form of the table is a record, because a message may have keys that the schema does not name. */
type KeysByRole = { readonly [R in Message['role']]: Readonly<Record<string, 'used' | 'inert' | Note>> }

/** Where a provider differs from what nearly all do. */
interface Differing {
  readonly assistant?: Partial<Keys<AssistantMessage>>
  readonly tool?: Partial<Keys<ToolMessage>>
  readonly function?: Partial<Keys<FunctionMessage>>
}

/** @param marks what becomes of a cache mark on a message. */
export function messageKeys(marks: 'used' | 'inert', differing: Differing = {}): KeysByRole {
  const spoken = { role: 'used', content: 'used', cache_control: marks } as const
  const instruction = { ...spoken, name: 'inert' } as const
  return {
    system: instruction satisfies Keys<SystemMessage>,
    developer: instruction satisfies Keys<DeveloperMessage>,
    user: { ...spoken, name: NO_NAME } satisfies Keys<UserMessage>,
    assistant: {
      // What one provider wants back says nothing to another.
      extra_content: 'inert',
      ...assistantKeys(marks),
      ...differing.assistant,
    },
    tool: {
      ...spoken,
      tool_call_id: 'used',
      name: 'inert',
      is_error: 'used',
      ...differing.tool,
    } satisfies Keys<ToolMessage>,
    function: { role: 'used', content: 'used', name: 'used', ...differing.function } satisfies Keys<FunctionMessage>,
  }
}

function assistantKeys(marks: 'used' | 'inert'): Keys<AssistantMessage> {
  return {
    role: 'used',
    content: 'used',
    name: NO_NAME,
    refusal: 'used',
    tool_calls: 'used',
    function_call: 'used',
    audio: NO_AUDIO,
    cache_control: marks,
    annotations: 'inert',
    parsed: 'inert',
    reasoning_content: 'inert',
    reasoning: 'inert',
    reasoning_details: 'used',
  }
}
