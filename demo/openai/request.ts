// The request body of `POST /chat/completions`, field by field. https://platform.openai.com/docs/api-reference/chat/create
import {
  anything,
  boolean,
  choice,
  decimal,
  integer,
  list,
  may,
  need,
  object,
  record,
  type Shape,
  string,
  stringOr,
  type Table,
  tagged,
} from './shape.ts'

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const tag = need(anything)

const part = (table: Table): Shape => object({ type: tag, prompt_cache_breakpoint: may(record), ...table })
const text = part({ text: need(string()) })
const image = part({
  image_url: need(object({ url: need(string()), detail: may(choice('auto', 'low', 'high', 'original')) })),
})
const audio = part({ input_audio: need(object({ data: need(string()), format: need(choice('wav', 'mp3')) })) })
const file = part({
  file: need(object({ file_id: may(string()), filename: may(string()), file_data: may(string()) })),
})
const refusal = object({ type: tag, refusal: need(string()) })

const texts = stringOr(list(tagged('type', { text }), { min: 1 }))
const userContent = stringOr(list(tagged('type', { text, image_url: image, input_audio: audio, file }), { min: 1 }))
const assistantContent = stringOr(list(tagged('type', { text, refusal })))

const calls = list(
  tagged('type', {
    function: object({
      id: need(string()),
      type: tag,
      function: need(object({ name: need(string({ pattern: NAME })), arguments: need(string()) })),
    }),
    custom: object({
      id: need(string()),
      type: tag,
      custom: need(object({ name: need(string({ pattern: NAME })), input: need(string()) })),
    }),
  }),
)

const name = may(string({ max: 64 }))
const instructions = object({ role: tag, content: need(texts), name })

const message: Shape = tagged('role', {
  system: instructions,
  developer: instructions,
  user: object({ role: tag, content: need(userContent), name }),
  assistant: object({
    role: tag,
    content: may(assistantContent),
    name,
    refusal: may(string()),
    tool_calls: may(calls),
    function_call: may(object({ name: need(string({ pattern: NAME })), arguments: need(string()) })),
    audio: may(object({ id: need(string()) })),
    // Answers come back as they went out.
    annotations: may(list(record)),
  }),
  // The reference knows no name here. The service takes one all the same, and clients send it.
  tool: object({ role: tag, content: need(texts), tool_call_id: need(string()), name }),
  function: object({ role: tag, content: need(string()), name: need(string({ pattern: NAME })) }),
})

const definition: Table = {
  name: need(string({ pattern: NAME })),
  description: may(string()),
  parameters: may(record),
}
const tool: Shape = tagged('type', {
  function: object({ type: tag, function: need(object({ ...definition, strict: may(boolean) })) }),
  custom: object({
    type: tag,
    custom: need(object({ name: need(string({ pattern: NAME })), description: may(string()), format: may(record) })),
  }),
})

const named = object({ name: need(string()) })
const toolChoice: Shape = (value, path) => {
  if (typeof value === 'string') return choice('none', 'auto', 'required')(value, path)
  tagged('type', {
    function: object({ type: tag, function: need(named) }),
    custom: object({ type: tag, custom: need(named) }),
    allowed_tools: object({
      type: tag,
      allowed_tools: need(object({ mode: need(choice('auto', 'required')), tools: need(list(record, { min: 1 })) })),
    }),
  })(value, path)
}

const responseFormat: Shape = tagged('type', {
  text: object({ type: tag }),
  json_object: object({ type: tag }),
  json_schema: object({
    type: tag,
    json_schema: need(
      object({
        name: need(string({ pattern: NAME })),
        description: may(string()),
        schema: need(record),
        strict: may(boolean),
      }),
    ),
  }),
})

/** `POST /chat/completions`. */
export const chatRequest: Shape = object({
  model: need(string()),
  messages: need(list(message, { min: 1 })),
  audio: may(record),
  frequency_penalty: may(decimal(-2, 2)),
  presence_penalty: may(decimal(-2, 2)),
  function_call: may(anything),
  functions: may(list(object(definition), { min: 1, max: 128 })),
  logit_bias: may(record),
  logprobs: may(boolean),
  top_logprobs: may(integer(0, 20)),
  max_completion_tokens: may(integer(1)),
  max_tokens: may(integer(1)),
  metadata: may(record),
  modalities: may(list(choice('text', 'audio'))),
  moderation: may(record),
  n: may(integer(1, 128)),
  parallel_tool_calls: may(boolean),
  prediction: may(record),
  prompt_cache_key: may(string()),
  prompt_cache_options: may(record),
  prompt_cache_retention: may(choice('in_memory', '24h')),
  reasoning_effort: may(choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
  response_format: may(responseFormat),
  safety_identifier: may(string({ max: 128 })),
  seed: may(integer()),
  service_tier: may(choice('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
  stop: may(stringOr(list(string(), { max: 4 }))),
  store: may(boolean),
  stream: may(boolean),
  stream_options: may(object({ include_usage: may(boolean), include_obfuscation: may(boolean) })),
  temperature: may(decimal(0, 2)),
  tool_choice: may(toolChoice),
  tools: may(list(tool, { max: 128 })),
  top_p: may(decimal(0, 1)),
  user: may(string()),
  verbosity: may(choice('low', 'medium', 'high')),
  web_search_options: may(record),
})
