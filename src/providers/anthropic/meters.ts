// https://docs.claude.com/en/api/rate-limits#response-headers. `tokens` is the most restrictive of the limits in force,
// so it comes first; the subscription's (`-unified-`) and priority tiers' headers say nothing about a request's chances.

import type { Meters } from '../../limits/meters.ts'

export const meters = [
  { unit: 'requests', header: 'anthropic-ratelimit-requests-*' },
  { unit: 'tokens', header: 'anthropic-ratelimit-tokens-*' },
  { unit: 'input_tokens', header: 'anthropic-ratelimit-input-tokens-*' },
  { unit: 'output_tokens', header: 'anthropic-ratelimit-output-tokens-*' },
] as const satisfies Meters
