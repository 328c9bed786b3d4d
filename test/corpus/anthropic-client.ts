// What the official Anthropic client reads from an answer.
import Anthropic, { AnthropicError, APIError } from '@anthropic-ai/sdk'
import type { Case } from './cases.ts'

type Message = Anthropic.Message
type Event = Anthropic.MessageStreamEvent

export interface Read {
  readonly message: Message
  /** The events the message was folded from; none for a whole answer. */
  readonly events: readonly Event[]
}

export interface Refused {
  readonly status: number | undefined
  readonly type: string
  readonly message: string
  /** The text that had come before. */
  readonly text: string
}

/** `unread`: the client itself can make nothing of it. */
export type ClientOutcome = { readonly read: Read } | { readonly refused: Refused } | { readonly unread: string }

const PARAMS = {
  model: 'claude-any',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'Hello' }],
}

/** Gives a recorded answer to the client and takes what it makes of it. */
export async function readByAnthropic({ bytes, status, stream, contentType }: Case): Promise<ClientOutcome> {
  const body = stream ? named(bytes) : bytes
  const client = new Anthropic({
    apiKey: 'none',
    maxRetries: 0,
    logLevel: 'off',
    fetch: async () => new Response(body, { status, headers: { 'content-type': contentType } }),
  })
  const events: Event[] = []
  try {
    if (!stream) return { read: { message: await client.messages.create(PARAMS), events } }
    const reading = client.messages.stream(PARAMS).on('streamEvent', (event) => events.push(event))
    return { read: { message: await reading.finalMessage(), events } }
  } catch (thrown) {
    if (thrown instanceof APIError) return { refused: refusedOf(thrown, events) }
    if (thrown instanceof AnthropicError) return { unread: thrown.message }
    throw thrown
  }
}

function refusedOf({ status, type, apiMessage }: APIError, events: readonly Event[]): Refused {
  let text = ''
  for (const event of events) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
  }
  return { status, type: type ?? '', message: apiMessage ?? '', text }
}

/**
 * The client passes over events without an `event:` line and over a last one without a blank line behind it. Some
 * recordings lack these, though the service always sends them. An event is named after the `type` of its data.
 */
function named(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes)
  const events = text.split(/(?<=\r\n\r\n|\n\n)/).map((event) => {
    const type = /^data: ?\{"type": ?"(\w+)"/m.exec(event)?.[1]
    return type === undefined || /^event:/m.test(event) ? event : `event: ${type}\n${event}`
  })
  return new TextEncoder().encode(`${events.join('')}\n\n`)
}
