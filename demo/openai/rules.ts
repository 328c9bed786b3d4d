// What no single field tells: fields that need or exclude each other, models that lack them, calls without results.
// https://platform.openai.com/docs/api-reference/chat/create
import { Refusal } from './refusal.ts'
import { chatRequest } from './request.ts'
import { type ChatBody, type ChatMessage, type JsonSchema, textOf } from './wire.ts'

/** What the demo knows of a model. */
export interface Model {
  readonly id: string
  /** Thinks before it answers, and refuses what would steer the sampling. */
  readonly reasoning: boolean
}

/** The models that answer, newest first. */
export const MODELS: readonly Model[] = [
  { id: 'gpt-5.6', reasoning: true },
  { id: 'gpt-5.2', reasoning: true },
  { id: 'gpt-5-mini', reasoning: true },
  { id: 'gpt-5', reasoning: true },
  { id: 'o4-mini', reasoning: true },
  { id: 'o3', reasoning: true },
  { id: 'gpt-4.1-mini', reasoning: false },
  { id: 'gpt-4.1', reasoning: false },
  { id: 'gpt-4o-mini', reasoning: false },
  { id: 'gpt-4o', reasoning: false },
]

/** The model of a name, with or without a date. */
export const findModel = (name: string): Model | undefined =>
  MODELS.find(
    ({ id }) => name === id || (name.startsWith(`${id}-`) && /^\d{4}-\d\d-\d\d$/.test(name.slice(id.length + 1))),
  )

const refuse = (message: string, code: string | null, param: string | null): never => {
  throw new Refusal(message, code, param)
}

/** Fields that a reasoning model takes at their default alone. */
const FIXED = { temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0 } as const

function checkModel(body: ChatBody): Model {
  const model = findModel(body.model)
  if (!model) {
    const text = `The model \`${body.model}\` does not exist or you do not have access to it.`
    throw new Refusal(text, 'model_not_found', null, 404)
  }
  if (body.web_search_options) refuse('Web search options not supported with this model.', null, 'web_search_options')
  if (!model.reasoning) {
    if (body.reasoning_effort) refuse('Unrecognized request argument supplied: reasoning_effort', null, null)
    return model
  }
  if (typeof body.max_tokens === 'number') {
    const text =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    refuse(text, 'unsupported_parameter', 'max_tokens')
  }
  for (const [name, fixed] of Object.entries(FIXED) as [keyof typeof FIXED, number][]) {
    const given = body[name]
    if (typeof given !== 'number' || given === fixed) continue
    const text = `Unsupported value: '${name}' does not support ${given} with this model. Only the default (${fixed}) value is supported.`
    refuse(text, 'unsupported_value', name)
  }
  if (body.logprobs) refuse('You are not allowed to request logprobs from this model.', null, null)
  return model
}

function checkFields(body: ChatBody): void {
  const only = (name: string, others: string) =>
    refuse(`Invalid value for '${name}': '${name}' is only allowed when '${others}' are specified.`, null, name)
  if (body.stream_options && !body.stream) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", null, 'stream_options')
  }
  if (typeof body.top_logprobs === 'number' && !body.logprobs) {
    refuse("Invalid value for 'top_logprobs': 'logprobs' must be enabled.", null, 'top_logprobs')
  }
  if (typeof body.max_tokens === 'number' && typeof body.max_completion_tokens === 'number') {
    refuse(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'invalid_parameter_combination',
      null,
    )
  }
  if (!body.tools?.length) {
    if (body.tools)
      refuse(
        "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        'empty_array',
        'tools',
      )
    if (body.tool_choice) only('tool_choice', 'tools')
    if (typeof body.parallel_tool_calls === 'boolean') only('parallel_tool_calls', 'tools')
  }
  if (body.function_call && !body.functions) only('function_call', 'functions')
}

/** A strict schema closes every object and requires every property. */
function strictFault(schema: JsonSchema, context: readonly string[]): string | undefined {
  const properties = schema.properties as Readonly<Record<string, JsonSchema>> | undefined
  const at = `In context=(${context.map((step) => `'${step}'`).join(', ')}${context.length === 1 ? ',' : ''})`
  if (schema.type === 'object' || properties) {
    if (schema.additionalProperties !== false) {
      return `${at}, 'additionalProperties' is required to be supplied and to be false.`
    }
    const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
    const missing = Object.keys(properties ?? {}).find((name) => !required.includes(name))
    if (missing !== undefined) {
      return `${at}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
    }
  }
  for (const [name, part] of Object.entries(properties ?? {})) {
    const fault = strictFault(part, [...context, 'properties', name])
    if (fault) return fault
  }
  return schema.items ? strictFault(schema.items as JsonSchema, [...context, 'items']) : undefined
}

function checkSchemas({ response_format: format, tools, messages }: ChatBody): void {
  const given = format?.json_schema
  const fault = given?.strict ? strictFault(given.schema, []) : undefined
  if (fault) refuse(`Invalid schema for response_format '${given?.name}': ${fault}`, null, 'response_format')
  if (format?.type === 'json_object' && !messages.some((message) => /json/i.test(textOf(message)))) {
    refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      null,
      'messages',
    )
  }
  for (const [index, { function: tool }] of (tools ?? []).entries()) {
    const wrong = tool?.strict && tool.parameters ? strictFault(tool.parameters, []) : undefined
    const path = `tools[${index}].function.parameters`
    if (wrong) refuse(`Invalid schema for function '${tool?.name}': ${wrong}`, 'invalid_function_parameters', path)
  }
}

const isBare = ({ role, content, tool_calls, function_call, refusal, audio }: ChatMessage): boolean =>
  role === 'assistant' &&
  (content === null || content === undefined) &&
  !tool_calls?.length &&
  !function_call &&
  !refusal &&
  !audio

/** Every call answered before anything else is said, every answer to a call that was made. */
function checkCalls(messages: readonly ChatMessage[]): void {
  let open: string[] = []
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id ?? '')) {
        const text =
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
        refuse(text, null, `${at}.role`)
      }
      open = open.filter((id) => id !== message.tool_call_id)
      continue
    }
    if (open.length > 0) unanswered(open, `${at}.role`)
    if (isBare(message)) {
      refuse(`Invalid value for 'content': expected a string, got null.`, null, `${at}.content`)
    }
    open = (message.tool_calls ?? []).map(({ id }) => id)
  }
  if (open.length > 0) unanswered(open, `messages[${messages.length - 1}].role`)
}

const unanswered = (ids: readonly string[], param: string): never =>
  refuse(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    null,
    param,
  )

/** A chat request, checked; throws the Refusal the real service would answer. */
export function checkChat(body: unknown): { readonly body: ChatBody; readonly model: Model } {
  chatRequest(body, '')
  const asked = body as ChatBody
  const model = checkModel(asked)
  checkFields(asked)
  checkSchemas(asked)
  checkCalls(asked.messages)
  return { body: asked, model }
}
