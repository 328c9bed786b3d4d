// `npm run keys`, its pure parts: what options stand for, who gets the token, and what reaches a terminal.
import { describe, expect, it, vi } from 'vitest'
import { UsageError } from '../../scripts/command.ts'
import { type BindingValues, bindingFrom, secondsIn } from '../../scripts/keys/binding.ts'
import { details, ringOf, table } from '../../scripts/keys/print.ts'
import { gatewayFrom } from '../../scripts/keys/where.ts'
import { plain } from '../../scripts/terminal.ts'

const SECRET = 'sk-ant-very-secret'
const NOW = Date.UTC(2026, 10, 20)
const sources = {
  env: { ANTHROPIC_API_KEY: `${SECRET}\n`, EMPTY: '' },
  readFile(path: string): string {
    const text = (
      {
        'sa.json': '{"client_email":"a@b"}\n',
        'binding.json':
          '{"name":"file","strict":true,"limits":{"requests_per_minute":1,"requests_per_day":2},"origins":null}',
        'list.json': '[]',
        'bad.json': SECRET,
      } as Record<string, string>
    )[path]
    if (text === undefined) throw new Error('ENOENT')
    return text
  },
  readStdin: () => '{"name":"stdin"}',
  now: NOW,
}
const create = (values: BindingValues) => bindingFrom(values, false, sources)
const update = (values: BindingValues) => bindingFrom(values, true, sources)

describe('bindingFrom', () => {
  it('is the body that options stand for', () => {
    expect(
      create({
        name: 'web app',
        provider: ['anthropic=ANTHROPIC_API_KEY', 'claude-eu:bedrock=secret:BEDROCK_KEY', 'vertex=@sa.json', 'paddler'],
        slot: ['claude-eu.region=eu-central-1', 'paddler.base_url=http://127.0.0.1:8061/a=b'],
        model: ['fast=anthropic/claude-haiku-4-5', 'smart=anthropic/a, claude-eu/b'],
        'default-provider': 'anthropic',
        allow: ['anthropic/*', 'fast'],
        origin: ['https://app.example.com'],
        limit: ['requests_per_minute=60', 'tokens_per_day=1000'],
        'limits-mode': 'hard',
        timeout: ['idle_ms=5'],
        retries: '2',
        'on-disconnect': 'drain',
        expires: '30d',
        strict: false,
      }),
    ).toEqual({
      name: 'web app',
      providers: {
        anthropic: { credential: SECRET },
        'claude-eu': { provider: 'bedrock', credential: { secret: 'BEDROCK_KEY' }, region: 'eu-central-1' },
        vertex: { credential: '{"client_email":"a@b"}' },
        paddler: { base_url: 'http://127.0.0.1:8061/a=b' },
      },
      models: { fast: 'anthropic/claude-haiku-4-5', smart: ['anthropic/a', 'claude-eu/b'] },
      default_provider: 'anthropic',
      allowed_models: ['anthropic/*', 'fast'],
      origins: ['https://app.example.com'],
      limits: { requests_per_minute: 60, tokens_per_day: 1000 },
      limits_mode: 'hard',
      timeouts: { idle_ms: 5 },
      retries: 2,
      on_disconnect: 'drain',
      expires_at: '2026-12-20T00:00:00.000Z',
      strict: false,
    })
  })

  it('lays options over a file, and keeps its nulls', () => {
    expect(update({ file: 'binding.json', name: 'flag', limit: ['requests_per_minute=9'] })).toEqual({
      name: 'flag',
      strict: true,
      limits: { requests_per_minute: 9, requests_per_day: 2 },
      origins: null,
    })
    expect(update({ file: '-' })).toEqual({ name: 'stdin' })
    expect(create({ expires: '2027-01-01T00:00:00Z' })).toEqual({ expires_at: '2027-01-01T00:00:00Z' })
  })

  it('takes away in a change', () => {
    const clear = ['origins', 'limits.tokens_per_day', 'models.gpt-4.1', 'providers.my.slot']
    expect(update({ clear, slot: ['a.b.region='] })).toEqual({
      origins: null,
      limits: { tokens_per_day: null },
      models: { 'gpt-4.1': null },
      providers: { 'my.slot': null, 'a.b': { region: null } },
    })
  })

  it('takes a slot called like what objects inherit for a slot', () => {
    expect(create({ slot: ['constructor.region=x'], provider: ['constructor:beta'] })).toEqual({
      providers: { constructor: { provider: 'beta', region: 'x' } },
    })
  })

  it.each<[string, BindingValues]>([
    ['a credential itself', { provider: [`anthropic=${SECRET}`] }],
    ['one in capitals', { provider: ['anthropic=VERYSECRETAKIA0'] }],
    ['an empty variable', { provider: ['anthropic=EMPTY'] }],
    ['nothing', { provider: ['anthropic='] }],
    ['no slot', { provider: [`=${SECRET}`] }],
    ['a file that is not there', { provider: ['anthropic=@missing'] }],
    ['a file that is no JSON', { file: 'bad.json' }],
    ['a file that is a list', { file: 'list.json' }],
    ['the standard input twice', { file: '-', provider: ['anthropic=@-'] }],
    ['a slot’s unknown field', { slot: [`anthropic.credential=${SECRET}`] }],
    ['a slot’s empty field, in a new key', { slot: ['anthropic.region='] }],
    ['a model without a target', { model: ['fast'] }],
    ['a model with a hole', { model: ['fast=a,,b'] }],
    ['a limit that is no number', { limit: ['requests_per_minute=many'] }],
    ['a limit without one', { limit: ['requests_per_minute'] }],
    ['retries that are none', { retries: '-1' }],
    ['something to take away from a new key', { clear: ['origins'] }],
  ])('refuses %s, and quotes nothing of it', (_, values) => {
    const refuse = () => create(values)
    expect(refuse).toThrow(UsageError)
    expect(refuse).not.toThrow(/very-secret|VERYSECRET/)
  })
})

