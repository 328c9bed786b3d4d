// Calls of tools and their results, in pairs and in order. Cites: Messages, tool results.
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
import { type Block, blocksOf, type Message } from '../wire.ts'
import type { Rule } from './rule.ts'

const idsOf = (message: Message | undefined, type: string): readonly string[] =>
  blocksOf(message?.content).flatMap((block) => {
    const id = type === 'tool_result' ? block.tool_use_id : block.id
    return block.type === type && id !== undefined ? [id] : []
  })

/** The results that stand before anything else: only these count. */
const leadingResults = (message: Message | undefined): readonly Block[] => {
  const blocks = message?.role === 'user' ? blocksOf(message.content) : []
  const end = blocks.findIndex(({ type }) => type !== 'tool_result')
  return end < 0 ? blocks : blocks.slice(0, end)
}

/** The message that answers a call: the next one, system messages aside. */
const following = (messages: readonly Message[], index: number): Message | undefined => {
  const next = messages[index + 1]
  return next?.role === 'system' ? messages[index + 2] : next
}

const preceding = (messages: readonly Message[], index: number): Message | undefined => {
  const before = messages[index - 1]
  return before?.role === 'system' ? messages[index - 2] : before
}

const each = (messages: readonly Message[], fault: (message: Message, index: number) => string | undefined) => {
  for (const [index, message] of messages.entries()) {
    const found = fault(message, index)
    if (found) return found
  }
  return undefined
}

export const calls: readonly Rule[] = [
  {
    name: 'call ids are unique',
    cites: 'Messages, duplicate ids',
    refuse: ({ body }) => {
      const seen = new Set<string>()
      return each(body.messages, (message, index) => {
        for (const [place, { type, id }] of blocksOf(message.content).entries()) {
          if (type !== 'tool_use' || id === undefined) continue
          if (seen.has(id)) return `messages.${index}.content.${place}: \`tool_use\` ids must be unique`
          seen.add(id)
        }
        return undefined
      })
    },
  },
  {
    name: 'every call has its result',
    cites: 'Messages, all tool results first in the next user turn',
    refuse: ({ body }) =>
      each(body.messages, (message, index) => {
        const answered = leadingResults(following(body.messages, index)).map((block) => block.tool_use_id)
        const missing = idsOf(message, 'tool_use').filter((id) => !answered.includes(id))
        return missing.length > 0
          ? `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
          : undefined
      }),
  },
  {
    name: 'every result has its call',
    cites: 'Messages, unknown id',
    refuse: ({ body }) =>
      each(body.messages, (message, index) => {
        const called = idsOf(preceding(body.messages, index), 'tool_use')
        for (const [place, block] of blocksOf(message.content).entries()) {
          if (block.type !== 'tool_result' || called.includes(block.tool_use_id ?? '')) continue
          return `messages.${index}.content.${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
        }
        return undefined
      }),
  },
  {
    name: 'one result a call',
    cites: 'Messages, duplicate ids',
    refuse: ({ body }) =>
      each(body.messages, (message, index) => {
        const ids = idsOf(message, 'tool_result')
        const place = ids.findIndex((id, at) => ids.indexOf(id) < at)
        return place >= 0
          ? `messages.${index}.content.${place}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${ids[place]}`
          : undefined
      }),
  },
  {
    name: 'every server result has its call',
    cites: 'Content blocks, server tool results',
    refuse: ({ body }) => {
      const called = new Set<string>()
      return each(body.messages, (message, index) => {
        for (const [place, { type, id, tool_use_id: of }] of blocksOf(message.content).entries()) {
          if ((type === 'server_tool_use' || type === 'mcp_tool_use') && id) called.add(id)
          if (!type.endsWith('_tool_result') || type === 'tool_result' || called.has(of ?? '')) continue
          const call = type === 'mcp_tool_result' ? 'mcp_tool_use' : 'server_tool_use'
          return `messages.${index}.content.${place}: unexpected \`tool_use_id\` found in \`${type}\` blocks: ${of}. Each \`${type}\` block must have a corresponding \`${call}\` block before it.`
        }
        return undefined
      })
    },
  },
]
