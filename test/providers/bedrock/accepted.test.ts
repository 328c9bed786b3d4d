// All that is sent is taken: the golden cases, and requests of every shape to every model.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findModel, MODELS } from '../../../demo/bedrock/models.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import { isChat } from '../../case.ts'
import { chatRequests, wrongRequests } from '../anthropic/arbitrary.ts'
import { accepted, send } from './accepted.ts'

const root = join(import.meta.dirname, '../../cases/bedrock')

describe('the golden cases', () => {
  const cases = readdirSync(root)
    .filter(isChat)
    .flatMap((name) => {
      const file = (one: string) => join(root, name, one)
      if (!existsSync(file('path.txt'))) return []
      const path = readFileSync(file('path.txt'), 'utf8').trim()
      const id = decodeURIComponent(path.split('/')[2] ?? '')
      // Of a model that is not there nobody can say what it takes; what was refused is what was sent first.
      const sent = ['mended.json', 'sent.json'].find((one) => existsSync(file(one)))
      return findModel(id) && sent ? [{ name, path, body: readFileSync(file(sent), 'utf8') }] : []
    })

  it.each(cases)('$name', ({ name, path, body }) => {
    const whole = name === 'stream-mended' ? path.replace('-stream', '') : path
    expect(accepted({ path: whole, body }).messages.length).toBeGreaterThan(0)
  })
})

const model = fc.constantFrom(...MODELS.map(({ id }) => id))

it('any request is sent as the service takes it, or refused with its field', () => {
  const requests = fc.oneof({ weight: 3, arbitrary: chatRequests }, { weight: 1, arbitrary: wrongRequests })
  let taken = 0
  fc.assert(
    fc.property(requests, model, (request, id) => {
      try {
        const { call } = send({ ...(request as object), model: id })
        expect(call.path).toContain(encodeURIComponent(id))
        taken++
      } catch (thrown) {
        // Which models stream no calls, and how much it takes of what, only the service knows.
        if (thrown instanceof Error && /in streaming mode|too many/.test(thrown.message)) return
        if (!(thrown instanceof GatewayError)) throw thrown
        expect(thrown.status).toBe(400)
      }
    }),
    { numRuns: 3000 },
  )
  expect(taken).toBeGreaterThan(500)
})
