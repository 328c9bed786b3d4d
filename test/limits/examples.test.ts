// From an upstream's answer to the headers of ours, for each kind of service.
import { describe, expect, it } from 'vitest'
import { limitHeaders, retryHeaders } from '../../src/limits/headers.ts'
import { type Meters, readWindows, refillingMeters, standardMeters } from '../../src/limits/meters.ts'
import { retryHint } from '../../src/limits/retry.ts'
import { windowsTold } from '../../src/limits/told.ts'
import { meters as anthropic } from '../../src/providers/anthropic/meters.ts'
import { meters as cohere } from '../../src/providers/cohere/meters.ts'
import { providers } from '../../src/providers/index.ts'
import { meters as openai } from '../../src/providers/openai/meters.ts'
import * as like from '../../src/providers/openai-compatible/meters.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

interface Example {
  readonly name: string
  readonly meters: Meters
  readonly headers: Record<string, string>
  readonly body?: string
  readonly out: Record<string, string>
}

const standard = {
  'x-ratelimit-limit-requests': '14400',
  'x-ratelimit-remaining-requests': '14370',
  'x-ratelimit-reset-requests': '2m59.56s',
  'x-ratelimit-limit-tokens': '18000',
  'x-ratelimit-remaining-tokens': '17997',
  'x-ratelimit-reset-tokens': '7.66s',
}

