// Random chat requests of every shape that clients send, most of them valid.
import fc from 'fast-check'
import { MODELS } from '../../../demo/gemini/models.ts'
import { chatRequests as common } from '../anthropic/arbitrary.ts'

export const MODEL_NAMES: readonly string[] = MODELS.map(({ id }) => id)

const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 })

const signed = fc.constantFrom({ google: { thought_signature: 'c2ln' } }, { google: {} }, null)
const media = fc.constantFrom(
  { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
  { type: 'video_url', video_url: { url: 'https://youtu.be/abc' } },
  { type: 'image_url', image_url: { url: 'https://example.com/a.webp' } },
  { type: 'file', file: { file_data: 'https://example.com/a.pdf' } },
  { type: 'file', file: { file_id: 'files/abc' } },
)

const own = fc.record({
  model: fc.constantFrom(...MODEL_NAMES),
  frequency_penalty: rarely(fc.double({ min: -2, max: 2, noNaN: true })),
  presence_penalty: rarely(fc.constantFrom(0, 1)),
  seed: rarely(fc.maxSafeInteger()),
  stop: rarely(fc.array(fc.constantFrom('', 'a', 'END', ' ', '\n', 'b', 'c'), { maxLength: 7 })),
  max_tokens: rarely(fc.integer({ min: 1, max: 2 ** 40 })),
  thinking: rarely(
    fc.record({ type: fc.constantFrom('enabled', 'disabled', 'adaptive'), budget_tokens: fc.nat(50_000) }),
  ),
  modalities: rarely(fc.constantFrom(['text'], ['image', 'text'], ['text', 'audio'])),
  service_tier: rarely(fc.constantFrom('default', 'flex', 'priority', 'scale')),
  safety_settings: rarely(fc.constant([{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }])),
})
const logprobs = rarely(fc.constantFrom({ logprobs: true }, { logprobs: true, top_logprobs: 3 }))

type Message = Record<string, unknown> & { role: string; tool_calls?: Record<string, unknown>[] }

/** The same history with what this service gives and takes: signatures, and media of more kinds. */
function seasoned(messages: readonly Message[], extra: unknown, part: unknown): Message[] {
  return messages
    .map((message) => {
      if (message.role === 'user' && Array.isArray(message.content) && part)
        return { ...message, content: [...message.content, part] }
      if (message.role !== 'assistant' || !extra) return message
      const calls = message.tool_calls?.map((call, i) => (i === 0 ? { ...call, extra_content: extra } : call))
      return { ...message, extra_content: extra, ...(calls && { tool_calls: calls }) }
    })
    .filter(withoutForeign)
}

/** Files of another provider are refused, which tests little. */
function withoutForeign({ content }: Message): boolean {
  return !/file_abc/.test(JSON.stringify(content ?? ''))
}

export const chatRequests = fc
  .tuple(common, own, logprobs, rarely(signed), rarely(media))
  .map(([request, fields, more, extra, part]): Record<string, unknown> => {
    const { messages, ...rest } = request
    const seen = seasoned(messages as Message[], extra, part)
    const defined = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
    return { ...rest, ...defined, ...more, messages: seen.length > 0 ? seen : [{ role: 'user', content: 'Hi.' }] }
  })