describe('secondsIn', () => {
  it.each([
    ['0', 0],
    ['3600', 3600],
    ['30s', 30],
    ['90m', 5400],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['', undefined],
    ['-1', undefined],
    ['1.5h', undefined],
    ['1w', undefined],
  ])('%j is %s', (text, seconds) => {
    expect(secondsIn(text)).toBe(seconds)
  })
})

describe('gatewayFrom', () => {
  const devVars = () => ({ ADMIN_TOKEN: 'local' })

  it.each([
    [{}, {}, 'http://127.0.0.1:8787', 'local'],
    [{ url: 'http://localhost:1/' }, {}, 'http://localhost:1', 'local'],
    [{ url: 'http://[::1]:1' }, {}, 'http://[::1]:1', 'local'],
    [{ url: 'http://127.0.0.1:1' }, { ADMIN_TOKEN: 'env' }, 'http://127.0.0.1:1', 'env'],
    [{}, { DRAGOMAN_URL: 'https://d.example/v1/', ADMIN_TOKEN: 'env' }, 'https://d.example', 'env'],
    [
      { url: 'https://a.example/p' },
      { DRAGOMAN_URL: 'https://d.example', ADMIN_TOKEN: 'env' },
      'https://a.example/p',
      'env',
    ],
    [{ url: 'https://d.example', 'dev-vars': true }, {}, 'https://d.example', 'local'],
    [{ url: 'http://10.0.0.1', insecure: true }, { ADMIN_TOKEN: 'env' }, 'http://10.0.0.1', 'env'],
  ])('%j with %j is %s, asked with %s', (values, env, url, adminToken) => {
    expect(gatewayFrom(values, env, devVars)).toEqual({ url, adminToken })
  })

  it.each(['https://d.example', 'https://localhost.example', 'https://127.0.0.1.example', 'https://[::2]'])(
    'never looks into .dev.vars for %s',
    (url) => {
      const look = vi.fn(devVars)
      expect(() => gatewayFrom({ url }, {}, look)).toThrow(UsageError)
      expect(look).not.toHaveBeenCalled()
    },
  )

  it.each([
    'http://d.example',
    'ftp://d.example',
    'nonsense',
    'https://user:pass@d.example',
    'https://d.example/?a=b',
    'https://d.example/#a',
  ])('refuses %s', (url) => {
    expect(() => gatewayFrom({ url }, { ADMIN_TOKEN: 'env' }, devVars)).toThrow(UsageError)
  })

  it('says what is missing', () => {
    expect(() => gatewayFrom({}, {}, () => ({}))).toThrow('Set ADMIN_TOKEN')
  })
})

describe('what is printed', () => {
  const key = {
    id: 'key_0123456789abcdef',
    name: 'evil\u001b[2Jname\u202e',
    status: 'active',
    providers: { a: { provider: 'alpha', headers: { 'x-a': '1' } }, b: { provider: 'beta' } },
    models: { fast: 'a/b', smart: ['a/b', { model: 'b/c', weight: 2 }] },
    limits: { requests_per_minute: 60 },
    ring: { key: [2, 1], credentials: [2] },
    created_at: '2026-11-20T01:02:03.000Z',
  }

  it('has no control characters in it', () => {
    expect(plain('a\u001b[31m\r\nb\u202ec\u0007')).toBe('a\ufffd[31m\ufffd\ufffdb\ufffdc\ufffd')
    for (const text of [details(key), table([key])]) {
      expect(text).toContain('evil\ufffd[2Jname\ufffd')
      expect(text).not.toContain('\u001b[2J')
    }
  })

  it('is a table with a line for each key', () => {
    const lines = table([key, { ...key, name: null, expires_at: '2027-01-01T00:00:00Z' }]).split('\n')
    expect(lines[0]).toMatch(/ID +NAME +STATUS +SLOTS +EXPIRES +CREATED +RING/)
    expect(lines[1]).toMatch(/^key_0123456789abcdef +evil.*active +a, b +- +2026-11-20 +1, 2$/)
    expect(lines[2]).toMatch(/ - +active +a, b +2027-01-01 +2026-11-20/)
    expect(table([{ ...key, name: 'x'.repeat(99) }])).toContain(`${'x'.repeat(39)}…  `)
  })

  it('has a line for each thing a key is bound to', () => {
    const text = details(key)
    expect(text).toMatch(/providers\.a +provider=alpha headers=x-a=1$/m)
    expect(text).toMatch(/models\.smart +a\/b, model=b\/c weight=2$/m)
    expect(text).toMatch(/ring +key=2, 1 credentials=2$/m)
  })

  it('knows the versions of the ring that a key needs', () => {
    expect(ringOf(key)).toEqual([1, 2])
    expect(ringOf({})).toEqual([])
  })
})
