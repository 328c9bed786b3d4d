// Recorded answers of Amazon Bedrock's through the pure core: what OpenAI's client reads of ours is what AWS' client
// reads of theirs, however the bytes are cut. All chat cases of the folder are Converse or ConverseStream; its
// recordings of InvokeModel are embeddings, which are of another kind.
import fc from 'fast-check'
import { it } from 'vitest'
import { eventStream, type Message } from '../wire/event-stream.ts'
import { expectSameReading } from './agreement.ts'
import { type Block, type ClientOutcome, type Read, type Refused, readByAws } from './bedrock-client.ts'
import type { Case } from './cases.ts'
import { Excuses } from './ignored.ts'
import type { Failure, Outcome, Reading } from './reading.ts'
import { replay, type Suite } from './suite.ts'

/** A second, small statement of the mapping, which knows nothing of the first (src/providers/bedrock). */
function expectedOf(outcome: Exclude<ClientOutcome, { readonly unread: string }>, one: Case): Outcome {
  return 'read' in outcome ? { said: readingOf(outcome.read, one) } : { failed: failureOf(outcome.refused) }
}

const FINISH = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
])

function readingOf({ id, blocks, stop, usage }: Read, { model, stream }: Case): Reading {
  const calls = blocks.flatMap(({ call }) => call ?? [])
  const images = blocks.flatMap(({ image }) => image ?? [])
  const other = calls.length + images.length > 0
  const finish = FINISH.get(stop) ?? (calls.length > 0 ? 'tool_calls' : 'stop')
  const text = blocks.map((block) => block.text ?? '').join('')
  return {
    id: `chatcmpl-${id}`,
    model,
    tier: null,
    // A stream begins with empty content before anybody knows that nothing will follow.
    text: text === '' && !stream && (other || finish === 'content_filter') ? null : text,
    refusal: null,
    ...reasoningOf(blocks, model),
    calls,
    images,
    annotations: annotationsOf(blocks),
    finish,
    usage: usageOf(usage),
  }
}

function reasoningOf(blocks: readonly Block[], model: string): Pick<Reading, 'reasoning' | 'details'> {
  const thoughts = blocks.flatMap(({ reasoning }) =>
    reasoning && Object.keys(reasoning).length > 0 ? [reasoning] : [],
  )
  const texts = thoughts.flatMap(({ text }) => text ?? [])
  const format = /claude/.test(model) ? 'anthropic-claude-v1' : 'unknown'
  return {
    reasoning: texts.length > 0 ? texts.join('\n\n') : null,
    details: thoughts.map(({ text, signature, redacted }, index) =>
      redacted === undefined
        ? { type: 'reasoning.text', format, index, text: text ?? '', ...(signature && { signature }) }
        : { type: 'reasoning.encrypted', format, index, data: redacted },
    ),
  }
}

function annotationsOf(blocks: readonly Block[]): object[] {
  let length = 0
  return blocks.flatMap(({ text = '', cited }) => {
    const start_index = length
    length += text.length
    return cited.map((one) => ({ type: 'url_citation', url_citation: { start_index, end_index: length, ...one } }))
  })
}

