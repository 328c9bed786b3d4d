// The request hub: a chat request, validated, with OpenAI's own rules between fields checked and nothing said twice.
import { type ChatFields, chatRequest } from '../../schemas/chat.ts'
import { GatewayError } from './error.ts'
import type { Loss } from './loss.ts'
import type { ChatProvider } from './provider.ts'
import { validate } from './validate.ts'

export type { ChatFields } from '../../schemas/chat.ts'

export interface ChatRequest {
  /** The fields that have a name in the schema, without nulls and without values at OpenAI's own default. */
  readonly fields: ChatFields
  /** What the client sent beside them. */
  readonly extras: Readonly<Record<string, unknown>>
  /** How the client said it, where it was said in another dialect. */
  readonly origin?: Origin
  /** A text to go on with (or texts, or tokens), instead of the messages: of a provider that `completes`. */
  readonly prompt?: string | readonly unknown[]
  /** The requests that it stands for, where it asks for several answers in one: the answer has a choice of each. */
  readonly several?: readonly ChatRequest[]
}

/** A body that could not be relayed as it came. */
export interface Relayed {
  readonly text: string
  /** What it lost, in the client's spelling. */
  readonly losses: readonly Loss[]
}

/** What becomes of a request on its way into the hub. */
export interface Origin {
  /** The body as it came, for what an answer repeats of it. */
  readonly body: Readonly<Record<string, unknown>>
  /** What the hub has no place for, in the client's spelling. */
  readonly losses: readonly Loss[]
  /** The client's spelling of a path in the hub's. */
  readonly pathOf: (path: string) => string
  /** Not everything that it says has a name at services that speak OpenAI's format: it must be put into theirs. */
  readonly foreign?: true
  /** The body as a relay sends it, but for the model's name, where it is not as it came. */
  readonly relayed?: () => Relayed | undefined
  /** Whether a field of the body is one of the dialect's, and no word of the client's own. */
  readonly knows: (field: string) => boolean
  /**
   * The whole request, where what was read so far is only what a provider needs that speaks the dialect itself.
   * @param to who will answer: what it takes of the dialect's own need not be translated.
   * @throws GatewayError 400 for what has no place in the hub.
   */
  readonly translate?: (to: Pick<ChatProvider, 'completes' | 'table'>) => ChatRequest
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
  return requestOf(validate(chatRequest, body))
}

/**
 * A request out of fields whose values are known to be right, without those that say nothing.
 * @throws GatewayError 400 where fields do not go together.
 */
export function requestOf(valid: Readonly<Record<string, unknown>>): ChatRequest {
  const fields: Record<string, unknown> = {}
  const extras: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(valid)) {
    if (!NAMES.has(name)) extras[name] = value
    else if (value !== null && value !== undefined && !isDefault(name, value)) fields[name] = value
  }
  // Every name was checked against the schema, and only optional ones were left out.
  const request = { fields: fields as ChatFields, extras }
  checkTogether(request.fields)
  leaveOutChoice(request.fields)
  return request
}

/** Left to itself, OpenAI chooses `auto` where there are tools; where there are none, there is nothing to choose. */
function leaveOutChoice(fields: ChatFields): void {
  const { tool_choice: choice, function_call: call } = fields
  const none = !fields.tools && !fields.functions
  if (choice === 'auto' || (choice === 'none' && none)) delete fields.tool_choice
  if (call === 'auto' || (call === 'none' && none)) delete fields.function_call
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
  const { tool_choice: choice, tools, function_call: call, functions } = fields
  if (choice && choice !== 'none' && choice !== 'auto') {
    if (!tools) refuse('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.")
    for (const name of chosenTools(choice)) {
      if (tools.some((tool) => toolName(tool) === name)) continue
      refuse('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`)
    }
  }
  if (typeof call === 'object' && call) {
    if (!functions) refuse('function_call', "'function_call' is only allowed when 'functions' are specified.")
    if (functions.some(({ name }) => name === call.name)) return
    refuse('function_call', `Function choice '${call.name}' not found in 'functions' parameter.`)
  }
}

type Tool = NonNullable<ChatFields['tools']>[number]
type ToolChoice = NonNullable<ChatFields['tool_choice']>

/** A tool's name, whatever its kind: those that only some services know have it at their top, if at all. */
export function toolName(tool: Tool): string {
  if (tool.type === 'function') return tool.function.name
  return tool.type === 'custom' ? tool.custom.name : String(Reflect.get(tool, 'name') ?? '')
}

/**
 * The tools a choice names, in the nested form of Chat or the flat form of Responses.
 * @throws GatewayError `missing_required_parameter` where it names none.
 */
export function chosenTools(choice: ToolChoice): string[] {
  if (typeof choice === 'string') return []
  if (choice.type !== 'allowed_tools') return [nameIn(choice, 'tool_choice', choice.type)]
  const path = `tool_choice.${choice.tools && !choice.allowed_tools ? '' : 'allowed_tools.'}tools`
  const allowed = choice.allowed_tools?.tools ?? choice.tools
  if (!allowed) throw missing('tool_choice.allowed_tools')
  return allowed.map((one, i) => nameIn(one, `${path}[${i}]`, one.type === 'custom' ? 'custom' : 'function'))
}

function nameIn(choice: Readonly<Record<string, unknown>>, path: string, kind: string): string {
  for (const holder of [choice.function, choice.custom, choice]) {
    if (typeof holder === 'object' && holder !== null && 'name' in holder && typeof holder.name === 'string') {
      return holder.name
    }
  }
  throw missing(`${path}.${kind}.name`)
}

function missing(param: string): GatewayError {
  return new GatewayError('missing_required_parameter', `Missing required parameter: '${param}'.`, { param })
}
