import { beforeAll, describe, expect, it } from 'vitest'
import type { StoredBinding } from '../../schemas/binding.ts'
import { openBinding } from '../../src/keys/binding.ts'
import type { Ring } from '../../src/keys/ring.ts'
import { allowedAliases, routes } from '../../src/keys/route.ts'
import { fakeEnv, recordWith, ring } from './keyring.ts'

let keys: Ring
beforeAll(async () => {
  keys = await ring(1)
})

const { env } = fakeEnv()
const bind = (more: Partial<StoredBinding>) => openBinding(recordWith(more), keys, env)
const two = { alpha: { provider: 'alpha' }, beta: { provider: 'alpha' } }

async function named(more: Partial<StoredBinding>, model: string): Promise<string[]> {
  return routes(await bind(more), model).map(({ name }) => name)
}

describe('routes', () => {
  it.each<[string, Partial<StoredBinding>, string, string[]]>([
    ['slot/model', { providers: two }, 'beta/large', ['beta/large']],
    ['slot/maker/model', { providers: two }, 'beta/maker/large', ['beta/maker/large']],
    ['slot/model before an alias', { providers: two, models: { 'alpha/x': 'beta/y' } }, 'alpha/x', ['alpha/x']],
    ['an alias', { providers: two, models: { fast: 'beta/small' } }, 'fast', ['beta/small']],
    ['an alias with a slash', { providers: two, models: { 'gpt/4': 'beta/small' } }, 'gpt/4', ['beta/small']],
    [
      'a list, in its order',
      { providers: two, models: { fast: ['beta/b', { model: 'alpha/a', weight: 2 }] } },
      'fast',
      ['beta/b', 'alpha/a'],
    ],
    [
      'an alias to a bare model',
      { providers: two, default_provider: 'beta', models: { fast: 'small' } },
      'fast',
      ['beta/small'],
    ],
    [
      'an alias named by an alias, never twice',
      { providers: two, default_provider: 'beta', models: { a: 'b', b: 'alpha/x' } },
      'a',
      ['beta/b'],
    ],
    ['an alias named like a slot', { providers: two, models: { alpha: 'beta/x' } }, 'alpha', ['beta/x']],
    ['the default slot', { providers: two, default_provider: 'beta' }, 'large', ['beta/large']],
    [
      'the default slot, for a slash that names none',
      { providers: two, default_provider: 'beta' },
      'maker/large',
      ['beta/maker/large'],
    ],
    ['the only slot', {}, 'large', ['alpha/large']],
    ['the only slot, for a slash that names none', {}, 'maker/large', ['alpha/maker/large']],
    ['what every object has, as a model', {}, 'constructor', ['alpha/constructor']],
  ])('finds %s', async (_, more, model, expected) => {
    expect(await named(more, model)).toEqual(expected)
  })

  it('says the slot, the model as the provider names it, and the weight', async () => {
    const binding = await bind({ providers: two, models: { fast: [{ model: 'beta/maker/b', weight: 2 }, 'alpha/a'] } })
    const [first, second] = routes(binding, 'fast')
    expect(first).toEqual({ slot: binding.slots.get('beta'), model: 'maker/b', name: 'beta/maker/b', weight: 2 })
    expect(second).toEqual({ slot: binding.slots.get('alpha'), model: 'a', name: 'alpha/a' })
  })

  it('draws neighbours by their weights, and leaves all else in its place', async () => {
    const heavy = [
      { model: 'alpha/a', weight: 3 },
      { model: 'beta/b', weight: 1 },
    ]
    const binding = await bind({ providers: two, models: { fast: ['alpha/first', ...heavy, 'beta/last'] } })
    const firsts = { 'alpha/a': 0, 'beta/b': 0 }
    for (let i = 0; i < 4000; i++) {
      // Evenly spread, so that what is counted is the share and not chance.
      const draws = [((i * 997) % 4000) + 0.5, ((i * 631) % 4000) + 0.5]
      const order = routes(binding, 'fast', () => (draws.pop() ?? 0) / 4000).map(({ name }) => name)
      expect([order[0], order[3]]).toEqual(['alpha/first', 'beta/last'])
      expect(new Set(order).size).toBe(4)
      firsts[order[1] as keyof typeof firsts]++
    }
    expect(firsts['alpha/a'] / firsts['beta/b']).toBeCloseTo(3, 0)
  })

  it.each<[string, Partial<StoredBinding>, string]>([
    ['a bare model under two slots', { providers: two }, 'large'],
    ['a slot nobody has', { providers: two }, 'gamma/large'],
    ['no name', {}, ''],
    ['a name outside allowed_models', { allowed_models: ['other'] }, 'large'],
    ['any name when none is allowed', { allowed_models: [] }, 'large'],
  ])('404 for %s', async (_, more, model) => {
    const binding = await bind(more)
    expect(() => routes(binding, model)).toThrow(
      expect.objectContaining({ name: 'GatewayError', code: 'model_not_found', status: 404 }),
    )
  })

  it('names the choices, and nothing that looks like a key', async () => {
    const binding = await bind({ providers: two, models: { fast: 'alpha/x' } })
    expect(() => routes(binding, 'sk-ant-api03-0123456789abcdef')).toThrow(
      /^(?!.*0123456789).*fast, alpha\/<model>, beta\/<model>/,
    )
    const many = await bind({
      providers: two,
      models: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`a${i}`, 'alpha/x'])),
    })
    expect(() => routes(many, 'x'.repeat(1e6))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,500}$/) }),
    )
  })
})

