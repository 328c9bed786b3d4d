// What OpenAI is to the gateway: headers, models, limits, and a table in which every field is its own.
import { describe, expect, it } from 'vitest'
import { chatRequest } from '../../../schemas/chat.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { openai } from '../../../src/providers/openai/index.ts'
import { ACCOUNT, SENT } from '../../account.ts'

describe('headers', () => {
  const account = { name: 'main', credential: 'sk-x' }

  it('carry the credential, and what the slot says of the account', () => {
    expect(openai.headers(account, new Headers(), SENT)).toEqual({ authorization: 'Bearer sk-x' })
    expect(openai.headers({ ...account, organization: 'org-1', project: 'proj_1' }, new Headers(), SENT)).toEqual({
      authorization: 'Bearer sk-x',
      'openai-organization': 'org-1',
      'openai-project': 'proj_1',
    })
  })

  it("pass the client's betas, and nothing else of the client's", () => {
    const client = new Headers({ 'openai-beta': 'a=v1', 'openai-organization': 'org-2', cookie: 'x' })
    expect(openai.headers(account, client, SENT)).toEqual({ authorization: 'Bearer sk-x', 'openai-beta': 'a=v1' })
  })
})

describe('models', () => {
  it('are one page', () => {
    expect(openai.models.path(undefined, ACCOUNT)).toBe('/models')
    const data = [{ id: 'm1', object: 'model', created: 1, owned_by: 'system' }, { id: 'm2' }, { id: 3 }, null, 'm4']
    expect(openai.models.read({ object: 'list', data })).toEqual({
      models: [
        { id: 'm1', created: 1, owned_by: 'system' },
        { id: 'm2', created: 0, owned_by: 'openai' },
      ],
      next: undefined,
    })
  })

  it.each([[null], ['x'], [{}], [{ data: {} }]])('are none in %j', (body) => {
    expect(openai.models.read(body).models).toEqual([])
  })

  it('share limits with their dated names', () => {
    expect(openai.family('gpt-5-2025-08-07')).toBe('gpt-5')
    expect(openai.family('gpt-5-mini')).toBe('gpt-5-mini')
  })
})

it('answers chat itself', () => {
  expect(openai.relays?.('chat', 'gpt-5', ACCOUNT)).toBe('/chat/completions')
})

describe('what comes in another dialect', () => {
  it('has a row for every field of a chat request, and all of its own arrive', () => {
    const { fields, extensions } = openai.chat.table
    expect(Object.keys(fields).sort()).toEqual(Object.keys(chatRequest.def.shape).sort())
    const lost = Object.entries(fields).filter(([, { kind }]) => kind !== 'full' && kind !== 'renamed')
    expect(lost.map(([name]) => name)).toEqual(['cache_control', 'thinking', 'top_k'])
    expect(extensions).toEqual({})
  })

  it('is said as every model of its takes it', () => {
    const ledger = new Ledger(false)
    const custom = { type: 'custom', custom: { name: 'sh' } }
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]
    const request = chatRequestOf({ model: 'm', messages, max_tokens: 5, tools: [custom], stream: true })
    const { path, body } = openai.chat.encode(request, 'gpt-5', ledger, ACCOUNT)
    expect({ path, body: JSON.parse(body) }).toEqual({
      path: '/chat/completions',
      body: {
        model: 'gpt-5',
        messages,
        max_completion_tokens: 5,
        tools: [custom],
        stream: true,
        stream_options: { include_usage: true },
      },
    })
    expect(ledger.losses).toEqual([])
  })
})
