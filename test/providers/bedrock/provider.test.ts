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
  it('is what the service lists, and then the profiles through which models are reached', () => {
    const nova = { modelName: 'Nova Lite', inputModalities: ['TEXT', 'IMAGE'], outputModalities: ['TEXT'] }
    const modelSummaries = [
      { modelId: 'amazon.nova-lite-v1:0', providerName: 'Amazon', ...nova },
      { modelId: 'a.b' },
      {},
      null,
    ]
    const { models, next } = bedrock.models.read({ modelSummaries })
    expect(models).toEqual([
      {
        ...{ id: 'amazon.nova-lite-v1:0', created: 0, owned_by: 'Amazon', display_name: 'Nova Lite' },
        ...{ input_modalities: ['text', 'image'], output_modalities: ['text'] },
      },
      { id: 'a.b', created: 0, owned_by: 'Amazon' },
    ])
    expect(bedrock.models.path(next, account({ region: 'eu-west-1' }))).toBe(
      'https://bedrock.eu-west-1.amazonaws.com/inference-profiles?maxResults=1000',
    )
    const profile = { inferenceProfileId: 'eu.a.b', inferenceProfileName: 'EU B', createdAt: '2026-01-01T00:00:00Z' }
    const page = bedrock.models.read({ inferenceProfileSummaries: [profile, {}], nextToken: 'a/b' })
    expect(page.models).toEqual([{ id: 'eu.a.b', created: 1_767_225_600, owned_by: 'Amazon', display_name: 'EU B' }])
    expect(bedrock.models.path(page.next, account({ region: 'eu-west-1' }))).toMatch(/&nextToken=a%2Fb$/)
    expect(bedrock.models.read({ inferenceProfileSummaries: [] }).next).toBeUndefined()
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
