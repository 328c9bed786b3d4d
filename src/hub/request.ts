// The request hub: a chat request, validated, with OpenAI's own rules between fields checked and nothing said twice.
import { type ChatFields, chatRequest } from '../../schemas/chat.ts'
import { GatewayError } from './error.ts'
import { validate } from './validate.ts'

export type { ChatFields } from '../../schemas/chat.ts'

export interface ChatRequest {
  /** The fields that have a name in the schema, without nulls and without values at OpenAI's own default. */
  readonly fields: ChatFields
  /** What the client sent beside them. */
  readonly extras: Readonly<Record<string, unknown>>
}

/**
 * A value equal to OpenAI's own default says nothing, so it is treated as absent and never reported.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
const DEFAULTS: { readonly [K in keyof ChatFields]?: (value: NonNullable<ChatFields[K]>) => boolean } = {
  frequency_penalty: (value) => value === 0,
  functions: (value) => value.length === 0,
  logit_bias: (value) => Object.keys(value).length === 0,
  logprobs: (value) => !value,
  metadata: (value) => Object.keys(value).length === 0,
  modalities: (value) => value.length === 0 || (value.length === 1 && value[0] === 'text'),
  n: (value) => value === 1,
  parallel_tool_calls: (value) => value,
  presence_penalty: (value) => value === 0,
  response_format: (value) => value.type === 'text',
  service_tier: (value) => value === 'auto',
  stop: (value) => Array.isArray(value) && value.length === 0,
  store: (value) => !value,
  stream: (value) => !value,
  temperature: (value) => value === 1,
  tools: (value) => value.length === 0,
  top_p: (value) => value === 1,
  verbosity: (value) => value === 'medium',
}

const NAMES: ReadonlySet<string> = new Set(Object.keys(chatRequest.def.shape))

/**
 * Reads a parsed JSON body as a chat request.
 * @throws GatewayError 400 with OpenAI's code and `param`.
 */
export function chatRequestOf(body: unknown): ChatRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new GatewayError('invalid_type', 'Invalid type for the body: expected an object.')
  }
  const valid = validate(chatRequest, body)
  const fields: Record<string, unknown> = {}
  const extras: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(valid)) {
    if (!NAMES.has(name)) extras[name] = value
    else if (value !== null && value !== undefined && !isDefault(name, value)) fields[name] = value
  }
  // Every name was checked against the schema, and only optional ones were left out.
  const request = { fields: fields as ChatFields, extras }
  checkTogether(request.fields)
  return request
}

function isDefault(name: string, value: unknown): boolean {
  const test: unknown = Reflect.get(DEFAULTS, name)
  return typeof test === 'function' && Object.hasOwn(DEFAULTS, name) && test(value) === true
}

/** OpenAI's rules between fields. Those that only some models have are left to the provider. */
function checkTogether(fields: ChatFields): void {
  const refuse = (param: string, message: string): never => {
    throw new GatewayError('invalid_request', message, { param })
  }
  if (fields.stream_options && !fields.stream) {
    refuse('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
  }
  if (fields.top_logprobs && !fields.logprobs) {
    refuse('top_logprobs', "'top_logprobs' is only allowed when 'logprobs' is true.")
  }
  if (fields.reasoning_effort && fields.reasoning?.effort && fields.reasoning_effort !== fields.reasoning.effort) {
    throw new GatewayError('invalid_value', "'reasoning_effort' and 'reasoning.effort' differ: send one of them.", {
      param: 'reasoning.effort',
    })
  }
  checkChoice(fields, refuse)
}

function checkChoice(fields: ChatFields, refuse: (param: string, message: string) => never): void {
  const { tool_choice: choice, tools } = fields
  if (choice === undefined || choice === null || choice === 'none' || choice === 'auto') return
  if (!tools) refuse('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.")
  for (const name of chosenTools(choice)) {
    if (!tools?.some((tool) => toolName(tool) === name)) {
      refuse('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`)
    }
  }
}

type Tool = NonNullable<ChatFields['tools']>[number]
type ToolChoice = NonNullable<ChatFields['tool_choice']>

/** A tool's name, whatever its kind. */
export function toolName(tool: Tool): string {
  return tool.type === 'function' ? tool.function.name : tool.type === 'custom' ? tool.custom.name : ''
}

/** The tools a choice names, in the nested form of Chat or the flat form of Responses. */
export function chosenTools(choice: ToolChoice): string[] {
  if (typeof choice === 'string') return []
  if (choice.type !== 'allowed_tools') return [nameIn(choice)]
  return (choice.allowed_tools?.tools ?? choice.tools ?? []).map(nameIn)
}

function nameIn(choice: Readonly<Record<string, unknown>>): string {
  for (const holder of [choice.function, choice.custom, choice]) {
    if (typeof holder === 'object' && holder !== null && 'name' in holder && typeof holder.name === 'string') {
      return holder.name
    }
  }
  throw new GatewayError('missing_required_parameter', "Missing required parameter: 'tool_choice.function.name'.", {
    param: 'tool_choice.function.name',
  })
}
