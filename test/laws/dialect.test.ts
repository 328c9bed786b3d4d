// dialect: what a dialect's request loses, at whatever provider, is told by the client's own names, listed in one of the
// two tables that it passes, and refused in strict mode; and what a dialect cannot say fails as its own refusal.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messagesRequest } from '../../schemas/messages.ts'
import { messages } from '../../src/dialects/index.ts'
import { fields as table } from '../../src/dialects/messages/fields.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger, type Loss } from '../../src/hub/loss.ts'
import type { Conversant } from '../../src/hub/provider.ts'
import { ACCOUNT } from '../account.ts'
import { conversants } from '../conversants.ts'
import { request } from './messages-requests.ts'

const MODELS = [
  'some-model',
  'claude-sonnet-4-5',
  'claude-opus-5-5',
  'gemini-3-pro-preview',
  'command-a-reasoning-08-2025',
]

/** What a request loses on its way to a provider, or how it is refused. */
function lost(provider: Conversant, body: object, model: string, strict = false): readonly Loss[] | GatewayError {
  try {
    const read = messages.read({ ...body, model })
    const translated = read.origin?.translate?.(provider.chat) ?? expect.unreachable()
    const ledger = new Ledger(strict, translated.origin?.pathOf)
    for (const loss of translated.origin?.losses ?? []) ledger.tell(loss)
    provider.chat.encode(translated, model, ledger, ACCOUNT)
    return ledger.losses
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
}

const root = (path: string) => /^\w*/.exec(path)?.[0] ?? ''
const NAMES = new Set([...Object.keys(messagesRequest.def.shape), 'future'])
const UNKNOWN = 'No such field upstream.'

it('the table has a row for each field', () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(messagesRequest.def.shape).sort())
})

describe.each(conversants)('Messages at $name', (provider) => {
  const { fields, extensions, adopted } = provider.chat.table
  const notes = [
    ...Object.values({ ...fields, ...extensions }),
    ...Object.values(adopted ?? {}),
    ...Object.values(table),
  ]
  const reasons = new Set(notes.flatMap(({ reason, may }) => [reason, ...may.map((note) => note.reason)]))

  it('tells each loss by the client’s names, and only such as are listed', () => {
    fc.assert(
      fc.property(request, fc.constantFrom(...MODELS), (body, model) => {
        const losses = lost(provider, body, model)
        if (losses instanceof GatewayError) {
          expect(losses.status).toBe(400)
          return
        }
        for (const { path, reason } of losses) {
          expect(NAMES).toContain(root(path))
          if (reason !== UNKNOWN) expect(reasons).toContain(reason)
          // The hub's own words are nowhere in it.
          expect(path).not.toMatch(/function|image_url|file_data|tool_calls|reasoning_effort|max_completion/)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('refuses the first of them in strict mode', () => {
    fc.assert(
      fc.property(request, (body) => {
        const losses = lost(provider, body, 'some-model')
        const strictly = lost(provider, body, 'some-model', true)
        if (losses instanceof GatewayError || losses.length > 0) expect(strictly).toBeInstanceOf(GatewayError)
        else expect(strictly).toEqual([])
      }),
      { numRuns: 30 },
    )
  })
})
