// What the fields of a request mean together, and which models there are. https://docs.cohere.com/docs/models
import { Refusal } from './refusal.ts'
import { chatRequest } from './request.ts'
import { type ChatBody, itemsOf, type Message, type Tool } from './wire.ts'

interface Model {
  readonly name: string
  readonly sees?: true
  readonly reasons?: true
  /** `tool_choice` is unknown to it. */
  readonly old?: true
}

export const MODELS: readonly Model[] = [
  { name: 'command-a-03-2025' },
  { name: 'command-a-plus-05-2026', sees: true, reasons: true },
  { name: 'command-a-reasoning-08-2025', reasons: true },
  { name: 'command-a-vision-07-2025', sees: true },
  { name: 'command-r', old: true },
  { name: 'command-r-08-2024', old: true },
  { name: 'command-r-plus', old: true },
  { name: 'command-r-plus-08-2024', old: true },
  { name: 'command-r7b-12-2024' },
]

const refuse = (text: string): never => {
  throw new Refusal(`invalid request: ${text}`)
}

const requiresNothing = ({ function: { parameters } }: Tool): boolean =>
  !Array.isArray(parameters.required) || parameters.required.length === 0

/** Each result answers a call of the assistant's turn that it follows, and no call stays open. */
function checkCalls(messages: readonly Message[]): void {
  let open: string[] = []
  for (const [index, { role, content, tool_calls: calls, tool_call_id: id = '' }] of messages.entries()) {
    if (role === 'tool') {
      if (!open.includes(id)) refuse(`messages[${index}].tool_call_id must be of a preceding tool call`)
      open = open.filter((one) => one !== id)
      continue
    }
    if (open.length > 0) refuse(`messages[${index}] must not come before the results of ${open.join(', ')}`)
    if (role === 'assistant' && content === undefined && !calls)
      refuse(`messages[${index}] must not be empty in a turn`)
    open = (calls ?? []).map((call) => call.id)
  }
}

/** The body of `POST /v2/chat`, checked; throws the Refusal the real service would answer. */
export function checkChat(given: unknown): ChatBody {
  chatRequest(given, '')
  const body = given as ChatBody
  const model = MODELS.find(({ name }) => name === body.model)
  if (!model) {
    const text = `model '${body.model}' not found, make sure the correct model ID was used and that you have access to the model.`
    throw new Refusal(text, 404)
  }
  const { messages, tools, documents, response_format: format, thinking } = body
  checkCalls(messages)
  if (!messages.some(({ role }) => role !== 'system'))
    refuse('message must be at least 1 token long or tool results must be specified.')
  const items = messages.flatMap(itemsOf)
  if (!model.sees && items.some(({ type }) => type === 'image_url'))
    refuse('messages cannot hold images for this model')
  if (!model.reasons && (thinking || items.some(({ type }) => type === 'thinking')))
    refuse('thinking is not supported by this model')
  if (thinking?.token_budget && body.max_tokens && thinking.token_budget >= body.max_tokens) {
    refuse('thinking.token_budget must be less than max_tokens')
  }
  if (body.tool_choice && (!tools || model.old)) refuse('tool_choice is not supported without tools or by this model')
  if (body.strict_tools && (!tools || tools.some(requiresNothing)))
    refuse('strict_tools must have a required parameter in each tool')
  if (tools && new Set(tools.map((tool) => tool.function.name)).size < tools.length)
    refuse('tools must have unique names')
  const beside = tools || (documents && documents.length > 0)
  if (format && format.type !== 'text' && beside) refuse('response_format is not supported with tools or RAG.')
  if (format?.json_schema && (format.type === 'text' || format.json_schema.type !== 'object')) {
    refuse('response_format.json_schema must be an object schema')
  }
  if (body.safety_mode && beside) refuse('safety_mode is not supported with tools or documents')
  return body
}
