// What the encoder sends, held against the demo's checker: a request the real service would refuse fails the test.
import { expect } from 'vitest'
import { Refusal } from '../../../demo/cohere/refusal.ts'
import { checkChat } from '../../../demo/cohere/rules.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/cohere/call.ts'
import type { ChatBody } from '../../../src/providers/cohere/wire.ts'

export type Fields = Record<string, unknown>

/** The body of a call, if the service would take it. */
export function accepted({ body: text }: Pick<Call, 'body'>): ChatBody {
  const body: ChatBody = JSON.parse(text)
  try {
    checkChat(body)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    throw new Error(`${thrown.message}\n${JSON.stringify(body, null, 1)}`)
  }
  return body
}

/** A chat request as it is sent, and what it lost: `path kind`, and ` → sent` where something else was sent. */
export interface Sent {
  readonly call: Call
  readonly body: ChatBody
  readonly told: readonly string[]
}

export const hello = { role: 'user', content: 'Hello' }
const PLAIN = 'command-a-03-2025'
export const THINKER = 'command-a-reasoning-08-2025'

/** Encodes a chat request; `model` and `messages` need not be named. */
export function send(fields: Fields): Sent {
  const request = chatRequestOf({ model: PLAIN, messages: [hello], ...fields })
  const ledger = new Ledger(false)
  const call = encode(request, request.fields.model, ledger)
  const told = ledger.losses.map(({ path, kind, sent }) =>
    sent === undefined ? `${path} ${kind}` : `${path} ${kind} → ${JSON.stringify(sent)}`,
  )
  return { call, body: accepted(call), told }
}

/** The error of a chat request that cannot be sent. */
export function refusal(fields: Fields, strict = false): { status: number; param: string | null; code: string | null } {
  try {
    const request = chatRequestOf({ model: PLAIN, messages: [hello], ...fields })
    encode(request, request.fields.model, new Ledger(strict))
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { status: thrown.status, param: thrown.body.param, code: thrown.body.code }
  }
  return expect.fail('The request was sent.')
}
