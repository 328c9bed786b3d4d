// Counts are found wherever they stand, and mean what OpenAI's mean.
import { expect, it } from 'vitest'
import { chunk, type Fields, of, STOP, said, send } from './like.ts'

const counts = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }
const usage = (more: Fields, rules = {}) => of('usage', said([chunk({}, 'stop', more)], rules)).map((one) => one.usage)

it('are read at the top, in a choice, or where the service says', () => {
  expect(usage({ usage: counts })).toEqual([counts])
  expect(usage({ choices: [{ delta: {}, finish_reason: 'stop', usage: counts }] })).toEqual([counts])
  expect(usage({ x_some: { usage: counts } }, { usageIn: (one: { x_some?: Fields }) => one.x_some?.usage })).toEqual([
    counts,
  ])
  expect(usage({ usage: null })).toEqual([])
})

it.each(['cached_tokens', 'prompt_cache_hit_tokens', 'num_cached_tokens'])('are told of caches by %s', (name) => {
  expect(usage({ usage: { ...counts, [name]: 3 } })).toEqual([
    { ...counts, prompt_tokens_details: { cached_tokens: 3 } },
  ])
  const details = { prompt_tokens_details: { cached_tokens: 4 } }
  expect(usage({ usage: { ...counts, ...details, [name]: 3 } })).toEqual([{ ...counts, ...details }])
  expect(usage({ usage: { ...counts, [name]: -1 } })).toEqual([counts])
})

it('are told of reasoning beside the totals', () => {
  const details = { completion_tokens_details: { reasoning_tokens: 2 } }
  expect(usage({ usage: { ...counts, reasoning_tokens: 2 } })).toEqual([{ ...counts, ...details }])
})

it('are put right where they mean something else', () => {
  const rules = { usage: (one: typeof counts) => ({ ...one, completion_tokens: 6 }) }
  expect(usage({ usage: counts }, rules)).toEqual([{ ...counts, completion_tokens: 6 }])
})

it('are estimated where the service counts nothing, and only there', () => {
  const { call } = send({}, { answer: { estimates: true } })
  const prompt_tokens = Math.ceil(call.body.length / 4)
  const answer = (more: Fields) =>
    call.answer({ choices: [{ message: { content: 'Hello!' } }], ...more }, new Headers())
  expect(of('usage', answer({}).deltas)).toEqual([
    { type: 'usage', usage: { prompt_tokens, completion_tokens: 2, total_tokens: prompt_tokens + 2 } },
  ])
  expect(of('usage', answer({ usage: counts }).deltas)).toEqual([{ type: 'usage', usage: counts }])
  expect(of('usage', said([STOP]))).toEqual([])
})
