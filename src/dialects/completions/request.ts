// A completion request in the hub: one conversation for each prompt and choice, or what a provider with this endpoint takes.
import { type CompletionFields, completionRequest } from '../../../schemas/completions.ts'
import { Desugaring, desugar } from '../../hub/desugar.ts'
import { GatewayError } from '../../hub/error.ts'
import type { ChatProvider } from '../../hub/provider.ts'
import { type ChatRequest, type Origin, requestOf } from '../../hub/request.ts'
import { validate } from '../../hub/validate.ts'
import { fields, type Plan } from './fields.ts'

/** OpenAI's default, which an application that names no limit relies on. */
const MAX_TOKENS = 16

/**
 * Reads a parsed JSON body as a completion request.
 * @throws GatewayError 400 with OpenAI's code and `param`.
 */
export function completionRequestOf(value: unknown): ChatRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GatewayError('invalid_type', 'Invalid type for the body: expected an object.')
  }
  const body = validate(completionRequest, value) as CompletionFields
  const { model, prompt, stream, stream_options, best_of, n } = body
  if (prompt?.length === 0 && typeof prompt !== 'string') {
    throw new GatewayError('empty_array', "Invalid 'prompt': empty array.", { param: 'prompt' })
  }
  const refuse = (param: string, message: string): never => {
    throw new GatewayError('invalid_request', message, { param })
  }
  if (stream_options && !stream)
    refuse('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
  if (best_of && n && best_of < n) refuse('best_of', "'best_of' must not be less than 'n'.")
  if (best_of && best_of > 1 && stream) refuse('best_of', "'best_of' must be 1 where 'stream' is enabled.")
  const origin: Origin = {
    body: { ...body },
    losses: [],
    pathOf,
    knows: (field) => Object.hasOwn(fields, field),
    translate: (to) => translated(body, origin, to),
  }
  const said = { model, ...(stream && { stream, ...(stream_options && { stream_options }) }) }
  return { fields: { messages: [], ...said }, extras: {}, origin }
}

/** The texts that are gone on with. */
export function promptsOf({ prompt }: Pick<CompletionFields, 'prompt'>): readonly (string | readonly unknown[])[] {
  if (typeof prompt !== 'object' || prompt === null) return [prompt ?? '']
  const texts = prompt.filter((one) => typeof one !== 'number')
  return texts.length > 0 ? texts : [prompt]
}

const SPELLED: readonly (readonly [hub: RegExp, client: string])[] = [
  [/^messages\b.*/, 'prompt'],
  [/^max_completion_tokens$/, 'max_tokens'],
  [/^top_logprobs$/, 'logprobs'],
]

function pathOf(path: string): string {
  return SPELLED.reduce((spelled, [hub, client]) => spelled.replace(hub, client), path)
}

type To = Pick<ChatProvider, 'completes' | 'table'>

function translated(body: CompletionFields, from: Origin, { completes, table }: To): ChatRequest {
  const natively = completes === 'all'
  if (!natively && (body.prompt === undefined || body.prompt === null)) {
    throw new GatewayError('missing_required_parameter', "Missing required parameter: 'prompt'.", { param: 'prompt' })
  }
  const told = new Desugaring()
  const plan: Plan = { body, natively, completes: completes !== undefined }
  const extras: Record<string, unknown> = {}
  const written = desugar(fields, { ...body }, plan, told, (field) => {
    extras[field] = body[field as keyof CompletionFields]
  })
  const origin = { ...from, losses: told.losses }
  /** The request with one prompt, or with all of them where they go as they are. */
  const asking = (prompt: string | readonly unknown[]): ChatRequest => ({
    ...requestOf({
      ...(natively ? {} : { max_completion_tokens: MAX_TOKENS }),
      ...written,
      ...extras,
      messages: [{ role: 'user', content: typeof prompt === 'string' ? prompt : '' }],
    }),
    origin,
    ...(completes && { prompt }),
  })
  const prompts = promptsOf(body)
  // Where each choice is a call of its own, a call has no more than one prompt.
  const apart = prompts.length > 1 && (!natively || ((body.n ?? 1) > 1 && table.fields.n.kind === 'emulated'))
  if (!apart) return asking(body.prompt ?? '')
  return { ...asking(''), several: prompts.flatMap((prompt) => severally(asking(prompt))) }
}

/** A request of several choices as several of one. */
function severally(request: ChatRequest): ChatRequest[] {
  const { n, ...fields } = request.fields
  return Array.from({ length: n ?? 1 }, () => ({ ...request, fields }))
}
