// A conversation that was said in a dialect whose words services like OpenAI do not all have: what those mean is said in
// OpenAI's, and what has no meaning there is left out, because some refuse a whole request for one key.
import { createHash } from 'node:crypto'
import type { Message, Part, Tool } from '../../../schemas/chat.ts'
import { NO_SUCH_TOOL } from '../../hub/definitions.ts'
import type { Ledger } from '../../hub/loss.ts'
import { dataUrl, isText, textIn } from '../../hub/media.ts'
import type { ChatFields, ChatRequest } from '../../hub/request.ts'
import { clamped, dropped, emulated, type Lose, type Note, teller } from '../../hub/support.ts'
import type { Like, LikeFields } from './like.ts'

const NO_ERRORS = dropped('Results of tools are not marked as errors: their text says so.')
const AS_TEXT = emulated('A text document is sent as text.')
const APART = emulated('Media of a result follow in a message of their own.')
const BY_EFFORT = clamped('The service takes an effort instead of a budget: the nearest is sent.')
const HASHED = clamped('Ids of users have at most 64 characters: its SHA-256 is sent.')

const MAX_USER = 64

/** The rows that are other ones for such a request. */
export function adoptedRows(fields: LikeFields, { messages, fields: own }: Like): Readonly<Record<string, Adopted>> {
  const more = <R extends Adopted>(row: R, ...notes: Note[]) => ({ ...row, may: [...row.may, ...notes] })
  return {
    messages: more(fields.messages, NO_ERRORS, AS_TEXT, APART),
    tools: more(fields.tools, NO_SUCH_TOOL),
    user: more(fields.user, HASHED),
    ...(own.thinking.kind === 'dropped' && { thinking: { kind: 'renamed', may: [BY_EFFORT] } }),
    ...(!messages?.marks && { cache_control: { kind: 'inert', reason: 'A hint for a cache.', may: [] } }),
  }
}

type Adopted = Pick<LikeFields['user'], 'kind' | 'reason' | 'may'>

/** The request in OpenAI's words. @throws GatewayError 400 for tools that only another service has. */
export function adopted(like: Like, request: ChatRequest, ledger: Ledger): ChatRequest {
  const { fields } = request
  const marks = like.messages?.marks === true
  const lose = teller(ledger, 'messages')
  const { tools, user, cache_control: mark, ...rest } = fields
  return {
    ...request,
    fields: {
      ...thinkingOf(like, rest, ledger),
      messages: fields.messages.map((message, i) => messageOf(message, `messages[${i}]`, marks, like, lose)),
      ...(tools && { tools: tools.map((tool, i) => toolOf(tool, `tools[${i}]`, marks, teller(ledger, 'tools'))) }),
      ...(user && { user: like.fields.user.kind === 'dropped' ? user : userOf(user, teller(ledger, 'user')) }),
      ...(mark && marks && { cache_control: mark }),
    },
  }
}

function messageOf(message: Message, path: string, marks: boolean, like: Like, lose: Lose): Message {
  const own: Record<string, unknown> = { ...message }
  if (!marks) delete own.cache_control
  // Only those behind whom another's models stand know what to make of it.
  if (like.messages?.native) {
    delete own.extra_content
    if (message.role === 'assistant' && message.tool_calls) {
      own.tool_calls = message.tool_calls.map(({ extra_content: _another, ...call }) => call)
    }
  }
  if (own.is_error) lose(NO_ERRORS, { path: `${path}.is_error` })
  delete own.is_error
  const { content } = message
  if (Array.isArray(content)) {
    const parts = content.map((part, j) => partOf(part, `${path}.content[${j}]`, marks, lose))
    own.content = textAlone(parts) ?? parts
    if (message.role === 'tool') {
      const media = parts.findIndex(({ type }) => type !== 'text')
      if (media !== -1) lose(APART, { path: `${path}.content[${media}]` })
    }
  }
  // Only keys were left out, and parts put in the place of parts.
  return own as Message
}

/** Text alone is a string, which every service takes. */
function textAlone(parts: readonly Part[]): string | undefined {
  const texts = parts.flatMap((part) => (part.type === 'text' && !part.cache_control ? part.text : []))
  return texts.length === parts.length ? texts.join('\n') : undefined
}

function partOf(part: Part, path: string, marks: boolean, lose: Lose): Part {
  const { cache_control: mark, ...own }: Record<string, unknown> = { ...part }
  const kept = (marks && mark ? { ...own, cache_control: mark } : own) as Part
  if (kept.type !== 'file') return kept
  const data = dataUrl(kept.file.file_data ?? '')
  const text = data && isText(data.media) ? textIn(data.base64) : undefined
  const { filename } = kept.file
  if (text !== undefined) {
    lose(AS_TEXT, { path })
    return { type: 'text', text: filename ? `${filename}\n\n${text}` : text }
  }
  return data && !filename ? { ...kept, file: { ...kept.file, filename: 'document.pdf' } } : kept
}

function toolOf(tool: Tool, path: string, marks: boolean, lose: Lose): Tool {
  if (tool.type !== 'function') lose(NO_SUCH_TOOL, { path: `${path}.type` })
  const { cache_control: mark, ...own }: Record<string, unknown> = { ...tool }
  return (marks && mark ? { ...own, cache_control: mark } : own) as Tool
}

/** How much to think, as an effort, where a service has only those. */
function thinkingOf(like: Like, fields: Omit<ChatFields, 'tools'>, ledger: Ledger): Omit<ChatFields, 'tools'> {
  const { thinking, ...rest } = fields
  if (!thinking) return fields
  // How it is shown is the gateway's business.
  const { display: _display, ...asked } = thinking
  if (like.fields.thinking.kind !== 'dropped') return { ...rest, thinking: asked }
  if (thinking.type === 'disabled') return { ...rest, reasoning_effort: 'none' }
  const { budget_tokens: budget } = asked
  if (typeof budget !== 'number' || rest.reasoning_effort) return rest
  const effort = effortOf(budget)
  teller(ledger, 'thinking')(BY_EFFORT, { path: 'thinking.budget_tokens', sent: effort })
  return { ...rest, reasoning_effort: effort }
}

/** As much as clients mean by budgets of this size. */
function effortOf(budget: number): string {
  if (budget < 4096) return 'low'
  return budget < 16_384 ? 'medium' : 'high'
}

function userOf(user: string, lose: Lose): string {
  if (user.length <= MAX_USER) return user
  const hash = createHash('sha256').update(user).digest('hex')
  lose(HASHED, { sent: hash })
  return hash
}
