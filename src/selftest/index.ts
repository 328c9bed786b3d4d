// `GET /admin/selftest`: whether this Worker, as it is deployed, does what it is for. It calls no provider and changes nothing.
import { version } from '../../package.json'
import type { Check, SelfTest } from '../../schemas/selftest.ts'
import { GatewayError, scrub } from '../hub/error.ts'
import type { Conversant, Provider } from '../hub/provider.ts'
import { own } from './own.ts'
import { replayOf } from './replay.ts'

/** Storage that does not answer is a fault, too. */
const PATIENCE_MS = 10_000

/** What may be asked for by itself, beside the providers by name. */
const OWN = 'own'

/**
 * Runs every check, whatever becomes of the others.
 * @param only one provider's name, or `own` for what is no provider's: all of it is more work than the free plan of the
 *   platform gives to one request.
 * @throws GatewayError 400 for what there is no check of.
 */
export async function selftest(env: Env, providers: Iterable<Provider>, only?: string): Promise<SelfTest> {
  const tested = [...providers].filter(isTested)
  const names = [OWN, ...tested.map(({ name }) => name)]
  if (only !== undefined && !names.includes(only)) {
    throw new GatewayError('invalid_value', `Invalid 'only'. Expected one of: ${names.join(', ')}.`, { param: 'only' })
  }
  const wanted = (name: string) => only === undefined || only === name
  const asked = wanted(OWN) ? Object.entries(own).map(([name, work]) => checked(name, () => soon(work(env)))) : []
  const replays = tested.filter(({ name }) => wanted(name)).flatMap(replaysOf)
  const checks = await Promise.all([...asked, ...replays])
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name)
  if (failed.length > 0) console.error({ event: 'selftest-failed', checks: failed })
  return { ok: failed.length === 0, version, time: new Date().toISOString(), checks }
}

function isTested(provider: Provider): provider is Conversant {
  return provider.chat !== undefined && (provider.samples ?? []).length > 0
}

function replaysOf(provider: Conversant): Promise<Check>[] {
  return (provider.samples ?? []).flatMap((sample) => {
    const replay = replayOf(provider, sample)
    const name = `${provider.name}/${sample.model}`
    return [checked(`${name} request`, replay.encode), checked(`${name} answer`, replay.answer)]
  })
}

async function checked(name: string, work: () => void | Promise<void>): Promise<Check> {
  const began = Date.now()
  try {
    await work()
    return { name, ok: true, ms: Date.now() - began }
  } catch (thrown) {
    const detail = scrub(thrown instanceof Error ? thrown.message : 'It threw something that is no error.')
    return { name, ok: false, ms: Date.now() - began, detail: detail.slice(0, 500) }
  }
}

/** @throws Error for what takes too long. */
async function soon(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${PATIENCE_MS / 1000} s.`)), PATIENCE_MS)
  })
  try {
    await Promise.race([work, late])
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}
