// A whole answer, read as the events it would have been.
import type { MessagesAnswer, MessagesEvent } from './wire.ts'

/** The events of an answer, for `step`: one way in means that streamed and unstreamed answers are the same. */
export function* eventsOf(answer: MessagesAnswer): Generator<MessagesEvent> {
  const { stop_reason, stop_sequence, stop_details, container } = answer
  yield { type: 'message_start', message: answer }
  for (const [index, content_block] of answer.content.entries()) {
    yield { type: 'content_block_start', index, content_block }
    yield { type: 'content_block_stop', index }
  }
  yield {
    type: 'message_delta',
    delta: { stop_reason, ...(stop_sequence && { stop_sequence }), ...(stop_details && { stop_details }), container },
  }
  yield { type: 'message_stop' }
}
