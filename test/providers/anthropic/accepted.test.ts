// Whatever a client asks for, the service would take what is sent, or the client is told what cannot be sent.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { hello, type Sent, send } from './accepted.ts'
import { chatRequests, MODEL_NAMES } from './arbitrary.ts'

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
    { numRuns: Number(process.env.RUNS ?? 600) },
  )
  // Requests that are refused test little.
  expect(sent / all).toBeGreaterThan(0.7)
}, 60_000)

it.each(MODEL_NAMES)(
  '%s takes a plain request',
  (model) => {
    expect(send({ model, messages: [hello] }).told).toEqual([])
  },
  60_000,
)
