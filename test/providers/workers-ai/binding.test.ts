// The Worker's own way to the service, and where the service is without it.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { workersAi } from '../../../src/providers/workers-ai/index.ts'
import { binding } from '../../../src/providers/workers-ai/native.ts'
import { ACCOUNT, SENT } from '../../account.ts'

const slot = { name: 'edge' }
const signal = new AbortController().signal

/** A binding that answers what it is asked. */
const echo = (answer: (...asked: readonly unknown[]) => unknown) => ({
  AI: { run: async (...asked: readonly unknown[]) => answer(...asked) },
})

describe('the binding', () => {
  it('is asked for the model, with the rest of the body, for the answer as it is', async () => {
    const reach = binding(
      slot,
      echo((model, inputs, options) => new Response(JSON.stringify({ model, inputs, options }))),
    )
    const body = JSON.stringify({ model: '@cf/x', messages: [], stream: true })
    const response = await reach?.({ ...SENT, body }, signal)
    expect(await response?.json()).toMatchObject({
      model: '@cf/x',
      inputs: { messages: [], stream: true },
      options: { returnRawResponse: true },
    })
  })

  it('may answer a value, which becomes a response', async () => {
    const reach = binding(
      slot,
      echo(() => ({ response: 'Hi' })),
    )
    const response = await reach?.({ ...SENT, body: '{"model":"m"}' }, signal)
    expect(response?.headers.get('content-type')).toContain('application/json')
    expect(await response?.json()).toEqual({ response: 'Hi' })
  })

  it('throws refusals, which become responses; what is none stays what it is', async () => {
    const throwing = (message: string) =>
      binding(
        slot,
        echo(() => {
          throw new Error(message)
        }),
      )
    const asked = throwing('InferenceUpstreamError: 5007: No such model') ?? expect.fail('There is no binding.')
    const response = await asked(SENT, signal)
    const { headers, status } = response
    const error = workersAi.refuse({ status, headers, body: await response.text() }, 'edge', undefined)
    expect(error).toMatchObject({ code: 'model_not_found', message: 'No such model' })
    await expect(throwing('Network connection lost.')?.(SENT, signal)).rejects.toThrow('Network connection lost.')
  })

  it('is left alone by a slot that has a credential or an address', () => {
    const never = echo(() => expect.fail('It was asked.'))
    expect(binding(ACCOUNT, never)).toBeUndefined()
    expect(binding({ ...slot, baseUrl: 'https://ai.example' }, never)).toBeUndefined()
  })

  it('is missed where there is neither', () => {
    expect(() => binding(slot, {})).toThrow(GatewayError)
    expect(() => binding(slot, { AI: 'text' })).toThrow("Slot 'edge' has no credential")
  })
})

describe('the address', () => {
  it('names the account', () => {
    const { baseUrl } = workersAi
    expect(typeof baseUrl === 'function' && baseUrl({ ...ACCOUNT, accountId: 'abc' })).toBe(
      'https://api.cloudflare.com/client/v4/accounts/abc/ai/v1',
    )
  })

  it('needs one, unless the binding is meant', () => {
    const { needs } = workersAi
    expect(typeof needs === 'function' && [needs('key'), needs(undefined)]).toEqual([['account_id'], []])
  })
})
