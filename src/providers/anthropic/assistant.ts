// One assistant message of the history as blocks: its thinking first, then what it said, then what it called.
import type { AssistantMessage, ToolCall } from '../../../schemas/chat.ts'
import { emulated, type Lose } from '../../hub/support.ts'
import { blocksOf } from './content.ts'
import type { Names } from './names.ts'
import { CUSTOM_INPUT } from './tools.ts'
import type { Block, RedactedBlock, ThinkingBlock, ToolUseBlock } from './wire.ts'

export const RAW_ARGUMENTS = emulated('Arguments that are no JSON object are sent inside one.')

/** The name of this provider's reasoning in `reasoning_details`. */
export const FORMAT = 'anthropic-claude-v1'

/** Gives calls the ids they are sent with. */
export interface CallIds {
  open(clientId: string | undefined, name: string, legacy: boolean): string
}

export interface AssistantContext {
  readonly names: Names
  readonly ids: CallIds
  readonly origins: Map<object, string>
  readonly withoutThinking: boolean
  readonly lose: Lose
}

export function assistantBlocks(message: AssistantMessage, path: string, context: AssistantContext): Block[] {
  const { origins, lose, ids } = context
  const thinking = context.withoutThinking ? [] : thinkingOf(message)
  for (const block of thinking) origins.set(block, `${path}.reasoning_details`)
  const said: Block[] = blocksOf(message.content, path, lose, origins)
  for (const text of [message.refusal, message.audio?.transcript]) if (text) said.push({ type: 'text', text })
  const calls = (message.tool_calls ?? []).map((call, k) => toolUse(call, `${path}.tool_calls[${k}]`, context))
  if (message.function_call) {
    const { name, arguments: args } = message.function_call
    const at = `${path}.function_call`
    calls.push({
      type: 'tool_use',
      id: ids.open(undefined, name, true),
      name: context.names.out(name),
      input: inputOf(args, `${at}.arguments`, lose),
    })
  }
  calls.forEach((call, k) => {
    origins.set(call, `${path}.tool_calls[${k}]`)
  })
  return [...thinking, ...said, ...calls]
}

/**
 * The thinking that came out of this provider, as it was. What has no signature is refused by the service, and what
 * another provider thought means nothing to it.
 */
export function thinkingOf(message: AssistantMessage): (ThinkingBlock | RedactedBlock)[] {
  const blocks: (ThinkingBlock | RedactedBlock)[] = []
  for (const item of message.reasoning_details ?? []) {
    if (item.format && item.format !== FORMAT) continue
    if (item.type === 'reasoning.encrypted' && item.data) blocks.push({ type: 'redacted_thinking', data: item.data })
    if (item.type === 'reasoning.text' && item.signature) {
      blocks.push({ type: 'thinking', thinking: item.text ?? '', signature: item.signature })
    }
  }
  return blocks
}

function toolUse(call: ToolCall, path: string, { names, ids, lose }: AssistantContext): ToolUseBlock {
  const custom = call.custom
  const name = custom?.name ?? call.function?.name ?? ''
  return {
    type: 'tool_use',
    id: ids.open(call.id ?? undefined, name, false),
    name: names.out(name),
    input: custom
      ? { [CUSTOM_INPUT]: custom.input ?? '' }
      : inputOf(call.function?.arguments, `${path}.function.arguments`, lose),
  }
}

/** The model wrote them, so they may be anything: what is no JSON object is sent inside one. */
function inputOf(args: string | null | undefined, path: string, lose: Lose): Record<string, unknown> {
  if (!args || args.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(args)
  } catch {
    lose(RAW_ARGUMENTS, { path })
    return { _raw: args }
  }
  if (isObject(value)) return value
  lose(RAW_ARGUMENTS, { path })
  return { value }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
