// The head of a request: who asks, in which version, with which betas. Cites: Headers.
// https://docs.claude.com/en/api/overview
import type { RecordedRequest } from '../exchange.ts'
import type { Level, Levels } from '../meter.ts'
import { BETAS } from './betas.ts'
import { Refusal } from './refusal.ts'
import type { Context } from './shape.ts'

const VERSIONS = ['2023-01-01', '2023-06-01', '2026-10-21']
const BROWSER = 'anthropic-dangerous-direct-browser-access'
/** Keys of which the demo says that nobody knows them. */
const UNKNOWN_KEY = /invalid/

function checkKey({ headers }: RecordedRequest): void {
  const own = headers['x-api-key']
  const bearer = headers.authorization?.match(/^Bearer (.+)$/)?.[1]
  if (headers.origin !== undefined && headers[BROWSER] !== 'true') {
    throw new Refusal(`CORS requests must set '${BROWSER}' header`, `Headers, ${BROWSER}`, 401)
  }
  if (!own && !bearer) throw new Refusal('x-api-key header is required', 'Headers, x-api-key', 401)
  // If both come, `x-api-key` is the one that counts.
  if (own ? UNKNOWN_KEY.test(own) : UNKNOWN_KEY.test(bearer ?? '')) {
    throw new Refusal(own ? 'invalid x-api-key' : 'Invalid bearer token', 'Headers, x-api-key', 401)
  }
}

function versionOf({ headers }: RecordedRequest): string {
  const version = headers['anthropic-version']
  if (!version) throw new Refusal('anthropic-version: header is required', 'Headers, anthropic-version')
  if (VERSIONS.includes(version)) return version
  throw new Refusal(`anthropic-version: "${version}" is not a valid version`, 'Headers, anthropic-version')
}

function betasOf({ headers }: RecordedRequest): ReadonlySet<string> {
  const given = headers['anthropic-beta']
  const betas = given === undefined ? [] : given.split(',').map((beta) => beta.trim())
  const unknown = betas.filter((beta) => !BETAS.has(beta))
  if (unknown.length > 0) {
    const values = unknown.map((beta) => `\`${beta}\``).join(', ')
    throw new Refusal(
      `Unexpected value(s) ${values} for the \`anthropic-beta\` header. Please consult our documentation at docs.claude.com or try again without the header.`,
      'Headers, anthropic-beta',
    )
  }
  return new Set(betas)
}

/** Checks the head of a request; throws the Refusal the real service would answer. */
export function checkHead(request: RecordedRequest): Context {
  checkKey(request)
  return { version: versionOf(request), betas: betasOf(request) }
}

/** Checks that a body is announced as JSON. */
export function checkContentType({ headers }: RecordedRequest): void {
  if (/^application\/json\b/i.test(headers['content-type'] ?? '')) return
  throw new Refusal('content-type: Input should be application/json', 'Headers, content-type')
}

/** Rate limits as the service tells them: resets as RFC 3339, tokens in thousands. */
export function limitHeaders({ requests, input, output }: Levels): Record<string, string> {
  const told = (name: string, { limit, remaining, resetMs }: Level, unit: number) => ({
    [`anthropic-ratelimit-${name}-limit`]: String(limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(Math.round(remaining / unit) * unit),
    [`anthropic-ratelimit-${name}-reset`]: new Date(Date.now() + resetMs).toISOString().replace(/\.\d+Z/, 'Z'),
  })
  const tightest = input.remaining / input.limit < output.remaining / output.limit ? input : output
  return {
    ...told('requests', requests, 1),
    ...told('input-tokens', input, 1000),
    ...told('output-tokens', output, 1000),
    ...told('tokens', tightest, 1000),
  }
}
