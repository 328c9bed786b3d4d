// Tables of services that have no folder yet: what their headers are called.
import type { Meters } from '../../src/limits/meters.ts'

export const cohere = [{ unit: 'requests', header: 'x-trial-endpoint-call-*' }] as const satisfies Meters
