// Answers as completions, whole and in chunks: the same text, the same places, the same end.
import { describe, expect, it } from 'vitest'
import { completions } from '../../../src/dialects/index.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import type { AnswerContext } from '../../../src/hub/dialect.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import type { Loss } from '../../../src/hub/loss.ts'
import { collect } from '../../../src/hub/reply.ts'
import { providers } from '../../../src/providers/index.ts'

const CREATED = 1_790_000_000
const START: Delta = { type: 'start', id: 'x1', model: 'm1' }
const USAGE = { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 }
const END: Delta[] = [
  { type: 'finish', reason: 'stop' },
  { type: 'usage', usage: USAGE },
]

function contextOf(fields: object = {}, report?: readonly Loss[], provider = 'anthropic'): AnswerContext {
  const chat = providers.get(provider)?.chat
  const request = chat && completions.read({ model: 'm', prompt: 'Once', ...fields }).origin?.translate?.(chat)
  if (!request) throw new Error('Nothing was translated.')
  return { request, id: 'abc', created: CREATED, report }
}

interface Chunk {
  readonly object: string
  readonly choices: readonly { text: string; index: number; logprobs: unknown; finish_reason: string | null }[]
  readonly usage?: unknown
  readonly dragoman?: unknown
}

function rendered(deltas: readonly Delta[], context: AnswerContext): string {
  const renderer = completions.renderer(context)
  return deltas.map((delta) => renderer.render([delta])).join('') + renderer.end()
}

function chunksOf(sse: string): Chunk[] {
  const events = sse.split('\n\n')
  expect(events.splice(-2)).toEqual(['data: [DONE]', ''])
  return events.filter((event) => !event.startsWith(':')).map((event) => JSON.parse(event.replace(/^data: /, '')))
}

/** The fold of a stream. */
function foldOf(chunks: readonly Chunk[]) {
  const texts: string[] = []
  const reasons: (string | null)[] = []
  for (const { text, index, finish_reason } of chunks.flatMap(({ choices }) => choices)) {
    texts[index] = (texts[index] ?? '') + text
    reasons[index] = finish_reason ?? reasons[index] ?? null
  }
  return { texts, reasons }
}

const text = (said: string, choice?: number): Delta => ({
  type: 'text',
  text: said,
  ...(choice !== undefined && { choice }),
})

describe('a whole answer', () => {
  it('is a text completion', () => {
    const deltas = [START, text(' upon'), text(' a time.'), ...END]
    expect(completions.reply(collect(deltas), contextOf())).toEqual({
      id: 'cmpl-x1',
      object: 'text_completion',
      created: CREATED,
      model: 'm1',
      choices: [{ text: ' upon a time.', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: USAGE,
    })
  })

  it('is called by the gateway where the provider gives it no name', () => {
    expect(completions.reply(collect([{ ...START, id: '' }, ...END]), contextOf())).toMatchObject({ id: 'cmpl-abc' })
  })

  it('counts nothing where nobody counted', () => {
    const reply = collect([START, text('x'), { type: 'finish', reason: 'length' }])
    expect(completions.reply(reply, contextOf())).toMatchObject({
      choices: [{ finish_reason: 'length' }],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    })
  })

  it('says a refusal as text', () => {
    const deltas: Delta[] = [START, { type: 'refusal', text: 'No.' }, { type: 'finish', reason: 'content_filter' }]
    expect(completions.reply(collect(deltas), contextOf())).toMatchObject({
      choices: [{ text: 'No.', finish_reason: 'content_filter' }],
    })
  })
})

describe('a stream', () => {
  it('says the same, in chunks of one object', () => {
    const context = contextOf({ stream: true })
    const chunks = chunksOf(rendered([START, text(' upon'), text(' a time.'), ...END], context))
    expect(foldOf(chunks)).toEqual({ texts: [' upon a time.'], reasons: ['stop'] })
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['text_completion']))
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true)
  })

  it('has usage in a chunk of its own where it is asked for, and null before', () => {
    const context = contextOf({ stream: true, stream_options: { include_usage: true } })
    const chunks = chunksOf(rendered([START, text('x'), ...END], context))
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE })
  })

  it('ends in an error, and nothing after it', () => {
    const error = new GatewayError('upstream_truncated', 'Broken off.')
    const renderer = completions.renderer(contextOf({ stream: true }))
    const said = renderer.render([START, text('x'), { type: 'error', error }])
    expect(said.endsWith(`data: ${JSON.stringify({ error: error.body })}\n\n`)).toBe(true)
    expect(said).not.toContain('[DONE]')
  })

  it('passes signs of life as comments', () => {
    expect(completions.renderer(contextOf({ stream: true })).render([{ type: 'ping' }])).toMatch(/^:/)
  })
})

