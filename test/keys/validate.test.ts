import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../src/hub/error.ts'
import { type ProviderFacts, validateCreate } from '../../src/keys/validate.ts'
import { fakeEnv } from './keyring.ts'

const NOW = Date.UTC(2026, 10, 20)
const SECRET = 'sk-hunter2-hunter2-hunter2'

const providers = new Map<string, ProviderFacts>([
  ['alpha', { credential: 'required', baseUrl: 'https://api.alpha.example' }],
  ['beta', { credential: 'optional', baseUrl: undefined }],
  [
    'gamma',
    { credential: 'required', baseUrl: 'https://gamma', needs: ['region'], credentialForms: ['text', 'access_key'] },
  ],
  [
    'delta',
    {
      credential: 'required',
      baseUrl: 'https://delta',
      credentialForms: ['text', 'service_account'],
      needs: (credential) => (credential === 'a-token' ? ['project'] : []),
    },
  ],
])
const { env } = fakeEnv({
  ADMIN_TOKEN: 't',
  A_TOKEN: 'a-token',
  ALPHA_KEY: `${SECRET}\n`,
  EMPTY: ' ',
  BETA_URL: 5,
  KEY_FILE: '{"client_email":"a@b","private_key":"p"}',
  BAD: '{"a":1}',
})

const alpha = { credential: SECRET }
const check = (body: unknown) => validateCreate(body, { providers, env, now: NOW })

function refused(body: unknown): GatewayError {
  try {
    check(body)
  } catch (error) {
    expect(error).toMatchObject({ name: 'GatewayError', status: 400 })
    return error as GatewayError
  }
  throw new Error('expected a refusal')
}

describe('validateCreate takes', () => {
  it('the whole of it, as it was sent', () => {
    const body = {
      name: 'web app',
      providers: {
        alpha: {
          credential: SECRET,
          base_url: 'https://eu.alpha.example/prefix',
          organization: 'org-1',
          headers: { 'x-title': 'My app' },
        },
        'alpha-eu': {
          provider: 'alpha',
          credential: { secret: 'ALPHA_KEY' },
          project: 'example.com:my-project',
          location: 'eu',
          account_id: 'a1',
          api_version: '2024-10-21',
        },
        beta: { base_url: 'https://10.0.0.1:8061' },
        gamma: {
          region: 'eu-central-1',
          credential: { access_key_id: 'AKIA', secret_access_key: 's/+', session_token: 't' },
        },
        delta: {
          credential: {
            type: 'service_account',
            client_email: 'a@b.c',
            private_key: '-----BEGIN\nX\n',
            token_uri: 'https://t',
          },
        },
      },
      models: {
        fast: 'alpha/small',
        smart: ['alpha/large', { model: 'alpha-eu/eu.large', weight: 0.5 }],
        'maker/name': 'beta/m',
        bare: 'large',
      },
      default_provider: 'alpha',
      allowed_models: ['alpha/*', 'fast'],
      limits: {
        requests_per_minute: 60,
        requests_per_day: 5000,
        tokens_per_minute: 1,
        tokens_per_day: 2000000,
        concurrent_requests: 10,
      },
      limits_mode: 'hard',
      origins: [
        'https://app.example.com',
        'http://localhost:5173',
        'capacitor://localhost',
        'chrome-extension://abcdef',
      ],
      strict: false,
      expires_at: '2027-01-01T00:00:00Z',
      on_disconnect: 'drain',
      timeouts: { connect_ms: 1000, first_byte_ms: 30000, idle_ms: 60000, total_ms: 600000 },
      retries: 0,
      store_responses: true,
    }
    expect(check(body)).toEqual(body)
  })

  it.each([
    ['no name', { providers: { alpha } }],
    ['no model at all', { providers: { alpha }, allowed_models: [] }],
    ['no browser at all', { providers: { alpha }, origins: [] }],
    ['a time with an offset', { providers: { alpha }, expires_at: '2026-11-20T02:00:00.5+01:00' }],
    ['a secret that holds a key file', { providers: { delta: { credential: { secret: 'KEY_FILE' } } } }],
    ['a key file as text', { providers: { delta: { credential: '{"client_email":"a@b","private_key":"p"}' } } }],
    [
      'a key file with a field named secret',
      { providers: { delta: { credential: { client_email: 'a', private_key: 'p', secret: 's' } } } },
    ],
    ['a base URL in place of what makes the default', { providers: { gamma: { base_url: 'https://g', ...alpha } } }],
    ['a bare model of the only slot', { providers: { alpha }, models: { fast: 'small' } }],
  ])('%s', (_, body) => {
    expect(check(body)).toEqual(body)
  })
})

