// The gateway's own request headers: structured booleans, RFC 9651 §3.3.6.
import { GatewayError } from './hub/error.ts'

export interface Wishes {
  /** Refuse what would be lost. */
  readonly strict: boolean
  /** Tell the losses in the answer, too. */
  readonly report: boolean
}

const KNOWN = new Set(['dragoman-strict', 'dragoman-report'])

/** @throws GatewayError 400 for a `dragoman-` header that is malformed, or that there is not: it would say nothing. */
export function wishesOf(headers: Headers): Wishes {
  for (const [name] of headers) {
    if (name.startsWith('dragoman-') && !KNOWN.has(name)) throw malformed(name, 'there is no such header')
  }
  return { strict: flag(headers, 'dragoman-strict'), report: flag(headers, 'dragoman-report') }
}

function flag(headers: Headers, name: string): boolean {
  const value = headers.get(name)?.trim()
  if (value === undefined || value === '?0') return false
  if (value !== '?1') throw malformed(name, "send '?1' or '?0'")
  return true
}

function malformed(name: string, why: string): GatewayError {
  return new GatewayError('invalid_value', `Invalid header '${name}': ${why}.`, { param: name })
}
