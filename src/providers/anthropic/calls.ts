// The result of a call as a block.
// https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use
import type { FunctionMessage, ToolMessage } from '../../../schemas/chat.ts'
import { cacheControlOf } from './cache.ts'
import { blocksOf, type Making } from './content.ts'
import type { ToolResultBlock } from './wire.ts'

/** @param sentId the id of its call, as it is sent. */
export function resultBlock(
  sentId: string,
  message: ToolMessage | FunctionMessage,
  path: string,
  making: Making,
): ToolResultBlock {
  const { lose, origins } = making
  const block: ToolResultBlock = { type: 'tool_result', tool_use_id: sentId }
  origins.set(block, path)
  if (typeof message.content === 'string') {
    if (message.content.trim() !== '') block.content = message.content
  } else {
    const parts = blocksOf(message.content, path, making)
    // A point inside the result is one at its end: the order in which the service counts nested ones is not told.
    for (const part of parts) {
      if (part.cache_control) block.cache_control = part.cache_control
      delete part.cache_control
    }
    if (parts.length > 0) block.content = parts
  }
  if (message.role === 'tool') {
    if (message.is_error) block.is_error = true
    Object.assign(block, cacheControlOf(message, path, lose, origins))
  }
  return block
}
