// The key that is bound to the demo upstream. It is made through the Worker's own admin API, as any other key is.

import { admin, type Gateway } from './admin.ts'

/** What a binding to the demo consists of. */
interface Binding {
  readonly name: string
  readonly providers: Readonly<Record<string, { readonly base_url: string; readonly credential: string }>>
  readonly models: Readonly<Record<string, string>>
  readonly default_provider: string
}

const NAME = 'demo'
/** `sk-dg-` and the 16 characters that are the key's public id. */
const KEY = /^sk-dg-([\w-]{16})/

const bindingOf = (bases: Readonly<Record<string, string>>): Binding => ({
  name: NAME,
  providers: Object.fromEntries(
    Object.entries(bases).map(([provider, base_url]) => [provider, { base_url, credential: NAME }]),
  ),
  models: { demo: 'anthropic/claude-sonnet-4-6' },
  default_provider: 'anthropic',
})

/** What is kept of a key: its record, or nothing. */
async function recordOf(gateway: Gateway, key: string | undefined) {
  const id = key?.match(KEY)?.[1]
  if (id === undefined) return undefined
  const answer = await admin(gateway, 'GET', `/key_${id}`)
  return answer.ok ? ((await answer.json()) as Partial<Binding> & { id: string }) : undefined
}

/** The port the demo had when a key was made; 0 if that is not known. */
export async function demoPort(gateway: Gateway, key: string | undefined): Promise<number> {
  const base = (await recordOf(gateway, key))?.providers?.anthropic?.base_url
  return base === undefined ? 0 : Number(new URL(base).port)
}

/** Whether a record still says what a new one would. */
function isCurrent(record: Partial<Binding>, wanted: Binding): boolean {
  const bases = ({ providers = {} }: Partial<Binding>) =>
    JSON.stringify(
      Object.entries(providers)
        .map(([slot, { base_url }]) => [slot, base_url])
        .sort(),
    )
  return (
    record.default_provider === wanted.default_provider &&
    JSON.stringify(record.models) === JSON.stringify(wanted.models) &&
    bases(record) === bases(wanted)
  )
}

/** The key is not only on record, it opens: its secret may be another than the record's. */
async function opens(gateway: Gateway, key: string): Promise<boolean> {
  const answer = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  await answer.body?.cancel()
  return answer.status !== 401 && answer.status < 500
}

/**
 * A key for the demo: the one of the last start if it still works, else a new one in its place.
 * @param bases the `base_url` of each provider the demo plays
 */
export async function demoKey(
  gateway: Gateway,
  bases: Readonly<Record<string, string>>,
  last: string | undefined,
): Promise<string> {
  const wanted = bindingOf(bases)
  const record = await recordOf(gateway, last)
  if (record && last !== undefined) {
    if (isCurrent(record, wanted) && (await opens(gateway, last))) return last
    await admin(gateway, 'DELETE', `/${record.id}`)
  }
  const answer = await admin(gateway, 'POST', '', wanted)
  const text = await answer.text()
  if (answer.status !== 201) throw new Error(`The demo key could not be made: ${answer.status} ${text}`)
  return (JSON.parse(text) as { key: string }).key
}
