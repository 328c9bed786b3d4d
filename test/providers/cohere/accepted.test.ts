// Whatever a client asks for, the service would take what is sent, or the client is told what cannot be sent.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MODELS } from '../../../demo/cohere/rules.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/cohere/call.ts'
import { familyOf } from '../../../src/providers/cohere/models.ts'
import { isChat } from '../../case.ts'
import { wrongRequests } from '../anthropic/arbitrary.ts'
import { accepted, hello, type Sent, send } from './accepted.ts'
import { chatRequests, MODEL_NAMES } from './arbitrary.ts'

const CASES = join(import.meta.dirname, '../../cases/cohere')
const files = readdirSync(CASES, { recursive: true, encoding: 'utf8' })
const bodies = files.filter((file) => isChat(file) && /\/(?:sent|mended)\.json$/.test(file))

it.each(bodies)('%s is accepted', (file) => {
  const body = readFileSync(join(CASES, file), 'utf8')
  // Of a model that is not there nobody can say what it takes.
  if (!MODEL_NAMES.includes(JSON.parse(body).model)) return expect(file).toMatch(/^error-model/)
  expect(accepted({ body }).messages.length).toBeGreaterThan(0)
})

function sentOrRefused(request: Record<string, unknown>): Sent | GatewayError {
  try {
    return send(request)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
}

describe('a random request', () => {
  it('is accepted by every family of models', () => {
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
  })

  it('with something wrong in it is refused with 400, or sent for the service to refuse', () => {
    fc.assert(
      fc.property(wrongRequests, (wrong) => {
        try {
          encode(chatRequestOf(wrong), 'command-a-plus-05-2026', new Ledger(false))
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
          expect(thrown).toHaveProperty('status', 400)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

it.each(MODELS)('of $name is known what the demo knows', ({ name, sees, reasons, old }) => {
  expect(familyOf(name)).toEqual({ sees: sees === true, reasons: reasons === true, chooses: old !== true })
  expect(send({ model: name, messages: [hello] }).told).toEqual([])
})

it.each(['command-r', 'command-r-plus', 'command', 'command-light', 'c4ai-aya-vision-32b', 'c4ai-aya-expanse-8b'])(
  '%s is known',
  (name) => {
    const { reasons, sees } = familyOf(name)
    expect([reasons, sees]).toEqual([false, name.includes('vision')])
  },
)

it('of a model nobody has heard of nothing is held back', () => {
  expect(familyOf('command-z-2027')).toEqual({ sees: undefined, reasons: undefined, chooses: true })
})
