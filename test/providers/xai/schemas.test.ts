import { describe, expect, it } from 'vitest'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { xai } from '../../../src/providers/xai/index.ts'
import { ACCOUNT } from '../../account.ts'

function sent(fields: object) {
  const ledger = new Ledger(false)
  const request = chatRequestOf({ model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...fields })
  const call = xai.chat.encode(request, 'grok-3', ledger, ACCOUNT)
  return { call, body: JSON.parse(call.body), losses: ledger.losses }
}
const tools = (parameters: object) => [{ type: 'function', function: { name: 'f', parameters } }]

describe('a schema', () => {
  it('that closes no object stays as it is', () => {
    const open = { type: 'object', properties: { a: { enum: ['x', null] } }, additionalProperties: { type: 'string' } }
    const { body, losses } = sent({ tools: tools(open) })
    expect(body.tools).toEqual(tools(open))
    expect(losses).toEqual([])
  })

  it('is opened however deep it is, and that is told once', () => {
    const closed = { type: 'object', additionalProperties: false }
    const { body, losses } = sent({ tools: [...tools({ anyOf: [closed, { items: closed }] }), ...tools(closed)] })
    const open = { type: 'object' }
    expect(body.tools).toEqual([...tools({ anyOf: [open, { items: open }] }), ...tools(open)])
    expect(losses).toMatchObject([{ path: 'tools', kind: 'dropped' }])
  })
})

it('sources are addresses, and nothing else is one', () => {
  const answer = {
    choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }],
    citations: ['https://a.example', 1],
  }
  const citations = sent({})
    .call.answer(answer, new Headers())
    .deltas.filter(({ type }) => type === 'citation')
  expect(citations).toMatchObject([{ citation: { url: 'https://a.example' } }])
})
