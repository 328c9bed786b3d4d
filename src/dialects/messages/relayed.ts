// A request for a provider that speaks Messages itself. It goes as it came, but for the reasoning of others, which would
// be refused for its signatures. This is the one case in which such a request is written anew.
import { isObject } from '../../hub/json.ts'
import type { Relayed } from '../../hub/request.ts'
import { isSealed } from './seal.ts'

const OFF = {
  path: 'thinking',
  kind: 'clamped',
  reason: 'The last tool calls came without their thinking: thinking is off.',
  sent: { type: 'disabled' },
} as const

/** The body without what others thought; undefined where there is nothing of it. */
export function unsealed(body: Readonly<Record<string, unknown>>): Relayed | undefined {
  const { messages, thinking, ...rest } = body
  if (!Array.isArray(messages) || !messages.some((message) => blocksIn(message).some(isForeign))) return undefined
  const own = messages.flatMap((message: unknown) => {
    const blocks = blocksIn(message)
    if (!isObject(message) || !blocks.some(isForeign)) return [message]
    const content = blocks.filter((block) => !isForeign(block))
    return content.length > 0 ? [{ ...message, content }] : []
  })
  // A thinking budget is refused in a tool loop that does not begin with thinking.
  const off = isObject(thinking) && thinking.type === 'enabled' && callsWithoutThought(own)
  const said = { ...rest, ...(thinking !== undefined && !off && { thinking }), messages: own }
  return { text: JSON.stringify(said), losses: off ? [OFF] : [] }
}

function blocksIn(message: unknown): readonly unknown[] {
  const content = isObject(message) && message.role === 'assistant' ? message.content : undefined
  return Array.isArray(content) ? content : []
}

function isForeign(block: unknown): boolean {
  if (!isObject(block)) return false
  const kept = block.type === 'thinking' ? block.signature : block.type === 'redacted_thinking' ? block.data : undefined
  return typeof kept === 'string' && isSealed(kept)
}

function callsWithoutThought(messages: readonly unknown[]): boolean {
  const blocks = blocksIn(messages.findLast((message) => isObject(message) && message.role === 'assistant'))
  const types = blocks.map((block) => (isObject(block) ? block.type : undefined))
  return types.includes('tool_use') && !/^(?:redacted_)?thinking$/.test(String(types[0]))
}
