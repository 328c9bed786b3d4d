// Sources of an answer are found in either list, with their titles where it has those.
import { expect, it } from 'vitest'
import { chat } from '../../../src/dialects/index.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { perplexity } from '../../../src/providers/perplexity/index.ts'
import { ACCOUNT, NO_HEADERS } from '../../account.ts'

function cited(more: Readonly<Record<string, unknown>>) {
  const request = chat.read({ model: 'sonar', messages: [{ role: 'user', content: 'Hello' }] })
  const call = perplexity.chat.encode(request, 'sonar', new Ledger(false), ACCOUNT)
  const choices = [{ message: { content: 'So[1].' }, finish_reason: 'stop' }]
  const { deltas } = call.answer({ id: 'c', choices, ...more }, NO_HEADERS)
  return deltas.flatMap((delta) => (delta.type === 'citation' ? [[delta.citation.url, delta.citation.title]] : []))
}

const results = [{ url: 'https://b', title: 'B' }, { url: 'https://a' }, { title: 'none' }]

it.each([
  [
    { citations: ['https://a', 'https://b'] },
    [
      ['https://a', ''],
      ['https://b', ''],
    ],
  ],
  [
    { citations: ['https://a', 'https://b'], search_results: results },
    [
      ['https://a', ''],
      ['https://b', 'B'],
    ],
  ],
  [
    { search_results: results },
    [
      ['https://b', 'B'],
      ['https://a', ''],
    ],
  ],
  [{ citations: [], search_results: null }, []],
  [{ citations: [7, null] }, []],
])('%j', (more, sources) => {
  expect(cited(more)).toEqual(sources)
})
