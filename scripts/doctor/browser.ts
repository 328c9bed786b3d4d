// What a browser needs: a preflight that allows, and answers that a page may read, errors included.
import { errorOf, exchange, type Patient, strangerIn } from './exchange.ts'
import { fault, good, type Said } from './finding.ts'

const ORIGIN = 'https://doctor.example'
const PATH = '/v1/chat/completions'
/** As SDKs send them. */
const WANTED = ['authorization', 'content-type', 'x-stainless-os', 'dragoman-strict']
/** Those that pages want to read most. */
const READ = ['x-request-id', 'dragoman-loss', 'x-ratelimit-remaining-requests', 'retry-after']

export async function preflight(patient: Patient): Promise<Said> {
  const answer = await exchange(patient, PATH, {
    method: 'OPTIONS',
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': WANTED.join(', '),
    },
  })
  const mend =
    'Something on the way answers preflights itself, or strips headers: let OPTIONS and access-control-* pass.'
  const { status, headers } = answer
  if (status !== 204 && status !== 200) return fault(`refused: ${strangerIn(answer)}`, mend)
  if (!allows(headers['access-control-allow-origin'])) return fault('it allows no origin', mend)
  const missing = lacking(headers['access-control-allow-headers'], WANTED)
  if (missing.length > 0) return fault(`it does not allow ${missing.join(', ')}`, mend)
  return good('allows every origin and the headers of SDKs')
}

export async function readable(patient: Patient): Promise<Said> {
  const answer = await exchange(patient, PATH, { method: 'POST', headers: { origin: ORIGIN }, body: '{}' })
  const { headers } = answer
  const mend = 'Let access-control-* pass on every answer: what a page may not read it shows as a failed connection.'
  if (!errorOf(answer))
    return fault(`an error is not the gateway's: ${strangerIn(answer)}`, 'See what stands before the gateway.')
  if (!allows(headers['access-control-allow-origin'])) return fault('a page may not read errors', mend)
  const missing = lacking(headers['access-control-expose-headers'], READ)
  if (missing.length > 0) return fault(`a page may not read ${missing.join(', ')}`, mend)
  return good('a page may read errors and their headers')
}

function allows(origin: string | undefined): boolean {
  return origin === '*' || origin === ORIGIN
}

function lacking(list: string | undefined, wanted: readonly string[]): string[] {
  const names = new Set(list?.toLowerCase().split(/\s*,\s*/))
  return wanted.filter((name) => !names.has(name))
}
