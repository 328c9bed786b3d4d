// The way to the gateway: whether it is there, over what, and what its clock says.
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { type Answer, exchange, jsonOf, NoAnswer, type Patient, strangerIn } from './exchange.ts'
import { fault, good, note, type Said, skipped } from './finding.ts'

/** What it means that there is no connection, by the code of the failure. */
const MEANINGS: readonly (readonly [codes: RegExp, mend: string])[] = [
  [
    /ENOTFOUND|EAI_AGAIN/,
    'The name is not known: is --url right? A new domain takes some minutes to be known everywhere.',
  ],
  [/ECONNREFUSED/, 'Nothing listens there: start it, or see whether the port is right.'],
  [
    /EHOSTUNREACH|ENETUNREACH|LATE|ETIMEDOUT/,
    'Something on the way keeps quiet: a firewall, or a machine that is down.',
  ],
  [/CERT_HAS_EXPIRED/, 'Renew the certificate.'],
  [/ALTNAME/, 'The certificate is for another name: use that name, or get one for this.'],
  [
    /SELF_SIGNED|UNABLE_TO|CERT_/,
    'Clients will not trust this certificate: use one of a public authority, with its chain.',
  ],
  [
    /EPROTO|SSL|TLS|HANDSHAKE/,
    'It does not speak TLS there as clients do: is it http, or does the zone have no certificate yet?',
  ],
  [
    /ECONNRESET|EPIPE|HPE_/,
    'The connection breaks off, or what answers is no HTTP: see the log of what stands before the gateway.',
  ],
]

export async function reachable(patient: Patient): Promise<Said> {
  let answer: Answer
  try {
    answer = await exchange(patient, '/healthz')
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    const { code, message } = error
    return fault(message, MEANINGS.find(([codes]) => codes.test(code))?.[1] ?? 'See whether the address is right.')
  }
  const { status, headers } = answer
  if (status >= 300 && status < 400) {
    const to = headers.location ?? 'nowhere'
    return fault(`it is redirected to ${to}`, 'Clients lose their key on the way: use the address behind the redirect.')
  }
  if (status === 200 && jsonOf(answer)?.status === 'ok') return good(`answers on ${patient.url}`)
  return fault(
    `something else answers: ${strangerIn(answer)}`,
    'Is --url the gateway (without a path), and does a page, a login (Access) or a rule of the zone stand before it?',
  )
}

const DAY_MS = 86_400_000
const SOON_DAYS = 14

/** The certificate and the version of TLS, and whether HTTP/2 is offered. */
export async function encrypted({ url }: Patient): Promise<readonly [tls: Said, http2: Said]> {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol === 'http:') {
    const mend = 'Only over https: put a proxy with TLS before it where others are to reach it.'
    const local = /^(?:localhost|127\..*|::1)$/.test(host)
    const tls = local
      ? skipped('plain http, on this machine', mend)
      : fault(
          'plain http: everybody on the way reads keys and prompts',
          'Put a proxy with TLS before it (docs/self-hosting.md).',
        )
    return [tls, skipped('plain http', mend)]
  }
  const socket = await handshake(host, Number(port || 443))
  const [version, alpn] = [socket.getProtocol() ?? 'TLS', socket.alpnProtocol]
  const days = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / DAY_MS)
  socket.destroy()
  const told = `${version}, certificate good for ${days} days`
  return [
    days < SOON_DAYS ? note(told, 'Renew the certificate, and see why that is not done by itself.') : good(told),
    alpn === 'h2'
      ? good('offered')
      : note(
          'not offered',
          'Browsers make six connections at most without it: switch HTTP/2 on in the zone or the proxy.',
        ),
  ]
}

function handshake(host: string, port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host, port, ALPNProtocols: ['h2', 'http/1.1'], timeout: 15_000, ...(isIP(host) === 0 && { servername: host }) },
      () => resolve(socket),
    )
    socket.once('error', reject)
    socket.once('timeout', () => socket.destroy(new NoAnswer('LATE', 'no answer to the handshake')))
  })
}

export async function keepAlive(patient: Patient): Promise<Said> {
  const Agent = patient.url.startsWith('https:') ? HttpsAgent : HttpAgent
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    await exchange(patient, '/healthz', { agent })
    const { reused } = await exchange(patient, '/healthz', { agent })
    if (reused) return good('a connection serves more than one request')
    return note(
      'each request takes a new connection',
      'Switch keep-alive on in the proxy: it saves clients a handshake each.',
    )
  } finally {
    agent.destroy()
  }
}

/** A date header has whole seconds, and an answer takes its time. */
const SKEW_MS = 5_000

/** @param time what the gateway itself says, RFC 3339: for where nobody on the way writes a date. */
export async function clock(patient: Patient, time: string | undefined): Promise<Said> {
  const { headers, at } = await exchange(patient, '/healthz')
  const told = headers.date ?? time
  if (told === undefined) return skipped('nobody tells the time', 'Set ADMIN_TOKEN: the self-test tells it.')
  // Whole seconds are cut off, so that the middle of the second is the best guess.
  const skew = headers.date === undefined ? Date.parse(told) - Date.now() : Date.parse(told) + 500 - at
  const seconds = `${(Math.abs(skew) / 1000).toFixed(0)} s`
  if (Math.abs(skew) < SKEW_MS) return good('as on this machine')
  return fault(
    `${seconds} ${skew > 0 ? 'ahead of' : 'behind'} this machine`,
    'Set the clock (NTP) of the one that is wrong: keys expire and signatures are refused by it.',
  )
}
