// What a case of an endpoint makes that is no conversation: `embeddings-…`, `rerank-…`, `moderations-…`. See
// test/cases/README.md.
import { form as embeddings } from '../src/endpoints/embeddings.ts'
import { form as moderations } from '../src/endpoints/moderations.ts'
import { form as rerank } from '../src/endpoints/rerank.ts'
import { type Form, spelled } from '../src/endpoints/task.ts'
import { asGatewayError } from '../src/hub/error.ts'
import { Ledger } from '../src/hub/loss.ts'
import type { Call, Provider } from '../src/hub/provider.ts'
import type { PartTold, TaskCall } from '../src/hub/task.ts'
import { addUsage } from '../src/hub/usage.ts'
import { spliceValue } from '../src/wire/splice.ts'
import { accountOf, type Files, headOf, parts, pretty, told } from './case.ts'

// biome-ignore lint/suspicious/noExplicitAny: each form fits its own requests, and a folder's name says which it is.
type AnyForm = Form<any, any>

const FORMS: Readonly<Record<string, AnyForm>> = { embeddings, rerank, moderations }

/** The endpoint of a case; undefined: it is a conversation. */
export function formOf(name: string): AnyForm | undefined {
  return FORMS[/^\w+/.exec(name)?.[0] ?? '']
}

/** Makes all files of a case. */
export function madeTask(form: AnyForm, provider: Provider, given: Files): Files {
  const client = given['client.json'] ?? ''
  const out: Record<string, string> = {}
  const request = form.read(JSON.parse(client))
  try {
    const account = accountOf(given, provider.name)
    const named: string | undefined = request.fields.model
    const model = (named ?? form.model ?? '').replace(`${provider.name}/`, '')
    const task = form.of(provider)
    if (!task) throw new Error(`The provider ${provider.name} has no ${form.name}.`)
    if ('relays' in task) {
      out['path.txt'] = `${task.relays(model, account)}\n`
      out['sent.json'] = named ? spliceValue(client, 'model', JSON.stringify(model)) : client
      return out
    }
    const ledger = new Ledger(false)
    const calls: readonly TaskCall<PartTold>[] = task.encode(request, model, ledger, account)
    calls.forEach((call, i) => {
      out[i === 0 ? 'sent.json' : `sent-${i + 1}.json`] = pretty(JSON.parse(call.body))
    })
    out['path.txt'] = `${[...new Set(calls.map(({ path }) => path))].join('\n')}\n`
    if (ledger.losses.length > 0) out['losses.json'] = pretty(ledger.losses)
    refuse(given, provider, calls[0])
    const bodies = [...parts(given, '.json'), ...parts(given, '.ndjson')]
    if (bodies.length === 0) return out
    const read = calls.map((call, i) => call.read(bodies[i] ?? '', headOf(given)))
    const usage = read.map((part) => part.usage).reduce((sum, one) => (sum && one ? addUsage(sum, one) : (sum ?? one)))
    const about = { id: 'id', model: read.find((part) => part.model)?.model ?? model, usage }
    out['answer.json'] = pretty(form.answer(read, request, about))
    const lost = read.flatMap((part) => part.losses ?? [])
    if (lost.length > 0) out['answer-losses.json'] = pretty(lost)
  } catch (thrown) {
    out['error.json'] = told(spelled(asGatewayError(thrown), form, request))
  }
  return out
}

/** @throws GatewayError what the provider's refusal means. */
function refuse(given: Files, provider: Provider, call: TaskCall<PartTold> | undefined): void {
  const text = given['refused.json']
  if (text === undefined) return
  const { status, headers, body }: { status: number; headers?: Record<string, string>; body: unknown } =
    JSON.parse(text)
  const refusal = {
    status,
    headers: new Headers(headers),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
  throw provider.refuse(refusal, provider.name, call as unknown as Call)
}