function usageOf(usage: Read['usage']): Record<string, number> {
  // Clients read the totals without asking whether they are there.
  if (!usage) return { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  const { inputTokens = 0, outputTokens = 0, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage
  const prompt_tokens = inputTokens + cacheReadInputTokens + cacheWriteInputTokens
  return {
    prompt_tokens,
    completion_tokens: outputTokens,
    total_tokens: prompt_tokens + outputTokens,
    'prompt_tokens_details.cached_tokens': cacheReadInputTokens,
    'prompt_tokens_details.cache_write_tokens': cacheWriteInputTokens,
  }
}

type Told = Pick<Failure, 'status' | 'type' | 'code'>

const invalid: Told = { status: 400, type: 'invalid_request_error', code: null }
const ERRORS = new Map<string, Told>([
  ['ValidationException', invalid],
  ['ThrottlingException', { status: 429, type: 'rate_limit_error', code: undefined }],
  ['ModelStreamErrorException', { status: 502, type: 'server_error', code: 'upstream_error' }],
  ['ModelErrorException', { status: 502, type: 'server_error', code: 'upstream_error' }],
  ['InternalServerException', { status: 500, type: 'server_error', code: null }],
  ['ServiceUnavailableException', { status: 503, type: 'server_error', code: 'overloaded' }],
])

function failureOf({ name, status, message, text, begun }: Refused): Failure {
  const byStatus: Told = status < 500 ? { ...invalid, status } : { status: 502, type: 'server_error', code: undefined }
  const told = ERRORS.get(name) ?? byStatus
  return { ...told, status: begun ? undefined : told.status, message, text }
}

/** The ends of the messages, with their kinds. */
function messagesIn(bytes: Uint8Array): { readonly kind: string; readonly behind: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = []
  for (let at = 0; at + 12 <= bytes.length; ) {
    const headers = Buffer.from(bytes.subarray(at + 12, at + 12 + view.getUint32(at + 4))).toString('latin1')
    const [, kind = ''] = /:(?:event|exception)-type...([A-Za-z]+)/s.exec(headers) ?? []
    at += view.getUint32(at)
    found.push({ kind, behind: at })
  }
  return found
}

const bedrock: Suite = {
  async read(one) {
    const theirs = await readByAws(one)
    return 'unread' in theirs ? theirs : expectedOf(theirs, one)
  },
  endOf({ bytes }) {
    const messages = messagesIn(bytes)
    const behind = (pattern: RegExp) => messages.find(({ kind }) => pattern.test(kind))?.behind
    const failed = behind(/Exception$/)
    if (failed !== undefined) return { behind: failed }
    const stop = behind(/^messageStop$/)
    // The counts come behind the end marker, or before it, or not at all.
    return stop === undefined ? undefined : { behind: Math.max(stop, behind(/^metadata$/) ?? stop), from: stop }
  },
}

replay('bedrock', bedrock)

const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const said = fc.string({ unit: 'grapheme', maxLength: 6 })
const base64 = fc.uint8Array({ minLength: 1, maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const web = fc.record({
  title: said,
  location: fc.constant({ web: { url: 'https://example.com/', domain: 'example.com' } }),
})
const page = fc.constant({ title: 'A', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } })

/** The start and the deltas of a block, of any kind. */
const block: fc.Arbitrary<{ readonly start?: object | undefined; readonly deltas: readonly object[] }> = fc.oneof(
  fc.record({
    start: fc.constantFrom(undefined, {}),
    deltas: fc.array(fc.oneof(fc.record({ text: said }), fc.record({ citation: fc.oneof(web, page) })), {
      maxLength: 4,
    }),
  }),
  fc.record({
    deltas: fc
      .tuple(fc.array(said, { minLength: 1, maxLength: 3 }), maybe(base64))
      .map(([texts, signature]) => [
        ...texts.map((text) => ({ reasoningContent: { text } })),
        ...(signature ? [{ reasoningContent: { signature } }] : []),
      ]),
  }),
  fc.record({ deltas: base64.map((redactedContent) => [{ reasoningContent: { redactedContent } }]) }),
  fc.record({
    start: fc.record({
      toolUse: fc.record(
        {
          toolUseId: fc.constantFrom('a', 'b'),
          name: fc.constant('find'),
          type: fc.constantFrom('tool_use', 'server_tool_use'),
        },
        { requiredKeys: ['toolUseId', 'name'] },
      ),
    }),
    deltas: fc.array(fc.record({ toolUse: fc.record({ input: said }) }), { maxLength: 3 }),
  }),
  fc.record({
    start: fc.constant({ image: { format: 'png' } }),
    deltas: fc.array(
      base64.map((bytes) => ({ image: { source: { bytes } } })),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.constant({
    start: { toolResult: { toolUseId: 'a', type: 'nova_code_interpreter_result', status: 'success' } },
    deltas: [{ toolResult: [{ json: { stdOut: '1' } }] }],
  }),
)

const count = fc.nat(1000)
const usage = fc.record(
  {
    inputTokens: count,
    outputTokens: count,
    totalTokens: count,
    cacheReadInputTokens: count,
    cacheWriteInputTokens: count,
  },
  { requiredKeys: ['inputTokens', 'outputTokens', 'totalTokens'] },
)
const stops = [
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
  'novel',
]

const answers = fc
  .record({
    begins: fc.boolean(),
    blocks: fc.array(block, { maxLength: 5 }),
    closes: fc.boolean(),
    stop: fc.constantFrom(...stops),
    counts: fc.record({ usage, metrics: fc.constant({ latencyMs: 3 }) }),
    first: fc.boolean(),
  })
  .map(({ begins, blocks, closes, stop, counts, first }): Message[] => {
    const end = [{ event: 'messageStop', data: { stopReason: stop } }]
    const metadata = { event: 'metadata', data: counts }
    return [
      ...(begins ? [{ event: 'messageStart', data: { role: 'assistant' } }] : []),
      ...blocks.flatMap(({ start, deltas }, contentBlockIndex) => [
        ...(start ? [{ event: 'contentBlockStart', data: { contentBlockIndex, start } }] : []),
        ...deltas.map((delta) => ({ event: 'contentBlockDelta', data: { contentBlockIndex, delta } })),
        ...(closes ? [{ event: 'contentBlockStop', data: { contentBlockIndex } }] : []),
      ]),
      ...(first ? [metadata, ...end] : [...end, metadata]),
    ]
  })

const json = fc.oneof(said, fc.integer(), fc.boolean(), fc.constant(null), fc.array(said, { maxLength: 2 }))

/** A block of a whole answer, of any kind. */
const wholeBlock: fc.Arbitrary<object> = fc.oneof(
  fc.record({ text: said }),
  fc.record({
    toolUse: fc.record({
      toolUseId: fc.constant('a'),
      name: fc.constant('find'),
      input: fc.dictionary(said, json),
    }),
  }),
  base64.map((bytes) => ({ image: { format: 'webp', source: { bytes } } })),
  fc.constant({ toolUse: { toolUseId: 'a', name: 'code', type: 'server_tool_use', input: { a: 1 } } }),
  fc.record({
    reasoningContent: fc.record({
      reasoningText: fc.record({ text: said, signature: base64 }, { requiredKeys: ['text'] }),
    }),
  }),
  fc.record({ reasoningContent: fc.record({ redactedContent: base64 }) }),
  fc.record({
    citationsContent: fc.record({
      content: fc.array(fc.record({ text: said })),
      citations: fc.array(fc.oneof(web, page)),
    }),
  }),
)

const wholes = fc.record({
  content: fc.array(wholeBlock, { maxLength: 5 }),
  stopReason: fc.constantFrom(...stops),
  usage,
})

function caseOf(stream: boolean, contentType: string, bytes: Uint8Array): Case {
  const headers = new Headers({ 'content-type': contentType, 'x-amzn-requestid': 'r1' })
  const known = { name: 'any', provider: 'bedrock', model: 'anthropic.claude-any', path: '', status: 200 }
  return { ...known, stream, contentType, headers, bytes }
}

it('whole answers of any shape are read alike', async () => {
  await fc.assert(
    fc.asyncProperty(wholes, async ({ content, ...rest }) => {
      const body = { output: { message: { role: 'assistant', content } }, metrics: { latencyMs: 3 }, ...rest }
      const one = caseOf(false, 'application/json', Buffer.from(JSON.stringify(body)))
      await expectSameReading(one, bedrock, new Excuses())
    }),
    { numRuns: 300 },
  )
}, 60_000)

it('answers of any shape are read alike', async () => {
  await fc.assert(
    fc.asyncProperty(answers, maybe(fc.nat()), async (messages, failsAt) => {
      const exception = { exception: 'modelStreamErrorException', data: { message: 'No.' } }
      const sent = failsAt === undefined ? messages : [...messages.slice(0, failsAt % messages.length), exception]
      const one = caseOf(true, 'application/vnd.amazon.eventstream', eventStream(sent))
      await expectSameReading(one, bedrock, new Excuses())
    }),
    { numRuns: 300 },
  )
}, 60_000)
