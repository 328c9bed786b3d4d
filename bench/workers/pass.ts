// Pass-through: the body never enters JavaScript. Also the Worker that only forwards, for requests without a stream.
import { forward, type Worker } from './forward.ts'

export default {
  async fetch(request, env) {
    const { body, status, headers } = await forward(request, env)
    return new Response(body, { status, headers })
  },
} satisfies Worker
