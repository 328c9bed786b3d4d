// A provider's refusal as the client is told of it.
import { describe, expect, it } from 'vitest'
import { codeOfStatus, refusal } from '../../src/hub/refusal.ts'

const at = (status: number) => ({ status, slot: 'main' })

describe('a status', () => {
  it.each([
    [401, 'invalid_api_key', 'invalid_api_key'],
    [402, 'insufficient_quota', 'insufficient_quota'],
    [429, 'rate_limit', 'rate_limit'],
    [529, 'overloaded', 'overloaded'],
    [400, 'upstream_error', 'invalid_request'],
    [404, 'upstream_error', 'not_found'],
    [418, 'upstream_error', 'invalid_request'],
    [500, 'upstream_error', 'server_error'],
    [599, 'upstream_error', 'upstream_error'],
  ] as const)('of %i is %s by itself, and %s beside an error of the service', (status, alone, told) => {
    expect([codeOfStatus(status, false), codeOfStatus(status, true)]).toEqual([alone, told])
  })
})

describe('a refusal', () => {
  it("has the service's words, without secrets", () => {
    const error = refusal('invalid_request', 'No: sk-abcdefgh12345678', at(400), { param: 'n' })
    expect(error.body).toEqual({ message: 'No: [redacted]', type: 'invalid_request_error', param: 'n', code: null })
  })

  it('has our own where the service says nothing, or something about its credential', () => {
    expect(refusal('upstream_error', undefined, at(502)).message).toBe("The provider of slot 'main' answered 502.")
    for (const error of [refusal('not_found', 'Key x', at(403)), refusal('invalid_api_key', 'Key x', at(400))])
      expect(error.message).toBe("The provider refused the credential of slot 'main'.")
  })

  it('is not tried again where there is no money', () => {
    expect(refusal('insufficient_quota', 'Pay.', at(429)).details.shouldRetry).toBe(false)
    expect(refusal('rate_limit', 'Wait.', at(429)).details.shouldRetry).toBeUndefined()
  })
})
