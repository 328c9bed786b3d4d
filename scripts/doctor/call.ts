// One call to a provider: whether its answer streams, and what its head tells.
import { type Answer, bearer, errorOf, exchange, type Json, jsonOf, type Patient, strangerIn } from './exchange.ts'
import { fault, good, note, type Said, skipped } from './finding.ts'

const PROMPT = 'Count from one to thirty in words, with commas between.'
/** Where a piece holds more events than this, somebody has kept them. */
const TOGETHER = 4
/** Of fewer nothing can be said. */
const ENOUGH = 6

/** What is said of the stream, and of the limits that its head tells. */
export async function streaming(patient: Patient): Promise<readonly [stream: Said, limits: Said]> {
  const { key, calls } = patient
  const none = (detail: string, mend: string) => [skipped(detail, mend), skipped(detail, mend)] as const
  if (key === undefined) return none('no key to try', 'Set DRAGOMAN_KEY to a client key.')
  if (!calls) return none('no provider is called', 'Leave --no-call out: a call costs some 200 tokens.')
  const model = patient.model ?? (await firstModel(patient, key))
  if (model === undefined) return none('no model to call', 'Name one: --model slot/model.')
  const body = { model, stream: true, max_completion_tokens: 200, messages: [{ role: 'user', content: PROMPT }] }
  const answer = await exchange(patient, '/v1/chat/completions', {
    ...{ method: 'POST', headers: bearer(key), body: JSON.stringify(body), patience: 120_000 },
  })
  if (answer.status !== 200) {
    const why = errorOf(answer)?.message ?? strangerIn(answer)
    const mend = patient.model === undefined ? 'Name a model that answers: --model slot/model.' : 'See the message.'
    return [note(`${model} does not answer: ${why}`, mend), skipped('no answer to look at', mend)]
  }
  return [flowing(answer, model), await limits(patient, key, answer)]
}

async function firstModel(patient: Patient, key: string): Promise<string | undefined> {
  const list = jsonOf(await exchange(patient, '/v1/models', { headers: bearer(key), patience: 60_000 }))
  const first = Array.isArray(list?.data) ? (list.data[0] as Json | undefined) : undefined
  return typeof first?.id === 'string' ? first.id : undefined
}

/** Exported for its tests: what an answer's pieces say. */
export function flowing({ headers, text, pieces }: Answer, model: string): Said {
  const events = text.split('\n\n').filter((event) => event.includes('data:'))
  const proxy =
    'Switch buffering and compression of responses off in what stands before the gateway (docs/self-hosting.md).'
  if (!headers['content-type']?.startsWith('text/event-stream'))
    return fault(`the answer is ${headers['content-type']}`, proxy)
  if (headers['content-encoding']) return fault(`the stream is compressed (${headers['content-encoding']})`, proxy)
  const last = events.at(-1) ?? ''
  if (last.includes('"error"'))
    return note(`${model} broke off: ${last.slice(0, 200)}`, 'Look again, or name another --model.')
  if (!last.includes('[DONE]'))
    return fault('the stream ends before its end', 'Something on the way cuts long answers: raise its time limits.')
  const [first, end] = [pieces[0]?.at ?? 0, pieces.at(-1)?.at ?? 0]
  const told = `${events.length} events in ${pieces.length} pieces; the first after ${first} ms, the last after ${end} ms`
  if (events.length < ENOUGH)
    return note(`${told}: too few to tell`, 'Name a model that says more: --model slot/model.')
  if (events.length / pieces.length > TOGETHER) return fault(`held back: ${told}`, proxy)
  if (!/no-transform/.test(headers['cache-control'] ?? ''))
    return note(`${told}; without no-transform`, 'Let cache-control pass: else others may compress the stream.')
  return good(told)
}

async function limits(patient: Patient, key: string, { headers }: Answer): Promise<Said> {
  const known = jsonOf(await exchange(patient, '/v1/limits', { headers: bearer(key) }))
  const own = (known?.key as { readonly limits?: readonly Json[] } | undefined)?.limits ?? []
  const told = Object.entries(headers).filter(([name]) => name.startsWith('x-ratelimit-'))
  if (told.length > 0)
    return good(told.map(([name, value]) => `${name.slice('x-ratelimit-'.length)} ${value}`).join(', '))
  const requests = own.some(({ name }) => String(name).startsWith('requests_'))
  if (!requests) return skipped('neither the key nor the provider has told any', 'Give the key a limit to see them.')
  return fault('x-ratelimit-* do not arrive', 'Something on the way strips headers of answers: let all of them pass.')
}
