// An upstream that says exactly the bytes it is told to, cut as it is told to: for faults that no real service makes
// on demand.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Resolves when the gateway has hung up, or has read the answer to its end. */
  readonly closed: Promise<'hung up' | 'ended'>
}

export type Play = (response: ServerResponse, request: Received) => Promise<void> | void

export interface Upstream {
  readonly url: string
  readonly requests: Received[]
  /** What the next requests get. */
  play: Play
  close(): Promise<void>
}

/** Starts an upstream on a free port of loopback. */
export async function startUpstream(play: Play): Promise<Upstream> {
  const requests: Received[] = []
  // The gateway keeps connections, and finds one that was closed here only when it sends on it.
  const server = createServer({ keepAliveTimeout: 0 }, async (message, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of message) chunks.push(chunk)
    } catch {
      // The gateway has hung up in the middle of a body: there is nobody to answer.
      return
    }
    const closed = new Promise<'hung up' | 'ended'>((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? 'ended' : 'hung up'))
    })
    const received: Received = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      closed,
    }
    requests.push(received)
    await upstream.play(response, received)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const upstream: Upstream = {
    url: `http://127.0.0.1:${port}`,
    requests,
    play,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return upstream
}

/** Says a stream's bytes in pieces, a turn of the event loop apart; and its head, where that was not said yet. */
export async function sayStream(response: ServerResponse, pieces: Iterable<Uint8Array | string>): Promise<void> {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  for (const piece of pieces) {
    if (response.destroyed) return
    response.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
}

/** Says a whole answer. */
export function sayJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
