// A reply is the fold of its deltas.
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../src/hub/delta.ts'
import { GatewayError } from '../../src/hub/error.ts'
import type { Loss } from '../../src/hub/loss.ts'
import { collect, emptyReply, replay } from '../../src/hub/reply.ts'
import { addUsage, type Usage } from '../../src/hub/usage.ts'

const start: Delta = { type: 'start', id: 'a', model: 'm' }
const usage: Usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
const loss: Loss = { path: 'x', kind: 'dropped', reason: 'Because.' }
const blocks = (...deltas: Delta[]) => collect([start, ...deltas]).choices[0]?.blocks

const token = { token: 'x', logprob: -0.5, bytes: [120], top_logprobs: [] }

describe('collect', () => {
  it('makes nothing of nothing', () => {
    expect(collect([])).toEqual(emptyReply())
  })

  it('joins what is of one kind, and keeps the order of kinds', () => {
    const text = (value: string): Delta => ({ type: 'text', text: value })
    const think = (value: string, index: number): Delta => ({ type: 'reasoning', text: value, index, format: 'f' })
    expect(
      blocks(
        think('a', 0),
        think('b', 0),
        text('c'),
        text('d'),
        { type: 'signature', index: 0, signature: 's', format: 'f' },
        { type: 'signature', index: 0, signature: 't', format: 'f' },
        think('e', 1),
        { type: 'encrypted', index: 2, data: 'x', format: 'f' },
        { type: 'encrypted', index: 2, data: 'y', format: 'f' },
        text('g'),
      ),
    ).toEqual([
      { type: 'reasoning', index: 0, format: 'f', text: 'ab', signature: 'st' },
      { type: 'text', text: 'cd' },
      { type: 'reasoning', index: 1, format: 'f', text: 'e' },
      { type: 'reasoning', index: 2, format: 'f', text: '', data: 'xy' },
      { type: 'text', text: 'g' },
    ])
  })

  it('gives arguments to the call they are for, though calls mix', () => {
    const tool = (index: number): Delta => ({ type: 'tool', index, id: `i${index}`, name: 'n', custom: index === 1 })
    const args = (index: number, text: string): Delta => ({ type: 'arguments', index, text })
    expect(blocks(tool(0), tool(1), args(1, 'x'), args(0, '{'), args(1, 'y'), args(0, '}'), args(7, 'z'))).toEqual([
      { type: 'tool', index: 0, id: 'i0', name: 'n', custom: false, arguments: '{}' },
      { type: 'tool', index: 1, id: 'i1', name: 'n', custom: true, arguments: 'xy' },
    ])
  })

  it('sorts choices, whichever begins first', () => {
    const reply = collect([
      { type: 'start', id: 'a', model: 'm', tier: 'default', choice: 1 },
      { type: 'start', id: 'b', model: 'other', choice: 0 },
      { type: 'refusal', text: 'no', choice: 1 },
      { type: 'refusal', text: '!', choice: 1 },
      { type: 'text', text: 'x', choice: 0 },
      { type: 'finish', reason: 'stop', choice: 0 },
      { type: 'citation', citation: { url: 'u', title: 't', start: 0, end: 1 } },
      { type: 'logprobs', tokens: [token] },
      { type: 'logprobs', tokens: [token] },
      { type: 'image', url: 'data:image/png;base64,AA==' },
      { type: 'extra', extra: { a: 1 } },
      { type: 'extra', extra: { a: 2 } },
      { type: 'loss', loss },
      { type: 'ping' },
      { type: 'usage', usage: { ...usage, total_tokens: 0 } },
      { type: 'usage', usage },
    ])
    expect(reply).toMatchObject({ id: 'a', model: 'm', tier: 'default', usage, losses: [loss] })
    expect(reply.choices).toEqual([
      {
        index: 0,
        blocks: [{ type: 'text', text: 'x' }],
        refusal: '',
        citations: [{ url: 'u', title: 't', start: 0, end: 1 }],
        logprobs: [token, token],
        images: ['data:image/png;base64,AA=='],
        extra: { a: 2 },
        finish: 'stop',
      },
      {
        index: 1,
        blocks: [],
        refusal: 'no!',
        citations: [],
        logprobs: [],
        images: [],
        extra: undefined,
        finish: undefined,
      },
    ])
  })

  it('goes on with a reply that it is given', () => {
    const reply = collect([start, { type: 'text', text: 'a' }])
    expect(collect([{ type: 'text', text: 'b' }], reply)).toBe(reply)
    expect(reply.choices[0]?.blocks).toEqual([{ type: 'text', text: 'ab' }])
  })

  it('passes over what it does not know', () => {
    expect(collect([start, { type: 'new' } as never])).toEqual(collect([start]))
  })

  it('throws the error of an answer that failed', () => {
    const error = new GatewayError('overloaded', 'Busy.')
    expect(() => collect([start, { type: 'error', error }])).toThrow(error)
  })
})

describe('replay', () => {
  it('begins every choice, and finishes only those that are finished', () => {
    const reply = collect([
      { type: 'start', id: 'a', model: 'm' },
      { type: 'start', id: 'a', model: 'm', choice: 2 },
      { type: 'finish', reason: 'length', choice: 2 },
    ])
    expect([...replay(reply)]).toEqual([
      { type: 'start', id: 'a', model: 'm', choice: 0 },
      { type: 'start', id: 'a', model: 'm', choice: 2 },
      { type: 'finish', reason: 'length', choice: 2 },
    ])
  })
})

describe('replay, too,', () => {
  it('passes over what it does not know', () => {
    const reply = collect([start])
    reply.choices[0]?.blocks.push({ type: 'new' } as never)
    expect([...replay(reply)]).toEqual([{ ...start, choice: 0 }])
  })
})

describe('addUsage', () => {
  it('adds totals, and details where there are any', () => {
    const one: Usage = { ...usage, prompt_tokens_details: { cached_tokens: 1 } }
    const two: Usage = {
      ...usage,
      prompt_tokens_details: { cached_tokens: 2, audio_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 4 },
    }
    expect(addUsage(one, two)).toEqual({
      prompt_tokens: 2,
      completion_tokens: 4,
      total_tokens: 6,
      prompt_tokens_details: { cached_tokens: 3, audio_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 4 },
    })
    expect(addUsage(two, one).prompt_tokens_details).toEqual({ cached_tokens: 3, audio_tokens: 3 })
    expect(addUsage(two, usage).completion_tokens_details).toEqual({ reasoning_tokens: 4 })
    expect(addUsage(usage, usage)).toEqual({ prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
  })
})
