// The request body of `POST /v2/chat`, field by field. https://docs.cohere.com/v2/reference/chat
import {
  anything,
  boolean,
  choice,
  list,
  number,
  object,
  record,
  type Shape,
  string,
  stringOr,
  tagged,
  text,
} from './shape.ts'

const is = anything
const textItem = object({ type: is, text })
const thinkingItem = object({ type: is, thinking: text })
const document = object({ data: stringOr(text, record) }, { id: string })
const documentItem = object({ type: is, document })
const image: Shape = object({
  type: is,
  image_url: object(
    {
      url: (value, path) =>
        choice('url')(/^(?:https:\/\/|data:image\/(?:png|jpeg|webp|gif);base64,.)/.test(String(value)) && 'url', path),
    },
    { detail: choice('auto', 'low', 'high') },
  ),
})
const call = object({
  id: text,
  type: choice('function'),
  function: object({
    name: text,
    arguments: (value, path) => {
      string(value, path)
      record(parsed(String(value)), path)
    },
  }),
})

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

const items = (kinds: Readonly<Record<string, Shape>>) => stringOr(text, list(tagged('type', kinds), 1))
const message = tagged('role', {
  system: object({ role: is, content: items({ text: textItem }) }),
  user: object({ role: is, content: items({ text: textItem, image_url: image }) }),
  assistant: object(
    { role: is },
    {
      content: items({ text: textItem, thinking: thinkingItem }),
      tool_plan: text,
      tool_calls: list(call, 1),
      citations: list(record),
    },
  ),
  tool: object({ role: is, tool_call_id: text, content: items({ text: textItem, document: documentItem }) }),
})

const tool = object({
  type: choice('function'),
  function: object({ name: text, parameters: record }, { description: string }),
})

export const chatRequest: Shape = object(
  { model: text, messages: list(message, 1) },
  {
    stream: boolean,
    tools: list(tool, 1),
    strict_tools: boolean,
    tool_choice: choice('REQUIRED', 'NONE'),
    documents: list(stringOr(text, document)),
    citation_options: object({}, { mode: choice('ENABLED', 'DISABLED', 'FAST', 'ACCURATE', 'OFF') }),
    response_format: object({ type: choice('text', 'json_object') }, { json_schema: record }),
    safety_mode: choice('CONTEXTUAL', 'STRICT', 'OFF'),
    max_tokens: number(1, Number.MAX_SAFE_INTEGER, true),
    temperature: number(0, Number.POSITIVE_INFINITY),
    p: number(0.01, 0.99),
    k: number(0, 500, true),
    frequency_penalty: number(0, 1),
    presence_penalty: number(0, 1),
    seed: number(0, Number.POSITIVE_INFINITY, true),
    stop_sequences: list(string, 0, 5),
    logprobs: boolean,
    thinking: object(
      { type: choice('enabled', 'disabled') },
      { token_budget: number(1, Number.MAX_SAFE_INTEGER, true) },
    ),
    priority: number(0, 999, true),
  },
)
