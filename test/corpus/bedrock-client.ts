// Reads recorded answers with AWS' own client, from bytes that no network has touched.
import { Readable } from 'node:stream'
import {
  BedrockRuntimeClient,
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime'
import type { Case } from './cases.ts'

/** A block as the client has it, or as it folds from the client's events: what nobody compares is left out. */
export interface Block {
  readonly text?: string
  readonly reasoning?: { readonly text?: string; readonly signature?: string; readonly redacted?: string }
  readonly call?: { readonly id: string; readonly name: string; readonly arguments: string }
  /** A data URL. */
  readonly image?: string
  /** Addresses on the web, with their titles. */
  readonly cited: readonly { readonly url: string; readonly title: string }[]
}

export interface Read {
  readonly id: string
  readonly blocks: readonly Block[]
  readonly stop: string
  readonly usage: TokenUsage | undefined
}

export interface Refused {
  /** The exception's name. */
  readonly name: string
  readonly status: number
  readonly message: string
  /** What was said before, in a stream. */
  readonly text: string
  /** Whether the answer had begun. */
  readonly begun: boolean
}

export type ClientOutcome = { readonly read: Read } | { readonly refused: Refused } | { readonly unread: string }

function clientFor({ status, headers, bytes }: Case): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: {
          statusCode: status,
          headers: Object.fromEntries(headers),
          body: Readable.from([Buffer.from(bytes)]),
        },
      }),
    },
  })
}

export async function readByAws(one: Case): Promise<ClientOutcome> {
  const input: ConverseCommandInput = { modelId: one.model, messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }
  const events: ConverseStreamOutput[] = []
  try {
    const client = clientFor(one)
    if (!one.stream) {
      const { output, stopReason = '', usage, $metadata } = await client.send(new ConverseCommand(input))
      const blocks = (output?.message?.content ?? []).flatMap(blockOf)
      return { read: { id: $metadata.requestId ?? '', blocks, stop: stopReason, usage } }
    }
    const { stream, $metadata } = await client.send(new ConverseStreamCommand(input))
    for await (const event of stream ?? []) events.push(event)
    const stop = events.find((event) => event.messageStop)?.messageStop?.stopReason
    if (stop === undefined) return { unread: 'it has no end' }
    const usage = events.find((event) => event.metadata)?.metadata?.usage
    return { read: { id: $metadata.requestId ?? '', blocks: folded(events), stop, usage } }
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
    const text = folded(events)
      .map((block) => block.text ?? '')
      .join('')
    const begun = events.some((event) => event.messageStart ?? event.contentBlockStart ?? event.contentBlockDelta)
    return { refused: { name: thrown.name, status: one.status, message: thrown.message, text, begun } }
  }
}

const base64 = (bytes: Uint8Array | undefined) => (bytes ? Buffer.from(bytes).toString('base64') : undefined)

function blockOf({ text, image, toolUse, reasoningContent, citationsContent }: ContentBlock): Block[] {
  if (image) return [{ image: imageOf(image.format, [image.source?.bytes]), cited: [] }]
  if (text !== undefined) return [{ text, cited: [] }]
  if (toolUse) {
    const { toolUseId: id = '', name = '', input, type } = toolUse
    return type === 'server_tool_use' ? [] : [{ call: { id, name, arguments: JSON.stringify(input) }, cited: [] }]
  }
  if (reasoningContent) {
    const { reasoningText, redactedContent } = reasoningContent
    const redacted = base64(redactedContent)
    return [{ reasoning: { ...defined(reasoningText), ...(redacted && { redacted }) }, cited: [] }]
  }
  if (!citationsContent) return []
  const { content = [], citations = [] } = citationsContent
  const cited = citations.flatMap(({ location, title }) =>
    location?.web?.url ? [{ url: location.web.url, title: title ?? '' }] : [],
  )
  return [{ text: content.map((part) => part.text ?? '').join(''), cited }]
}

function imageOf(format: string | undefined, pieces: readonly (Uint8Array | undefined)[]): string {
  return `data:image/${format};base64,${Buffer.concat(pieces.flatMap((piece) => piece ?? [])).toString('base64')}`
}

function defined(part: { text?: string | undefined; signature?: string | undefined } | undefined) {
  return { ...(part?.text && { text: part.text }), ...(part?.signature && { signature: part.signature }) }
}

/** The blocks that events make, in the order of their indices. */
function folded(events: readonly ConverseStreamOutput[]): Block[] {
  const indices = new Set(
    events.flatMap((event) => (event.contentBlockDelta ?? event.contentBlockStart)?.contentBlockIndex ?? []),
  )
  return [...indices].flatMap((index): Block[] => {
    const start = events.find((event) => event.contentBlockStart?.contentBlockIndex === index)?.contentBlockStart?.start
    const deltas = events.flatMap(({ contentBlockDelta: one }) =>
      one?.contentBlockIndex === index && one.delta ? [one.delta] : [],
    )
    if (start?.toolUse) {
      const { toolUseId: id = '', name = '', type } = start.toolUse
      const json = deltas.map((delta) => delta.toolUse?.input ?? '').join('')
      return type === 'server_tool_use' ? [] : [{ call: { id, name, arguments: json || '{}' }, cited: [] }]
    }
    if (start?.toolResult) return []
    if (start?.image) {
      const pieces = deltas.map((delta) => delta.image?.source?.bytes)
      return [{ image: imageOf(start.image.format, pieces), cited: [] }]
    }
    const of = (key: 'text' | 'signature') => deltas.map((delta) => delta.reasoningContent?.[key] ?? '').join('')
    const redacted = deltas.map((delta) => base64(delta.reasoningContent?.redactedContent) ?? '').join('')
    const thought = deltas.some((delta) => delta.reasoningContent)
    const text = deltas.map((delta) => delta.text ?? '').join('')
    const cited = deltas.flatMap(({ citation }) =>
      citation?.location?.web?.url ? [{ url: citation.location.web.url, title: citation.title ?? '' }] : [],
    )
    const reasoning = { ...defined({ text: of('text'), signature: of('signature') }), ...(redacted && { redacted }) }
    return [{ text, cited, ...(thought && { reasoning }) }]
  })
}
