// Answers as messages of the event stream, with what the service puts around them.
// https://smithy.io/2.0/aws/amazon-eventstream.html
import { crc32 } from 'node:zlib'
import { pieces } from '../tokens.ts'
import type { Answer, AnswerBlock } from './answer.ts'

/** How many messages mark the end: a stream without `messageStop` has none. */
export const LAST = 2

function message(headers: Readonly<Record<string, string>>, body: unknown): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const payload = Buffer.from(JSON.stringify(body))
  const out = Buffer.alloc(16 + head.length + payload.length)
  out.writeUInt32BE(out.length, 0)
  out.writeUInt32BE(head.length, 4)
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8)
  head.copy(out, 12)
  payload.copy(out, 12 + head.length)
  out.writeUInt32BE(crc32(out.subarray(0, out.length - 4)), out.length - 4)
  return out
}

/** A header whose value is text (type 7). */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7), length, Buffer.from(value)])
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** One event, padded with so many letters that its length tells nothing. */
function event(type: string, body: object, place = 0): Buffer {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }
  return message(headers, { ...body, p: ALPHABET.slice(0, 1 + ((place * 17) % ALPHABET.length)) })
}

/** An event with a wrong checksum. */
export function damaged(): Buffer {
  const bytes = event('contentBlockDelta', {})
  return Buffer.concat([bytes.subarray(0, -4), Buffer.alloc(4)])
}

export function exception(type: string, text: string): Buffer {
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }
  return message(headers, { message: text })
}

function* deltas(block: AnswerBlock): Generator<object> {
  if (block.text !== undefined) for (const text of pieces(block.text)) yield { text }
  if (block.toolUse) for (const input of block.json.match(/.{1,9}/gsu) ?? []) yield { toolUse: { input } }
  const { reasoningText, redactedContent } = block.reasoningContent ?? {}
  if (redactedContent !== undefined) yield { reasoningContent: { redactedContent } }
  if (!reasoningText) return
  for (const text of pieces(reasoningText.text)) yield { reasoningContent: { text } }
  if (reasoningText.signature) yield { reasoningContent: { signature: reasoningText.signature } }
}

/** The messages of a whole stream. */
export function frames({ content, stopReason, usage }: Answer, novelties: boolean): Buffer[] {
  const events: [string, object][] = [['messageStart', { role: 'assistant' }]]
  if (novelties) events.push(['demoNovelty', { novelty: 'Nobody knows this event.' }])
  for (const [contentBlockIndex, block] of content.entries()) {
    const { toolUse } = block
    if (toolUse) {
      const start = { toolUse: { toolUseId: toolUse.toolUseId, name: toolUse.name } }
      events.push(['contentBlockStart', { contentBlockIndex, start }])
    }
    for (const delta of deltas(block)) events.push(['contentBlockDelta', { contentBlockIndex, delta }])
    events.push(['contentBlockStop', { contentBlockIndex }])
  }
  events.push(['messageStop', { stopReason }], ['metadata', { usage, metrics: { latencyMs: 321 } }])
  return events.map(([type, body], place) => event(type, body, place))
}

export function wholeAnswer({ content, stopReason, usage }: Answer): object {
  const blocks = content.map(({ json: _json, ...block }) => block)
  return { output: { message: { role: 'assistant', content: blocks } }, stopReason, usage, metrics: { latencyMs: 321 } }
}
