// What the encoder sends, held against the demo's checker: a request the real service would refuse fails the test.
import { expect } from 'vitest'
import { checkMessages } from '../../../demo/anthropic/check.ts'
import { Refusal } from '../../../demo/anthropic/refusal.ts'
import type { MessagesBody } from '../../../demo/anthropic/wire.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger, type Loss } from '../../../src/hub/loss.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/anthropic/call.ts'

export type Fields = Record<string, unknown>

/** The body of a call, if the service would take it. `betas` are those the client asked for. */
export function accepted(call: Pick<Call, 'body' | 'headers'>, betas: readonly string[] = []): MessagesBody {
  const own = call.headers['anthropic-beta']?.split(',') ?? []
  const body: unknown = JSON.parse(call.body)
  try {
    return checkMessages(body, { betas: new Set([...own, ...betas]), version: '2023-06-01' }).body
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    throw new Error(`${thrown.message} (${thrown.cites})\n${JSON.stringify(body, null, 1)}`)
  }
}

/** A chat request as it is sent, and what it lost. */
export interface Sent {
  readonly call: Call
  readonly body: MessagesBody
  readonly losses: readonly Loss[]
  /** `path kind`, and ` → sent` where something else was sent. */
  readonly told: readonly string[]
}

export const hello = { role: 'user', content: 'Hello' }

/** Encodes a chat request; `model` and `messages` need not be named. */
export function send(fields: Fields, betas: readonly string[] = []): Sent {
  const request = chatRequestOf({ model: 'claude-sonnet-4-5', messages: [hello], ...fields })
  const ledger = new Ledger(false)
  const call = encode(request, request.fields.model, ledger)
  const told = ledger.losses.map(({ path, kind, sent }) =>
    sent === undefined ? `${path} ${kind}` : `${path} ${kind} → ${JSON.stringify(sent)}`,
  )
  return { call, body: accepted(call, betas), losses: ledger.losses, told }
}

/** The error of a chat request that cannot be sent. */
export function refusal(fields: Fields, strict = false): { status: number; param: string | null; code: string | null } {
  try {
    const request = chatRequestOf({ model: 'claude-sonnet-4-5', messages: [hello], ...fields })
    encode(request, request.fields.model, new Ledger(strict))
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { status: thrown.status, param: thrown.body.param, code: thrown.body.code }
  }
  return expect.fail('The request was sent.')
}
