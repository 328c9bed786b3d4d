// One assistant message of the history as blocks: its thinking first, then what it said, then what it called.
import type { AssistantMessage, ReasoningDetail, ToolCall } from '../../../schemas/chat.ts'
import type { Calls } from '../../hub/calls.ts'
import { inputAs } from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import { emulated, type Lose } from '../../hub/support.ts'
import { type Making, textBlock, textBlocksOf } from './content.ts'
import type { Block, RedactedBlock, ThinkingBlock, ToolResultBlock, ToolUseBlock } from './wire.ts'

export const RAW_ARGUMENTS = emulated('Arguments that are no JSON object are sent inside one.')

/** The name of this provider's reasoning in `reasoning_details`. */
export const FORMAT = 'anthropic-claude-v1'

export interface Recalling extends Making {
  readonly names: Names
  readonly calls: Calls<ToolResultBlock>
  /** Leave out thinking that was sent back. */
  readonly withoutThinking: boolean
}

/** The blocks of a message; none when it says nothing, because thinking alone is refused. */
export function assistantBlocks(message: AssistantMessage, path: string, recalling: Recalling): Block[] {
  const { origins } = recalling
  const thinking = recalling.withoutThinking ? [] : thinkingOf(message)
  for (const block of thinking) origins.set(block, `${path}.reasoning_details`)

  const said: Block[] = textBlocksOf(message.content, path, recalling)
  const aside = { refusal: message.refusal, 'audio.transcript': message.audio?.transcript }
  for (const [key, text] of Object.entries(aside)) {
    const block = textBlock(text)
    if (!block) continue
    origins.set(block, `${path}.${key}`)
    said.push(block)
  }

  const called = (message.tool_calls ?? []).map((call, k) => toolUse(call, `${path}.tool_calls[${k}]`, recalling))
  if (message.function_call) called.push(functionCall(message.function_call, `${path}.function_call`, recalling))
  return said.length + called.length > 0 ? [...thinking, ...said, ...called] : []
}

/**
 * The thinking that came out of this provider, as it was: all of it or nothing, because the service refuses what was
 * changed. What has no signature is refused as well, and what another provider thought means nothing here.
 */
export function thinkingOf(message: AssistantMessage): (ThinkingBlock | RedactedBlock)[] {
  const own = (message.reasoning_details ?? []).filter(({ format }) => !format || format === FORMAT)
  return isTorn(own) ? [] : own.flatMap(thinkingBlock)
}

function thinkingBlock({ type, text, signature, data }: ReasoningDetail): (ThinkingBlock | RedactedBlock)[] {
  if (type === 'reasoning.encrypted' && data) return [{ type: 'redacted_thinking', data }]
  if (type !== 'reasoning.text' || !signature) return []
  return [{ type: 'thinking', thinking: text ?? '', signature }]
}

/**
 * Whether pieces are missing: some clients fold a stream by keeping the last list of details there was. What is left
 * is a signature without its text, or blocks that do not count from 0.
 */
function isTorn(details: readonly ReasoningDetail[]): boolean {
  const indices = new Set(details.flatMap(({ index }) => index ?? []))
  const gaps = [...indices].some((index) => index >= indices.size)
  return gaps || details.some(({ signature, text }) => signature && text === undefined)
}

function toolUse(call: ToolCall, path: string, { names, calls, origins, lose }: Recalling): ToolUseBlock {
  const { custom } = call
  const name = custom?.name ?? call.function?.name ?? ''
  const block: ToolUseBlock = {
    type: 'tool_use',
    id: calls.open(call.id ?? undefined, name, false),
    name: names.out(name),
    input: custom ? inputAs(custom.input ?? '') : inputOf(call.function?.arguments, `${path}.function.arguments`, lose),
  }
  origins.set(block, path)
  return block
}

function functionCall(
  { name, arguments: given }: NonNullable<AssistantMessage['function_call']>,
  path: string,
  { names, calls, origins, lose }: Recalling,
): ToolUseBlock {
  const block: ToolUseBlock = {
    type: 'tool_use',
    id: calls.open(undefined, name, true),
    name: names.out(name),
    input: inputOf(given, `${path}.arguments`, lose),
  }
  origins.set(block, path)
  return block
}

/** The model wrote them, so they may be anything: what is no JSON object is sent inside one. */
export function inputOf(given: string | null | undefined, path: string, lose: Lose): Record<string, unknown> {
  if (!given || given.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(given)
  } catch {
    lose(RAW_ARGUMENTS, { path })
    return { _raw: given }
  }
  const shallow = isShallow(value, MAX_DEPTH)
  if (shallow && isObject(value)) return value
  lose(RAW_ARGUMENTS, { path })
  return shallow ? { value } : { _raw: given }
}

/** As deep as a request itself may be: what is deeper can neither be written nor read again. */
const MAX_DEPTH = 64

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((one) => isShallow(one, depth - 1))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
