// What a service says in a stream, frame by frame, and what a client sees of one.

type Fields = Readonly<Record<string, unknown>>

const event = (data: Fields): string => `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`

/** The frames of Anthropic's stream of an answer in words; `message_stop` is the last one. */
export function messageFrames(...words: readonly string[]): string[] {
  const message = {
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5-20251001',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 12, output_tokens: 1 },
  }
  return [
    event({ type: 'message_start', message }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...words.map((text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    event({ type: 'content_block_stop', index: 0 }),
    event({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    event({ type: 'message_stop' }),
  ]
}

/** Anthropic's whole answer. */
export const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5',
  content: [{ type: 'text', text: 'Whole.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 12, output_tokens: 30 },
}

/** OpenAI's whole answer. */
export const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Whole.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 30, total_tokens: 42 },
}

/** Anthropic's error event. */
export const messageError = (type: string, message: string): string =>
  event({ type: 'error', error: { type, message } })

/** The chunks of OpenAI's stream of an answer in words; `[DONE]` is the last one. */
export function chatFrames(...words: readonly string[]): string[] {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'gpt-4o' }
  const chunk = (delta: Fields, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason }] })}\n\n`
  return [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...words.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    'data: [DONE]\n\n',
  ]
}

interface Chunk {
  readonly error?: { readonly message: string; readonly type: string; readonly param: null; readonly code: string }
  readonly choices?: readonly {
    readonly index: number
    readonly delta: { readonly content?: string }
    readonly finish_reason: string | null
  }[]
  readonly usage?: Fields | null
}

/** What a client that reads events as the standard says sees of a chat stream. */
export interface Seen {
  /** Each event: `role`, `text`, `finish stop`, `usage`, `error CODE`, `[DONE]`. */
  readonly events: readonly string[]
  readonly content: string
  readonly error: Chunk['error']
}

export function seenIn(body: string): Seen {
  const seen: string[] = []
  let content = ''
  let error: Chunk['error']
  for (const block of body.split('\n\n')) {
    const data = /^data: (.*)$/ms.exec(block)?.[1]
    if (data === undefined) continue
    if (data === '[DONE]') {
      seen.push(data)
      continue
    }
    const chunk: Chunk = JSON.parse(data)
    error ??= chunk.error
    if (chunk.error) seen.push(`error ${chunk.error.code}`)
    if (chunk.usage) seen.push('usage')
    for (const { delta, finish_reason } of chunk.choices ?? []) {
      content += delta.content ?? ''
      seen.push(finish_reason !== null ? `finish ${finish_reason}` : 'role' in delta ? 'role' : 'text')
    }
  }
  return { events: seen, content, error }
}
