// Chat completions: https://platform.openai.com/docs/api-reference/chat
import {
  at,
  type Dialect,
  failureIn,
  type Heard,
  listAt,
  openaiClients,
  present,
  reported,
  textAt,
  usageIn,
} from './dialect.ts'

/** A choice's `message`, or its `delta`, which has the same fields. */
function said(message: unknown): Heard[] {
  const heard: Heard[] = []
  const reasoning = textAt(message, 'reasoning_content') ?? textAt(message, 'reasoning')
  if (reasoning) heard.push({ reasoning })
  const text = textAt(message, 'content') || textAt(message, 'refusal')
  if (text) heard.push({ text })
  for (const [place, call] of listAt(message, 'tool_calls').entries()) {
    const made = at(call, 'function') ?? at(call, 'custom')
    const parts = { name: textAt(made, 'name'), arguments: textAt(made, 'arguments') ?? textAt(made, 'input') }
    heard.push({ call: { id: String(at(call, 'index') ?? place), ...present(parts) } })
  }
  return heard
}

function heardIn(body: unknown, part: 'delta' | 'message'): Heard[] {
  const error = failureIn(body)
  if (error) return [{ error }]
  const choices = listAt(body, 'choices').flatMap((choice): Heard[] => {
    // Several choices are told apart by nobody here: the first is shown.
    if (at(choice, 'index') !== 0) return []
    const finish = textAt(choice, 'finish_reason')
    return [...said(at(choice, part)), ...(finish ? [{ finish }] : [])]
  })
  return [...choices, ...usageIn(body, 'prompt_tokens', 'completion_tokens'), ...reported(body)]
}

export const chat: Dialect = {
  name: 'chat',
  label: 'Chat completions',
  path: '/v1/chat/completions',
  known: new Set(
    'messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata modalities n parallel_tool_calls prediction presence_penalty prompt_cache_key reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'.split(
      ' ',
    ),
  ),
  tool: {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather at a place.',
      parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
    },
  },
  body: ({ model, system, turns, temperature, limit, stream, tools, more }) => ({
    ...more,
    model,
    messages: [
      ...(system ? [{ role: 'system', content: system }] : []),
      ...turns.map(({ role, text }) => ({ role, content: text })),
    ],
    ...present({ temperature, max_completion_tokens: limit, tools }),
    ...(stream && { stream: true, stream_options: more.stream_options ?? { include_usage: true } }),
  }),
  event: (data) => (data === undefined ? [{ over: true }] : heardIn(data, 'delta')),
  answer: (body) => heardIn(body, 'message'),
  ...openaiClients('chat.completions.create', {
    python: {
      streamed: 'if event.choices:\n    print(event.choices[0].delta.content or "", end="", flush=True)',
      whole: 'print(answer.choices[0].message.content)',
    },
    typescript: {
      streamed: "process.stdout.write(event.choices[0]?.delta.content ?? '')",
      whole: 'console.log(answer.choices[0]?.message.content)',
    },
  }),
}
