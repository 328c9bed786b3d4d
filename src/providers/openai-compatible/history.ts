// Calls of a history as text: the service takes neither the calls of an assistant nor a tool's results.
import { at } from '../../hub/json.ts'
import { emulated, type Lose } from '../../hub/support.ts'
import type { Body } from './like.ts'

export const HISTORY = emulated('Calls and their results of earlier turns are sent as text.')

/** Calls become text of the assistant's, all results that follow one message of the user's. */
export function flattened(messages: readonly Body[], { lose }: { readonly lose: Lose }): Body[] {
  const out: Body[] = []
  let results: string[] | undefined
  messages.forEach(({ tool_calls: calls, ...message }, i) => {
    if (message.role === 'tool') {
      lose(HISTORY, { path: `messages[${i}]` })
      const text = `<tool_result id="${message.tool_call_id}">${textOf(message.content)}</tool_result>`
      if (results) results.push(text)
      else results = [text]
      return
    }
    if (results) out.push({ role: 'user', content: results.join('\n') })
    results = undefined
    if (Array.isArray(calls)) lose(HISTORY, { path: `messages[${i}].tool_calls` })
    const said = Array.isArray(calls) ? [textOf(message.content), ...calls.map(callText)] : undefined
    out.push(said ? { ...message, content: said.filter((text) => text !== '').join('\n') } : message)
  })
  if (results) out.push({ role: 'user', content: results.join('\n') })
  return out
}

function callText(call: unknown): string {
  const made: unknown = at(call, 'function')
  return `<tool_call id="${at(call, 'id') ?? ''}" name="${at(made, 'name')}">${at(made, 'arguments')}</tool_call>`
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return (Array.isArray(content) ? content : []).map((part: unknown) => at(part, 'text') ?? '').join('')
}
