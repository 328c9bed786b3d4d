// What clients make of the events is the unstreamed answer: our own fold, which checks every event, and the official one.
// Kept, it is told again as it was.
import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { responses } from '../../../src/dialects/index.ts'
import { replayed } from '../../../src/dialects/responses/replay.ts'
import { responseObject } from '../../../src/dialects/responses/reply.ts'
import { ResponsesRenderer, view } from '../../../src/dialects/responses/stream.ts'
import type { Delta } from '../../../src/hub/delta.ts'
import type { AnswerContext, Kept } from '../../../src/hub/dialect.ts'
import { collect } from '../../../src/hub/reply.ts'
import { eventsIn } from '../../harness/open-responses.ts'
import { reply, scattered } from '../../laws/arbitraries.ts'
import { foldedResponse } from '../../laws/folded-response.ts'

const contextOf = (body: object = {}): AnswerContext => ({
  request: responses.read({ model: 'm', input: 'x', ...body }),
  id: '0123456789abcdef0123456789abcdef',
  created: 1_790_000_000,
  report: undefined,
})

function said(deltas: readonly Delta[], context: AnswerContext): string {
  const renderer = new ResponsesRenderer(context)
  return deltas.map((delta) => renderer.render([delta])).join('') + renderer.end()
}

/** One answer of a service that says nothing of likelihood, which whole answers and streams tell at different times. */
const one = reply.map((made) => ({
  ...made,
  losses: [],
  choices: made.choices.slice(0, 1).map((choice) => ({ ...choice, logprobs: [] })),
}))
const cases = one.chain((whole) => scattered(whole).map((deltas) => ({ whole, deltas })))
const body = fc.constantFrom({}, { reasoning: { summary: 'auto' } }, { include: ['reasoning.encrypted_content'] })

describe('a stream', () => {
  it('folds into the answer that is not streamed', async () => {
    await fc.assert(
      fc.asyncProperty(cases, body, async ({ whole, deltas }, asked) => {
        const context = contextOf(asked)
        expect(foldedResponse(said(deltas, context))).toEqual(await responseObject(whole, context))
      }),
      { numRuns: 300 },
    )
  })

  it('folds so in the official client', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ whole, deltas }) => {
        const context = contextOf()
        const expected = await responseObject(whole, context)
        const headers = { 'content-type': 'text/event-stream' }
        const client = new OpenAI({
          apiKey: 'none',
          maxRetries: 0,
          fetch: async () => new Response(said(deltas, context), { headers }),
        })
        const folded = await client.responses.stream({ model: 'm', input: 'x' }).finalResponse()
        expect(folded.id).toBe(expected.id)
        expect(folded.status).toBe(expected.status)
        expect(folded.output.map(({ type }) => type)).toEqual(
          (expected.output as { type: string }[]).map(({ type }) => type),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('is told again as it was, from any event on', async () => {
    const alone = one.map((whole) => ({
      ...whole,
      choices: whole.choices.map((choice) => ({
        ...choice,
        citations: [],
        blocks: choice.blocks.filter(({ type }) => type !== 'tool'),
      })),
    }))
    const made = alone.chain((whole) => scattered(whole).map((deltas) => ({ deltas })))
    await fc.assert(
      fc.asyncProperty(made, fc.nat({ max: 30 }), async ({ deltas }, after) => {
        let kept: Kept | undefined
        const keep = async (answer: Kept) => {
          kept = answer
          return true
        }
        const renderer = new ResponsesRenderer({ ...contextOf(), keep })
        const first = deltas.map((delta) => renderer.render([delta])).join('') + renderer.end()
        const told = first + (await renderer.last())
        const { response, cuts } = kept ?? expect.unreachable()
        const output = (response.output as never[]).map((item) => view(item, false))
        const seen = { ...response, output }
        expect(replayed(seen, cuts, -1)).toBe(told)
        const rest = eventsIn(told).slice(after + 1)
        expect(eventsIn(replayed(seen, cuts, after), after + 1)).toEqual(rest)
      }),
      { numRuns: 150 },
    )
  })
})

describe('what the provider wants back', () => {
  const thought: Delta[] = [
    { type: 'start', id: 'a', model: 'm' },
    { type: 'reasoning', index: 0, text: 'Hm.', format: 'f' },
    { type: 'signature', index: 0, signature: 's', format: 'f' },
    { type: 'text', text: 'Yes.' },
    { type: 'finish', reason: 'stop' },
  ]
  const keeps = (stored: boolean) => ({ keep: async () => stored })
  const shows = (sse: string) => sse.split('\n\n').filter((event) => event.includes('encrypted_content')).length

  it('is shown where nothing is kept, or where it is asked for', async () => {
    expect(shows(said(thought, contextOf()))).toBe(2)
    const asked = { ...contextOf({ include: ['reasoning.encrypted_content'] }), ...keeps(true) }
    expect(shows(said(thought, asked))).toBe(1)
  })

  it.each([
    [true, 0],
    [false, 1],
  ])('comes along at the last where it could not be kept (kept: %s)', async (stored, count) => {
    const renderer = new ResponsesRenderer({ ...contextOf(), ...keeps(stored) })
    const told = renderer.render(thought) + renderer.end() + (await renderer.last())
    expect(shows(told)).toBe(count)
    expect(told).toContain(`"store":${stored}`)
  })
})

describe('a call of a tool in a namespace', () => {
  it('is named as the client named it', async () => {
    const tools = [{ type: 'namespace', name: 'crm', tools: [{ type: 'function', name: 'find' }] }]
    const context = contextOf({ tools })
    const tool = (index: number, name: string): Delta => ({ type: 'tool', index, id: `c${index}`, name, custom: false })
    const deltas: Delta[] = [
      { type: 'start', id: 'a', model: 'm' },
      ...[tool(0, 'crm__find'), tool(1, 'other')],
      { type: 'finish', reason: 'tool_calls' },
    ]
    // Open Responses has no namespaces, so that its schemas do not fit here.
    const { output } = await responseObject(collect(deltas), context)
    expect(output).toMatchObject([{ name: 'find', namespace: 'crm' }, { name: 'other' }])
    expect(output).not.toHaveProperty('1.namespace')
    expect(said(deltas, context)).toContain('"name":"find","namespace":"crm"')
  })
})
