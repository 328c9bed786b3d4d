// What the upstream says, in both services' forms.

export type Service = 'anthropic' | 'openai'

const WORDS = 'The quick brown fox jumps over the lazy dog, and nobody asks it "why?"\nIt sleeps on.'.split(/(?<= )/)
const MODEL = { anthropic: 'claude-sonnet-4-6', openai: 'gpt-5-2025-08-07' }

/** The headers of every answer, as the services send them: the gateway reads them all. */
export const HEADERS: { readonly [S in Service]: Record<string, string> } = {
  anthropic: {
    'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy',
    'anthropic-organization-id': 'e1f0a1d2-3c4b-4a5e-9f60-7a8b9c0d1e2f',
    ...Object.fromEntries(
      ['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((unit) => [
        [`anthropic-ratelimit-${unit}-limit`, '400000'],
        [`anthropic-ratelimit-${unit}-remaining`, '399000'],
        [`anthropic-ratelimit-${unit}-reset`, '2026-11-20T12:00:00Z'],
      ]),
    ),
  },
  openai: {
    'x-request-id': 'req_9d1e0c2b4a6f48e0b7d35f1a2c3b4d5e',
    'openai-organization': 'org-bench',
    'openai-processing-ms': '350',
    ...Object.fromEntries(
      ['requests', 'tokens'].flatMap((unit) => [
        [`x-ratelimit-limit-${unit}`, '400000'],
        [`x-ratelimit-remaining-${unit}`, '399000'],
        [`x-ratelimit-reset-${unit}`, '12ms'],
      ]),
    ),
  },
}

/**
 * A stream's events.
 * @param size of each delta's text; 0: a word
 */
export function scriptOf(service: Service, deltas: number, size: number): string[] {
  const words = Array.from({ length: deltas }, (_, i) =>
    size > 0 ? 'x'.repeat(size) : (WORDS[i % WORDS.length] ?? ''),
  )
  return service === 'anthropic' ? messages(words) : completion(words)
}

/** How many events a stream has beside its deltas. */
export const FRAME: { readonly [S in Service]: number } = { anthropic: 6, openai: 3 }

function messages(words: readonly string[]): string[] {
  const event = (type: string, body: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`
  return [
    event('message_start', { message: { ...message([]), usage: { input_tokens: 12, output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
    ...words.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2000 } }),
    event('message_stop', {}),
  ]
}

function completion(words: readonly string[]): string[] {
  const head = { id: 'chatcmpl-CbenchCbenchCbenchCbench', object: 'chat.completion.chunk', created: 1_790_000_000 }
  const chunk = (delta: object, finish_reason: string | null) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason }]
    const model = { model: MODEL.openai, service_tier: 'default', system_fingerprint: null }
    return `data: ${JSON.stringify({ ...head, ...model, choices, obfuscation: 'x7Gh2' })}\n\n`
  }
  return [
    chunk({ role: 'assistant', content: '', refusal: null }, null),
    ...words.map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
    'data: [DONE]\n\n',
  ]
}

function message(content: readonly object[]) {
  return {
    id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
    type: 'message',
    role: 'assistant',
    model: MODEL.anthropic,
    content,
    stop_reason: content.length > 0 ? 'end_turn' : null,
    stop_sequence: null,
  }
}

/** An answer that is not streamed, of 60 words. */
export function answerOf(service: Service): string {
  const text = Array.from({ length: 60 }, (_, i) => WORDS[i % WORDS.length]).join('')
  if (service === 'anthropic') {
    return JSON.stringify({ ...message([{ type: 'text', text }]), usage: { input_tokens: 12, output_tokens: 60 } })
  }
  const said = { role: 'assistant', content: text, refusal: null, annotations: [] }
  return JSON.stringify({
    id: 'chatcmpl-CbenchCbenchCbenchCbench',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: MODEL.openai,
    choices: [{ index: 0, message: said, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 12, completion_tokens: 60, total_tokens: 72 },
  })
}
