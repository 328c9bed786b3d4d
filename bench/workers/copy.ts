// The loop that only copies: the least that a Worker does which has to look at the bytes.
import { stream, type Worker } from './forward.ts'

export default {
  async fetch(request, env, context) {
    const { from, to, response } = await stream(request, env)
    context.waitUntil(copy(from, to))
    return response
  },
} satisfies Worker

async function copy(from: ReadableStreamDefaultReader<Uint8Array>, to: WritableStreamDefaultWriter<Uint8Array>) {
  for (;;) {
    const { done, value } = await from.read()
    if (done) return await to.close()
    await to.write(value)
  }
}
