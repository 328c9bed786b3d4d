// Whatever a client asks for, the service would take what is sent, or the client is told what cannot be sent.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/anthropic/call.ts'
import { hello, type Sent, send } from './accepted.ts'
import { chatRequests, MODEL_NAMES, wrongRequests } from './arbitrary.ts'

function sentOrRefused(request: Record<string, unknown>): Sent | GatewayError {
  try {
    return send(request)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
}

it('what is sent is accepted by every family of models', () => {
  let sent = 0
  let all = 0
  fc.assert(
    fc.property(chatRequests, (request) => {
      const outcome = sentOrRefused(request)
      all++
      if (outcome instanceof GatewayError) expect(outcome.status).toBe(400)
      else sent++
    }),
    { numRuns: 1000 },
  )
  // Requests that are refused test little.
  expect(sent / all).toBeGreaterThan(0.7)
}, 60_000)

it('what is wrong anywhere is refused with 400, or sent for the service to refuse', () => {
  fc.assert(
    fc.property(wrongRequests, (wrong) => {
      try {
        const request = chatRequestOf(wrong)
        encode(request, request.fields.model, new Ledger(false))
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
        expect(thrown).toHaveProperty('status', 400)
      }
    }),
    { numRuns: 1000 },
  )
}, 60_000)

it.each(MODEL_NAMES)(
  '%s takes a plain request',
  (model) => {
    expect(send({ model, messages: [hello] }).told).toEqual([])
  },
  60_000,
)
