// Tables of services that have no folder yet: what their headers are called, and how they write a reset.
import { type Meters, standardMeters } from '../../src/limits/meters.ts'

export const cerebras = [
  { unit: 'requests', header: 'x-ratelimit-*-requests-minute', clock: 'seconds' },
  { unit: 'requests', header: 'x-ratelimit-*-requests-hour', clock: 'seconds' },
  { unit: 'requests', header: 'x-ratelimit-*-requests-day', clock: 'seconds' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens-minute', clock: 'seconds' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens-hour', clock: 'seconds' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens-day', clock: 'seconds' },
] as const satisfies Meters

export const mistral = [
  { unit: 'requests', header: 'x-ratelimit-*-req-minute', clock: 'seconds' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens-minute', clock: 'seconds' },
  { unit: 'tokens', header: 'x-ratelimitbysize-*-minute', clock: 'seconds', reset: 'ratelimitbysize-reset' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens-month', clock: 'seconds' },
] as const satisfies Meters

export const openrouter = [{ unit: 'requests', header: 'x-ratelimit-*', clock: 'epoch' }] as const satisfies Meters

export const azure = [
  { unit: 'requests', header: 'x-ratelimit-*-requests', clock: 'seconds' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens', clock: 'seconds' },
] as const satisfies Meters

export const githubModels = [
  { unit: 'requests', header: 'x-ratelimit-*-requests', clock: 'seconds', reset: 'x-ratelimit-timeremaining' },
  { unit: 'tokens', header: 'x-ratelimit-*-tokens', clock: 'seconds' },
] as const satisfies Meters

export const fireworks = [
  { unit: 'requests', header: 'x-ratelimit-*-requests', clock: 'go' },
  { unit: 'input_tokens', header: 'x-ratelimit-*-tokens-prompt', clock: 'go' },
  { unit: 'input_tokens', header: 'x-ratelimit-*-tokens-cache-adjusted-prompt', clock: 'go' },
  { unit: 'output_tokens', header: 'x-ratelimit-*-tokens-generated', clock: 'go' },
] as const satisfies Meters

export const together = [
  { unit: 'requests', header: 'x-ratelimit-*', clock: 'seconds' },
  { unit: 'tokens', header: 'x-tokenlimit-*', clock: 'seconds' },
] as const satisfies Meters

export const sambanova = [
  { unit: 'requests', header: 'x-ratelimit-*-requests', clock: 'seconds' },
  { unit: 'requests', header: 'x-ratelimit-*-requests-day', clock: 'seconds' },
] as const satisfies Meters

export const cohere = [
  { unit: 'requests', header: 'x-trial-endpoint-call-*', clock: 'seconds' },
] as const satisfies Meters

export const groq = standardMeters
export const none = [] as const satisfies Meters
