// The client: sends requests and counts what comes back, so that a Worker that loses or joins anything is noticed.
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { serve } from './child.ts'

export interface Ask {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Load extends Ask {
  readonly requests: number
  /** How many of them are under way at once. */
  readonly lanes: number
}

/** Sums over all requests. */
export interface Received {
  events: number
  /** Pieces in which the bodies came over the network. */
  chunks: number
  bytes: number
  /** From the first request to the last byte. */
  ms: number
}

export type Client = typeof functions

const functions = {
  async load({ requests, lanes, ...ask }: Load): Promise<Received> {
    const sum: Received = { events: 0, chunks: 0, bytes: 0, ms: 0 }
    const from = performance.now()
    let left = requests
    // Connections of its own: one that was idle for seconds may be closed while it is being used again.
    const agent = new Agent({ keepAlive: true })
    const lane = async () => {
      while (left-- > 0) await read(await send(ask, agent), sum)
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    sum.ms = performance.now() - from
    agent.destroy()
    return sum
  },

  /** How long the first byte of a body takes, in milliseconds: one request after the other, the first to connect. */
  async firstByte({ requests, ...ask }: Omit<Load, 'lanes'>): Promise<number[]> {
    const agent = new Agent({ keepAlive: true })
    const took: number[] = []
    for (let i = 0; i <= requests; i++) {
      const from = performance.now()
      const response = await send(ask, agent)
      await once(response, 'readable')
      if (i > 0) took.push(performance.now() - from)
      response.resume()
      await once(response, 'end')
    }
    agent.destroy()
    return took
  },
}

async function send({ url, headers, body }: Ask, agent: Agent): Promise<IncomingMessage> {
  const length = Buffer.byteLength(body)
  const out = request(url, {
    agent,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': length },
  })
  out.end(body)
  const [response]: [IncomingMessage] = await new Promise((resolve, reject) => {
    out.once('response', (one) => resolve([one]))
    out.once('error', reject)
  })
  if (response.statusCode === 200) return response
  let text = ''
  for await (const piece of response) text += piece
  throw new Error(`${url}: ${response.statusCode} ${text.slice(0, 300)}`)
}

function read(response: IncomingMessage, sum: Received): Promise<void> {
  return new Promise((resolve, reject) => {
    let ended = false
    response.on('data', (piece: Buffer) => {
      sum.chunks++
      sum.bytes += piece.length
      // An event that is cut between its two line ends counts with the piece that the second one is in.
      if (ended && piece[0] === 10) sum.events++
      for (let at = piece.indexOf('\n\n'); at !== -1; at = piece.indexOf('\n\n', at + 2)) sum.events++
      ended = piece.at(-1) === 10 && piece.at(-2) !== 10
    })
    response.once('end', resolve)
    response.once('error', reject)
  })
}

serve(functions)
