// The rules between the fields of a request, and the gates of each model.
import type { Model } from './models.ts'
import { Refusal, refuse } from './refusal.ts'
import { checkSchema } from './schemas.ts'
import type { Body, Declaration } from './wire.ts'

const NAME = /^[A-Za-z_][\w.:-]{0,127}$/

/** All functions of a request. */
export const declarationsOf = ({ tools = [] }: Body): readonly Declaration[] =>
  tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations)

/** The service's own tools in a request. */
export const ownTools = ({ tools = [] }: Body): readonly string[] =>
  tools.flatMap((tool) => Object.keys(tool).filter((name) => name !== 'functionDeclarations'))

export function checkTools(body: Body, model: Model): void {
  const { tools = [], toolConfig } = body
  const names = new Set<string>()
  for (const [i, tool] of tools.entries()) {
    if (Object.keys(tool).length === 0) refuse(`tools[${i}]`, 'tool is empty')
    for (const [j, one] of (tool.functionDeclarations ?? []).entries()) {
      const path = `tools[${i}].function_declarations[${j}]`
      const { name = '', parameters, parametersJsonSchema } = one
      if (!NAME.test(name)) refuse(`${path}.name`, 'Invalid function name.')
      if (names.has(name)) throw new Refusal(`Duplicate function declaration found: ${name}`)
      names.add(name)
      if (parameters && parametersJsonSchema) refuse(path, 'parameters and parameters_json_schema are exclusive')
      if (parametersJsonSchema && !model.jsonSchema)
        refuse(`${path}.parameters_json_schema`, 'not supported by this model')
      if (parameters) checkSchema(parameters, `${path}.parameters`, true)
      if (parametersJsonSchema) checkSchema(parametersJsonSchema, `${path}.parameters_json_schema`, false)
    }
  }
  checkChoice(toolConfig?.functionCallingConfig, names, model)
  const mixed = names.size > 0 && ownTools(body).length > 0
  if (!mixed) return
  if (!model.third) throw new Refusal('Tool use with function calling is unsupported')
  if (!toolConfig?.includeServerSideToolInvocations) {
    throw new Refusal(
      'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
    )
  }
}

function checkChoice(
  config: NonNullable<Body['toolConfig']>['functionCallingConfig'],
  names: ReadonlySet<string>,
  { jsonSchema }: Model,
): void {
  if (!config) return
  const { mode = 'AUTO', allowedFunctionNames: allowed = [] } = config
  const path = 'tool_config.function_calling_config'
  if (names.size === 0) refuse(path, 'Function calling config is set without function_declarations.')
  if (mode === 'VALIDATED' && !jsonSchema) refuse(`${path}.mode`, 'VALIDATED is not supported by this model')
  if (allowed.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') {
    refuse(`${path}.allowed_function_names`, 'should be set only when mode is ANY')
  }
  const unknown = allowed.find((name) => !names.has(name))
  if (unknown !== undefined) refuse(`${path}.allowed_function_names`, `${unknown} is not declared`)
}

export function checkConfig(body: Body, model: Model): void {
  const { generationConfig: config = {} } = body
  const gate = (open: boolean, text: string) => {
    if (!open) throw new Refusal(`${text} is not enabled for models/${model.id}`)
  }
  gate(model.penalties || (config.presencePenalty === undefined && config.frequencyPenalty === undefined), 'Penalty')
  gate(model.logprobs || !config.responseLogprobs, 'Logprobs')
  if ((config.candidateCount ?? 1) > 1 && !model.candidates) {
    throw new Refusal('Multiple candidates is not enabled for this model')
  }
  if (config.logprobs !== undefined && !config.responseLogprobs)
    refuse('generation_config.logprobs', 'needs responseLogprobs')
  const stops = config.stopSequences ?? []
  if (stops.length > 5) refuse('generation_config.stop_sequences', 'at most 5')
  if (stops.includes('')) refuse('generation_config.stop_sequences', 'must not be empty')
  checkFormat(body, model)
  checkThinking(body, model)
  if (body.systemInstruction && !model.system) {
    throw new Refusal(`Developer instruction is not enabled for models/${model.id}`)
  }
}

function checkFormat(body: Body, model: Model): void {
  const { responseMimeType: type, responseSchema, responseJsonSchema } = body.generationConfig ?? {}
  const path = 'generation_config'
  if (responseSchema && responseJsonSchema) refuse(path, 'response_schema and response_json_schema are exclusive')
  if ((responseSchema || responseJsonSchema) && type !== 'application/json') {
    refuse(`${path}.response_mime_type`, 'must be application/json with a schema')
  }
  if (responseJsonSchema && !model.jsonSchema) refuse(`${path}.response_json_schema`, 'not supported by this model')
  if (responseSchema) checkSchema(responseSchema, `${path}.response_schema`, true)
  if (responseJsonSchema) checkSchema(responseJsonSchema, `${path}.response_json_schema`, false)
  const tools = declarationsOf(body).length + ownTools(body).length
  if (type === 'application/json' && tools > 0 && !model.third) {
    throw new Refusal("Function calling with a response mime type: 'application/json' is unsupported")
  }
}

function checkThinking({ generationConfig }: Body, model: Model): void {
  const config = generationConfig?.thinkingConfig
  if (!config) return
  const { thinkingBudget: budget, thinkingLevel: level } = config
  if (model.thinking === 'none') throw new Refusal('Thinking is not enabled for this model')
  if (budget !== undefined && level !== undefined) {
    throw new Refusal('You can only set only one of thinking budget and thinking level.')
  }
  if (level !== undefined && !model.levels?.includes(level.toUpperCase())) {
    throw new Refusal(
      `Thinking level ${level} is not supported for this model. Allowed: ${model.levels?.join(', ') ?? ''}`,
    )
  }
  if (level !== undefined && model.thinking === 'budget')
    throw new Refusal('Thinking level is not supported for this model.')
  const [least, most, off] = model.budget ?? [0, 32_768, true]
  if (budget === undefined || budget === -1 || (budget === 0 && off)) return
  if (budget === 0) throw new Refusal('Budget 0 is invalid. This model only works in thinking mode.')
  if (budget < least || budget > most) {
    throw new Refusal(`The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`)
  }
}
