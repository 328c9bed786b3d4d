// What a stream says, chunk by chunk, and how it ends.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../src/hub/delta.ts'
import { collect } from '../../../src/hub/reply.ts'
import { NO_HEADERS } from '../../account.ts'
import { type Fields, send } from './accepted.ts'
import { chunk, readAll } from './answers.ts'

const { call } = send({ tools: [{ type: 'custom', custom: { name: 'sql' } }] })
const kinds = (deltas: readonly Delta[]) => deltas.map(({ type }) => type)
const said = (...chunks: unknown[]) => readAll(call, chunks).deltas
const losses = (deltas: readonly Delta[]) => deltas.flatMap((delta) => (delta.type === 'loss' ? delta.loss.path : []))

it('says each thing as it comes', () => {
  const { deltas, done } = readAll(call, [
    chunk([{ text: 'Hm', thought: true }]),
    chunk([{ text: '.', thought: true }, { text: 'Hi' }]),
    chunk([{ functionCall: { name: 'a', args: { b: 1 } }, thoughtSignature: 'c2ln' }]),
    chunk([{ text: '' }], 'STOP'),
  ])
  expect(done).toBe(true)
  expect(kinds(deltas)).toEqual(['start', 'reasoning', 'reasoning', 'text', 'encrypted', 'tool', 'arguments', 'finish'])
  expect(deltas.at(-1)).toMatchObject({ reason: 'tool_calls' })
})

it('says nothing before there is something to say', () => {
  expect(kinds(said(chunk(undefined), chunk([]), chunk([{ text: '' }])))).toEqual([])
  expect(kinds(said({ error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } }))).toEqual(['error'])
})

