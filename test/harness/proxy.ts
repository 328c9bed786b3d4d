// A proxy before the gateway, with the faults that proxies have.
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Faults {
  /** It keeps an answer until it is whole. */
  readonly buffers?: boolean
  /** Names, or beginnings of names, of headers that do not pass. */
  readonly strips?: readonly string[]
  readonly stripsOfRequests?: readonly string[]
  /** Larger bodies, in bytes, are refused in its own words. */
  readonly limit?: number
  /** It sends everybody elsewhere. */
  readonly redirects?: boolean
  /** It closes each connection. */
  readonly closes?: boolean
  /** How far its clock is ahead, in milliseconds. */
  readonly ahead?: number
  /** It answers preflights itself. */
  readonly ownsPreflights?: boolean
  /** It answers everything with a page. */
  readonly page?: boolean
  /** Another version's self-test, or none. */
  readonly selftest?: (text: string) => { readonly status: number; readonly text: string }
}

export interface FaultyProxy {
  readonly url: string
  /** What it does wrong from now on. */
  faults: Faults
  close(): Promise<void>
}

export async function startProxy(target: string): Promise<FaultyProxy> {
  let faults: Faults = {}
  const kept = (headers: OutgoingHttpHeaders, strips: readonly string[] = []) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !strips.some((start) => name.startsWith(start))))

  const server = http.createServer((request, response) => {
    const own = (status: number, headers: OutgoingHttpHeaders = {}) => {
      request.resume()
      response.writeHead(status, { 'content-type': 'text/html', server: 'proxy', ...headers })
      response.end('<html></html>')
    }
    if (faults.redirects) return own(301, { location: 'https://elsewhere.example/' })
    if (faults.page) return own(403)
    if (faults.ownsPreflights && request.method === 'OPTIONS') return own(405)
    if (faults.limit !== undefined && Number(request.headers['content-length']) > faults.limit) return own(413)
    const onwards = http.request(
      `${target}${request.url}`,
      { method: request.method, headers: kept(request.headers, faults.stripsOfRequests) },
      (answer) => void passOn(answer),
    )
    onwards.once('error', () => response.destroy())
    request.pipe(onwards)

    async function passOn(answer: IncomingMessage): Promise<void> {
      const headers = kept(answer.headers, faults.strips)
      if (faults.closes) response.shouldKeepAlive = false
      if (faults.ahead !== undefined) headers.date = new Date(Date.now() + faults.ahead).toUTCString()
      const whole = faults.buffers || (faults.selftest && request.url?.startsWith('/admin/selftest'))
      if (!whole) {
        response.writeHead(answer.statusCode ?? 502, headers)
        answer.pipe(response)
        return
      }
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      const other = request.url?.startsWith('/admin/selftest') ? faults.selftest?.(text) : undefined
      delete headers['transfer-encoding']
      delete headers['content-length']
      response.writeHead(other?.status ?? answer.statusCode ?? 502, headers)
      response.end(other?.text ?? text)
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    get faults() {
      return faults
    },
    set faults(wrong) {
      faults = wrong
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
