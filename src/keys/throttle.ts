// A brake on failed authentication, for each address, where the binding AUTH_RL is there.
// https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
//
// It counts after the check and only what failed: whoever has a key is served, whatever others behind the same address
// do. Nothing is lost by that, because a key that was made up has cost no read.
import { GatewayError } from '../hub/error.ts'

/** The period of AUTH_RL in wrangler.toml. */
const PERIOD_MS = 60_000

/** What a failure is answered with: itself, or 429 where it is a 401 and one too many from its address. */
export async function throttled(failure: unknown, request: Request, env: Env): Promise<unknown> {
  if (!(failure instanceof GatewayError) || failure.status !== 401 || !env.AUTH_RL) return failure
  // Set by Cloudflare, over whatever a client sends. No other header tells who is there, so without it there is no brake.
  const address = request.headers.get('cf-connecting-ip')
  if (!address) return failure
  try {
    if ((await env.AUTH_RL.limit({ key: networkOf(address) })).success) return failure
  } catch {
    return failure
  }
  return new GatewayError('rate_limit', 'Too many requests without a valid key have come from your address.', {
    retryAfterMs: PERIOD_MS,
    // The same key would fail again.
    shouldRetry: false,
  })
}

/** An IPv6 address stands for its /64, in which one subscriber has all addresses (RFC 6177). */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const left = groups(head)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - groups(tail).length)
  const all = [...left, ...Array<string>(zeros).fill('0'), ...groups(tail)]
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