it.each([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['RECITATION', 'content_filter'],
  ['MODEL_ARMOR', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['ESCALATION', 'stop'],
  ['FINISH_REASON_UNSPECIFIED', 'stop'],
  [2, 'length'],
  [99, 'stop'],
])('the reason %s is %s', (reason, finish) => {
  expect(said(chunk([{ text: 'Hi.' }], undefined, { finishReason: reason })).at(-1)).toMatchObject({ reason: finish })
})

describe.each([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
])('%s', (reason) => {
  it('is a failure where nothing was said, thoughts aside', () => {
    const thought = chunk([{ text: 'Hm.', thought: true }])
    for (const before of [[], [thought]]) {
      const { deltas, done } = readAll(call, [...before, chunk(undefined, reason)])
      expect(done).toBe(false)
      expect(deltas.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream_error', status: 502 } })
    }
    const { deltas } = call.answer(chunk(undefined, reason), NO_HEADERS)
    expect(kinds(deltas)).toEqual(['error'])
  })

  it('is an end like another after something was said', () => {
    expect(said(chunk([{ text: 'Hi.' }], reason)).at(-1)).toMatchObject({ reason: 'stop' })
  })
})

it('is not whole before every candidate has its reason', () => {
  const two = { candidates: [{ content: { parts: [{ text: 'A' }] }, finishReason: 'STOP' }, { index: 1 }] }
  expect(readAll(call, [two])).toMatchObject({ done: false })
  expect(readAll(call, [two, { candidates: [{ index: 1, finishReason: 'STOP' }] }])).toMatchObject({ done: true })
  expect(readAll(call, [{ usageMetadata: { promptTokenCount: 3 } }])).toMatchObject({ done: false })
  expect(readAll(call, [])).toMatchObject({ done: false })
})

it('a prompt that is refused ends the answer, whatever was said', () => {
  const blocked = { promptFeedback: { blockReason: 'SAFETY' } }
  expect(said(blocked)).toMatchObject([
    { type: 'start', model: 'gemini-3-flash-preview' },
    { reason: 'content_filter' },
  ])
  expect(said(chunk([{ text: 'Hi.' }]), blocked).at(-1)).toMatchObject({ reason: 'content_filter' })
})

it('a body that ends in the middle of an event is torn, whatever was said before', () => {
  const reader = call.reader(NO_HEADERS)
  reader.read({ event: '', data: JSON.stringify(chunk([{ text: 'Hi.' }], 'STOP')) })
  expect(reader.read({ event: '', data: '{"usageMeta' }, true)).toEqual([])
  expect(reader.end?.()).toEqual([])
  expect(reader.done).toBe(false)
})

it('what cannot be read has failed, and nothing follows', () => {
  const reader = call.reader(NO_HEADERS)
  expect(reader.read({ event: '', data: '{"cand' })).toMatchObject([{ error: { code: 'upstream_error' } }])
  expect(reader.read({ event: '', data: JSON.stringify(chunk([{ text: 'Hi.' }], 'STOP')) })).toEqual([])
  expect(reader.end?.()).toEqual([])
})

it('passes over all that nobody knows', () => {
  const noise = [
    '7',
    'null',
    '[]',
    '{}',
    '"x"',
    '{"candidates":3}',
    '{"candidates":[null]}',
    '{"candidates":[{"content":{"parts":[7]}}]}',
    '{"candidates":[{"content":{}}]}',
    '{"novelty":1}',
  ]
  const { deltas } = readAll(call, [...noise, chunk([{ novelty: {} }, { text: 'Hi.' }, { functionCall: {} }], 'STOP')])
  expect(kinds(deltas)).toEqual(['start', 'text', 'finish'])
})

it('counts merge, and those that nobody gave are none', () => {
  const counts = (usageMetadata: Fields, finish?: string) => ({ ...chunk([{ text: 'a' }], finish), usageMetadata })
  const audio = (tokenCount: number) => [{ modality: 'AUDIO', tokenCount }, { modality: 'TEXT', tokenCount: 9 }, {}]
  const deltas = said(
    counts({
      promptTokenCount: 20,
      cachedContentTokenCount: 4,
      promptTokensDetails: audio(5),
      trafficType: 'ON_DEMAND',
    }),
    counts({ trafficType: 'ON_DEMAND' }),
    counts({ candidatesTokenCount: 7, thoughtsTokenCount: 3, candidatesTokensDetails: audio(2) }, 'STOP'),
  )
  expect(deltas[0]).toMatchObject({ type: 'start', tier: 'default' })
  expect(deltas.at(-1)).toEqual({
    type: 'usage',
    usage: {
      prompt_tokens: 20,
      completion_tokens: 10,
      total_tokens: 30,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 2 },
    },
  })
  expect(kinds(said(chunk([{ text: 'a' }], 'STOP')))).not.toContain('usage')
})

it('media that no chat answer can hold are told once', () => {
  const sound = { inlineData: { mimeType: 'audio/L16', data: 'AAAA' } }
  expect(losses(said(chunk([sound, sound], 'STOP')))).toEqual(['choices[0].message.content'])
  const shown = said(chunk([{ fileData: { mimeType: 'image/png', fileUri: 'https://x/y.png' } }], 'STOP'))
  expect(shown[1]).toEqual({ type: 'image', url: 'https://x/y.png' })
  // Pictures that a model only thinks of are none of its answer.
  const thought = { inlineData: { mimeType: 'image/png', data: 'AAAA' }, thought: true }
  expect(kinds(said(chunk([thought, { text: 'Hi.' }], 'STOP')))).toEqual(['start', 'text', 'finish'])
})

it('a thought may be signed', () => {
  const deltas = said(chunk([{ text: 'Hm.', thought: true, thoughtSignature: 'dGg=' }, { text: 'Hi.' }], 'STOP'))
  expect(deltas[2]).toMatchObject({ type: 'signature', index: 0, signature: 'dGg=' })
})

describe('sources', () => {
  const web = (uri: string) => ({ web: { uri, title: 'T' } })
  const cited = (metadata: Fields, parts: Fields[] = [{ text: 'Größe: klein.' }]) =>
    said(chunk(parts, 'STOP', metadata)).flatMap((delta) => (delta.type === 'citation' ? delta.citation : []))
  const grounded = (segment: Fields, chunks: Fields[] = [web('https://a')]) => ({
    groundingMetadata: { groundingChunks: chunks, groundingSupports: [{ segment, groundingChunkIndices: [0] }] },
  })

  it('are counted within their part', () => {
    const parts = [{ text: 'Ä: ' }, { text: 'Größe: klein.' }]
    expect(cited(grounded({ partIndex: 1, startIndex: 9, endIndex: 15 }), parts)).toMatchObject([
      { start: 10, end: 16 },
    ])
    expect(cited(grounded({ partIndex: 9, endIndex: 3 }), parts)).toMatchObject([{ start: 0, end: 2 }])
  })

  it('stand where their words stand', () => {
    const parts = [{ text: 'Ä: ' }, { text: 'Größe: klein.' }]
    expect(cited(grounded({ startIndex: 4, endIndex: 11, text: 'Größe' }), parts)).toMatchObject([{ start: 3, end: 8 }])
    expect(cited(grounded({ startIndex: 1, endIndex: 2, text: 'nirgends' }))).toMatchObject([{ start: 1, end: 2 }])
  })

  it('are told once each, though a stream tells of them again', () => {
    const one = (more: Fields) => chunk([{ text: 'ab' }], 'STOP', more)
    const first = grounded({ endIndex: 2 })
    const second = {
      groundingMetadata: { groundingSupports: [{ segment: { endIndex: 1 }, groundingChunkIndices: [0] }] },
    }
    const deltas = said(one(first), one(first), one(second))
    expect(deltas.filter(({ type }) => type === 'citation')).toHaveLength(2)
  })

  it('without an address or a place are told as lost', () => {
    const retrieved = { retrievedContext: { title: 'a.pdf', text: 'x' } }
    for (const metadata of [
      grounded({ endIndex: 1 }, [retrieved]),
      { groundingMetadata: { groundingChunks: [web('https://a')] } },
      { citationMetadata: { citationSources: [{ endIndex: 3, license: 'MIT' }] } },
    ])
      expect(losses(said(chunk([{ text: 'abc' }], 'STOP', metadata)))).toEqual(['choices[0].message.annotations'])
    expect(losses(said(chunk([{ text: 'abc' }], 'STOP', { groundingMetadata: {} })))).toEqual([])
  })

  it('of repeated words are sources as well', () => {
    const sources = [{ startIndex: 2, endIndex: 4, uri: 'https://b' }]
    for (const name of ['citationSources', 'citations'])
      expect(cited({ citationMetadata: { [name]: sources } })).toEqual([
        { url: 'https://b', title: '', start: 2, end: 3 },
      ])
  })
})

describe('arguments in pieces', () => {
  const piece = (partial: Fields, more = true) =>
    chunk([{ functionCall: { partialArgs: [partial], ...(more && { willContinue: true }) } }])
  const open = chunk([{ functionCall: { name: 'a', willContinue: true } }])
  const argumentsOf = (...chunks: Fields[]) =>
    collect(said(...chunks, chunk(undefined, 'STOP'))).choices[0]?.blocks.flatMap((block) =>
      block.type === 'tool' ? block.arguments : [],
    )

  it('are whole when the call ends, whatever ends it', () => {
    const text = piece({ jsonPath: '$.q', stringValue: 'ca', willContinue: true })
    const rest = { jsonPath: '$.q', stringValue: 't' }
    expect(argumentsOf(open, text, piece(rest, false))).toEqual(['{"q":"cat"}'])
    expect(argumentsOf(open, text, piece(rest))).toEqual(['{"q":"cat"}'])
    expect(argumentsOf(open, text, piece(rest), open)).toEqual(['{"q":"cat"}', '{}'])
    expect(argumentsOf(open, text, piece(rest), chunk([{ text: 'Hi.' }]))).toEqual(['{"q":"cat"}'])
    expect(argumentsOf(open, text, piece(rest), chunk([{ text: 'Hm.', thought: true }]))).toEqual(['{"q":"cat"}'])
  })

  it('stand at their paths', () => {
    expect(
      argumentsOf(
        open,
        piece({ jsonPath: '$.a[0].b', numberValue: 1.5 }),
        piece({ jsonPath: '$.a[1][0]', boolValue: true }),
        piece({ jsonPath: "$['a b'].c", nullValue: 'NULL_VALUE' }),
        piece({ jsonPath: '$.a[2000000000]', stringValue: 'x' }),
        piece({ jsonPath: '$.__proto__.x', stringValue: 'y' }),
      ),
    ).toEqual(['{"a":[{"b":1.5},[true],"x"],"a b":{"c":null},"__proto__":{"x":"y"}}'])
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })
})

it('calls of older models get ids that no other call of the conversation has', () => {
  const one = send({
    model: 'gemini-2.5-flash',
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', tool_calls: [{ id: 'x', type: 'function', function: { name: 'a', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'x', content: 'r' },
    ],
  })
  const parts = [{ functionCall: { name: 'a' } }, { functionCall: { name: 'a' } }]
  const ids = (answer: Fields) =>
    one.call.answer(answer, NO_HEADERS).deltas.flatMap((delta) => (delta.type === 'tool' ? delta.id : []))
  expect(ids(chunk(parts, 'STOP'))).toEqual(['call_R1_1', 'call_R1_2'])
  expect(ids({ candidates: [{ index: 1, content: { parts } }] })).toEqual(['call_1_1', 'call_1_2'])
})

