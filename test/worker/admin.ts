// The admin API as the tests in workerd ask it: on two invented providers, with nothing above it but its errors.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { asGatewayError } from '../../src/hub/error.ts'
import { adminApp } from '../../src/keys/admin.ts'
import { authenticate } from '../../src/keys/authenticate.ts'
import type { Binding } from '../../src/keys/binding.ts'
import type { KeyRecord } from '../../src/keys/record.ts'
import type { ProviderFacts } from '../../src/keys/validate.ts'
import { TEST_SECRETS } from '../secrets.ts'

export const CREDENTIAL = 'sk-alpha-hunter2-hunter2-hunter2'
const providers = new Map<string, ProviderFacts>([
  ['alpha', { credential: 'required', baseUrl: 'https://api.alpha.example/v1' }],
  ['beta', { credential: 'optional' }],
])

export const app = new Hono<{ Bindings: Env }>()
app.route('/', adminApp(providers))
app.onError((thrown, c) => {
  const error = asGatewayError(thrown)
  if (error.code === 'server_error') console.error(thrown)
  return c.json({ error: error.body }, { status: error.status as 400 })
})

interface Asked {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON came back
  readonly body: any
}

export async function ask(
  method: string,
  path: string,
  body?: unknown,
  token = TEST_SECRETS.ADMIN_TOKEN,
  on: Env = env,
): Promise<Asked> {
  const init = {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }
  const answer = await app.request(path, init, on)
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

/** The binding of a key, as a request with it finds it. */
export async function bindingOf(key: string, on: Env = env): Promise<Binding> {
  const request = new Request('https://dragoman.test/v1/models', { headers: { authorization: `Bearer ${key}` } })
  const later: Promise<unknown>[] = []
  const binding = await authenticate(request, on, (work) => later.push(work))
  await Promise.all(later)
  return binding
}

export async function alarmOf(id: string): Promise<number | null> {
  return runInDurableObject(env.RECORDS.getByName(id), (_: KeyRecord, state) => state.storage.getAlarm())
}
