// What is read of answers that pass in this dialect.
import { describe, expect, it } from 'vitest'
import { ResponsesTap } from '../../../src/dialects/responses/tap.ts'
import { GatewayError } from '../../../src/hub/error.ts'

const see = (...events: unknown[]) => {
  const tap = new ResponsesTap()
  for (const event of events) tap.see(typeof event === 'string' ? event : JSON.stringify(event))
  return tap
}
const response = { id: 'resp_1', object: 'response', status: 'completed' }
const usage = { input_tokens: 3, input_tokens_details: { cached_tokens: 1 }, output_tokens: 4, total_tokens: 7 }

describe('a stream', () => {
  it('is whole with its last event, whichever that is', () => {
    for (const end of ['completed', 'incomplete']) {
      const tap = see(
        { type: 'response.created', response },
        { type: `response.${end}`, response: { ...response, usage } },
      )
      expect(tap).toMatchObject({ whole: true, error: undefined, id: 'resp_1' })
      expect(tap.usage).toEqual({
        prompt_tokens: 3,
        completion_tokens: 4,
        total_tokens: 7,
        prompt_tokens_details: { cached_tokens: 1 },
      })
    }
    expect(see({ type: 'response.created', response }, { type: 'response.output_text.delta', delta: 'x' }).whole).toBe(
      false,
    )
  })

  it('that fails says so with its last event, in either form of an error', () => {
    const failed = {
      type: 'response.failed',
      response: { ...response, status: 'failed', error: { code: 'x', message: 'No.' } },
    }
    for (const error of [
      { type: 'error', error: { code: 'a', message: 'B.' } },
      { type: 'error', code: 'a', message: 'B.' },
    ]) {
      const tap = see(error)
      expect([tap.error, tap.left()?.body.code]).toEqual([undefined, 'a'])
      tap.see(JSON.stringify(failed))
      expect(tap.error?.body).toMatchObject({ code: 'a', message: 'B.' })
    }
    expect(see(failed).error?.body).toMatchObject({ code: 'x', message: 'No.' })
  })

  it('that breaks off goes on under its own name and number', () => {
    const tap = see({ type: 'response.created', sequence_number: 0, response }, { type: 'x', sequence_number: 1 })
    const said = tap.fail(new GatewayError('upstream_truncated', 'Torn.')) ?? ''
    expect(said).toMatch(/^event: error\ndata: \{"type":"error","sequence_number":2,/)
    expect(said).toMatch(
      /"sequence_number":3,"response":\{"id":"resp_1","object":"response","status":"failed","error":\{"code":"upstream_truncated"/,
    )
    expect(see('nonsense').fail(new GatewayError('upstream_truncated', 'Torn.'))).toBeUndefined()
  })
})

describe('a whole answer', () => {
  it('is one, whatever its status', () => {
    expect(see({ ...response, usage })).toMatchObject({ whole: true, id: 'resp_1', error: undefined })
    expect(see({ ...response, status: 'failed', error: { code: 'x', message: 'No.' } }).error).toBeUndefined()
    expect(see({ ...response, store: false }).id).toBeUndefined()
  })

  it('that is an error is one', () => {
    expect(see({ error: { message: 'No.', type: 't', param: 'p', code: null } }).error?.body).toMatchObject({
      type: 't',
      param: 'p',
    })
    expect(see({ error: 'No.' }).error?.message).toBe('The provider reported an error.')
  })
})