describe('allowed_models', () => {
  it.each<[string, string[], string, string[]]>([
    ['the name as sent', ['small'], 'small', ['alpha/small']],
    ['the alias, whatever it stands for', ['fast'], 'fast', ['beta/b', 'alpha/a']],
    ['the resolved name', ['alpha/small'], 'small', ['alpha/small']],
    ['only the targets that match', ['alpha/*'], 'fast', ['alpha/a']],
    ['one of several', ['x', 'y', 'alpha/s*'], 'small', ['alpha/small']],
    ['everything', ['*'], 'beta/maker/large', ['beta/maker/large']],
  ])('matches %s', async (_, allowed_models, model, expected) => {
    const more = { providers: two, default_provider: 'alpha', models: { fast: ['beta/b', 'alpha/a'] }, allowed_models }
    expect(await named(more, model)).toEqual(expected)
  })

  it('does not let an alias in by a name it was not called by', async () => {
    const binding = await bind({ providers: two, models: { fast: 'alpha/small' }, allowed_models: ['fast'] })
    expect(() => routes(binding, 'alpha/small')).toThrow(expect.objectContaining({ code: 'model_not_found' }))
  })

  it('hides aliases that lead nowhere', async () => {
    const models = { fast: 'alpha/a', slow: 'beta/b', both: ['beta/b', 'alpha/a'] }
    expect(allowedAliases(await bind({ providers: two, models, allowed_models: ['alpha/*'] }))).toEqual([
      'fast',
      'both',
    ])
    expect(allowedAliases(await bind({ providers: two, models }))).toEqual(['fast', 'slow', 'both'])
  })
})

describe('a slot that cannot be used', () => {
  const broken = { provider: 'alpha', credential: { secret: 'MISSING' } }

  it('is passed over while another can', async () => {
    const models = { fast: ['alpha/a', 'beta/b'] }
    expect(await named({ providers: { ...two, alpha: broken }, models }, 'fast')).toEqual(['beta/b'])
  })

  it('is what the client hears of when no other can', async () => {
    const binding = await bind({ providers: { alpha: broken } })
    expect(() => routes(binding, 'large')).toThrow(expect.objectContaining({ code: 'not_configured', status: 503 }))
  })
})
