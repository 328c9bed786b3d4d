// A whole answer, read as the events it would have been.
import { at } from '../../hub/json.ts'

/** The events of an answer, for `step`: one way in means that streamed and unstreamed answers are the same. */
export function* eventsOf(answer: unknown): Generator<object> {
  const message = at(answer, 'message')
  yield { type: 'message-start', id: at(answer, 'id') }
  for (const [index, content] of listIn(message, 'content').entries()) {
    yield { type: 'content-start', index, delta: { message: { content } } }
  }
  yield { type: 'content-delta', logprobs: at(answer, 'logprobs') }
  yield { type: 'tool-plan-delta', delta: { message } }
  for (const [index, call] of listIn(message, 'tool_calls').entries()) {
    yield { type: 'tool-call-start', index, delta: { message: { tool_calls: call } } }
    yield { type: 'tool-call-end', index }
  }
  for (const citations of listIn(message, 'citations'))
    yield { type: 'citation-start', delta: { message: { citations } } }
  const delta = { finish_reason: at(answer, 'finish_reason'), usage: at(answer, 'usage') }
  yield { type: 'message-end', delta }
}

function listIn(message: unknown, key: string): readonly unknown[] {
  const list = at(message, key)
  // What is said in one piece is one item.
  if (typeof list === 'string') return list === '' ? [] : [{ type: 'text', text: list }]
  return Array.isArray(list) ? list : []
}
