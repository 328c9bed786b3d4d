// Keys for trial are told of their calls a minute; the month's limit comes without what is left of it.
// https://docs.cohere.com/docs/rate-limits
import type { Meters } from '../../limits/meters.ts'

export const meters = [{ unit: 'requests', header: 'x-trial-endpoint-call-*' }] as const satisfies Meters
