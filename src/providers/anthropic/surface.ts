// Where the Messages API is served: at home, or on a platform that wraps it in a form of its own and takes less.
import type { GatewayError } from '../../hub/error.ts'
import type { Account, Media, RemoteMedia } from '../../hub/provider.ts'
import type { Framing } from '../../wire/frames.ts'
import { streamError } from './error.ts'
import type { MessagesBody } from './wire.ts'

/** What differs from place to place. */
export interface Surface {
  /** Below the base URL. */
  path(model: string, streams: boolean): string
  /** The body as it is sent there. */
  sent(body: MessagesBody): object
  /** JSON by schema and strict tools, where the model has them. */
  readonly structured: boolean
  /** Media may be named by an address, or by a file's id. */
  readonly references: boolean
  readonly framing: Framing
  /** Reads an error in a stream that is not the service's own: `{error: …}` without a type. */
  failure(body: unknown): GatewayError
}

export const HOME: Surface = {
  path: () => '/v1/messages',
  sent: (body) => body,
  structured: true,
  references: true,
  framing: 'sse',
  failure: streamError,
}

/**
 * A platform that names the model in the path.
 * @param version the platform's own, which stands in the body.
 */
export function hosted(version: string, path: Surface['path'], failure: Surface['failure']): Surface {
  return {
    path,
    sent: ({ model: _, ...body }) => ({ anthropic_version: version, ...body }),
    structured: false,
    references: false,
    // The platform's own errors may come without the form of an event.
    framing: 'sse+json',
    failure,
  }
}

/** The header of betas: the slot's and the client's, each with its own wish. */
export function betasOf({ headers = {} }: Account, client: Headers): Record<string, string> {
  const betas = [headers['anthropic-beta'], client.get('anthropic-beta')].filter(Boolean).join(',')
  return betas ? { 'anthropic-beta': betas } : {}
}

/** Media named by address, of a place that takes only bytes: what was fetched, and what has to be, by address. */
export interface Fetched {
  readonly media: ReadonlyMap<string, Media>
  readonly wanted: Map<string, RemoteMedia>
}

/** What a request may hold where it goes. */
export interface Place {
  readonly structured: boolean
  /** Undefined where an address can be sent as it is. */
  readonly fetched: Fetched | undefined
}
