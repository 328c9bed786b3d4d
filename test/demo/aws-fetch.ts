// A way for AWS' client to services that speak HTTP/1, as `fetch` does; its own insists on HTTP/2.
import { Readable } from 'node:stream'

interface Outgoing {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

/** The client's `requestHandler`. */
export const fetchHandler = {
  async handle(request: unknown) {
    // The client makes it, and says no more of its type than this.
    const { method, protocol, hostname, port, path, headers, body } = request as Outgoing
    const { host: _host, 'content-length': _length, ...rest } = headers
    const url = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`
    const response = await fetch(url, { method, headers: rest, ...(body !== undefined && { body }) })
    return {
      response: {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: Readable.from(response.body ?? []),
      },
    }
  },
}
