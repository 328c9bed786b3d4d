// Keys, and what of a request and its answer arrives.
import { bearer, errorOf, exchange, jsonOf, type Patient, strangerIn } from './exchange.ts'
import { fault, good, type Said, skipped } from './finding.ts'

/** Of the right form, and of nobody's making. */
const MADE_UP = `sk-dg-${'doctor'.repeat(11).slice(0, 65)}`
const NO_KEY = 'Set DRAGOMAN_KEY to a client key.'

export async function wrongKey(patient: Patient): Promise<Said> {
  const answer = await exchange(patient, '/v1/limits', { headers: bearer(MADE_UP) })
  const error = errorOf(answer)
  if (error?.code === 'not_configured') return fault(error.message, 'Set both secrets: npm run deploy asks for them.')
  if (answer.status === 401 && error) return good('a made-up key is refused')
  if (answer.status === 429 && error) return good('a made-up key is refused; this address has tried too many')
  return fault(
    `a made-up key gets ${strangerIn(answer)}`,
    'It is not the gateway that answers: see what stands before it.',
  )
}

export async function goodKey(patient: Patient): Promise<Said> {
  const { key } = patient
  if (key === undefined) return skipped('no key to try', NO_KEY)
  const answer = await exchange(patient, '/v1/limits', { headers: bearer(key) })
  if (answer.status === 200) return good('let in')
  const error = errorOf(answer)
  if (!error) return fault(`not let in: ${strangerIn(answer)}`, 'See what stands before the gateway.')
  if (answer.status === 401 && patient.isGuess)
    return skipped('the demo key of npm start is not of this gateway', NO_KEY)
  if (answer.status !== 401) return fault(error.message, 'See the message; the log of the gateway has more.')
  const other = await exchange(patient, '/v1/limits', { headers: { 'x-api-key': key } })
  return other.status === 200
    ? fault(
        'let in with x-api-key, not with Authorization',
        'Something on the way takes the header Authorization: let it pass.',
      )
    : fault(error.message, 'Is DRAGOMAN_KEY of this gateway, not expired and not revoked? npm run keys -- list.')
}

/** Headers of a client's are the gateway's to read: a malformed one of ours must be refused. */
export async function requestHeaders(patient: Patient): Promise<Said> {
  const { key } = patient
  if (key === undefined) return skipped('no key to try', NO_KEY)
  const mend = 'Something on the way strips headers of requests: let all of them pass.'
  const other = await exchange(patient, '/v1/limits', { headers: { 'x-api-key': key } })
  if (other.status !== 200) return fault('x-api-key does not arrive', mend)
  const headers = { ...bearer(key), 'dragoman-strict': 'doctor' }
  const answer = await exchange(patient, '/v1/translate', { method: 'POST', headers, body: '{}' })
  if (!/dragoman-strict/.test(errorOf(answer)?.message ?? '')) return fault('dragoman-* do not arrive', mend)
  return good('arrive')
}

const TOLD = ['x-request-id', 'request-id', 'openai-version', 'access-control-expose-headers']

export async function responseHeaders(patient: Patient): Promise<Said> {
  const { headers } = await exchange(patient, '/v1/limits', { headers: bearer(patient.key ?? MADE_UP) })
  const missing = TOLD.filter((name) => headers[name] === undefined)
  if (missing.length === 0) return good('arrive')
  return fault(
    `${missing.join(', ')} do not arrive`,
    'Something on the way strips headers of answers: let all of them pass.',
  )
}

/** More than an image or two, and more than proxies take unless they are told to. */
const SIZE = 4 * 1024 * 1024

export async function largeRequest(patient: Patient): Promise<Said> {
  const { key } = patient
  if (key === undefined) return skipped('no key to try', NO_KEY)
  // A model that nobody has: the body is read, and nobody is called.
  const body = JSON.stringify({ model: 'doctor/none', messages: [{ role: 'user', content: 'a'.repeat(SIZE) }] })
  const answer = await exchange(patient, '/v1/translate', {
    ...{ method: 'POST', headers: bearer(key), body, patience: 60_000 },
  })
  const error = errorOf(answer)
  const ours = answer.status === 413 && error
  if (ours) return fault('4 MB are too much', 'Raise MAX_BODY_BYTES: images are sent within the request.')
  if (error || jsonOf(answer)?.object === 'translation') return good('4 MB arrive')
  return fault(
    `4 MB do not arrive: ${strangerIn(answer)}`,
    'Raise the limit of the proxy (client_max_body_size in nginx) to that of the gateway: 32 MB, for recordings 100.',
  )
}
