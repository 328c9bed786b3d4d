// A whole answer, read as the events it would have been.
import type { AnswerBlock, BlockDelta, ConverseAnswer, ConverseEvent } from './wire.ts'

/** The events of an answer, for `step`: one way in means that streamed and unstreamed answers are the same. */
export function* eventsOf({ output, stopReason, usage }: ConverseAnswer): Generator<ConverseEvent> {
  yield { name: 'messageStart', data: {} }
  for (const [contentBlockIndex, block] of output.message.content.entries()) {
    const { toolUse, image } = block
    if (toolUse) yield { name: 'contentBlockStart', data: { contentBlockIndex, start: { toolUse } } }
    if (image) yield { name: 'contentBlockStart', data: { contentBlockIndex, start: { image } } }
    for (const delta of deltasOf(block)) yield { name: 'contentBlockDelta', data: { contentBlockIndex, delta } }
    yield { name: 'contentBlockStop', data: { contentBlockIndex } }
  }
  yield { name: 'messageStop', data: { ...(stopReason !== undefined && { stopReason }) } }
  yield { name: 'metadata', data: { ...(usage && { usage }) } }
}

function deltasOf({ text, image, toolUse, reasoningContent, citationsContent }: AnswerBlock): BlockDelta[] {
  if (text !== undefined) return [{ text }]
  if (image) return [{ image }]
  if (toolUse) return isEmpty(toolUse.input) ? [] : [{ toolUse: { input: JSON.stringify(toolUse.input) } }]
  if (reasoningContent) {
    const { reasoningText, redactedContent } = reasoningContent
    return [{ reasoningContent: { ...reasoningText, ...(redactedContent !== undefined && { redactedContent }) } }]
  }
  const { content = [], citations = [] } = citationsContent ?? {}
  return [
    ...content.flatMap((part) => (part.text === undefined ? [] : [{ text: part.text }])),
    ...citations.map((citation) => ({ citation })),
  ]
}

function isEmpty(input: unknown): boolean {
  return typeof input !== 'object' || input === null || Object.keys(input).length === 0
}
