// One assistant message of the history as blocks: its thinking first, then what it said, then what it called.
import { createHash } from 'node:crypto'
import type { AssistantMessage } from '../../../schemas/chat.ts'
import { type Calls, type IdRule, plainId } from '../../hub/calls.ts'
import { inputAs } from '../../hub/definitions.ts'
import { isBase64 } from '../../hub/media.ts'
import type { Names } from '../../hub/names.ts'
import { rejected } from '../../hub/support.ts'
import { inputOf, thinkingOf } from '../anthropic/assistant.ts'
import { type Making, said, textsOf } from './content.ts'
import type { Piece } from './points.ts'
import type { Block, ReasoningBlock, ToolResultBlock, ToolUseBlock } from './wire.ts'

export const NO_CALLS = rejected('This model takes no calls of tools in its history.')

const MAX_ID = 64

/** Ids of calls within the service's rules. */
export const boundedId: IdRule = (clientId, count) => {
  const id = plainId(clientId, count)
  return id.length > MAX_ID ? `${id.slice(0, MAX_ID - 17)}_${digest(id, 16)}` : id
}

/** Ids of nine letters or digits, which some models insist on. */
export const nineId: IdRule = (clientId, count) =>
  clientId && /^[a-zA-Z0-9]{9}$/.test(clientId) ? clientId : digest(clientId || `call ${count}`, 9)

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}

export interface Recalling extends Making {
  readonly names: Names
  readonly calls: Calls<Piece<ToolResultBlock>>
  /** Signed thinking goes back as it came. */
  readonly replays: boolean
  readonly tools: boolean
}

/** The blocks of a message; none when it says nothing, because thinking alone is refused. */
export function assistantPieces(message: AssistantMessage, path: string, recalling: Recalling): Piece<Block>[] {
  const spoken: Piece<Block>[] = [
    ...textsOf(message.content, path, recalling),
    ...said(message.refusal),
    ...said(message.audio?.transcript),
  ]
  const called = callsOf(message, path, recalling)
  if (called.length > 0 && !recalling.tools) recalling.lose(NO_CALLS, { path: `${path}.tool_calls` })
  const thinking = thinkingOf(message)
  // What was hidden is bytes here: of what is none, the thinking would be refused, all of it.
  const replays = recalling.replays && thinking.every((block) => !('data' in block) || isBlob(block.data))
  const thought = replays ? thinking.map((block) => ({ block: reasoning(block) })) : []
  return spoken.length + called.length > 0 ? [...thought, ...spoken, ...called.map((block) => ({ block }))] : []
}

function isBlob(data: string): boolean {
  return isBase64(data) && data.length % 4 === 0
}

function reasoning(block: ReturnType<typeof thinkingOf>[number]): ReasoningBlock {
  if (block.type === 'redacted_thinking') return { reasoningContent: { redactedContent: block.data } }
  return { reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature } } }
}

function callsOf(message: AssistantMessage, path: string, { names, calls, lose }: Recalling): ToolUseBlock[] {
  const use = (id: string | undefined, name: string, legacy: boolean, input: Record<string, unknown>) => ({
    toolUse: { toolUseId: calls.open(id, name, legacy), name: names.out(name), input },
  })
  const called = (message.tool_calls ?? []).map((call, k) => {
    const { custom } = call
    const name = custom?.name ?? call.function?.name ?? ''
    const input = custom
      ? inputAs(custom.input ?? '')
      : inputOf(call.function?.arguments, `${path}.tool_calls[${k}].function.arguments`, lose)
    return use(call.id ?? undefined, name, false, input)
  })
  const { function_call: own } = message
  if (!own) return called
  return [...called, use(undefined, own.name, true, inputOf(own.arguments, `${path}.function_call.arguments`, lose))]
}
