// The first key of a gateway, bound to the first account at a provider.
import type { Gateway } from '../admin.ts'
import { ask as askGateway, type Json, Refused } from '../keys/ask.ts'
import { type BindingValues, bindingFrom } from '../keys/binding.ts'
import { type Ask, working } from '../terminal.ts'

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: (path: string) => string
}

/** How often a new address is looked for: a domain takes a while to be known, and to have its certificate. */
const TRIES = 60
const PAUSE_MS = 2_000

/** Waits until a gateway answers. @returns whether it did. */
export async function answers(url: string, tries = TRIES, pauseMs = PAUSE_MS): Promise<boolean> {
  for (let i = 0; i < tries; i++) {
    if (i > 0) await new Promise((soon) => setTimeout(soon, pauseMs))
    const answer = await fetch(`${url}/healthz`, { redirect: 'manual' }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return true
  }
  return false
}

/** How many keys there are already; at most one page is counted. */
export async function keysOf(gateway: Gateway): Promise<number> {
  const { data } = await working('Looking for keys', askGateway(gateway, 'GET', '?limit=100'))
  return Array.isArray(data) ? data.length : 0
}

/** The binding that options stand for; undefined where none names a provider. */
export function bindingOf(values: BindingValues, { env, readFile }: Sources): Json | undefined {
  if (!values.provider?.length) return undefined
  const readStdin = () => readFile('/dev/stdin')
  return bindingFrom({ name: 'first', ...values }, false, { env, now: Date.now(), readFile, readStdin })
}

/** Asks for provider and credential; undefined where somebody wants none. */
export async function askBinding(
  ask: Ask,
  askSecret: (question: string) => Promise<string>,
): Promise<Json | undefined> {
  const provider = await ask('First provider, such as anthropic or openai (Enter for none)')
  if (provider === '') return undefined
  const credential = await askSecret(`Its credential (Enter for none)`)
  return {
    name: 'first',
    providers: { [provider]: credential === '' ? {} : { credential } },
    default_provider: provider,
  }
}

/** @throws Refused where the gateway does not take it, with what is missing. */
export async function makeKey(gateway: Gateway, binding: Json): Promise<Json> {
  try {
    return await working('Making the key', askGateway(gateway, 'POST', '', binding))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    throw new Refused(
      error.status,
      `${error.message}\nThe gateway runs; make its key with npm run keys -- create --help.`,
    )
  }
}
