// The messages among each other: roles, empty ends, calls and their results. Cites: Messages.
// https://docs.claude.com/en/api/messages
import { BLOCKS } from '../blocks.ts'
import { type Block, blocksOf, type Message } from '../wire.ts'
import type { Rule } from './rule.ts'

/** Every block, and those inside results. */
const allBlocks = (messages: readonly Message[]): readonly Block[] =>
  messages
    .flatMap(({ content }) => blocksOf(content))
    .flatMap((block) =>
      block.type === 'tool_result' && typeof block.content !== 'string' ? [block, ...blocksOf(block.content)] : [block],
    )

/** The first fault of any block, found with its place in the conversation. */
function firstBlock(
  messages: readonly Message[],
  fault: (block: Block, path: string, message: Message) => string | undefined,
): string | undefined {
  for (const [index, message] of messages.entries()) {
    for (const [place, block] of blocksOf(message.content).entries()) {
      const found = fault(block, `messages.${index}.content.${place}`, message)
      if (found) return found
    }
  }
  return undefined
}

const isServerBlock = ({ type }: Block): boolean =>
  type === 'server_tool_use' || type === 'mcp_tool_use' || (type.endsWith('_tool_result') && type !== 'tool_result')

/** Whether a message is where a server tool stopped, so that the service goes on from it. */
export const isPaused = (message: Message | undefined): boolean => {
  const last = message?.role === 'assistant' ? blocksOf(message.content).at(-1) : undefined
  return last !== undefined && isServerBlock(last)
}

const isEmpty = ({ content }: Message): boolean => content.length === 0

/** The fault of a system message inside the conversation, by where it stands. */
function systemFault(messages: readonly Message[], index: number): string | undefined {
  const at = `messages.${index}`
  const before = messages[index - 1]
  const after = messages[index + 1]
  if (!before) return `${at}: a message with role 'system' cannot be the first message`
  if (before.role !== 'user' && !isPaused(before))
    return `${at}: a message with role 'system' must follow a user message`
  return after && after.role !== 'assistant'
    ? `${at}: a message with role 'system' must be the last message or be followed by an assistant message`
    : undefined
}

/** Roles, ends and empty contents. */
export const messages: readonly Rule[] = [
  {
    name: 'at least one message',
    cites: 'Messages request, messages',
    refuse: ({ body }) => (body.messages.length === 0 ? 'messages: at least one message is required' : undefined),
  },
  {
    name: 'system role of the model',
    cites: 'Messages, system role',
    refuse: ({ body, model }) => {
      const index = body.messages.findIndex(({ role }) => role === 'system')
      return index >= 0 && !model.systemRole
        ? `messages.${index}: role 'system' is not supported on this model`
        : undefined
    },
  },
  {
    name: 'place of a system message',
    cites: 'Messages, system role',
    refuse: ({ body }) => {
      for (const [index, { role }] of body.messages.entries()) {
        const fault = role === 'system' ? systemFault(body.messages, index) : undefined
        if (fault) return fault
      }
      return undefined
    },
  },
  {
    name: 'blocks in their role',
    cites: 'Content blocks, Where',
    refuse: ({ body }) =>
      firstBlock(body.messages, ({ type }, path, { role }) => {
        const roles = BLOCKS[type]?.roles
        return roles && !roles.includes(role)
          ? `${path}: \`${type}\` blocks can only be in ${roles.map((name) => `\`${name}\``).join(' or ')} messages`
          : undefined
      }),
  },
  {
    name: 'no empty message',
    cites: 'Messages, empty content',
    refuse: ({ body }) => {
      const index = body.messages.findIndex(
        (message, at) => isEmpty(message) && !(message.role === 'assistant' && at === body.messages.length - 1),
      )
      return index >= 0
        ? `messages.${index}: all messages must have non-empty content except for the optional final assistant message`
        : undefined
    },
  },
  {
    name: 'no cache mark on empty text',
    cites: 'Messages, empty text blocks',
    refuse: ({ body }) =>
      firstBlock(body.messages, ({ type, text, cache_control: mark }, path) =>
        type === 'text' && text === '' && mark
          ? `${path}.text: cache_control cannot be set for empty text blocks`
          : undefined,
      ),
  },
  {
    name: 'no empty text',
    cites: 'Messages, empty text blocks',
    refuse: ({ body }) => {
      const texts = allBlocks(body.messages).flatMap(({ type, text }) => (type === 'text' ? [text ?? ''] : []))
      // A message of nothing at all has a rule of its own, and the last one of the assistant may be that.
      if (texts.includes('') && !body.messages.some(({ content }) => content === '')) {
        return 'messages: text content blocks must be non-empty'
      }
      return texts.some((text) => text !== '' && text.trim() === '')
        ? 'messages: text content blocks must contain non-whitespace text'
        : undefined
    },
  },
  {
    name: 'no empty system',
    cites: 'Messages request, system',
    refuse: ({ body }) =>
      body.system !== undefined && blocksOf(body.system).some(({ text }) => text === '')
        ? 'system: text content blocks must be non-empty'
        : undefined,
  },
  {
    name: 'prefill of the model',
    cites: 'Messages, prefill; Models, Prefill',
    refuse: ({ body, model }) => {
      const last = body.messages.at(-1)
      return last?.role === 'assistant' && !model.prefill && !isPaused(last)
        ? 'This model does not support assistant message prefill. The conversation must end with a user message.'
        : undefined
    },
  },
  {
    name: 'no trailing whitespace in a prefill',
    cites: 'Messages, final assistant text',
    refuse: ({ body }) => {
      const last = body.messages.at(-1)
      const text = last?.role === 'assistant' ? (blocksOf(last.content).at(-1)?.text ?? '') : ''
      return text === text.trimEnd()
        ? undefined
        : 'messages: final assistant content cannot end with trailing whitespace'
    },
  },
  {
    name: 'no document from the assistant',
    cites: 'Versions, document block in an assistant message',
    refuse: ({ body, version }) =>
      version < '2026-10-21'
        ? undefined
        : firstBlock(body.messages, ({ type }, path, { role }) =>
            type === 'document' && role === 'assistant'
              ? `${path}: \`document\` blocks can only be in \`user\` messages`
              : undefined,
          ),
  },
  {
    name: 'no citations from the user',
    cites: 'Versions, citations on text blocks of user messages',
    refuse: ({ body, version }) =>
      version < '2026-10-21'
        ? undefined
        : firstBlock(body.messages, ({ type, citations }, path, { role }) =>
            type === 'text' && role === 'user' && Array.isArray(citations) && citations.length > 0
              ? `${path}.text.citations: Extra inputs are not permitted`
              : undefined,
          ),
  },
]
