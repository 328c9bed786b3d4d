// The self-test of what the gateway has of its own: its configuration, its keys, its storage, its clock.
import { hashSecret, matchesHash, mintKey, newKeyId, parseKey } from '../keys/format.ts'
import { openRing } from '../keys/ring.ts'
import { open, seal } from '../keys/seal.ts'
import { allowsHttp } from '../keys/upstream.ts'
import { keyLimiter } from '../limits/rpc.ts'
import { pricesFault } from '../prices.ts'

/** No key has this id, so that what is asked for under it is never there. */
const NOBODY = 'key_selftestselftest'
/** Written in October 2026, and not before. */
const FIRST = Date.UTC(2026, 9, 1)
const LAST = Date.UTC(2100, 0, 1)

/** The least that makes sense: no response need be kept. */
const LEAST = { MAX_BODY_BYTES: 1, MAX_CHOICES: 1, RESPONSES_TTL_DAYS: 0 } as const

/** Each by its name; a fault is thrown, in words that quote no value. */
export const own: Readonly<Record<string, (env: Env) => Promise<void>>> = {
  async configuration(env) {
    const bindings = (['KEYS', 'LIMITER', 'RECORDS', 'RESPONSES'] as const).filter((name) => !env[name])
    const numbers = Object.entries(LEAST).filter(([name, least]) => !isNumber(env[name as keyof typeof LEAST], least))
    const prices = pricesFault(env.PRICES)
    const http = (env.ALLOW_HTTP_UPSTREAMS ?? '').split(',').filter((entry) => entry.trim() !== '')
    fail([
      ...bindings.map((name) => `the binding ${name} is missing`),
      ...numbers.map(([name, least]) => `${name} is no number from ${least} up`),
      ...(prices === undefined ? [] : [`PRICES: ${prices}`]),
      ...(http.every(allowsHttp)
        ? []
        : ['ALLOW_HTTP_UPSTREAMS has an entry that is neither an http origin nor loopback']),
    ])
  },

  async ring(env) {
    const ring = await openRing(env.SEAL_KEYS)
    const place = { id: NOBODY, slot: 'a', provider: 'b', origin: '' }
    const sealed = await seal(ring, 'a secret', place)
    if ((await open(ring, sealed, place)) !== 'a secret') throw new Error('What was sealed opens as something else.')
    const elsewhere = await open(ring, sealed, { ...place, slot: 'c' }).catch(() => undefined)
    if (elsewhere !== undefined) throw new Error('What was sealed for one slot opens in another.')
  },

  async key(env) {
    const ring = await openRing(env.SEAL_KEYS)
    const minted = await mintKey(ring, newKeyId(Date.now()))
    const parsed = await parseKey(ring, minted.key)
    if (!parsed || !(await matchesHash(ring, parsed, await hashSecret(ring, minted)))) {
      throw new Error('A new key is not known again.')
    }
    const other = minted.key.slice(0, -1) + (minted.key.endsWith('A') ? 'B' : 'A')
    if (await parseKey(ring, other)) throw new Error('A made-up key is taken for one of ours.')
  },

  async kv(env) {
    if ((await env.KEYS.get(NOBODY)) !== null) throw new Error('KV has what nobody wrote.')
  },

  async limiter(env) {
    if ((await keyLimiter(env.LIMITER, NOBODY).snapshot({ limits: {} })).revoked) {
      throw new Error('The limiter of no key says that it is revoked.')
    }
  },

  async records(env) {
    if ((await env.RECORDS.getByName(NOBODY).read()) !== null) throw new Error('A record is there that nobody wrote.')
  },

  async responses(env) {
    const { found } = await env.RESPONSES.getByName(NOBODY).load({ ids: [NOBODY] })
    if (found.length > 0) throw new Error('A response is there that nobody stored.')
  },

  async clock(env) {
    // Time goes on only while something is waited for.
    const before = Date.now()
    await env.KEYS.get(NOBODY)
    const now = Date.now()
    if (now < before) throw new Error('The clock goes backwards.')
    if (now < FIRST || now > LAST) throw new Error(`The clock says ${new Date(now).toISOString()}.`)
  },
}

/** Absent or empty means the default. */
function isNumber(text: string | undefined, least: number): boolean {
  return !text?.trim() || Number(text) >= least
}

function fail(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`${faults.join('; ')}.`)
}
