// Bytes over a socket, for requests that no client library would send.
import { connect } from 'node:net'

/**
 * Sends bytes and reads what comes back, until the gateway hangs up or has been silent for a moment.
 * @returns latin1 text: every byte is a character.
 */
export function sendRaw(origin: string, bytes: string | Buffer, silenceMs = 400): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect({ host: hostname, port: Number(port) })
    const done = () => {
      socket.destroy()
      resolve(text)
    }
    socket.setEncoding('latin1')
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', (piece) => {
      text += piece
      socket.setTimeout(silenceMs, done)
    })
    // What is refused while it is still being sent may end in a reset.
    socket.on('error', done)
    socket.on('close', done)
    socket.setTimeout(5000, done)
  })
}

/** The statuses of the responses in what came back. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}
