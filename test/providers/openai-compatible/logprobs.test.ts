// Log probabilities in OpenAI's form, whichever the service has.
import { expect, it } from 'vitest'
import { logprobsOf } from '../../../src/providers/openai-compatible/logprobs.ts'
import { of, STOP, said } from './like.ts'

it('takes those of OpenAI', () => {
  const content = [
    { token: 'é', logprob: -0.1, bytes: [195, 169], top_logprobs: [{ token: 'e', logprob: -2, bytes: null }] },
    { token: 'é', logprob: -0.1 },
    { token: 'x', logprob: -0.2, bytes: ['no', 120], top_logprobs: null },
  ]
  expect(logprobsOf({ content })).toEqual([
    { token: 'é', logprob: -0.1, bytes: [195, 169], top_logprobs: [{ token: 'e', logprob: -2, bytes: null }] },
    { token: 'é', logprob: -0.1, bytes: [195, 169], top_logprobs: [] },
    { token: 'x', logprob: -0.2, bytes: [120], top_logprobs: [] },
  ])
})

it('takes lists side by side', () => {
  const lists = { tokens: ['a', 'b'], token_logprobs: [-1, -2], top_logprobs: [{ a: -1, c: -3 }, null] }
  const top = (token: string, logprob: number) => ({ token, logprob, bytes: [token.charCodeAt(0)] })
  expect(logprobsOf(lists)).toEqual([
    { ...top('a', -1), top_logprobs: [top('a', -1), top('c', -3)] },
    { ...top('b', -2), top_logprobs: [] },
  ])
  expect(logprobsOf({ ...lists, top_logprobs: undefined })).toHaveLength(2)
})

it.each([
  null,
  undefined,
  {},
  { content: null },
  { tokens: ['a'] },
  { content: [{ token: 7 }, { logprob: -1 }, null] },
])('takes nothing from %j', (value) => {
  expect(logprobsOf(value)).toEqual([])
})

it('says them with their choice', () => {
  const choice = { index: 1, delta: {}, logprobs: { content: [{ token: 'a', logprob: -1 }] }, finish_reason: 'stop' }
  expect(of('logprobs', said([{ choices: [choice] }, STOP]))).toEqual([
    { type: 'logprobs', choice: 1, tokens: [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }] },
  ])
})
