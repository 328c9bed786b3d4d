// table: each row of every provider does what its kind says; each loss that is told is one that the table lists, stands
// in the header, and is refused in strict mode.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/hub/error.ts'
import { KINDS, Ledger, type Loss, lossHeader } from '../../src/hub/loss.ts'
import type { Conversant } from '../../src/hub/provider.ts'
import { type ChatRequest, chatRequestOf } from '../../src/hub/request.ts'
import { ACCOUNT } from '../account.ts'
import { conversants } from '../conversants.ts'
import { parseList } from '../hub/structured.ts'
import { body, values } from './requests.ts'

const UNKNOWN = 'No such field upstream.'
/** Models of families that differ, where a provider has such. */
const MODELS = [
  'some-model',
  'claude-sonnet-4-5',
  'claude-opus-5-5',
  'claude-3-5-haiku',
  'claude-opus-4-6',
  'claude-3-7-sonnet',
  'gemini-3-pro-preview',
  'gemini-2.5-pro',
  'gemini-2.0-flash',
  'gemma-3-27b-it',
  'command-a-reasoning-08-2025',
  'command-r-plus',
  'meta/llama-4-maverick',
  'mistral-medium-3',
  'us.amazon.nova-2-lite-v1:0',
  'amazon.nova-lite-v1:0',
  'amazon.titan-text-express-v1',
  'openai.gpt-oss-120b-1:0',
  'mistral.mistral-7b-instruct-v0:2',
  'mistral.mistral-large-2407-v1:0',
  'anthropic.claude-opus-4-8',
  'deepseek-chat',
  'deepseek-v4-pro',
  'kimi-k2.5',
  'kimi-k2-0905',
  'qwen3-32b',
  'grok-4',
  'grok-3-mini',
  'qwen-plus',
  'glm-4.7',
  'glm-5.2',
]

interface Written {
  readonly body: unknown
  readonly losses: readonly Loss[]
}

/** What a provider makes of a request: its own body. */
function written({ chat }: Conversant, request: ChatRequest, model: string, strict = false): Written {
  const ledger = new Ledger(strict)
  return { body: JSON.parse(chat.encode(request, model, ledger, ACCOUNT).body), losses: ledger.losses }
}

/** Like `written`, with what it throws. */
function outcome(provider: Conversant, request: ChatRequest, model: string, strict = false): Written | GatewayError {
  try {
    return written(provider, request, model, strict)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
}

const read = (fields: object) =>
  chatRequestOf({ model: 'm', messages: [{ role: 'user', content: 'Hello.' }], ...fields })
const root = (path: string) => /^[^.[]*/.exec(path)?.[0] ?? ''
const fieldNames = Object.keys(values) as (keyof typeof values)[]

describe.each(conversants)('the table of $name', (provider) => {
  const { fields, extensions } = provider.chat.table
  const rows = Object.entries({ ...extensions, ...fields })
  const listed = (path: string) => {
    const row = new Map(rows).get(root(path))
    return [...(row?.may ?? []), { kind: 'dropped', reason: UNKNOWN }]
  }
  const expectListed = (losses: readonly Loss[]) => {
    for (const { path, kind, reason } of losses)
      expect(listed(path)).toContainEqual(expect.objectContaining({ kind, reason }))
  }

  it.each(rows)('says of %s what becomes of it, and why', (_name, { kind, reason, may }) => {
    expect(KINDS).toContain(kind)
    expect(Boolean(reason)).toBe(kind !== 'full' && kind !== 'renamed')
    for (const note of may) expect(note.reason).toMatch(/^\S.*\.$/s)
    if (kind === 'dropped' || kind === 'emulated' || kind === 'rejected')
      expect(may).toContainEqual(expect.objectContaining({ kind, reason }))
  })

  it.each(fieldNames)('does to %s what its kind says', (name) => {
    const { kind, reason } = fields[name]
    fc.assert(
      fc.property(values[name] as fc.Arbitrary<unknown>, fc.constantFrom(...MODELS), (value, model) => {
        const bare = written(provider, read({}), model)
        const got = outcome(provider, read({ [name]: value }), model)
        if (got instanceof GatewayError) {
          expect(got).toMatchObject({ status: 400, details: { param: expect.stringMatching(`^${name}`) } })
          const codes = fields[name].may.filter((note) => note.kind === 'rejected')
          expect(codes).toContainEqual(expect.objectContaining({ reason: got.message }))
          return
        }
        expectListed(got.losses)
        expect(got.losses.every(({ path }) => root(path) === name)).toBe(true)
        if (kind === 'dropped' || kind === 'inert') expect(got.body).toEqual(bare.body)
        if (kind === 'dropped' || kind === 'emulated')
          expect(got.losses).toContainEqual(expect.objectContaining({ path: name, kind, reason }))
        if (kind === 'inert') expect(got.losses).toEqual([])
        expect(kind).not.toBe('rejected')
      }),
      { numRuns: 20 },
    )
  })

  it('lists every loss of any request, which is in the header and refused in strict mode', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(...MODELS), (given, model) => {
        const request = chatRequestOf(given)
        const got = outcome(provider, request, model)
        if (got instanceof GatewayError) {
          expect(got.status).toBe(400)
          expect(got.details.param).toBeTruthy()
          return
        }
        expectListed(got.losses)
        const header = lossHeader(got.losses)
        const members = header === undefined ? [] : parseList(header)
        members.forEach(({ value, params }, i) => {
          if (params.kind === 'more') expect(Number(params.count)).toBe(got.losses.length - i)
          else expect([value, params.kind]).toEqual([got.losses[i]?.path, got.losses[i]?.kind])
        })
        expect(members.length).toBeGreaterThanOrEqual(Math.min(1, got.losses.length))

        const strict = outcome(provider, request, model, true)
        const [first] = got.losses
        if (!first) expect(strict).toEqual(got)
        else {
          const code = first.kind === 'clamped' ? 'unsupported_value' : 'unsupported_parameter'
          expect(strict).toMatchObject({ status: 400, code, details: { param: first.path } })
        }
      }),
      { numRuns: 600 },
    )
  })

  it('makes the same of the same request, and leaves it as it was', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(...MODELS), (given, model) => {
        const request = chatRequestOf(given)
        const before = structuredClone(request)
        const once = outcome(provider, request, model)
        expect(request).toEqual(before)
        expect(outcome(provider, request, model)).toEqual(once)
      }),
    )
  })
})
