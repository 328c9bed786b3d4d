// Usage in a stream of OpenAI's older wires: told in a chunk of its own if `stream_options.include_usage` asks for it; all
// others then say `"usage":null`. https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
import type { Wire } from './hub/dialect.ts'
import { at, jsonIn } from './hub/json.ts'
import type { ChatRequest } from './hub/request.ts'
import { removeMember, setMember } from './wire/splice.ts'

/** Others tell it unasked. */
const TELL_WHEN_ASKED: ReadonlySet<Wire> = new Set<Wire>(['chat', 'completions'])

/** The body of a request whose stream would tell no usage with the wish for it, and not a byte beside it changed. */
export function askUsage(wire: Wire, body: string, { fields }: ChatRequest): string | undefined {
  const { stream, stream_options: options } = fields
  if (!stream || options?.include_usage || !TELL_WHEN_ASKED.has(wire)) return undefined
  return setMember(body, 'stream_options', JSON.stringify({ ...options, include_usage: true }))
}

/** An event's data without what nobody would have said unasked; '' where it holds nothing else. */
export function withoutUsage(data: string): string {
  const chunk = jsonIn(data)
  if (typeof chunk !== 'object' || chunk === null || !Object.hasOwn(chunk, 'usage')) return data
  const choices = at(chunk, 'choices')
  if (Array.isArray(choices) && choices.length === 0 && at(chunk, 'usage')) return ''
  return removeMember(data, 'usage')
}
