// The service's failures in the gateway's terms: refusals, and those that come as lines of an answer whose head was good.
import { type Code, type ErrorDetails, GatewayError, scrub } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import type { Refusal } from '../../hub/provider.ts'
import { codeOfStatus, refusal } from '../../hub/refusal.ts'

/** A slot of the cluster is free again as soon as an answer ends: clients try again after this. */
const RETRY: ErrorDetails = { retryAfterMs: 1000 }

const EMBEDS = 'The model of this cluster serves embeddings and answers no chat.'

const EMBEDS_NOT = 'The model of this cluster makes no embeddings.'

/**
 * A response that is no answer. What the service says itself it says as plain text.
 * @param embeds vectors were asked for.
 */
export function refused({ status, headers, body }: Refusal, slot: string, embeds = false): GatewayError {
  if (status === 501) return new GatewayError('invalid_request', embeds ? EMBEDS_NOT : EMBEDS, { param: 'model' })
  const page = body.trim() === '' || /\bhtml\b/i.test(headers.get('content-type') ?? '') || /^\s*</.test(body)
  const code = codeOfStatus(status, !page)
  return refusal(code, page ? undefined : body.trim(), { status, slot }, code === 'overloaded' ? RETRY : {})
}

/** An `Error` line: a code that is a status, and a description. */
export function told(error: unknown): GatewayError {
  const status = at(error, 'code')
  const description = at(error, 'description')
  const code = typeof status === 'number' ? codeOfStatus(status, true) : 'upstream_error'
  const message = typeof description === 'string' ? scrub(description) : 'The provider reported an error.'
  return new GatewayError(code, message, code === 'overloaded' ? RETRY : {})
}

/** A response that ended before it had anything to say. */
export function ended(why: string): GatewayError {
  if (why === 'Timeout') return new GatewayError('timeout', 'The provider took too long.')
  if (why === 'TooManyBufferedRequests') return overloaded('Too many requests wait for the provider.')
  return new GatewayError('upstream_error', 'The provider sent an answer of another kind.')
}

function overloaded(message: string): GatewayError {
  return new GatewayError('overloaded', message, RETRY)
}

/** What went wrong while tokens were made, where it is not the service that is at fault; and the field at fault. */
const VARIANTS: Readonly<Record<string, readonly [Code, param?: string]>> = {
  GrammarSyntaxError: ['invalid_request', 'response_format'],
  GrammarIncompatibleWithThinking: ['invalid_request', 'response_format'],
  ImageDecodingFailed: ['invalid_image_format', 'messages'],
  ImageExceedsBatchSize: ['invalid_request', 'messages'],
  MediaExceedsMicroBatch: ['invalid_request', 'messages'],
  MultimodalNotSupported: ['invalid_request', 'messages'],
  PromptExceedsContextSize: ['context_length_exceeded', 'messages'],
  ToolSchemaInvalid: ['invalid_request', 'tools'],
  ToolCallValidatorBuildFailed: ['invalid_request', 'tools'],
  TokenGenerationDisabled: ['invalid_request', 'model'],
  ModelNotLoaded: ['overloaded'],
  NoSequenceSlotAvailable: ['overloaded'],
  SchedulerUnavailable: ['overloaded'],
}

/** A token that is a failure: its name, and what it says of itself (words, a list of them, numbers by name). */
export function variantError(name: string, value: unknown): GatewayError {
  if (name === 'TokenGenerationDisabled') return new GatewayError('invalid_request', EMBEDS, { param: 'model' })
  const [code, param] = (Object.hasOwn(VARIANTS, name) ? VARIANTS[name] : undefined) ?? ['server_error']
  const words = typeof value === 'string' ? value : JSON.stringify(value)
  const message = scrub(`${name}: ${words}`)
  return new GatewayError(code, message, { ...(param && { param }), ...(code === 'overloaded' && RETRY) })
}
