// A client that can leave as rudely as one likes.
import { type IncomingMessage, request } from 'node:http'
import type { Gateway } from './gateway.ts'

export interface Client {
  /** Its head has come; the body is read by whoever wants to. */
  readonly response: Promise<IncomingMessage>
  /**
   * Leaves with a reset. The runtime's own socket takes a mere FIN for the end of the request, after which a client may
   * still read, and finds out when it next writes; in front of a deployed Worker the edge tells of either at once.
   */
  reset(): void
  /** Leaves as most programs do: with a FIN. */
  leave(): void
}

/** Sends a chat request over a connection of its own. */
export function startClient(gateway: Gateway, key: string, body: unknown): Client {
  const sent = request(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    agent: false,
  })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', (message) => {
      message.on('error', () => undefined)
      resolve(message)
    })
    sent.once('error', reject)
  })
  // Who leaves before the head does not wait for it.
  response.catch(() => undefined)
  sent.end(JSON.stringify(body))
  return {
    response,
    reset: () => sent.socket?.resetAndDestroy(),
    leave: () => sent.destroy(),
  }
}
