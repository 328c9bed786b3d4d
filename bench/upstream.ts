// The upstream: both services' streams and answers, at the pace it is told.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { serve } from './child.ts'
import { answerOf, HEADERS, type Service, scriptOf } from './wire.ts'

export interface Play {
  /** Deltas in a stream, and the size of the text in each (its own, where it is 0). */
  readonly deltas: number
  readonly size: number
  /** Events in one write, as fast as they are taken; or one event a write, about 1 ms apart. */
  readonly pace: number | 'paced'
}

export type Upstream = typeof functions

let play: Play = { deltas: 1, size: 0, pace: 1 }
const writes = new Map<string, readonly Buffer[]>()

const functions = {
  async listen() {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
  play(next: Play) {
    play = next
    for (const service of ['anthropic', 'openai'] as const) writesOf(service)
  },
}

// Connections stay open, used or not: the Worker finds one closed only when it sends on it.
const OPEN = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 }
const server = createServer(OPEN, async (request, response) => {
  const service: Service = request.url?.endsWith('/messages') ? 'anthropic' : 'openai'
  const { stream }: { stream?: boolean } = JSON.parse(await text(request))
  if (!stream) {
    response.writeHead(200, { ...HEADERS[service], 'content-type': 'application/json' })
    return response.end(answerOf(service))
  }
  response.writeHead(200, { ...HEADERS[service], 'content-type': 'text/event-stream; charset=utf-8' })
  if (play.pace === 'paced') return join({ response, writes: writesOf(service).values() })
  for (const piece of writesOf(service)) if (!response.write(piece)) await once(response, 'drain')
  return response.end()
})
server.on('connection', (socket) => socket.setNoDelay(true))

/** What is written, piece by piece: made once, so that the upstream is not what everybody waits for. */
function writesOf(service: Service): readonly Buffer[] {
  const { deltas, size, pace } = play
  const name = JSON.stringify([service, play])
  const known = writes.get(name)
  if (known) return known
  const events = scriptOf(service, deltas, size)
  const made: Buffer[] = []
  const step = pace === 'paced' ? 1 : pace
  for (let i = 0; i < events.length; i += step) made.push(Buffer.from(events.slice(i, i + step).join('')))
  writes.set(name, made)
  return made
}

interface Paced {
  readonly response: ServerResponse
  readonly writes: Iterator<Buffer>
}

const paced: Paced[] = []
let turn = 0

function join(stream: Paced): void {
  paced.push(stream)
  if (paced.length === 1) setImmediate(beat)
}

/**
 * Streams take turns, each about once in a millisecond. Timers of Node would wake all of them in the same instant, and
 * the Worker would see their events together, which those of real streams are not.
 */
function beat(): void {
  if (paced.length === 0) return
  Atomics.wait(clock, 0, 0, 1 / paced.length)
  turn = (turn + 1) % paced.length
  const stream = paced[turn]
  const next = stream?.writes.next()
  if (next?.done) {
    stream?.response.end()
    paced.splice(turn, 1)
  } else if (next) stream?.response.write(next.value)
  setImmediate(beat)
}

const clock = new Int32Array(new SharedArrayBuffer(4))

serve(functions)
