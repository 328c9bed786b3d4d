// A network that answers what a test tells it, and keeps what it was asked.

export interface Asked {
  readonly url: string
  readonly init: RequestInit
}

type Answer = (url: string, init: RequestInit) => Response | Promise<Response>

export function networkOf(answer: Answer) {
  const asked: Asked[] = []
  return {
    asked,
    fetch: async (input: RequestInfo | URL, init: RequestInit = {}) => {
      const url = String(input)
      asked.push({ url, init })
      return await answer(url, init)
    },
  }
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** Bytes that begin like a picture. */
export function picture(size = 64): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251)
  bytes.set(PNG.slice(0, size))
  return bytes
}

export function held(bytes: Uint8Array<ArrayBuffer> | string, contentType: string, headers = {}): Response {
  return new Response(bytes, { headers: { 'content-type': contentType, ...headers } })
}

export function redirect(location: string | undefined, status = 302): Response {
  return new Response('elsewhere', { status, headers: location === undefined ? {} : { location } })
}
