// Embeddings and ranking by the Worker's own binding, which takes and gives the models' own form.
import { expect, it } from 'vitest'
import { embeddingRequestOf } from '../../../src/hub/embeddings.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { rerankRequestOf } from '../../../src/hub/rerank.ts'
import { workersAi } from '../../../src/providers/workers-ai/index.ts'

const slot = { name: 'edge' }

it('asks for the vectors of texts', () => {
  const task = workersAi.embeddings
  if (!task || 'relays' in task) return expect.fail('They are translated.')
  const request = embeddingRequestOf({ model: 'm', input: ['a', 'b'] })
  const [call] = task.encode(request, '@cf/baai/bge-m3', new Ledger(false), slot)
  expect(JSON.parse(call?.body ?? '')).toEqual({ model: '@cf/baai/bge-m3', text: ['a', 'b'] })
  const answer = JSON.stringify({
    shape: [2, 2],
    data: [
      [0.6, 0.8],
      [0.8, 0.6],
    ],
    pooling: 'cls',
  })
  expect(call?.read(answer, new Headers()).vectors).toEqual([
    [0.6, 0.8],
    [0.8, 0.6],
  ])
})

it('names the model of a ranking, which the address names else', () => {
  const task = workersAi.rerank
  if (!task || 'relays' in task) return expect.fail('It is translated.')
  const request = rerankRequestOf({ model: 'm', query: 'q', documents: ['a'] })
  const [call] = task.encode(request, '@cf/baai/bge-reranker-base', new Ledger(false), slot)
  expect(JSON.parse(call?.body ?? '')).toEqual({
    model: '@cf/baai/bge-reranker-base',
    query: 'q',
    contexts: [{ text: 'a' }],
  })
  const answer = JSON.stringify({ response: [{ id: 0, score: 0.5 }] })
  expect(call?.read(answer, new Headers()).ranks).toEqual([{ index: 0, relevance_score: 0.5 }])
})
