// What the encoder sends, held against the demo's checker: a request the real service would refuse fails the test.
import { expect } from 'vitest'
import { Refusal } from '../../../demo/bedrock/refusal.ts'
import { checkConverse } from '../../../demo/bedrock/rules.ts'
import type { ConverseBody } from '../../../demo/bedrock/wire.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger, type Loss } from '../../../src/hub/loss.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/bedrock/call.ts'
import { mediaFor } from '../../case.ts'

/** The body of a call, if the service would take it. */
export function accepted({ path, body }: Pick<Call, 'path' | 'body'>): ConverseBody {
  const [, id = '', stream] = /^\/model\/([^/]+)\/converse(-stream)?$/.exec(path) ?? []
  try {
    return checkConverse(JSON.parse(body), decodeURIComponent(id), stream !== undefined).body
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    throw new Error(`${thrown.message}\n${path}\n${JSON.stringify(JSON.parse(body), null, 1)}`)
  }
}

/** A chat request as it is sent, and what it lost. */
export interface Sent {
  readonly call: Call
  readonly body: ConverseBody
  readonly losses: readonly Loss[]
  /** `path kind`, and ` → sent` where something else was sent. */
  readonly told: readonly string[]
}

export const hello = { role: 'user', content: 'Hello' }
export const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
export const NOVA = 'amazon.nova-lite-v1:0'

const read = (fields: Record<string, unknown>) => chatRequestOf({ model: SONNET, messages: [hello], ...fields })

/** Encodes a chat request, with all that it needs; `model` and `messages` need not be named. */
export function send(fields: Record<string, unknown>, strict = false): Sent {
  const request = read(fields)
  const ledger = new Ledger(strict)
  const first = encode(request, request.fields.model, ledger)
  const call = first.needs?.with(mediaFor(first.needs.urls)) ?? first
  const told = ledger.losses.map(({ path, kind, sent }) =>
    sent === undefined ? `${path} ${kind}` : `${path} ${kind} → ${JSON.stringify(sent)}`,
  )
  return { call, body: accepted(call), losses: ledger.losses, told }
}

/** The error of a chat request that cannot be sent. */
export function refusal(fields: Record<string, unknown>, strict = false): GatewayError {
  try {
    send(fields, strict)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  return expect.fail('The request was sent.')
}
