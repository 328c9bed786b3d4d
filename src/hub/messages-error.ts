// Errors as the Messages API names them: https://docs.anthropic.com/en/api/errors
import type { Code } from './error.ts'

/** What each of its types of error is here. */
export const CODE_BY_TYPE: Readonly<Record<string, Code>> = {
  invalid_request_error: 'invalid_request',
  authentication_error: 'invalid_api_key',
  billing_error: 'insufficient_quota',
  permission_error: 'insufficient_permissions',
  not_found_error: 'not_found',
  conflict_error: 'conflict',
  request_too_large: 'request_too_large',
  rate_limit_error: 'rate_limit',
  api_error: 'server_error',
  timeout_error: 'timeout',
  overloaded_error: 'overloaded',
}