describe('several prompts', () => {
  const deltas: Delta[] = [
    { ...START, choice: 0 },
    { ...START, choice: 1 },
    text('two', 1),
    text('one', 0),
    { type: 'finish', reason: 'stop', choice: 0 },
    { type: 'finish', reason: 'length', choice: 1 },
  ]

  it('are told apart by index, each behind its own where that is to be repeated', () => {
    const context = contextOf({ prompt: ['A ', 'B '], echo: true, stream: true })
    const whole = completions.reply(collect(deltas), context) as { choices: { text: string }[] }
    expect(whole.choices.map((choice) => choice.text)).toEqual(['A one', 'B two'])
    expect(foldOf(chunksOf(rendered(deltas, context)))).toEqual({
      texts: ['A one', 'B two'],
      reasons: ['stop', 'length'],
    })
  })

  it('have as many choices each as are wanted', () => {
    const context = contextOf({ prompt: ['A ', 'B '], n: 2, echo: true })
    const four = [0, 1, 2, 3].flatMap((choice): Delta[] => [{ ...START, choice }, text('x', choice)])
    const { choices } = completions.reply(collect(four), context) as { choices: { text: string }[] }
    expect(choices.map((choice) => choice.text)).toEqual(['A x', 'A x', 'B x', 'B x'])
  })
})

describe('log probabilities', () => {
  const token = (said: string, logprob: number | null, top: [string, number][] = []) => ({
    ...{ token: said, logprob, bytes: null },
    top_logprobs: top.map(([one, probability]) => ({ token: one, logprob: probability, bytes: null })),
  })
  const tokens = [token(' ☃😀', -0.5, [[' ☃😀', -0.5]]), token(' b', -1)]
  const deltas: Delta[] = [START, text(' ☃😀 b'), { type: 'logprobs', tokens }, ...END]
  const expected = {
    tokens: [' ☃😀', ' b'],
    token_logprobs: [-0.5, -1],
    top_logprobs: [{ ' ☃😀': -0.5 }, null],
    // In characters, behind the prompt.
    text_offset: [4, 7],
  }

  it('are parallel lists, and places from the beginning of the prompt', () => {
    const whole = completions.reply(collect(deltas), contextOf({ logprobs: 1 }))
    expect(whole).toMatchObject({ choices: [{ logprobs: expected }] })
  })

  it('are the same in a stream, however they come', () => {
    const parts = [...deltas.slice(0, 2), ...tokens.map((one): Delta => ({ type: 'logprobs', tokens: [one] })), ...END]
    const chunks = chunksOf(rendered(parts, contextOf({ logprobs: 1, stream: true })))
    const lists = chunks.flatMap(({ choices }) => choices.flatMap(({ logprobs }) => (logprobs ? [logprobs] : [])))
    const joined = (name: keyof typeof expected) =>
      lists.flatMap((list) => (list as typeof expected)[name] as unknown[])
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) expect(joined(name)).toEqual(expected[name])
  })

  it('begin with the prompt where the provider repeats it', () => {
    const repeated: Delta[] = [
      START,
      text('Once b'),
      { type: 'logprobs', tokens: [token('Once', null), token(' b', -1)] },
    ]
    const context = contextOf({ logprobs: 1, echo: true }, undefined, 'vllm')
    expect(completions.reply(collect(repeated), context)).toMatchObject({
      choices: [{ text: 'Once b', logprobs: { token_logprobs: [null, -1], text_offset: [0, 4] } }],
    })
  })
})

it('a report names what a completion has no place for, once', () => {
  const report: Loss[] = [{ path: 'seed', kind: 'dropped', reason: 'No.' }]
  const deltas: Delta[] = [
    START,
    { type: 'reasoning', index: 0, text: 'Hm.', format: 'f' },
    { type: 'reasoning', index: 0, text: 'Hm.', format: 'f' },
    { type: 'signature', index: 0, signature: 's', format: 'f' },
    text('x'),
    { type: 'tool', index: 0, id: 'c', name: 'f', custom: false },
    { type: 'arguments', index: 0, text: '{}' },
    { type: 'image', url: 'data:,' },
    { type: 'extra', extra: {} },
    { type: 'citation', citation: { url: 'u', title: 't', start: 0, end: 1 } },
    { type: 'loss', loss: { path: 'usage', kind: 'emulated', reason: 'Guessed.' } },
    { type: 'finish', reason: 'tool_calls' },
  ]
  const paths = (dragoman: unknown) => (dragoman as { losses: Loss[] }).losses.map(({ path }) => path).sort()
  const expected = [
    'choices[0].citation',
    'choices[0].image',
    'choices[0].reasoning',
    'choices[0].tool',
    'seed',
    'usage',
  ]
  const whole = completions.reply(collect(deltas), contextOf({}, report)) as { dragoman: unknown; choices: unknown }
  expect(paths(whole.dragoman)).toEqual(expected)
  expect(whole.choices).toMatchObject([{ finish_reason: 'stop' }])
  for (const options of [{}, { stream_options: { include_usage: true } }]) {
    const chunks = chunksOf(rendered(deltas, contextOf({ stream: true, ...options }, report)))
    expect(paths(chunks.at(-1)?.dragoman)).toEqual(expected)
    expect(chunks.slice(0, -1).every((chunk) => chunk.dragoman === undefined)).toBe(true)
  }
})
