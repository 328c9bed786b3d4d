// What Anthropic is to the gateway: headers, models, families, and names.
import { describe, expect, it } from 'vitest'
import { findModel } from '../../../demo/anthropic/models.ts'
import { Names } from '../../../src/hub/names.ts'
import { anthropic } from '../../../src/providers/anthropic/index.ts'
import { familyName, familyOf } from '../../../src/providers/anthropic/models.ts'
import { ACCOUNT, SENT } from '../../account.ts'
import { MODEL_NAMES } from './arbitrary.ts'

describe('headers', () => {
  const headers = (credential: string | object, client: Record<string, string> = {}) =>
    anthropic.headers({ name: 'main', credential }, new Headers(client), SENT)

  it('carry a key as a key, and a token as a token', () => {
    expect(headers('sk-ant-api03-x')).toEqual({ 'x-api-key': 'sk-ant-api03-x', 'anthropic-version': '2023-06-01' })
    expect(headers('sk-ant-oat01-x')).toEqual({
      authorization: 'Bearer sk-ant-oat01-x',
      'anthropic-version': '2023-06-01',
    })
  })

  it("pass the client's betas, and nothing else of the client's", () => {
    const client = {
      'anthropic-beta': 'a-1,b-2',
      'anthropic-version': '2026-10-21',
      'openai-organization': 'x',
      'idempotency-key': 'y',
    }
    expect(headers('k', client)).toEqual({
      'x-api-key': 'k',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'a-1,b-2',
    })
  })
})

describe('models', () => {
  const model = (id: string, created_at: unknown = '2026-09-22T00:00:00Z') => ({
    type: 'model',
    id,
    created_at,
    display_name: id,
  })

  it('come page by page', () => {
    expect(anthropic.models.path(undefined, ACCOUNT)).toBe('/v1/models?limit=1000')
    expect(anthropic.models.path('a/b', ACCOUNT)).toBe('/v1/models?limit=1000&after_id=a%2Fb')
    expect(anthropic.models.read({ data: [model('a')], has_more: true, last_id: 'a' })).toEqual({
      models: [{ id: 'a', created: 1_790_035_200, owned_by: 'anthropic', display_name: 'a' }],
      next: 'a',
    })
    expect(anthropic.models.read({ data: [model('a')], has_more: false, last_id: 'a' }).next).toBeUndefined()
  })

  it.each([[null], [7], [{}], [{ data: 'x', has_more: true }], [{ data: [null, 7, { id: 7 }] }]])(
    'are none in %j',
    (body) => {
      expect(anthropic.models.read(body)).toEqual({ models: [], next: undefined })
    },
  )

  it('without a date are of no time', () => {
    for (const date of [undefined, null, 'soon'])
      expect(anthropic.models.read({ data: [model('a', date)] }).models[0]?.created).toBe(
        date === undefined ? 1_790_035_200 : 0,
      )
  })
})

describe('a family', () => {
  it.each([
    ['claude-sonnet-4-5', 'sonnet-4-5'],
    ['claude-sonnet-4-5-20250929', 'sonnet-4-5'],
    ['claude-sonnet-4.5', 'sonnet-4-5'],
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'sonnet-4-5'],
    ['eu.anthropic.claude-opus-4-1-20250805-v1:0', 'opus-4-1'],
    ['claude-haiku-4-5@20251001', 'haiku-4-5'],
    ['anthropic/claude-opus-4.8', 'opus-4-8'],
    ['databricks-claude-opus-4-6', 'opus-4-6'],
    ['claude-4-sonnet', 'sonnet-4'],
    ['claude-4.5-haiku', 'haiku-4-5'],
    ['claude-opus-4-20250514', 'opus-4'],
    ['claude-opus-4-0', 'opus-4'],
    ['claude-3-5-sonnet-20241022', 'sonnet-3-5'],
    ['claude-3-5-sonnet-latest', 'sonnet-3-5'],
    ['claude-3-haiku-20240307', 'haiku-3'],
    ['CLAUDE-OPUS-5-5', 'opus-5-5'],
    ['claude-mythos-5-1', 'mythos-5-1'],
    ['claude-opus-7', 'opus-7'],
    ['claude-2.1', undefined],
    ['gpt-5', undefined],
  ])('is read from %s', (name, family) => {
    expect(familyName(name)).toBe(family)
  })

  it('shares limits', () => {
    expect(anthropic.family('claude-sonnet-4-5-20250929')).toBe('sonnet-4-5')
    expect(anthropic.family('my-model-20260101')).toBe('my-model')
  })

  it('that nobody has heard of is asked with care', () => {
    for (const name of ['claude-opus-7', 'claude-next', 'somebody-else']) {
      expect(familyOf(name)).toMatchObject({
        maxOutput: undefined,
        defaultOutput: 4096,
        thinking: 'adaptive',
        prefills: false,
      })
    }
    expect(familyOf('claude-2.1')).toMatchObject({ maxOutput: 4096, thinking: 'none' })
    expect(familyOf('claude-instant-1.2')).toMatchObject({ maxOutput: 4096 })
  })

  it.each(MODEL_NAMES)('says of %s what the demo says', (name) => {
    const model = findModel(name)
    const family = familyOf(name)
    expect({
      maxTokens: family.maxOutput,
      sampling: family.sampling !== 'none',
      effort: family.efforts,
      forcedTool: family.forces,
      prefill: family.prefills,
      structured: family.structured,
      systemRole: family.systemTurns,
      bound: family.bound,
      thinksByDefault: family.thinksUnasked,
    }).toEqual({
      ...{
        maxTokens: model?.maxTokens,
        sampling: model?.sampling,
        forcedTool: model?.forcedTool,
        prefill: model?.prefill,
      },
      ...{
        structured: model?.structured,
        systemRole: model?.systemRole,
        bound: model?.bound,
        thinksByDefault: model?.thinksByDefault,
      },
      // The first model with effort needs a beta for it, and has budgets.
      effort: name === 'claude-opus-4-5' ? [] : model?.effort,
    })
  })
})

describe('names', () => {
  it('come back as they went out', () => {
    const names = new Names(['taken'], ['a_b'])
    for (const name of ['a.b', 'a_b', 'taken', 'é', '', 'x'.repeat(70), 'x'.repeat(71)]) {
      expect(names.out(name)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
      expect(names.back(names.out(name))).toBe(name)
    }
    expect(names.out('a_b')).toBe('a_b')
    expect(names.out('taken')).toBe('taken_2')
    expect(names.back('unknown')).toBe('unknown')
    expect(names.fresh('a_b')).not.toBe('a_b')
  })
})
