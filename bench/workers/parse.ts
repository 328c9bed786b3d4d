// The same loop with the translation that anybody would write first: lines, JSON.parse, a new object, JSON.stringify.
// It says the same bytes as the gateway, and is ready for nothing else: one kind of block, no errors, no hang-up.
import { stream, type Worker } from './forward.ts'

export default {
  async fetch(request, env, context) {
    const { from, to, response } = await stream(request, env)
    context.waitUntil(translate(from, to))
    return response
  },
} satisfies Worker

interface Event {
  readonly type: string
  readonly message?: { readonly id: string; readonly model: string }
  readonly delta?: { readonly type?: string; readonly text?: string; readonly stop_reason?: string }
}

const encoder = new TextEncoder()

async function translate(from: ReadableStreamDefaultReader<Uint8Array>, to: WritableStreamDefaultWriter<Uint8Array>) {
  const decoder = new TextDecoder()
  const created = Math.floor(Date.now() / 1000)
  let id = ''
  let model = ''
  let rest = ''

  const chunk = (delta: object, finish_reason: string | null) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason }]
    const head = { id, object: 'chat.completion.chunk', created, model, system_fingerprint: null }
    return `data: ${JSON.stringify({ ...head, choices })}\n\n`
  }
  const event = ({ type, message, delta }: Event): string => {
    switch (type) {
      case 'message_start':
        id = `chatcmpl-${message?.id}`
        model = message?.model ?? ''
        return chunk({ role: 'assistant', content: '', refusal: null }, null)
      case 'content_block_delta':
        return chunk({ content: delta?.text }, null)
      case 'ping':
        return ': ping\n\n'
      case 'message_stop':
        return `${chunk({}, 'stop')}data: [DONE]\n\n`
      default:
        return ''
    }
  }

  for (;;) {
    const { done, value } = await from.read()
    if (done) return await to.close()
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    let out = ''
    for (const line of lines) if (line.startsWith('data: ')) out += event(JSON.parse(line.slice(6)))
    if (out) await to.write(encoder.encode(out))
  }
}
