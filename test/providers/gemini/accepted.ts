// What the encoder sends, held against the demo's checker: a request the real service would refuse fails the test.
import { expect } from 'vitest'
import { checkRequest } from '../../../demo/gemini/check.ts'
import { findModel } from '../../../demo/gemini/models.ts'
import { Refusal } from '../../../demo/gemini/refusal.ts'
import type { Body } from '../../../demo/gemini/wire.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger, type Loss } from '../../../src/hub/loss.ts'
import type { Call, Conversant, Media } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { gemini } from '../../../src/providers/gemini/index.ts'
import { ACCOUNT } from '../../account.ts'

export type Fields = Record<string, unknown>

/** The body of a call, if the service would take it. */
export function accepted({ body: text, path }: Pick<Call, 'body' | 'path'>): Body {
  const body: unknown = JSON.parse(text)
  const model = /models\/([^:]+):/.exec(path)?.[1] ?? ''
  try {
    // Of a model that is not there nobody can say what it takes.
    return findModel(model) ? checkRequest(model, body).body : (body as Body)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    throw new Error(`${thrown.message}\n${JSON.stringify(body, null, 1)}`)
  }
}

/** A chat request as it is sent, and what it lost. */
export interface Sent {
  readonly call: Call
  readonly body: Body
  readonly losses: readonly Loss[]
  /** `path kind`, and ` → sent` where something else was sent. */
  readonly told: readonly string[]
}

export const hello = { role: 'user', content: 'Hello' }
const PNG: Media = { type: 'image/png', base64: 'iVBORw0KGgo=' }

export function encode(request: ReturnType<typeof chatRequestOf>, ledger: Ledger, provider: Conversant = gemini): Call {
  return provider.chat.encode(request, request.fields.model, ledger, ACCOUNT)
}

/** Encodes a chat request; `model` and `messages` need not be named. */
export function send(fields: Fields): Sent {
  const request = chatRequestOf({ model: 'gemini-3-flash-preview', messages: [hello], ...fields })
  const ledger = new Ledger(false)
  const first = encode(request, ledger)
  const call = first.needs?.with(new Map(first.needs.urls.map(({ url }) => [url, PNG]))) ?? first
  const told = ledger.losses.map(({ path, kind, sent }) =>
    sent === undefined ? `${path} ${kind}` : `${path} ${kind} → ${JSON.stringify(sent)}`,
  )
  return { call, body: accepted(call), losses: ledger.losses, told }
}

/** The error of a chat request that cannot be sent. */
export function refusal(fields: Fields, strict = false): { status: number; param: string | null; code: string | null } {
  try {
    encode(chatRequestOf({ model: 'gemini-3-flash-preview', messages: [hello], ...fields }), new Ledger(strict))
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { status: thrown.status, param: thrown.body.param, code: thrown.body.code }
  }
  return expect.fail('The request was sent.')
}
