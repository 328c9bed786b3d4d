// An answer as one body, and as events. https://docs.cohere.com/v2/docs/streaming
import { pieces } from '../tokens.ts'
import type { Answer } from './answer.ts'
import type { Call } from './wire.ts'

type Event = { readonly type: string; readonly [field: string]: unknown }

export const frame = (event: Event): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const callOf = (call: Call) => ({ id: call.id, type: 'function', function: call.function })

/** An answer as it is answered at once. */
export function wholeAnswer({ id, content, finish_reason, usage, logprobs, ...rest }: Answer): Record<string, unknown> {
  const { tool_plan, tool_calls, citations } = rest
  const message = {
    role: 'assistant',
    ...(content.length > 0 && { content }),
    ...(tool_calls.length > 0 && { tool_plan, tool_calls: tool_calls.map(callOf) }),
    ...(citations.length > 0 && { citations }),
  }
  return { id, message, finish_reason, ...(logprobs && { logprobs }), usage }
}

/** How many frames of a stream mark its end. */
export const LAST = 1

/** The frames of an answer, in order. Contents and calls are counted apart. */
export function frames({ id, content, tool_plan, tool_calls, citations, ...end }: Answer): readonly string[] {
  const said = (message: Record<string, unknown>) => ({ delta: { message } })
  const empty = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  const events: Event[] = [{ id, type: 'message-start', ...said(empty) }]
  for (const [index, item] of content.entries()) {
    const key = item.type === 'thinking' ? 'thinking' : 'text'
    events.push({ type: 'content-start', index, ...said({ content: { type: item.type, [key]: '' } }) })
    for (const [place, piece] of pieces(item[key] ?? '').entries()) {
      const logprobs = key === 'text' && end.logprobs ? { logprobs: end.logprobs[place] } : {}
      events.push({ type: 'content-delta', index, ...said({ content: { [key]: piece } }), ...logprobs })
    }
    events.push({ type: 'content-end', index })
  }
  for (const [index, cited] of citations.entries()) {
    events.push({ type: 'citation-start', index, ...said({ citations: cited }) }, { type: 'citation-end', index })
  }
  for (const plan of pieces(tool_plan)) events.push({ type: 'tool-plan-delta', ...said({ tool_plan: plan }) })
  for (const [index, call] of tool_calls.entries()) {
    const opened = { ...callOf(call), function: { name: call.function.name, arguments: '' } }
    events.push({ type: 'tool-call-start', index, ...said({ tool_calls: opened }) })
    for (const part of call.function.arguments.match(/.{1,5}/gsu) ?? []) {
      events.push({ type: 'tool-call-delta', index, ...said({ tool_calls: { function: { arguments: part } } }) })
    }
    events.push({ type: 'tool-call-end', index })
  }
  events.push({ type: 'message-end', delta: { finish_reason: end.finish_reason, usage: end.usage } })
  return events.map(frame)
}
