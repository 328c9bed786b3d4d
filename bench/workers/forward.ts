// What all Workers of the benchmark share: the request goes on to the upstream as it came.

interface Env {
  readonly UPSTREAM: string
}

interface Context {
  waitUntil(work: Promise<unknown>): void
}

export interface Worker {
  fetch(request: Request, env: Env, context: Context): Promise<Response>
}

export function forward(request: Request, { UPSTREAM }: Env): Promise<Response> {
  const { method, headers, body } = request
  return fetch(UPSTREAM + new URL(request.url).pathname, { method, headers, body })
}

/** What the loops read from and write to, and the response that they write. */
export async function stream(
  request: Request,
  env: Env,
): Promise<{
  from: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
  to: WritableStreamDefaultWriter<Uint8Array>
  response: Response
}> {
  const upstream = await forward(request, env)
  if (!upstream.body) throw new Error('The upstream sent no body.')
  const { readable, writable } = new IdentityTransformStream()
  const response = new Response(readable, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  return { from: upstream.body.getReader(), to: writable.getWriter(), response }
}
