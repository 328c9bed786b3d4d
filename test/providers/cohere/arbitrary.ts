// Random chat requests, as clients of any provider send them, and what only this one knows.
import fc from 'fast-check'
import { MODELS } from '../../../demo/cohere/rules.ts'
import { chatRequests as anyRequests } from '../anthropic/arbitrary.ts'

export const MODEL_NAMES: readonly string[] = MODELS.map(({ name }) => name)

const seldom = fc.nat({ max: 7 }).map((one) => one === 0)

const own = fc.record(
  {
    documents: fc.constantFrom([], ['They swim.'], [{ id: 'a', data: { text: 'Penguins.' } }]),
    citation_options: fc.constantFrom({ mode: 'OFF' }, {}),
    safety_mode: seldom.map((yes) => (yes ? 'STRICT' : undefined)),
    k: fc.integer({ min: 0, max: 500 }),
    priority: fc.integer({ min: 0, max: 999 }),
    frequency_penalty: fc.double({ min: -2, max: 2, noNaN: true }),
    presence_penalty: fc.double({ min: -2, max: 2, noNaN: true }),
    logprobs: fc.constant(true),
    reasoning_content: fc.constant('unknown'),
    thinking: fc.constantFrom({ type: 'disabled' }, { type: 'enabled', token_budget: 100 }, { type: 'adaptive' }),
  },
  { requiredKeys: [] },
)

const FORMATS = ['cohere-thinking-v2', 'cohere-plan-v2']

/** Leaves out parts that no model of the provider takes, so that most requests can be sent. */
export const chatRequests = fc
  .tuple(anyRequests, own, fc.constantFrom(...MODEL_NAMES), fc.constantFrom(...FORMATS), seldom)
  .map(([request, more, model, format, keepAll]): Record<string, unknown> => {
    const messages = request.messages as { content?: unknown; reasoning_details?: object[] | null }[]
    return {
      ...request,
      ...more,
      model,
      messages: messages.map(({ content, reasoning_details: details, ...rest }) => ({
        ...rest,
        content:
          keepAll || !Array.isArray(content)
            ? content
            : content.filter(({ type }: { type: string }) => type === 'text'),
        ...(details && { reasoning_details: details.map((one) => ({ ...one, format })) }),
      })),
    }
  })
