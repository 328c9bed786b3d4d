// How the service says no: https://cloud.google.com/apis/design/errors

const NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

type Detail = Readonly<Record<string, unknown>>

/** A request that the real service would refuse, in the real service's words where they are known. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly details: readonly Detail[]

  constructor(message: string, status = 400, details: readonly Detail[] = []) {
    super(message)
    this.status = status
    this.details = details
  }
}

/** Refuses a field by its path. */
export function refuse(path: string, text: string): never {
  const detail = {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field: path, description: text }],
  }
  throw new Refusal(path === '' ? text : `* GenerateContentRequest.${path}: ${text}`, 400, [detail])
}

/** The body of an error. */
export function envelope(status: number, message: string, details: readonly Detail[] = []): Record<string, unknown> {
  const error = { code: status, message, status: NAMES[status] ?? 'UNKNOWN', ...(details.length > 0 && { details }) }
  return { error }
}

/** What a client is told that has asked too often. */
export function quota(seconds: number): readonly Detail[] {
  const violation = {
    quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
    quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
    quotaValue: '10',
  }
  return [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [violation] },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` },
  ]
}
