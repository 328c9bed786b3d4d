// Which refusals are which, for every service that has words of its own: a limit that waiting mends, an empty account
// that it does not, a service that has too much to do, a request that never fits.
import { describe, expect, it } from 'vitest'
import { providers } from '../../src/providers/index.ts'

type Class = 'limit' | 'quota' | 'overload' | 'too large'

interface Row {
  readonly provider: string
  readonly says: string
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: unknown
  readonly means: Class
}

const error = (one: object) => ({ error: { message: 'No.', ...one } })
const quotas = (quotaId: string) =>
  error({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId, quotaValue: '10' }] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' },
    ],
  })

/** The code that OpenAI gives to an empty account, and those who took it over. */
const PAID = ['openai', 'azure-openai', 'openai-compatible', 'groq', 'deepseek', 'xai', 'together', 'fireworks']

const ROWS: readonly Row[] = [
  ...PAID.flatMap((provider): Row[] => [
    { provider, says: 'insufficient_quota', body: error({ code: 'insufficient_quota' }), means: 'quota' },
    { provider, says: 'rate_limit_exceeded', body: error({ code: 'rate_limit_exceeded' }), means: 'limit' },
    { provider, says: '402', status: 402, body: error({}), means: 'quota' },
  ]),
  { provider: 'openai', says: 'a billing limit', body: error({ code: 'billing_hard_limit_reached' }), means: 'quota' },
  { provider: 'azure-openai', says: 'a number', body: error({ code: '429' }), means: 'limit' },
  { provider: 'azure-openai', says: 'RateLimitReached', body: error({ code: 'RateLimitReached' }), means: 'limit' },
  {
    provider: 'moonshot',
    says: 'an empty account',
    body: error({ type: 'exceeded_current_quota_error' }),
    means: 'quota',
  },
  { provider: 'moonshot', says: 'overload', body: error({ type: 'engine_overloaded_error' }), means: 'overload' },
  { provider: 'moonshot', says: 'a limit', body: error({ type: 'rate_limit_reached_error' }), means: 'limit' },
  { provider: 'zai', says: '1113', body: error({ code: '1113' }), means: 'quota' },
  { provider: 'zai', says: '1302', body: error({ code: '1302' }), means: 'limit' },
  { provider: 'zai', says: '1303', body: error({ code: '1303' }), means: 'limit' },
  { provider: 'qwen', says: 'Arrearage', status: 400, body: error({ code: 'Arrearage' }), means: 'quota' },
  { provider: 'qwen', says: 'insufficient_quota', body: error({ code: 'insufficient_quota' }), means: 'quota' },
  {
    provider: 'qwen',
    says: 'the end of what is free',
    status: 403,
    body: error({ code: 'AllocationQuota.FreeTierOnly' }),
    means: 'quota',
  },
  { provider: 'qwen', says: 'limit_requests', body: error({ code: 'limit_requests' }), means: 'limit' },
  { provider: 'qwen', says: 'Throttling.RateQuota', body: error({ code: 'Throttling.RateQuota' }), means: 'limit' },
  {
    provider: 'mistral',
    says: '3505',
    body: {
      object: 'error',
      message: 'Service tier capacity exceeded.',
      type: 'service_tier_capacity_exceeded',
      code: '3505',
    },
    means: 'overload',
  },
  {
    provider: 'mistral',
    says: '1300',
    body: { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' },
    means: 'limit',
  },
  {
    provider: 'cerebras',
    says: 'queue_exceeded',
    body: { message: 'Too many.', type: 'too_many_requests_error', param: 'queue', code: 'queue_exceeded' },
    means: 'overload',
  },
  {
    provider: 'groq',
    says: '413',
    status: 413,
    body: error({ type: 'tokens', code: 'rate_limit_exceeded' }),
    means: 'too large',
  },
  { provider: 'groq', says: '498', status: 498, body: error({ code: 'capacity_exceeded' }), means: 'overload' },
  { provider: 'groq', says: '503', status: 503, body: error({}), means: 'overload' },
  {
    provider: 'anthropic',
    says: '529',
    status: 529,
    body: { type: 'error', ...error({ type: 'overloaded_error' }) },
    means: 'overload',
  },
  {
    provider: 'anthropic',
    says: '429',
    headers: { 'retry-after': '5' },
    body: { type: 'error', ...error({ type: 'rate_limit_error' }) },
    means: 'limit',
  },
  {
    provider: 'bedrock',
    says: 'ModelNotReadyException',
    headers: { 'x-amzn-errortype': 'ModelNotReadyException:http://internal.amazon.com/' },
    body: { message: 'Not ready.' },
    means: 'overload',
  },
  {
    provider: 'bedrock',
    says: 'ThrottlingException',
    headers: { 'x-amzn-errortype': 'ThrottlingException' },
    body: { message: 'Too many requests, please wait before trying again.' },
    means: 'limit',
  },
  {
    provider: 'bedrock',
    says: 'ThrottlingException of a day',
    headers: { 'x-amzn-errortype': 'ThrottlingException' },
    body: { message: 'Too many tokens per day, please wait before trying again.' },
    means: 'quota',
  },
  { provider: 'gemini', says: 'a minute', body: quotas('GenerateRequestsPerMinutePerProjectPerModel'), means: 'limit' },
  { provider: 'gemini', says: 'a day', body: quotas('GenerateRequestsPerDayPerProjectPerModel'), means: 'quota' },
  {
    provider: 'gemini',
    says: 'a limit of 0',
    body: error({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'Quota exceeded for metric: x, limit: 0, model: y',
    }),
    means: 'quota',
  },
  {
    provider: 'vertex',
    says: 'exhausted',
    body: error({ code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Resource exhausted. Please try again later.' }),
    means: 'limit',
  },
  {
    provider: 'workers-ai',
    says: '3036',
    body: { success: false, errors: [{ code: 3036, message: 'You have used up your daily free allocation.' }] },
    means: 'quota',
  },
  {
    provider: 'workers-ai',
    says: '3040',
    body: { success: false, errors: [{ code: 3040, message: 'Capacity temporarily exceeded.' }] },
    means: 'overload',
  },
  {
    provider: 'cohere',
    says: 'a month',
    body: { message: 'You are using a Trial key, which is limited to 1000 API calls / month.' },
    means: 'quota',
  },
  {
    provider: 'cohere',
    says: 'a minute',
    body: { message: 'You are using a Trial key, which is limited to 20 API calls / minute.' },
    means: 'limit',
  },
  {
    provider: 'huggingface',
    says: '402',
    status: 402,
    body: { error: 'You have exceeded your monthly included credits.' },
    means: 'quota',
  },
  {
    provider: 'databricks',
    says: 'REQUEST_LIMIT_EXCEEDED',
    headers: { 'retry-after': '1' },
    body: { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'Exceeded.' },
    means: 'limit',
  },
  { provider: 'openrouter', says: '402', status: 402, body: error({ code: 402 }), means: 'quota' },
  { provider: 'openrouter', says: '429', body: error({ code: 429 }), means: 'limit' },
]

function classOf(status: number, type: string, shouldRetry: boolean | undefined): Class | undefined {
  if (type === 'insufficient_quota') return status === 429 && shouldRetry === false ? 'quota' : undefined
  if (status === 429) return shouldRetry === false ? undefined : 'limit'
  if (status === 503) return 'overload'
  return status === 413 ? 'too large' : undefined
}

describe('a refusal', () => {
  it.each(ROWS)('of $provider: $says is a $means', ({ provider, status = 429, headers, body, means }) => {
    const refusal = { status, headers: new Headers(headers), body: JSON.stringify(body) }
    const refused = providers.get(provider)?.refuse(refusal, provider, undefined) ?? expect.unreachable()
    expect([classOf(refused.status, refused.body.type, refused.details.shouldRetry), refused.body]).toEqual([
      means,
      refused.body,
    ])
  })
})
