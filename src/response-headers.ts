// The headers of every answer: only those named here leave the gateway.
import { type Loss, lossHeader } from './hub/loss.ts'
import type { Provider } from './hub/provider.ts'
import { secrets } from './hub/secrets.ts'
import { STAGES, type Stage } from './journey.ts'

/** What browsers may read, beside what they always may. */
const EXPOSED = [
  'x-request-id',
  'request-id',
  'dragoman-upstream-request-id',
  'dragoman-route',
  'dragoman-attempts',
  'dragoman-loss',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'server-timing',
  'openai-version',
  'openai-organization',
  'openai-processing-ms',
]

/** Keys travel in headers that scripts set, never in cookies, so that any origin may read an answer. */
export const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED.join(', '),
}

/** The answer to a preflight, which reads nothing: SDKs send headers of their own, so what is asked for is allowed. */
export function preflight(request: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
      'access-control-allow-headers':
        request.headers.get('access-control-request-headers') ?? 'authorization, content-type, x-api-key, api-key',
      'access-control-max-age': '7200',
      vary: 'access-control-request-headers',
    },
  })
}

/** What of a provider's headers the client is told, under our names. */
export function fromUpstream(headers: Headers, names: Provider['tells']): Record<string, string> {
  const told = (name: string | undefined) => {
    const value = name === undefined ? null : headers.get(name)
    // Who answers with what it was sent would have us hand the credential on.
    return value !== null && /^[\x20-\x7e]{1,256}$/.test(value) && !secrets.within(value) ? value : undefined
  }
  const id = told(names.requestId)
  const organization = told(names.organization)
  return {
    ...(id !== undefined && { 'dragoman-upstream-request-id': id }),
    ...(organization !== undefined && { 'openai-organization': organization }),
  }
}

/** @param route `slot/model`, whose model may be anything a client sent: what no header can hold is percent-encoded. */
export function routeHeaders(route: string, losses: readonly Loss[]): Record<string, string> {
  const name = route.slice(0, MAX_ROUTE).toWellFormed()
  const loss = lossHeader(losses)
  return {
    'dragoman-route': name.replace(/[^\x21-\x7e]/gu, encodeURIComponent),
    ...(loss !== undefined && { 'dragoman-loss': loss }),
  }
}

const MAX_ROUTE = 512

/**
 * `server-timing`: https://www.w3.org/TR/server-timing/
 * @param timings in milliseconds; stages that were not reached are left out.
 */
export function serverTiming(timings: ReadonlyMap<Stage, number>): string {
  const reached = STAGES.filter((stage) => timings.has(stage))
  return reached.map((stage) => `${stage};dur=${timings.get(stage)}`).join(', ')
}

export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
}
