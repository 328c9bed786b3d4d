// What is sent, held against the demo's checker: a request the real service would refuse fails the test.
import { expect } from 'vitest'
import { type Conversation, checkConversation, Refusal } from '../../../demo/paddler/check.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger, type Loss } from '../../../src/hub/loss.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/paddler/call.ts'

export type Fields = Record<string, unknown>

export const hello = { role: 'user', content: 'Hello' }

/** Encodes a chat request without a check; `model` and `messages` need not be named. */
export function encoded(fields: Fields, version?: string, ledger = new Ledger(false)): Call {
  const request = chatRequestOf({ model: 'm', messages: [hello], ...fields })
  return encode(request, 'm', ledger, { name: 'test', ...(version !== undefined && { apiVersion: version }) })
}

/** The body of a call, if a service of this version would take it. */
export function accepted(call: Call, version = '4.0'): Conversation {
  const body: unknown = JSON.parse(call.body)
  try {
    const conversation = checkConversation(body, Number(version))
    expect(conversation.grammar && conversation.enable_thinking).toBeFalsy()
    return conversation
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    throw new Error(`${thrown.message}\n${JSON.stringify(body, null, 1)}`)
  }
}

interface Sent {
  readonly call: Call
  readonly body: Conversation
  readonly losses: readonly Loss[]
  /** `path kind`, and ` → sent` where something else was sent. */
  readonly told: readonly string[]
}

export function send(fields: Fields, version?: string): Sent {
  const ledger = new Ledger(false)
  const call = encoded(fields, version, ledger)
  const told = ledger.losses.map(({ path, kind, sent }) =>
    sent === undefined ? `${path} ${kind}` : `${path} ${kind} → ${JSON.stringify(sent)}`,
  )
  return { call, body: accepted(call, version), losses: ledger.losses, told }
}

/** The error of a chat request that cannot be sent. */
export function refusal(fields: Fields, version?: string): { param: string | null; code: string | null } {
  try {
    encoded(fields, version)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    expect(thrown.status).toBe(400)
    return { param: thrown.body.param, code: thrown.body.code }
  }
  return expect.fail('The request was sent.')
}
