// tasks: each row of every provider's tables for embeddings, ranking and moderation does what its kind says; each loss that
// is told stands in the table, and the first one is refused in strict mode; who has nothing of the kind says so.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { form as embeddings } from '../../src/endpoints/embeddings.ts'
import { form as moderations } from '../../src/endpoints/moderations.ts'
import { form as rerank } from '../../src/endpoints/rerank.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { KINDS, Ledger, type Loss } from '../../src/hub/loss.ts'
import type { Provider } from '../../src/hub/provider.ts'
import type { PartTold, TranslatedTask } from '../../src/hub/task.ts'
import { providers } from '../../src/providers/index.ts'
import { ACCOUNT } from '../account.ts'

type AnyTask = TranslatedTask<Record<string, unknown>, PartTold>

const text = fc.string({ minLength: 1, maxLength: 12 }).map((one) => `${one.replaceAll('\0', '')}a`)
const option = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const KINDS_OF = {
  embeddings: {
    form: embeddings,
    models: [
      ...['some-model', 'text-embedding-005', 'gemini-embedding-001', 'gemini-embedding-2', 'embed-v4.0'],
      ...['embed-english-v3.0', 'amazon.titan-embed-text-v2:0', 'amazon.titan-embed-text-v1', 'cohere.embed-v4:0'],
      ...[
        'amazon.nova-2-multimodal-embeddings-v1:0',
        'amazon.titan-embed-image-v1',
        'mistral-embed',
        'codestral-embed',
      ],
      ...['voyage-3-large', 'voyage-3-lite', 'nomic-embed-text-v1.5', 'intfloat/multilingual-e5-large'],
    ],
    fields: fc.record({
      input: fc.oneof(
        text,
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.constant([1, 2]),
        fc.constant([[1], [2]]),
      ),
      dimensions: option(fc.constantFrom(64, 256, 300, 1024, 1536, 5000)),
      encoding_format: option(fc.constantFrom('float', 'base64')),
      user: option(text),
      input_type: option(fc.constantFrom('search_query', 'document', 'clustering', 'other')),
      task_type: option(fc.constantFrom('CLUSTERING')),
      truncate: option(fc.constantFrom('END')),
      other: option(fc.jsonValue({ maxDepth: 1 })),
    }),
  },
  rerank: {
    form: rerank,
    models: ['some-model', 'rerank-v3.5', 'cohere.rerank-v3-5:0', 'amazon.rerank-v1:0', 'semantic-ranker-default-004'],
    fields: fc.record({
      query: text,
      documents: fc.array(fc.oneof(text, fc.record({ text, title: option(text) }), fc.record({ title: text })), {
        minLength: 1,
        maxLength: 4,
      }),
      top_n: option(fc.integer({ min: 1, max: 9 })),
      return_documents: option(fc.boolean()),
      max_tokens_per_doc: option(fc.constantFrom(10)),
      priority: option(fc.constantFrom(1)),
      other: option(fc.jsonValue({ maxDepth: 1 })),
    }),
  },
  moderations: {
    form: moderations,
    models: ['some-model', undefined],
    fields: fc.record({
      input: fc.oneof(
        text,
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.constant([{ type: 'text', text: 'a' }]),
        fc.constant([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }]),
        fc.constant([{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]),
      ),
      other: option(fc.jsonValue({ maxDepth: 1 })),
    }),
  },
} as const

/** Where an answer's categories are told of as if they were fields, the request's input is what they are about. */
const root = (path: string) => (/^[^.[]*/.exec(path)?.[0] ?? '').replace(/^categor.*/, 'input')

describe.each(Object.entries(KINDS_OF))('%s', (name, { form, models, fields }) => {
  const all = [...providers.values()]
  const doing = all.flatMap((provider) => {
    const task = form.of(provider)
    return task && 'encode' in task ? [{ provider, name: provider.name, task: task as unknown as AnyTask }] : []
  })

  it('is done by some', () => expect(doing.length).toBeGreaterThan(2))

  describe.each(doing)('of $name', ({ task, provider }: { task: AnyTask; provider: Provider }) => {
    const rows = Object.entries({ ...task.table.extensions, ...task.table.fields })
    const listed = (path: string) => [
      ...(new Map(rows).get(root(path))?.may ?? []),
      { kind: 'dropped', reason: 'No such field upstream.' },
    ]
    const account = { ...ACCOUNT, name: provider.name, project: 'p', location: 'global', region: 'us-east-1' }

    /** What becomes of a request, sent or refused. */
    function outcome(given: object, model: string | undefined, strict: boolean) {
      const request = form.read(JSON.parse(JSON.stringify({ ...given, ...(model && { model }) })))
      const ledger = new Ledger(strict)
      try {
        const calls = task.encode(request as never, model ?? form.model ?? '', ledger, account)
        return { bodies: calls.map(({ path, body }) => [path, JSON.parse(body)]), losses: ledger.losses as Loss[] }
      } catch (thrown) {
        if (thrown instanceof GatewayError) return thrown
        throw thrown
      }
    }

    it.each(rows)('says of %s what becomes of it, and why', (_row, { kind, reason, may }) => {
      expect(KINDS).toContain(kind)
      expect(Boolean(reason)).toBe(kind !== 'full' && kind !== 'renamed')
      for (const note of may) expect(note.reason).toMatch(/^\S.*\.$/s)
    })

    it('lists every loss, which is refused in strict mode, and makes the same of the same', () => {
      fc.assert(
        fc.property(fields as fc.Arbitrary<object>, fc.constantFrom(...models), (given, model) => {
          const got = outcome(given, model, false)
          expect(outcome(given, model, false)).toEqual(got)
          if (got instanceof GatewayError) {
            expect([400, 404]).toContain(got.status)
            expect(got.details.param).toBeTruthy()
            return
          }
          expect(got.bodies.length).toBeGreaterThan(0)
          for (const { path, kind, reason } of got.losses)
            expect(listed(path)).toContainEqual(expect.objectContaining({ kind, reason }))
          const strict = outcome(given, model, true)
          const [first] = got.losses
          if (!first) expect(strict).toEqual(got)
          else expect(strict).toMatchObject({ status: 400, details: { param: first.path } })
        }),
        { numRuns: 150 },
      )
    })

    it('leaves out in silence nothing that it has no row for', () => {
      const bare = { input: 'a', query: 'q', documents: ['a'] }
      const needed = Object.fromEntries(Object.entries(bare).filter(([key]) => key in task.table.fields))
      const got = models.map((model) => outcome({ ...needed, nobody_knows_this: 1 }, model, false))
      for (const one of got) {
        if (one instanceof GatewayError) expect(one.details.param).toBe('model')
        else {
          const sent = JSON.stringify(one.bodies).includes('nobody_knows_this')
          const told = one.losses.some(({ path }) => path === 'nobody_knows_this')
          expect(sent !== told).toBe(true)
        }
      }
    })
  })

  it(`${name}: every provider does it, relays it, or has none`, () => {
    const without = all.filter((provider) => !form.of(provider)).map((provider) => provider.name)
    expect(without).toContain('anthropic')
  })
})
