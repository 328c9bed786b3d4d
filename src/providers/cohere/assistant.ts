// One assistant message of the history: its thinking and its plan, what it said, what it called.
// https://docs.cohere.com/v2/docs/reasoning https://docs.cohere.com/v2/docs/tool-use-overview
import type { AssistantMessage, ToolCall } from '../../../schemas/chat.ts'
import type { Calls } from '../../hub/calls.ts'
import { inputAs } from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import { dropped, emulated, type Lose } from '../../hub/support.ts'
import { textItems, textsOf } from './content.ts'
import type { Family } from './models.ts'
import type { AssistantTurn, SentCall, TextItem, ThinkingItem, ToolTurn } from './wire.ts'

const RAW_ARGUMENTS = emulated('Arguments that are no JSON object are sent inside one.')
const NO_THINKING = dropped('This model takes no thinking back.')
export const ASSISTANT_NOTES = [RAW_ARGUMENTS, NO_THINKING]

/** The names of this provider's reasoning in `reasoning_details`: what it thought, and what it planned to call. */
export const THOUGHT = 'cohere-thinking-v2'
export const PLANNED = 'cohere-plan-v2'

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

  const { thoughts, plan } = reasoningOf(message, calls.length > 0, path, recalling)
  const content = [...thoughts, ...said]
  const [only] = said
  return {
    role: 'assistant',
    ...(content.length > 0 && { content: content.length === 1 && only ? only.text : content }),
    ...(plan && { tool_plan: plan }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** What led to the message. Text without a name of its kind is a plan where only that can have come before calls. */
function reasoningOf(message: AssistantMessage, called: boolean, path: string, { family, lose }: Recalling) {
  const texts = (format: string) =>
    (message.reasoning_details ?? []).flatMap((one) => (one.format === format && one.text ? one.text : []))
  const planned = texts(PLANNED).join('')
  const own = texts(THOUGHT)
  const loose = planned || own.length > 0 ? '' : (message.reasoning_content ?? message.reasoning ?? '')
  const isPlan = called && family.reasons === false
  // Without calls a plan is but a thought.
  const plan = called ? planned || (isPlan ? loose : '') : ''
  const thoughts = [...own, ...(called ? [] : [planned]), ...(isPlan ? [] : [loose])].filter(
    (text) => text.trim() !== '',
  )
  if (thoughts.length > 0 && family.reasons === false) {
    lose(NO_THINKING, { path: `${path}.${loose ? 'reasoning_content' : 'reasoning_details'}` })
    thoughts.length = 0
  }
  return {
    thoughts: thoughts.map((thinking): ThinkingItem => ({ type: 'thinking', thinking })),
    plan: plan.trim() && plan,
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
