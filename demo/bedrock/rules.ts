// What fields mean among each other, and what each model takes of them.
import { createHash } from 'node:crypto'
import { checkConversation } from './conversation.ts'
import { findModel, type Model } from './models.ts'
import { lacks, Refusal } from './refusal.ts'
import { converseRequest } from './request.ts'
import type { Block, ConverseBody } from './wire.ts'

const refuse = (message: string): never => {
  throw new Refusal(message)
}

export interface Checked {
  readonly body: ConverseBody
  readonly model: Model
}

/** The request, if the service would take it. @throws Refusal */
export function checkConverse(body: unknown, id: string, stream: boolean): Checked {
  const model = findModel(id)
  if (!model) throw new Refusal('The provided model identifier is invalid.')
  converseRequest(body, '')
  // Its shape was checked in every member that is read.
  const request = body as ConverseBody
  if (request.system?.length && !model.system) throw lacks('system')
  checkConversation(request, model)
  checkTools(request, model, stream)
  checkLimits(request, model)
  checkOwn(request, model)
  checkCache(request, model)
  if (!stream && request.guardrailConfig?.streamProcessingMode) {
    refuse('The field guardrailConfig.streamProcessingMode is not a member of this structure.')
  }
  return { body: request, model }
}

function checkTools({ toolConfig, messages }: ConverseBody, model: Model, stream: boolean): void {
  const used = messages.some(({ content }) => content.some((block) => block.toolUse || block.toolResult))
  if (!toolConfig) {
    if (used) refuse('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
    return
  }
  if (!model.tools) throw lacks('toolConfig')
  if (stream && !model.streamsTools) refuse("This model doesn't support tool use in streaming mode.")
  const specs = toolConfig.tools.flatMap(({ toolSpec }) => toolSpec ?? [])
  const names = specs.map(({ name }) => name)
  if (new Set(names).size < names.length) refuse('Tool names must be unique.')
  for (const [i, { inputSchema, strict }] of specs.entries()) {
    const at = `The value at toolConfig.tools.${i}.toolSpec.inputSchema.json`
    if (inputSchema.json.type !== 'object') refuse(`${at}.type must be one of the following: object.`)
    if (['oneOf', 'anyOf', 'allOf'].some((key) => key in inputSchema.json)) refuse(`${at} has a union at the top.`)
    if (strict && !model.structured) throw lacks('toolSpec.strict')
  }
  const { any, tool } = toolConfig.toolChoice ?? {}
  if (any && model.choice === 'none') throw lacks('toolConfig.toolChoice.any')
  if (tool && model.choice !== 'named') throw lacks('toolConfig.toolChoice.tool')
  if (tool && !names.includes(tool.name)) refuse(`Tool '${tool.name}' not found in provided tools`)
}

function checkLimits({ inferenceConfig = {}, outputConfig }: ConverseBody, model: Model): void {
  const { maxTokens, temperature, topP, stopSequences = [] } = inferenceConfig
  if (maxTokens !== undefined && maxTokens > model.maxTokens) {
    refuse(
      `The maximum tokens you requested exceeds the model limit of ${model.maxTokens}. Try again with a maximum tokens value that is lower than ${model.maxTokens}.`,
    )
  }
  if (stopSequences.length > 0 && !model.stops) throw lacks('stopSequences')
  if (model.cache === 'all' && stopSequences.some((stop) => stop.trim() === '')) {
    refuse('stop_sequences: each stop sequence must contain non-whitespace')
  }
  if (model.sampling === 'one' && temperature !== undefined && topP !== undefined) {
    refuse(
      'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model.',
    )
  }
  if (model.sampling === 'none' && ((temperature ?? 1) !== 1 || (topP ?? 1) < 0.99)) {
    refuse('The model returned the following errors: `temperature` is deprecated for this model.')
  }
  if (!outputConfig?.textFormat) return
  if (!model.structured) throw lacks('outputConfig.textFormat')
  const schema: unknown = JSON.parse(outputConfig.textFormat.structure.jsonSchema.schema)
  if (!isClosed(schema))
    refuse("output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false")
}

function isClosed(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return true
  const open = Reflect.get(schema, 'type') === 'object' && Reflect.get(schema, 'additionalProperties') !== false
  return !open && Object.values(schema).every(isClosed)
}

/** Fields of the model's own, most of them about thinking. */
function checkOwn(body: ConverseBody, model: Model): void {
  const { additionalModelRequestFields: own = {}, inferenceConfig = {}, toolConfig, messages } = body
  const foreign = Object.keys(own).find((name) => !model.own.includes(name))
  if (foreign)
    refuse(
      `The model returned the following errors: Malformed input request: #: extraneous key [${foreign}] is not permitted, please reformat your input and try again.`,
    )
  for (const { content } of messages) for (const block of content) checkSignature(block, model)
  const { thinking, top_k: topK } = own
  if (!thinking) {
    if (topK !== undefined && model.sampling === 'none') refuse('`top_k` is deprecated for this model.')
    return
  }
  const { type, budget_tokens: budget = 0 } = thinking
  if (!model.thinking.includes(type)) refuse(`"thinking.type.${type}" is not supported for this model.`)
  if (type === 'disabled') return
  if (type === 'enabled' && budget < 1024)
    refuse('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
  if (type === 'enabled' && budget >= (inferenceConfig.maxTokens ?? 4096))
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.')
  if (toolConfig?.toolChoice?.any || toolConfig?.toolChoice?.tool)
    refuse('Thinking may not be enabled when tool_choice forces tool use.')
  if ((inferenceConfig.temperature ?? 1) !== 1) refuse('`temperature` may only be set to 1 when thinking is enabled.')
  if ((inferenceConfig.topP ?? 1) < 0.95 || topK !== undefined)
    refuse('`top_p` and `top_k` must be unset when thinking is enabled.')
  const last = messages.findLast(({ role }) => role === 'assistant')?.content ?? []
  const inLoop = last.some((block) => block.toolUse)
  if (type === 'enabled' && inLoop && !last[0]?.reasoningContent) {
    refuse('messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.')
  }
  if (messages.at(-1)?.role === 'assistant') refuse('Prefill is not supported while thinking.')
}

const MARK = 'dragoman-demo:'

/** The signature of a thinking text: the real ones cannot be checked, so only ours are. */
export function mint(text: string): string {
  return Buffer.from(MARK + createHash('sha256').update(text).digest('hex')).toString('base64')
}

function checkSignature({ reasoningContent }: Block, model: Model): void {
  if (!reasoningContent) return
  if (model.thinking.length === 0)
    refuse("This model doesn't support the reasoningContent field. Remove reasoningContent and try again.")
  const { text, signature } = reasoningContent.reasoningText ?? {}
  if (text === undefined) return
  if (!signature) refuse('messages.1.content.0: reasoningContent.reasoningText.signature: Field required')
  const ours = Buffer.from(signature ?? '', 'base64')
    .toString()
    .startsWith(MARK)
  if (ours && signature !== mint(text)) refuse('messages.1.content.0: Invalid `signature` in `thinking` block')
}

function checkCache({ messages, system = [], toolConfig }: ConverseBody, model: Model): void {
  const among = (toolConfig?.tools ?? []).flatMap(({ cachePoint }) => cachePoint ?? [])
  const all = [
    ...among,
    ...[...system, ...messages.flatMap(({ content }) => content)].flatMap((one) => one.cachePoint ?? []),
  ]
  if (all.length > 0 && model.cache === 'none')
    refuse('You invoked an unsupported model or your request did not allow prompt caching.')
  if (among.length > 0 && model.cache !== 'all') refuse('This model does not support cache points among tools.')
  if (all.length > 4) refuse('A maximum of 4 blocks with cache_control may be provided.')
  if (all.some(({ ttl }, i) => ttl === '1h' && all.slice(0, i).some((one) => one.ttl !== '1h'))) {
    refuse('a ttl=1h cache_control block must not come after a ttl=5m cache_control block')
  }
}
