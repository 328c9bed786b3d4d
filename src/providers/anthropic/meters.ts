// https://docs.claude.com/en/api/rate-limits#response-headers. `tokens` is the most restrictive of the limits in force,
// so it comes first; the subscription's (`-unified-`) and priority tiers' headers say nothing about a request's chances.

import type { Meters } from '../../limits/meters.ts'

export const meters = [
  { unit: 'requests', header: 'anthropic-ratelimit-requests-*', clock: 'rfc3339' },
  { unit: 'tokens', header: 'anthropic-ratelimit-tokens-*', clock: 'rfc3339' },
  { unit: 'input_tokens', header: 'anthropic-ratelimit-input-tokens-*', clock: 'rfc3339' },
  { unit: 'output_tokens', header: 'anthropic-ratelimit-output-tokens-*', clock: 'rfc3339' },
] as const satisfies Meters