it('a custom tool whose input is none keeps what came', () => {
  const deltas = said(chunk([{ functionCall: { name: 'sql', args: { q: 1 } } }], 'STOP'))
  expect(deltas[2]).toMatchObject({ type: 'arguments', text: '{"q":1}' })
})

it('a whole answer that is none is a failure', () => {
  for (const body of [{}, [], null, 'x', { usageMetadata: {} }, { candidates: 'x' }]) {
    expect(() => call.answer(body, NO_HEADERS)).toThrow(expect.objectContaining({ code: 'upstream_error' }))
  }
  expect(kinds(call.answer({ error: { message: 'No.', code: 500 } }, NO_HEADERS).deltas)).toEqual(['error'])
  // A body that is complete needs no reason.
  expect(call.answer(chunk([{ text: 'Hi.' }]), NO_HEADERS).deltas.at(-1)).toMatchObject({ reason: 'stop' })
})

it('is the same streamed and whole, however finely it is streamed', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 })
  const part = fc.oneof(
    fc.record({ text }),
    fc.record({ text, thought: fc.constant(true) }),
    fc.record({
      functionCall: fc.record({ name: fc.constantFrom('a', 'sql'), args: fc.dictionary(text, fc.jsonValue()) }),
    }),
    fc.record({ inlineData: fc.constant({ mimeType: 'image/png', data: 'AAAA' }) }),
    fc.record({ executableCode: fc.constant({ code: '1' }) }),
  )
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const cut = parts.flatMap((one): Fields[] =>
        'text' in one ? [...one.text].map((piece) => ({ ...one, text: piece })) : [{ ...one }],
      )
      const whole = call.answer(chunk(parts as Fields[], 'STOP'), NO_HEADERS).deltas
      const stream = said(...cut.map((one) => chunk([one])), chunk([{ text: '' }], 'STOP'))
      expect(collect(stream)).toEqual(collect(whole))
    }),
    { numRuns: 300 },
  )
})

