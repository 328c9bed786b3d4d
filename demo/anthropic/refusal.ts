// How the service says no: its statuses, its error types, its envelope.
// https://docs.claude.com/en/api/errors

/** `error.type` for each status the service answers. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The service's type for a status; one it never sends counts as its own failure. */
const errorType = (status: number): string => TYPES[status] ?? 'api_error'

/** A request that the real service would refuse, in the real service's words where they are known. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** Which row of the rules said no: sent as `demo-cites`, so that a refused developer knows where to read. */
  readonly cites: string

  /** The service's own name for what programs act on. */
  readonly errorCode: string | undefined

  constructor(message: string, cites: string, status = 400, errorCode?: string) {
    super(message)
    this.status = status
    this.cites = cites
    this.errorCode = errorCode
  }
}

/** The error envelope, as a body or as the data of an `error` event (which has no request id). */
export function envelope(
  status: number,
  message: string,
  requestId?: string,
  errorCode?: string,
): Record<string, unknown> {
  const details = errorCode === undefined ? {} : { details: { error_code: errorCode } }
  const error = { type: errorType(status), message, ...details }
  return requestId === undefined ? { type: 'error', error } : { type: 'error', error, request_id: requestId }
}
