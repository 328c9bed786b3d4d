// https://docs.claude.com/en/api/rate-limits#response-headers. `tokens` is the most restrictive of the limits in force,
// so it comes first. All of them fill up unit by unit, and a reset is when they are full. The subscription's
// (`-unified-`) and priority tiers' headers say nothing about a request's chances.

import type { Meters } from '../../limits/meters.ts'

export const meters = [
  { unit: 'requests', header: 'anthropic-ratelimit-requests-*', refills: true },
  { unit: 'tokens', header: 'anthropic-ratelimit-tokens-*', refills: true },
  { unit: 'input_tokens', header: 'anthropic-ratelimit-input-tokens-*', refills: true },
  { unit: 'output_tokens', header: 'anthropic-ratelimit-output-tokens-*', refills: true },
] as const satisfies Meters
