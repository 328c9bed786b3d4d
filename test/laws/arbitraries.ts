// Answers of every shape: as replies of the hub, as the deltas that make one, and as a provider's own.
import fc from 'fast-check'
import type { Delta, FinishReason } from '../../src/hub/delta.ts'
import type { Loss, LossKind } from '../../src/hub/loss.ts'
import type { Block, Choice, Reply } from '../../src/hub/reply.ts'
import { replay } from '../../src/hub/reply.ts'
import type { Usage } from '../../src/hub/usage.ts'

/** Text as models write it: any characters, line ends and quotes, short and long. */
export const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.constantFrom('Hello.', '\n\ndata: [DONE]\n\n', '{"a":"\\u00fc"}', '\r', '🦉🦉', '\u2028', ' '),
)
const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-'), minLength: 1, maxLength: 10 })
const count = fc.nat({ max: 100_000 })

const usage: fc.Arbitrary<Usage> = fc
  .record({ prompt: count, completion: count, cached: fc.option(count), reasoning: fc.option(count) })
  .map(({ prompt, completion, cached, reasoning }) => ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached !== null && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== null && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }))

const loss: fc.Arbitrary<Loss> = fc.record({
  path: text,
  kind: fc.constantFrom<LossKind>('clamped', 'emulated', 'dropped'),
  reason: text,
})

type Draft =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'reasoning'
      readonly text: string
      readonly summary?: true
      readonly id?: string
      readonly signature?: string
      readonly data?: string
    }
  | {
      readonly type: 'tool'
      readonly id: string
      readonly name: string
      readonly custom: boolean
      readonly arguments: string
    }

const draft: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record(
    { type: fc.constant('reasoning' as const), text: fc.oneof(text, fc.constant('')), signature: word },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), data: word }),
  fc.record(
    { type: fc.constant('reasoning' as const), text: word, summary: fc.constant(true as const), id: word },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record({
    type: fc.constant('tool' as const),
    id: word,
    name: word,
    custom: fc.boolean(),
    arguments: fc.oneof(
      text,
      fc.constant(''),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    ),
  }),
)

/** Blocks in the one form that a fold makes of them: counted by kind, no two texts side by side. */
function blocksOf(drafts: readonly Draft[]): Block[] {
  const counts = { reasoning: 0, tool: 0 }
  const blocks: Block[] = []
  for (const one of drafts) {
    const last = blocks.at(-1)
    if (one.type === 'tool') blocks.push({ ...one, index: counts.tool++ })
    else if (one.type === 'reasoning') blocks.push({ ...one, index: counts.reasoning++, format: 'some-v1' })
    else if (last?.type === 'text') last.text += one.text
    else blocks.push({ ...one })
  }
  return blocks
}

const citation = fc.record({ url: fc.webUrl(), title: text, start: count, end: count })

const token = { token: text, logprob: fc.double({ max: 0, noNaN: true }), bytes: fc.constant(null) }
const logprob = fc.record({ ...token, top_logprobs: fc.array(fc.record(token), { maxLength: 2 }) })

const choice: fc.Arbitrary<Omit<Choice, 'index'>> = fc.record({
  blocks: fc.array(draft, { maxLength: 5 }).map(blocksOf),
  refusal: fc.oneof(fc.constant(''), text),
  citations: fc.array(citation, { maxLength: 2 }),
  logprobs: fc.array(logprob, { maxLength: 2 }),
  images: fc.array(fc.webUrl(), { maxLength: 2 }),
  extra: fc.option(fc.dictionary(word, word, { maxKeys: 2 }), { nil: undefined }),
  finish: fc.constantFrom<FinishReason>('stop', 'length', 'tool_calls', 'content_filter'),
})

export const reply: fc.Arbitrary<Reply> = fc.record({
  id: word,
  model: word,
  tier: fc.option(fc.constantFrom('default', 'priority'), { nil: undefined }),
  fingerprint: fc.option(word, { nil: undefined }),
  choices: fc
    .array(choice, { minLength: 1, maxLength: 3 })
    .map((choices) => choices.map((one, index) => ({ ...one, index }))),
  usage: fc.option(usage, { nil: undefined }),
  losses: fc.array(loss, { maxLength: 2 }),
})

/** A text in pieces, cut anywhere, also within a character: JSON can say half of one. */
export function pieces(whole: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % whole.length))].filter((cut) => cut > 0).sort((a, b) => a - b)
  return [0, ...at].map((from, i) => whole.slice(from, at[i]))
}

/** The same answer as many deltas say it: texts in pieces, choices mixed. */
export function scattered(whole: Reply): fc.Arbitrary<Delta[]> {
  const queues = new Map<number, Delta[]>()
  const rest: Delta[] = []
  for (const delta of replay(whole)) {
    if (!('choice' in delta) || delta.choice === undefined) rest.push(delta)
    else queues.set(delta.choice, [...(queues.get(delta.choice) ?? []), delta])
  }
  return fc
    .record({ cuts: fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), order: fc.infiniteStream(fc.nat()) })
    .map(({ cuts, order }) => {
      const open = [...queues.values()].map((queue) => queue.flatMap((delta) => inPieces(delta, cuts)))
      const out: Delta[] = []
      while (open.length > 0) {
        const i = (order.next().value ?? 0) % open.length
        const next = open[i]?.shift()
        if (next) out.push(next)
        else open.splice(i, 1)
      }
      return [...out.slice(0, 1), ...rest, ...out.slice(1)]
    })
}

function inPieces(delta: Delta, cuts: readonly number[]): Delta[] {
  switch (delta.type) {
    case 'text':
    case 'reasoning':
    case 'arguments':
    case 'refusal':
      return delta.text === '' ? [delta] : pieces(delta.text, cuts).map((part) => ({ ...delta, text: part }))
    case 'signature':
      return pieces(delta.signature, cuts).map((signature) => ({ ...delta, signature }))
    case 'encrypted':
      return pieces(delta.data, cuts).map((data) => ({ ...delta, data }))
    default:
      return [delta]
  }
}
