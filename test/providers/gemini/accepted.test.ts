// Whatever a client asks for, the service would take what is sent, or the client is told what cannot be sent.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { isChat } from '../../case.ts'
import { wrongRequests } from '../anthropic/arbitrary.ts'
import { accepted, encode, hello, type Sent, send } from './accepted.ts'
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
    { numRuns: 1000 },
  )
  // Requests that are refused test little.
  expect(sent / all).toBeGreaterThan(0.6)
}, 60_000)

it('what is wrong anywhere is refused with 400, or sent for the service to refuse', () => {
  fc.assert(
    fc.property(wrongRequests, fc.constantFrom(...MODEL_NAMES), (wrong, model) => {
      try {
        const request = chatRequestOf(wrong)
        encode({ ...request, fields: { ...request.fields, model } }, new Ledger(false))
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

const CASES = join(import.meta.dirname, '../../cases/gemini')

it.each(readdirSync(CASES).filter(isChat))('the case %s is one that the service would take', (name) => {
  const files = readdirSync(join(CASES, name))
  const path = files.includes('path.txt') ? readFileSync(join(CASES, name, 'path.txt'), 'utf8').trim() : ''
  const sent = files.filter((file) => file === 'sent.json' || file === 'mended.json')
  expect(sent.length + Number(files.includes('error.json'))).toBeGreaterThan(0)
  for (const file of sent) {
    // What was refused was sent once; what goes in its stead has to be better.
    if (file === 'sent.json' && sent.includes('mended.json')) continue
    expect(accepted({ path, body: readFileSync(join(CASES, name, file), 'utf8') }).contents).not.toEqual([])
  }
})
