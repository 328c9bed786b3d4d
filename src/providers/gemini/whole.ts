// What a whole answer of generateContent holds, for those who want no conversation of it.
import { GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Account } from '../../hub/provider.ts'
import type { Usage } from '../../hub/usage.ts'
import { errorIn } from './error.ts'
import { isFiltered } from './finish.ts'
import { usageOf } from './usage.ts'
import type { UsageMetadata } from './wire.ts'

/** Where a method of a model is, below the base URL. */
export type MethodPath = (model: string, method: string, account: Account) => string

export interface Whole {
  /** Those that are no thoughts. */
  readonly parts: readonly unknown[]
  /** The `finishReason`. */
  readonly reason: string
  readonly usage: Usage | undefined
}

/** @throws GatewayError the service's own failure, `content_filter`, or 502 for what is no answer. */
export function wholeOf(bytes: Uint8Array): Whole {
  const body = jsonOf(bytes)
  const candidate = at(at(body, 'candidates'), '0')
  const blocked = at(at(body, 'promptFeedback'), 'blockReason')
  const reason = String(at(candidate, 'finishReason') ?? '')
  if (blocked !== undefined || isFiltered(reason)) {
    throw new GatewayError('content_filter', `The provider's filter refused (${scrub(String(blocked ?? reason))}).`)
  }
  const parts: unknown = at(at(candidate, 'content'), 'parts')
  const told = at(body, 'usageMetadata')
  return {
    parts: (Array.isArray(parts) ? parts : []).filter((part: unknown) => at(part, 'thought') !== true),
    reason,
    // What it counts is read field by field.
    usage: typeof told === 'object' && told !== null ? usageOf(told as UsageMetadata) : undefined,
  }
}

/** @throws GatewayError 502 for what is no JSON, and the service's own failure. */
export function jsonOf(bytes: Uint8Array): unknown {
  const body = jsonIn(new TextDecoder().decode(bytes))
  if (body === undefined) throw new GatewayError('upstream_error', 'The provider sent an answer that is not JSON.')
  if (at(Array.isArray(body) ? body[0] : body, 'error')) throw errorIn(body)
  return body
}

/** The data of parts whose media type begins so. */
export function dataIn(parts: readonly unknown[], kind: 'audio' | 'image'): { type: string; data: string }[] {
  return parts.flatMap((part) => {
    const inline = at(part, 'inlineData') ?? at(part, 'inline_data')
    const [type, data] = [at(inline, 'mimeType') ?? at(inline, 'mime_type'), at(inline, 'data')]
    return typeof type === 'string' && typeof data === 'string' && type.startsWith(`${kind}/`) ? [{ type, data }] : []
  })
}
