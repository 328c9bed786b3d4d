// How providers are asked how long a prompt is: made of the conversation as it would be sent.
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../src/hub/loss.ts'
import type { Account } from '../../src/hub/provider.ts'
import { chatRequestOf } from '../../src/hub/request.ts'
import { providers } from '../../src/providers/index.ts'

const VERTEX: Account = { name: 'vertex', credential: 'ya29.x', project: 'p', location: 'us-east5' }

function counting(name: string, model: string, account: Account = { name, credential: 'k' }) {
  const provider = providers.get(name) ?? expect.unreachable()
  const request = chatRequestOf({
    model,
    max_completion_tokens: 10,
    stream: true,
    temperature: 0.5,
    messages: [
      { role: 'system', content: 'S.' },
      { role: 'user', content: 'U.' },
    ],
  })
  const call = provider.chat?.encode(request, model, new Ledger(false), account) ?? expect.unreachable()
  const count = provider.countTokens?.(call, model, account)
  return count && { path: count.path, body: JSON.parse(count.body), read: count.read }
}

describe('a prompt', () => {
  it('of Gemini’s is a whole request', () => {
    const { path, body, read } = counting('gemini', 'gemini-2.5-flash') ?? expect.unreachable()
    expect(path).toBe('/v1beta/models/gemini-2.5-flash:countTokens')
    expect(body).toMatchObject({
      generateContentRequest: { model: 'models/gemini-2.5-flash', contents: [{ role: 'user' }], systemInstruction: {} },
    })
    expect(read({ totalTokens: 7 })).toBe(7)
    expect(read('x')).toBeUndefined()
  })

  it('on Vertex is what the publisher takes', () => {
    const gemini = counting('vertex', 'gemini-2.5-flash', VERTEX) ?? expect.unreachable()
    expect(gemini.path).toMatch(/\/publishers\/google\/models\/gemini-2\.5-flash:countTokens$/)
    expect(Object.keys(gemini.body)).toEqual(['contents', 'systemInstruction', 'generationConfig'])
    const claude = counting('vertex', 'claude-sonnet-4-5', VERTEX) ?? expect.unreachable()
    expect(claude.path).toMatch(/\/publishers\/anthropic\/models\/count-tokens:rawPredict$/)
    expect(claude.body).toEqual({
      anthropic_version: 'vertex-2023-10-16',
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'U.' }] }],
      system: 'S.',
    })
    expect(claude.read({ input_tokens: 9 })).toBe(9)
    expect(counting('vertex', 'meta/llama-4-maverick', VERTEX)).toBeUndefined()
  })

  it('of Bedrock’s is the conversation, without its configuration', () => {
    const { path, body, read } = counting('bedrock', 'us.amazon.nova-2-lite-v1:0') ?? expect.unreachable()
    expect(path).toBe('/model/us.amazon.nova-2-lite-v1%3A0/count-tokens')
    expect(Object.keys(body.input.converse)).toEqual(['messages', 'system'])
    expect(read({ inputTokens: 5 })).toBe(5)
  })

  it('of the others is not counted', () => {
    const counted = [...providers.values()].filter(({ countTokens }) => countTokens).map(({ name }) => name)
    expect(counted).toEqual(['gemini', 'vertex', 'bedrock'])
  })
})