// biome-ignore format: a table, one rule a line
const REFUSALS: readonly [string, string | null, string, unknown][] = [
  // Unknown fields, wherever they stand.
  ['unknown_parameter', 'foo', 'a field', { providers: { alpha }, foo: 1 }],
  ['unknown_parameter', 'providers.alpha.foo', "a slot's field", { providers: { alpha: { ...alpha, foo: 1 } } }],
  ['unknown_parameter', 'providers.alpha.baseUrl', 'another spelling', { providers: { alpha: { ...alpha, baseUrl: 'https://a' } } }],
  ['unknown_parameter', 'providers.alpha.credential.foo', 'in a reference', { providers: { alpha: { credential: { secret: 'ALPHA_KEY', foo: 1 } } } }],
  ['unknown_parameter', 'providers.gamma.credential.foo', 'in a key pair', { providers: { gamma: { region: 'r', credential: { access_key_id: 'a', secret_access_key: 'b', foo: 1 } } } }],
  ['unknown_parameter', 'limits.requests_per_hour', 'a limit', { providers: { alpha }, limits: { requests_per_hour: 1 } }],
  ['unknown_parameter', 'timeouts.read_ms', 'a timeout', { providers: { alpha }, timeouts: { read_ms: 1 } }],
  ['unknown_parameter', 'models.m[0].share', "a target's field", { providers: { alpha }, models: { m: [{ model: 'alpha/x', share: 1 }] } }],
  ['unknown_parameter', 'providers.__proto__', 'a slot __proto__', JSON.parse('{"providers":{"alpha":{"credential":"x"},"__proto__":{}}}')],
  ['unknown_parameter', '__proto__', 'a field __proto__', JSON.parse('{"providers":{"alpha":{"credential":"x"}},"__proto__":{}}')],
  // Shapes.
  ['invalid_type', null, 'a list', []],
  ['invalid_type', null, 'null', null],
  ['missing_required_parameter', 'providers', 'no providers', {}],
  ['invalid_value', 'providers', 'no slot', { providers: {} }],
  ['invalid_type', 'providers', 'providers as a list', { providers: ['alpha'] }],
  ['invalid_type', 'providers.alpha', 'a slot that is a string', { providers: { alpha: SECRET } }],
  ['invalid_type', 'name', 'a name that is a number', { providers: { alpha }, name: 1 }],
  ['string_above_max_length', 'name', 'a long name', { providers: { alpha }, name: 'x'.repeat(257) }],
  ['invalid_type', 'strict', 'strict as text', { providers: { alpha }, strict: 'yes' }],
  // Slots.
  ['invalid_value', 'providers.a/b', "a slash in a slot's name", { providers: { 'a/b': { provider: 'alpha', ...alpha } } }],
  ['invalid_value', 'providers.a b', "a space in a slot's name", { providers: { 'a b': { provider: 'alpha', ...alpha } } }],
  ['invalid_value', 'providers.', 'a slot without a name', { providers: { '': { provider: 'alpha', ...alpha } } }],
  ['invalid_value', 'providers.nobody', 'an unknown provider by its slot', { providers: { nobody: alpha } }],
  ['invalid_value', 'providers.mine.provider', 'an unknown provider by name', { providers: { mine: { ...alpha, provider: 'nobody' } } }],
  ['missing_required_parameter', 'providers.beta.base_url', 'no base URL where none is public', { providers: { beta: {} } }],
  ['missing_required_parameter', 'providers.gamma.region', 'no region for the default address', { providers: { gamma: alpha } }],
  ['missing_required_parameter', 'providers.delta.project', 'a credential that is for no project', { providers: { delta: { credential: 'a-token' } } }],
  ['missing_required_parameter', 'providers.delta.project', 'a secret that is for no project', { providers: { delta: { credential: { secret: 'A_TOKEN' } } } }],
  ['invalid_value', 'providers.alpha.base_url', 'a malformed URL', { providers: { alpha: { ...alpha, base_url: 'alpha' } } }],
  ['invalid_value', 'providers.alpha.base_url', 'plain http', { providers: { alpha: { ...alpha, base_url: 'http://a.example' } } }],
  ['invalid_value', 'providers.alpha.base_url', 'a password in the URL', { providers: { alpha: { ...alpha, base_url: `https://u:${SECRET}@a.example` } } }],
  ['invalid_value', 'providers.gamma.region', 'a region that leaves the host', { providers: { gamma: { ...alpha, region: 'evil.example/#' } } }],
  ['invalid_value', 'providers.alpha.account_id', 'an account that leaves the path', { providers: { alpha: { ...alpha, account_id: '../x' } } }],
  // Headers.
  ...['Authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'Proxy-Authorization', 'Cookie', 'x-auth-token', 'Host', 'Connection', 'Transfer-Encoding', 'Upgrade', 'TE', 'Keep-Alive', 'Content-Length'].map((name): [string, string, string, unknown] => ['invalid_value', `providers.alpha.headers.${name}`, `the header ${name}`, { providers: { alpha: { ...alpha, headers: { [name]: SECRET } } } }]),
  ['invalid_value', 'providers.alpha.headers.X-A', 'a header twice', { providers: { alpha: { ...alpha, headers: { 'x-a': '1', 'X-A': '2' } } } }],
  ['invalid_value', 'providers.alpha.headers.x a', 'a header with a space', { providers: { alpha: { ...alpha, headers: { 'x a': '1' } } } }],
  ['invalid_value', 'providers.alpha.headers.x-a', 'a header with a line break', { providers: { alpha: { ...alpha, headers: { 'x-a': '1\r\nx-b: 2' } } } }],
  // Credentials.
  ['missing_required_parameter', 'providers.alpha.credential', 'no credential', { providers: { alpha: {} } }],
  ['string_below_min_length', 'providers.alpha.credential', 'an empty credential', { providers: { alpha: { credential: '' } } }],
  ['invalid_value', 'providers.alpha.credential', 'a credential with a line break', { providers: { alpha: { credential: `${SECRET}\nx: y` } } }],
  ['invalid_type', 'providers.alpha.credential', 'a number', { providers: { alpha: { credential: 5 } } }],
  ['invalid_type', 'providers.alpha.credential', 'a key pair where a string is due', { providers: { alpha: { credential: { access_key_id: 'a', secret_access_key: SECRET } } } }],
  ['invalid_type', 'providers.gamma.credential', 'a key file where a key pair is due', { providers: { gamma: { region: 'r', credential: { client_email: 'a', private_key: SECRET } } } }],
  ['missing_required_parameter', 'providers.gamma.credential.secret_access_key', 'half a key pair', { providers: { gamma: { region: 'r', credential: { access_key_id: 'a' } } } }],
  ['invalid_value', 'providers.delta.credential', 'other JSON as text', { providers: { delta: { credential: '{"a":1}' } } }],
  ['invalid_value', 'providers.alpha.credential.secret', 'ADMIN_TOKEN', { providers: { alpha: { credential: { secret: 'ADMIN_TOKEN' } } } }],
  ['invalid_value', 'providers.alpha.credential.secret', 'SEAL_KEYS', { providers: { alpha: { credential: { secret: 'SEAL_KEYS' } } } }],
  ['invalid_value', 'providers.alpha.credential.secret', 'a secret that is not set', { providers: { alpha: { credential: { secret: 'MISSING' } } } }],
  ['invalid_value', 'providers.alpha.credential.secret', 'a secret that is empty', { providers: { alpha: { credential: { secret: 'EMPTY' } } } }],
  ['invalid_value', 'providers.alpha.credential.secret', 'a binding that is no secret', { providers: { alpha: { credential: { secret: 'KEYS' } } } }],
  ['invalid_value', 'providers.alpha.credential.secret', 'what every object has', { providers: { alpha: { credential: { secret: 'constructor' } } } }],
  ['invalid_value', 'providers.alpha.credential.secret', 'no name', { providers: { alpha: { credential: { secret: 'a b' } } } }],
  ['invalid_value', 'providers.delta.credential', 'a secret that holds other JSON', { providers: { delta: { credential: { secret: 'BAD' } } } }],
  // Models.
  ['invalid_value', 'models.fast', 'a target in no slot', { providers: { alpha }, models: { fast: 'nobody/x' } }],
  ['invalid_value', 'models.fast', 'a slot without a model', { providers: { alpha }, models: { fast: 'alpha/' } }],
  ['invalid_value', 'models.fast[1]', 'a target in a list', { providers: { alpha }, models: { fast: ['alpha/x', 'nobody/x'] } }],
  ['invalid_value', 'models.fast[0].model', 'a target with a weight', { providers: { alpha }, models: { fast: [{ model: 'nobody/x' }] } }],
  ['invalid_value', 'models.fast', 'a bare model under two slots', { providers: { alpha, beta: { base_url: 'https://b' } }, models: { fast: 'small' } }],
  ['invalid_value', 'models.alpha/x', 'an alias hidden by a slot', { providers: { alpha }, models: { 'alpha/x': 'alpha/y' } }],
  ['invalid_value', 'models.a b', 'an alias with a space', { providers: { alpha }, models: { 'a b': 'alpha/y' } }],
  ['empty_array', 'models.fast', 'an empty list', { providers: { alpha }, models: { fast: [] } }],
  ['decimal_below_min_value', 'models.fast[0].weight', 'a weight of nothing', { providers: { alpha }, models: { fast: [{ model: 'alpha/x', weight: 0 }] } }],
  ['invalid_value', 'default_provider', 'a default that is no slot', { providers: { alpha }, default_provider: 'beta' }],
  ['invalid_type', 'allowed_models', 'allowed models as text', { providers: { alpha }, allowed_models: '*' }],
  ['invalid_type', 'allowed_models[1]', 'an allowed model that is a number', { providers: { alpha }, allowed_models: ['a', 1] }],
  // The rest.
  ['integer_below_min_value', 'limits.requests_per_minute', 'a limit of 0', { providers: { alpha }, limits: { requests_per_minute: 0 } }],
  ['invalid_type', 'limits.tokens_per_day', 'half a token', { providers: { alpha }, limits: { tokens_per_day: 1.5 } }],
  ['invalid_value', 'limits_mode', 'a third mode', { providers: { alpha }, limits_mode: 'medium' }],
  ['invalid_value', 'on_disconnect', 'a third way', { providers: { alpha }, on_disconnect: 'wait' }],
  ['integer_above_max_value', 'timeouts.total_ms', 'more than a day', { providers: { alpha }, timeouts: { total_ms: 86_400_001 } }],
  ['integer_above_max_value', 'retries', 'many retries', { providers: { alpha }, retries: 11 }],
  ['invalid_value', 'expires_at', 'the past', { providers: { alpha }, expires_at: '2026-11-19T23:59:59Z' }],
  ['invalid_value', 'expires_at', 'this very moment', { providers: { alpha }, expires_at: '2026-11-20T00:00:00Z' }],
  ['invalid_value', 'expires_at', 'a date', { providers: { alpha }, expires_at: '2027-01-01' }],
  ['invalid_value', 'expires_at', 'no zone', { providers: { alpha }, expires_at: '2027-01-01T00:00:00' }],
  ['invalid_value', 'expires_at', 'a day that is not', { providers: { alpha }, expires_at: '2027-02-30T00:00:00Z' }],
  ...['*', 'null', 'https://app.example.com/', 'https://app.example.com/x', 'app.example.com', 'https://APP.example.com', 'https://app.example.com:443', 'https://*.example.com', ''].map((origin): [string, string, string, unknown] => ['invalid_value', 'origins[0]', `the origin ${JSON.stringify(origin)}`, { providers: { alpha }, origins: [origin] }]),
]

describe('validateCreate refuses', () => {
  it.each(REFUSALS)('%s at %s: %s', (code, param, _, body) => {
    const error = refused(body)
    expect({ code: error.code, param: error.body.param }).toEqual({ code, param })
    expect(error.message).not.toContain(SECRET)
  })
})
