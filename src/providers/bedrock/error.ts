// The service's errors in the gateway's terms:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
import { type Code, GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Refusal } from '../../hub/provider.ts'
import { codeOfStatus, refusal } from '../../hub/refusal.ts'

/** By the exception's name, in lower case and without what all are called. */
const BY_TYPE: Readonly<Record<string, Code>> = {
  validation: 'invalid_request',
  serialization: 'invalid_request',
  conflict: 'invalid_request',
  invalidsignature: 'invalid_api_key',
  incompletesignature: 'invalid_api_key',
  unrecognizedclient: 'invalid_api_key',
  invalidclienttokenid: 'invalid_api_key',
  expiredtoken: 'invalid_api_key',
  missingauthenticationtoken: 'invalid_api_key',
  accessdenied: 'insufficient_permissions',
  resourcenotfound: 'model_not_found',
  servicequotaexceeded: 'insufficient_quota',
  throttling: 'rate_limit',
  toomanyrequests: 'rate_limit',
  modelnotready: 'overloaded',
  modeltimeout: 'timeout',
  modelerror: 'upstream_error',
  modelstreamerror: 'upstream_error',
  internalserver: 'server_error',
  internalfailure: 'server_error',
  serviceunavailable: 'overloaded',
}

/** @param paramOf turns a path in the service's spelling into the client's. */
export function refused(given: Refusal, slot: string, paramOf: (path: string) => string | undefined): GatewayError {
  const { status, headers, body } = given
  const told = jsonIn(body)
  const message = messageIn(told)
  // `ThrottlingException:http://…`, or `com.amazon.coral.service#ThrottlingException` in a body.
  const named = headers.get('x-amzn-errortype') ?? at(told, '__type')
  const type = typeof named === 'string' ? (named.split(':')[0]?.split('#').at(-1) ?? '') : ''
  const byStatus =
    message !== undefined && status === 404 ? 'model_not_found' : codeOfStatus(status, message !== undefined)
  const code = codeOf(type, message ?? '', byStatus)
  const param = message === undefined ? undefined : paramIn(code, message, paramOf)
  const said = message === undefined ? undefined : withOriginal(message, told)
  return refusal(code, said, { status, slot }, { ...(param && { param }) })
}

/**
 * What comes in a stream instead of the answer, where the status was good.
 * @param event `exception:<type>`, `error:<code>`, or '' for a body of no known form.
 */
export function streamError(event: string, data: string): GatewayError {
  const told = jsonIn(data)
  const plain = event.startsWith('error:') && data !== '' ? data : undefined
  const message = messageIn(told) ?? plain ?? 'The provider reported an error.'
  const code = codeOf(event.split(':')[1] ?? '', message, undefined)
  const text = isSecret(code) ? 'The provider refused its credential.' : scrub(withOriginal(message, told))
  return new GatewayError(code, text, code === 'insufficient_quota' ? { shouldRetry: false } : {})
}

/** What is said about a credential is for the operator, not for the client. */
function isSecret(code: Code): boolean {
  return code === 'invalid_api_key' || code === 'insufficient_permissions'
}

function messageIn(told: unknown): string | undefined {
  for (const key of ['message', 'Message']) {
    const message = at(told, key)
    if (typeof message === 'string') return message
  }
  return undefined
}

/** A model's own error comes in the service's: its status says whose fault it was. */
function withOriginal(message: string, told: unknown): string {
  const status = at(told, 'originalStatusCode')
  const original = at(told, 'originalMessage')
  const more = [
    ...(typeof status === 'number' ? [`status ${status}`] : []),
    ...(typeof original === 'string' && original !== message ? [original] : []),
  ]
  return more.length > 0 ? `${message} (${more.join(': ')})` : message
}

const TOO_LONG =
  /input is too long|too many (?:input )?tokens|prompt is too long|exceeds?\b.*\bcontext|context (?:window|length|limit)/is

function codeOf(type: string, message: string, byStatus: Code | undefined): Code {
  const name = type.toLowerCase().replace(/exception$/, '')
  const code = (Object.hasOwn(BY_TYPE, name) ? BY_TYPE[name] : undefined) ?? byStatus ?? 'upstream_error'
  if (code === 'invalid_request') return TOO_LONG.test(message) ? 'context_length_exceeded' : code
  if (code !== 'rate_limit') return code
  if (/\bper day\b|\bdaily\b/i.test(message)) return 'insufficient_quota'
  if (/tokens/i.test(message)) return 'rate_limit_tokens'
  return /requests/i.test(message) ? 'rate_limit_requests' : code
}

/** A path in a message: `Value at 'inferenceConfig.temperature' failed …`, `messages.3.content.0: …`. */
const PATH =
  /(?:^|value at |field |errors: )['"`]?((?:messages|system|inferenceConfig|toolConfig|outputConfig|tools|thinking|max_tokens|temperature|top_[pk]|stop_sequences|requestMetadata|serviceTier)\b[\w.]*)/i

function paramIn(code: Code, message: string, paramOf: (path: string) => string | undefined): string | undefined {
  if (code === 'context_length_exceeded') return 'messages'
  if (code === 'model_not_found' || /model identifier is invalid|on-demand throughput/i.test(message)) return 'model'
  const path = code === 'invalid_request' ? PATH.exec(message)?.[1] : undefined
  return path === undefined ? undefined : paramOf(path)
}