const answers: Example[] = [
  { name: 'the normal names', meters: openai, headers: standard, out: standard },
  { name: 'Groq', meters: standardMeters, headers: standard, out: standard },
  {
    name: 'Cerebras',
    meters: like.minuteDayMeters,
    headers: {
      'x-ratelimit-limit-requests-day': '14400',
      'x-ratelimit-remaining-requests-day': '14370',
      'x-ratelimit-reset-requests-day': '33011.382867097855',
      'x-ratelimit-limit-tokens-minute': '60000',
      'x-ratelimit-remaining-tokens-minute': '50',
      'x-ratelimit-reset-tokens-minute': '26.5',
    },
    out: {
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-remaining-requests': '14370',
      'x-ratelimit-reset-requests': '9h10m11.383s',
      'x-ratelimit-limit-tokens': '60000',
      'x-ratelimit-remaining-tokens': '50',
      'x-ratelimit-reset-tokens': '26.5s',
    },
  },
  {
    name: 'Mistral',
    meters: like.bySizeMeters,
    headers: {
      'x-ratelimit-limit-req-minute': '60',
      'x-ratelimit-remaining-req-minute': '59',
      'x-ratelimit-limit-tokens-minute': '500000',
      'x-ratelimit-remaining-tokens-minute': '499880',
    },
    out: {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-limit-tokens': '500000',
      'x-ratelimit-remaining-tokens': '499880',
    },
  },
  {
    name: 'Mistral, with the older names',
    meters: like.bySizeMeters,
    headers: {
      'x-ratelimitbysize-limit-minute': '500000',
      'x-ratelimitbysize-remaining-minute': '499000',
      'ratelimitbysize-reset': '18',
    },
    out: {
      'x-ratelimit-limit-tokens': '500000',
      'x-ratelimit-remaining-tokens': '499000',
      'x-ratelimit-reset-tokens': '18s',
    },
  },
  {
    name: 'Fireworks',
    meters: like.byKindMeters,
    headers: {
      'x-ratelimit-limit-tokens-prompt': '7200000',
      'x-ratelimit-remaining-tokens-prompt': '7193993',
      'x-ratelimit-limit-tokens-generated': '72000',
      'x-ratelimit-remaining-tokens-generated': '69338',
      'x-ratelimit-over-limit': 'no',
    },
    out: { 'x-ratelimit-limit-tokens': '72000', 'x-ratelimit-remaining-tokens': '69338' },
  },
  {
    name: 'Together',
    meters: like.perSecondMeters,
    headers: {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '9',
      'x-ratelimit-reset': '0.7',
      'x-tokenlimit-limit': '100000',
      'x-tokenlimit-remaining': '99000',
    },
    out: {
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '9',
      'x-ratelimit-reset-requests': '700ms',
      'x-ratelimit-limit-tokens': '100000',
      'x-ratelimit-remaining-tokens': '99000',
    },
  },
  {
    name: 'SambaNova, with a reset that is a moment',
    meters: like.dayMeters,
    headers: {
      'x-ratelimit-limit-requests': '30',
      'x-ratelimit-remaining-requests': '29',
      'x-ratelimit-reset-requests': String(NOW / 1000 + 12),
      'x-ratelimit-limit-requests-day': '1000',
      'x-ratelimit-remaining-requests-day': '7',
    },
    out: {
      'x-ratelimit-limit-requests': '30',
      'x-ratelimit-remaining-requests': '29',
      'x-ratelimit-reset-requests': '12s',
    },
  },
  {
    name: 'Cohere, a trial key',
    meters: cohere,
    headers: { 'x-trial-endpoint-call-limit': '20', 'x-trial-endpoint-call-remaining': '19' },
    out: { 'x-ratelimit-limit-requests': '20', 'x-ratelimit-remaining-requests': '19' },
  },
  {
    name: 'Together, with limits that move',
    meters: like.perSecondMeters,
    headers: { 'x-ratelimit-limit-dynamic': '12', 'x-ratelimit-remaining-dynamic': '3', 'x-ratelimit-reset': '0.5' },
    out: {
      'x-ratelimit-limit-requests': '12',
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-reset-requests': '500ms',
    },
  },
  {
    name: 'Together, with the normal names',
    meters: like.perSecondMeters,
    headers: standard,
    out: standard,
  },
  {
    name: 'Nebius',
    meters: standardMeters,
    headers: {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1',
      'x-ratelimit-limit-tokens': '400000',
      'x-ratelimit-remaining-tokens': '399000',
      'x-ratelimit-reset-tokens': '0.15',
      'x-ratelimit-over-limit': 'no',
      'x-ratelimit-dynamic-period-remaining': '900',
    },
    out: {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '400000',
      'x-ratelimit-remaining-tokens': '399000',
      'x-ratelimit-reset-tokens': '150ms',
    },
  },
  {
    name: 'xAI, which tells of no reset',
    meters: standardMeters,
    headers: { 'x-ratelimit-limit-requests': '480', 'x-ratelimit-remaining-requests': '479' },
    out: { 'x-ratelimit-limit-requests': '480', 'x-ratelimit-remaining-requests': '479' },
  },
  {
    name: 'Mistral, whose plan lacks the model',
    meters: like.bySizeMeters,
    headers: {
      'x-ratelimit-limit-tokens-minute': '0',
      'x-ratelimit-remaining-tokens-minute': '0',
      'x-ratelimit-limit-tokens-month': '4000000',
      'x-ratelimit-remaining-tokens-month': '3999000',
    },
    out: { 'x-ratelimit-limit-tokens': '0', 'x-ratelimit-remaining-tokens': '0' },
  },
  {
    name: 'Mistral, with nothing but a month',
    meters: like.bySizeMeters,
    headers: { 'x-ratelimitbysize-limit-month': '1000000000', 'x-ratelimitbysize-remaining-month': '999999000' },
    out: { 'x-ratelimit-limit-tokens': '1000000000', 'x-ratelimit-remaining-tokens': '999999000' },
  },
  {
    name: 'Fireworks, over its limit with a good status',
    meters: like.byKindMeters,
    headers: {
      'x-ratelimit-limit-requests': '600',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-limit-tokens-cache-adjusted-prompt': '60000',
      'x-ratelimit-remaining-tokens-cache-adjusted-prompt': '100',
      'x-ratelimit-over-limit': 'yes',
    },
    out: {
      'x-ratelimit-limit-requests': '600',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-limit-tokens': '60000',
      'x-ratelimit-remaining-tokens': '100',
    },
  },
  {
    name: 'SambaNova, whose day is over before the minute',
    meters: like.dayMeters,
    headers: {
      'x-ratelimit-limit-requests': '30',
      'x-ratelimit-remaining-requests': '29',
      'x-ratelimit-limit-requests-day': '1000',
      'x-ratelimit-remaining-requests-day': '0',
      'x-ratelimit-reset-requests-day': '3600',
    },
    out: {
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1h0m0s',
    },
  },
  { name: 'a service that says nothing', meters: like.noMeters, headers: {}, out: {} },
]

