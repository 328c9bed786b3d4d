// Where requests go, what opens the door, what is listed.
import { describe, expect, it } from 'vitest'
import type { Account } from '../../../src/hub/provider.ts'
import { bedrock } from '../../../src/providers/bedrock/index.ts'
import { regionOf } from '../../../src/providers/bedrock/region.ts'
import { NO_HEADERS, SENT } from '../../account.ts'

const account = (more: Partial<Account>): Account => ({ name: 'test', credential: 'key', ...more })
const base = (more: Partial<Account>) =>
  typeof bedrock.baseUrl === 'function' ? bedrock.baseUrl(account(more)) : expect.fail('It depends on the region.')

describe('the address', () => {
  it.each([
    ['eu-central-1', 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'https://bedrock-runtime.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
  ])('of %s is %s', (region, url) => {
    expect(base({ region })).toBe(url)
  })

  it.each([
    [{ region: 'eu-west-1', baseUrl: 'https://bedrock-runtime.us-east-2.amazonaws.com' }, 'eu-west-1'],
    [{ baseUrl: 'https://bedrock-runtime.us-east-2.amazonaws.com' }, 'us-east-2'],
    [{ baseUrl: 'https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com' }, 'us-gov-west-1'],
    [{ baseUrl: 'https://bedrock-runtime.ap-northeast-1.api.aws' }, 'ap-northeast-1'],
    [{ baseUrl: 'https://vpce-0a1-2b3.bedrock-runtime.eu-west-3.vpce.amazonaws.com' }, 'eu-west-3'],
    [{ baseUrl: 'https://gateway.example/aws' }, 'us-east-1'],
    [{}, 'us-east-1'],
  ])('%j is in %s', (slot, region) => {
    expect(regionOf(slot)).toBe(region)
  })

  it.each([
    [{ region: 'eu-west-1' }, 'https://bedrock.eu-west-1.amazonaws.com/foundation-models'],
    [
      { baseUrl: 'https://bedrock-runtime.us-east-2.amazonaws.com' },
      'https://bedrock.us-east-2.amazonaws.com/foundation-models',
    ],
    [
      { baseUrl: 'https://bedrock-runtime-fips.us-east-2.amazonaws.com' },
      'https://bedrock-fips.us-east-2.amazonaws.com/foundation-models',
    ],
    [{ baseUrl: 'https://gateway.example/aws' }, '/foundation-models'],
  ])('of the list of models with %j is %s', (slot, path) => {
    expect(bedrock.models.path(undefined, account(slot))).toBe(path)
  })
})

describe('the credential', () => {
  it('of one text goes as it is', async () => {
    expect(await bedrock.headers(account({}), NO_HEADERS, SENT)).toEqual({ authorization: 'Bearer key' })
  })

  it('of two parts signs, for the region of the slot', async () => {
    const credential = { access_key_id: 'AKID', secret_access_key: 'secret' }
    const headers = await bedrock.headers(account({ credential, region: 'eu-west-1' }), NO_HEADERS, SENT)
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-date'])
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=host;x-amz-date, Signature=[0-9a-f]{64}$/,
    )
  })

  it('without its parts signs with nothing, for the service to refuse', async () => {
    const headers = await bedrock.headers(account({ credential: {} }), NO_HEADERS, SENT)
    expect(headers.authorization).toContain('Credential=/')
  })
})

describe('the list of models', () => {
  it('is what the service lists', () => {
    const modelSummaries = [{ modelId: 'amazon.nova-lite-v1:0', providerName: 'Amazon' }, { modelId: 'a.b' }, {}, null]
    expect(bedrock.models.read({ modelSummaries })).toEqual({
      models: [
        { id: 'amazon.nova-lite-v1:0', created: 0, owned_by: 'Amazon' },
        { id: 'a.b', created: 0, owned_by: 'Amazon' },
      ],
      next: undefined,
    })
    expect(bedrock.models.read('nothing')).toEqual({ models: [], next: undefined })
  })
})

it('all profiles of a model share its limits', () => {
  const names = [
    'us.amazon.nova-lite-v1:0',
    'amazon.nova-lite-v1:0',
    'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0',
  ]
  expect(new Set(names.map((name) => bedrock.family(name))).size).toBe(1)
})
