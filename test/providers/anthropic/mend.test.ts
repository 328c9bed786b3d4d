// A refusal that can be mended is: the same request once more, in another form.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/anthropic/call.ts'
import { accepted, type Fields, hello } from './accepted.ts'

/** A request, refused with a message: what is sent instead, and what was told by then. */
function mend(message: string, fields: Fields, strict = false) {
  const request = chatRequestOf({ model: 'claude-sonnet-4-5', messages: [hello], ...fields })
  const ledger = new Ledger(strict)
  const call = encode(request, request.fields.model, ledger)
  const error = new GatewayError('invalid_request', message)
  const mended = call.mend?.(error)
  return {
    call,
    again: () => call.mend?.(error),
    mended,
    body: mended && accepted(mended),
    told: ledger.losses.map(({ path, kind }) => `${path} ${kind}`),
  }
}

const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'Hm.', signature: 'EqQB' }
const loop = [
  hello,
  {
    role: 'assistant',
    content: null,
    reasoning_details: [detail],
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'a', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: 'r' },
]

describe('thinking that is refused', () => {
  it.each([
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    'messages.1.content.0: Invalid signature in thinking block',
    'messages.1.content.0: Invalid `data` in `redacted_thinking` block',
    'messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set …',
    'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.',
    'messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.',
  ])('is left out: %s', (message) => {
    const { body, told, mended } = mend(message, { model: 'claude-opus-5-5', messages: loop, reasoning_effort: 'low' })
    expect(body?.messages[1]?.content).toMatchObject([{ type: 'tool_use' }])
    expect(body?.output_config).toEqual({ effort: 'low' })
    expect(told).toEqual(['messages dropped'])
    expect(mended?.mend).toBeUndefined()
  })

  it('is off, where it has a budget', () => {
    const { body } = mend('Invalid `signature` in `thinking` block', { messages: loop, reasoning_effort: 'low' })
    expect(body).not.toHaveProperty('thinking')
  })

  it('is told once, for several choices too', () => {
    const message = 'Invalid `signature` in `thinking` block'
    const { mended, again, told } = mend(message, { messages: loop, n: 2 })
    expect(again()).toBe(mended)
    expect(told).toEqual(['n emulated', 'messages dropped'])
  })

  it('is not mended where none was sent, or where something else is wrong', () => {
    expect(mend('Invalid `signature` in `thinking` block', {}).mended).toBeUndefined()
    expect(mend('messages: too many', { messages: loop }).mended).toBeUndefined()
  })

  it('is refused for good in strict mode', () => {
    expect(() => mend('Invalid `signature` in `thinking` block', { messages: loop }, true)).toThrow(
      "'messages' would be dropped",
    )
  })
})

describe('a limit above what the model really puts out', () => {
  const message =
    'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-6'

  it('is taken back to it, in silence where the client named none', () => {
    const { body, told } = mend(message, { model: 'claude-sonnet-4-6' })
    expect(body?.max_tokens).toBe(64_000)
    expect(told).toEqual([])
  })

  it('is told where the client named it', () => {
    const { body, told } = mend(message, { model: 'claude-sonnet-4-6', max_completion_tokens: 100_000 })
    expect(body?.max_tokens).toBe(64_000)
    expect(told).toEqual(['max_completion_tokens clamped'])
  })

  it('keeps a budget below it', () => {
    const { body } = mend('max_tokens: 64000 > 8192, which is …', { reasoning_effort: 'high' })
    expect(body).toMatchObject({ max_tokens: 8192, thinking: { budget_tokens: 4915 } })
  })
})
