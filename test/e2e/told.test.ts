// What a refusal tells of the provider's windows, in its headers or only in its body, as the client is told.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { sayJson, startUpstream, type Upstream } from '../harness/upstream.ts'

const QUOTA = 'type.googleapis.com/google.rpc.QuotaFailure'
const RETRY = 'type.googleapis.com/google.rpc.RetryInfo'

/** A refusal by Gemini's rules, which has no headers for it. */
function exhausted(quotaId: string, quotaValue: string) {
  const details = [
    { '@type': QUOTA, violations: [{ quotaId, quotaValue }] },
    { '@type': RETRY, retryDelay: '34.400s' },
  ]
  return { error: { code: 429, message: 'You exceeded your current quota.', status: 'RESOURCE_EXHAUSTED', details } }
}

describe('a refusal', () => {
  let gateway: Gateway
  let upstream: Upstream

  beforeAll(async () => {
    upstream = await startUpstream(() => undefined)
    gateway = await startGateway()
  })

  afterAll(async () => {
    await gateway?.close()
    await upstream?.close()
  })

  /** A key of its own for each test: what was seen of windows belongs to a credential. */
  async function refused(provider: string, body: unknown, headers: Record<string, string> = {}) {
    upstream.play = (response) => sayJson(response, 429, body, headers)
    const slot = { base_url: upstream.url, credential: crypto.randomUUID() }
    const key = await gateway.createKey({ name: 'told', providers: { [provider]: slot } })
    const messages = [{ role: 'user', content: 'Hello' }]
    const response = await gateway.chat(key, { model: `${provider}/any`, messages })
    const told = [...response.headers].filter(([name]) => /^(?:x-ratelimit|retry-after|x-should-retry)/.test(name))
    const { error } = (await response.json()) as { error: { code: string } }
    return { status: response.status, code: error.code, told: Object.fromEntries(told) }
  }

  it('whose body tells of a minute has that minute’s window, and when it ends', async () => {
    expect(await refused('gemini', exhausted('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '10'))).toEqual({
      status: 429,
      code: 'rate_limit_exceeded',
      told: {
        'x-ratelimit-limit-requests': '10',
        'x-ratelimit-remaining-requests': '0',
        'retry-after': '35',
        'retry-after-ms': '34400',
      },
    })
  })

  it('whose body tells of a window of nothing is told as an empty account', async () => {
    expect(await refused('gemini', exhausted('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '0'))).toEqual({
      status: 429,
      code: 'insufficient_quota',
      told: {
        'x-ratelimit-limit-requests': '0',
        'x-ratelimit-remaining-requests': '0',
        'x-should-retry': 'false',
      },
    })
  })

  it('whose headers tell of a window of nothing, too', async () => {
    const body = { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' }
    const headers = { 'x-ratelimit-limit-tokens-minute': '0', 'x-ratelimit-remaining-tokens-minute': '0' }
    expect(await refused('mistral', body, headers)).toEqual({
      status: 429,
      code: 'insufficient_quota',
      told: { 'x-ratelimit-limit-tokens': '0', 'x-ratelimit-remaining-tokens': '0', 'x-should-retry': 'false' },
    })
  })

  it('that tells of nothing has nothing', async () => {
    const { told } = await refused('gemini', {
      error: { code: 429, message: 'Resource exhausted.', status: 'RESOURCE_EXHAUSTED' },
    })
    expect(told).toEqual({})
  })
})
