// One assistant message of the history: its thinking and its plan, what it said, what it called.
// https://docs.cohere.com/v2/docs/tool-use-overview
import type { AssistantMessage, ToolCall } from '../../../schemas/chat.ts'
import type { Calls } from '../../hub/calls.ts'
import { inputAs } from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import { emulated, type Lose } from '../../hub/support.ts'
import { textItems, textsOf } from './content.ts'
import type { Family } from './models.ts'
import { REASONING_NOTES, reasoningOf } from './reasoning.ts'
import type { AssistantTurn, SentCall, TextItem, ToolTurn } from './wire.ts'

const RAW_ARGUMENTS = emulated('Arguments that are no JSON object are sent inside one.')
export const ASSISTANT_NOTES = [RAW_ARGUMENTS, ...REASONING_NOTES]

export interface Recalling {
  readonly names: Names
  readonly calls: Calls<ToolTurn>
  readonly family: Family
  readonly lose: Lose
}

/** The turn of a message, or undefined when it says and calls nothing. */
export function assistantTurn(
  message: AssistantMessage,
  path: string,
  recalling: Recalling,
): AssistantTurn | undefined {
  const said: TextItem[] = textsOf(message.content, path, recalling.lose).flatMap(textItems)
  said.push(...textItems(message.refusal), ...textItems(message.audio?.transcript))
  const calls = (message.tool_calls ?? []).map((call, k) => sentCall(call, `${path}.tool_calls[${k}]`, recalling))
  if (message.function_call) calls.push(functionCall(message.function_call, `${path}.function_call`, recalling))
  if (said.length + calls.length === 0) return undefined

  const { thoughts, plan } = reasoningOf(message, calls.length > 0, path, recalling.family, recalling.lose)
  const content = [...thoughts, ...said]
  const [only] = said
  return {
    role: 'assistant',
    ...(content.length > 0 && { content: content.length === 1 && only ? only.text : content }),
    ...(plan && { tool_plan: plan }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

function sentCall(call: ToolCall, path: string, { names, calls, lose }: Recalling): SentCall {
  const { custom } = call
  const name = custom?.name ?? call.function?.name ?? ''
  const json = custom
    ? JSON.stringify(inputAs(custom.input ?? ''))
    : objectIn(call.function?.arguments, `${path}.function.arguments`, lose)
  const id = calls.open(call.id ?? undefined, name, false)
  return { id, type: 'function', function: { name: names.out(name), arguments: json } }
}

function functionCall(
  { name, arguments: given }: NonNullable<AssistantMessage['function_call']>,
  path: string,
  { names, calls, lose }: Recalling,
): SentCall {
  const json = objectIn(given, `${path}.arguments`, lose)
  const id = calls.open(undefined, name, true)
  return { id, type: 'function', function: { name: names.out(name), arguments: json } }
}

/** The model wrote them, so they may be anything; the service reads them as a JSON object. */
function objectIn(given: string | null | undefined, path: string, lose: Lose): string {
  if (!given || given.trim() === '') return '{}'
  try {
    const value: unknown = JSON.parse(given)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return given
  } catch {
    lose(RAW_ARGUMENTS, { path })
    return JSON.stringify({ _raw: given })
  }
  lose(RAW_ARGUMENTS, { path })
  return `{"value":${given}}`
}