describe('whatever stands where something else should', () => {
  const RICH = {
    candidates: [
      {
        index: 0,
        content: {
          role: 'model',
          parts: [
            { text: 'Hm', thought: true, thoughtSignature: 'dGg=' },
            { text: 'Hi.', thoughtSignature: 'dA==' },
            { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            { functionCall: { id: 'a', name: 'sql', args: { input: 'x' } } },
            { functionCall: { name: 'b', willContinue: true } },
            { functionCall: { partialArgs: [{ jsonPath: '$.a[0].b', stringValue: 'x' }] } },
          ],
        },
        finishReason: 'STOP',
        finishMessage: 'x',
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a', title: 'A' } }],
          groundingSupports: [{ segment: { endIndex: 3, text: 'Hi.' }, groundingChunkIndices: [0] }],
        },
        citationMetadata: { citationSources: [{ startIndex: 0, endIndex: 2, uri: 'https://b' }] },
        logprobsResult: {
          chosenCandidates: [{ token: 'Hi', logProbability: -1 }],
          topCandidates: [{ candidates: [{ token: 'Hi', logProbability: '-Infinity' }] }],
        },
      },
    ],
    promptFeedback: { safetyRatings: [] },
    usageMetadata: {
      promptTokenCount: 1,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 1 }],
      serviceTier: 'flex',
    },
    modelVersion: 'm',
    responseId: 'r',
  }
  const paths = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
    typeof value === 'object' && value !== null
      ? [path, ...Object.entries(value).flatMap(([key, part]) => paths(part, [...path, key]))]
      : [path]
  const replaced = (value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown => {
    if (key === undefined) return by
    const part = replaced(Object(value)[key], rest, by)
    return Array.isArray(value) ? value.with(Number(key), part) : { ...Object(value), [key]: part }
  }
  const all = paths(RICH)

  it('is read as far as it makes sense, and says the same streamed and whole', () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(null, '', 'x', 7, -1, true, [], {}, [{}], [null], { a: 1 }),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...all), odd, (path, by) => {
        const answer = replaced(RICH, path, by)
        const streamed = said(answer)
        for (const delta of streamed) {
          if (delta.type !== 'logprobs') continue
          for (const { logprob, token } of delta.tokens)
            expect([typeof logprob, typeof token]).toEqual(['number', 'string'])
        }
        let whole: readonly Delta[]
        try {
          whole = call.answer(answer, NO_HEADERS).deltas
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'upstream_error' })
          return
        }
        // Without a reason a whole answer is one all the same, and a stream is not.
        if (streamed.at(-1)?.type === 'usage') expect(streamed).toEqual(whole)
      }),
      { numRuns: 2000 },
    )
  })
})