const refusals: Example[] = [
  {
    name: 'Anthropic',
    meters: anthropic,
    headers: {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:38Z',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '21000',
      'anthropic-ratelimit-output-tokens-limit': '8000',
      'anthropic-ratelimit-output-tokens-remaining': '8000',
      'retry-after': '38',
    },
    out: {
      'x-ratelimit-limit-requests': '50',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '38s',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-tokens': '21000',
      'retry-after': '38',
      'retry-after-ms': '38000',
    },
  },
  {
    name: 'OpenRouter',
    meters: like.bareMeters,
    headers: { 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '1795176045000' },
    out: {
      'x-ratelimit-limit-requests': '20',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '45s',
      'retry-after': '45',
      'retry-after-ms': '45000',
    },
  },
  {
    name: 'Azure',
    meters: standardMeters,
    headers: {
      'retry-after-ms': '3123',
      'retry-after': '4',
      'x-ratelimit-remaining-requests': '-1',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '36',
    },
    out: {
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '36s',
      'retry-after': '4',
      'retry-after-ms': '3123',
    },
  },
  {
    name: 'GitHub Models',
    meters: like.timeRemainingMeters,
    headers: {
      'x-ratelimit-limit-requests': '150',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-renewalperiod-requests': '86400',
      'x-ratelimit-type': 'UserByModelByDay',
      'x-ratelimit-timeremaining': '40000',
    },
    out: {
      'x-ratelimit-limit-requests': '150',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '11h6m40s',
      'retry-after': '40000',
      'retry-after-ms': '40000000',
    },
  },
  {
    name: 'Gemini',
    meters: like.noMeters,
    headers: {},
    body: JSON.stringify({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [
              {
                quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
                quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
                quotaValue: '10',
              },
            ],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.400s' },
        ],
      },
    }),
    out: {
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '0',
      'retry-after': '35',
      'retry-after-ms': '34400',
    },
  },
  {
    name: 'OpenRouter, which repeats the headers of another',
    meters: like.bareMeters,
    headers: {},
    body: JSON.stringify({
      error: {
        message: 'Rate limit exceeded: free-models-per-min',
        code: 429,
        metadata: {
          headers: { 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': 0, 'X-RateLimit-Reset': NOW + 45_000 },
        },
      },
    }),
    out: {
      'x-ratelimit-limit-requests': '20',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '45s',
      'retry-after': '45',
      'retry-after-ms': '45000',
    },
  },
  {
    name: 'Databricks',
    meters: like.noMeters,
    headers: { 'retry-after': '12' },
    body: '{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Exceeded workspace rate limit."}',
    out: { 'retry-after': '12', 'retry-after-ms': '12000' },
  },
  {
    name: 'LLM7',
    meters: standardMeters,
    headers: {},
    body: '{"error":{"message":"Slow down."},"retry_after":3}',
    out: { 'retry-after': '3', 'retry-after-ms': '3000' },
  },
  {
    name: 'NVIDIA',
    meters: standardMeters,
    headers: {},
    body: '{"status":429,"title":"Too Many Requests"}',
    out: {},
  },
  {
    name: 'Moonshot',
    meters: like.noMeters,
    headers: { 'msh-cooldown-seconds': '1' },
    body: '{"error":{"type":"rate_limit_reached_error","message":"please try again after 1 seconds"}}',
    out: { 'retry-after': '1', 'retry-after-ms': '1000' },
  },
  { name: 'Bedrock', meters: like.noMeters, headers: {}, body: '{"message":"Too many requests"}', out: {} },
]

describe('an answer', () => {
  it.each(answers)('of $name', ({ meters, headers, out }) => {
    expect(limitHeaders({}, readWindows(meters, new Headers(headers), NOW), NOW)).toEqual(out)
  })
})

describe('a refusal', () => {
  it.each(refusals)('of $name', ({ meters, headers, body = '', out }) => {
    const windows = { ...readWindows(meters, new Headers(headers), NOW), ...windowsTold(meters, body, NOW) }
    const retry = retryHint(new Headers(headers), body, NOW, windows)
    expect({ ...limitHeaders({}, windows, NOW), ...(retry === undefined ? {} : retryHeaders(retry)) }).toEqual(out)
  })
})

const TABLES: Readonly<Record<string, Meters>> = {
  groq: refillingMeters,
  cerebras: like.minuteDayMeters,
  mistral: like.bySizeMeters,
  fireworks: like.byKindMeters,
  together: like.perSecondMeters,
  sambanova: like.dayMeters,
  openrouter: like.bareMeters,
  'azure-openai': standardMeters,
  'github-models': like.timeRemainingMeters,
  nebius: standardMeters,
  xai: standardMeters,
  gemini: like.noMeters,
  bedrock: like.noMeters,
  databricks: like.noMeters,
}

describe('the table', () => {
  it.each(Object.keys(TABLES))('of %s is the one seen here', (name) => {
    expect(providers.get(name)?.meters).toEqual(TABLES[name])
  })
})
