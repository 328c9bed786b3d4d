// Responses: https://platform.openai.com/docs/api-reference/responses
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

/** What a whole item of the output says. */
function item(one: unknown, place: number): Heard[] {
  switch (textAt(one, 'type')) {
    case 'message':
      return listAt(one, 'content').map((part) => ({ text: textAt(part, 'text') ?? textAt(part, 'refusal') ?? '' }))
    case 'reasoning':
      return [...listAt(one, 'summary'), ...listAt(one, 'content')].map((part) => ({
        reasoning: textAt(part, 'text') ?? '',
      }))
    case 'function_call':
      return [
        { call: { id: String(place), ...present({ name: textAt(one, 'name'), arguments: textAt(one, 'arguments') }) } },
      ]
    default:
      return []
  }
}

/** How a response ended: `status`, or why it is incomplete. */
function ended(response: unknown): Heard[] {
  const error = failureIn(response)
  if (error) return [{ error }]
  const finish = textAt(response, 'incomplete_details', 'reason') ?? textAt(response, 'status')
  return [...(finish ? [{ finish }] : []), ...usageIn(response, 'input_tokens', 'output_tokens'), ...reported(response)]
}

export const responses: Dialect = {
  name: 'responses',
  label: 'Responses',
  path: '/v1/responses',
  known: new Set(
    'background conversation include input instructions max_output_tokens max_tool_calls metadata model parallel_tool_calls previous_response_id prompt prompt_cache_key reasoning safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user'.split(
      ' ',
    ),
  ),
  tool: {
    type: 'function',
    name: 'get_weather',
    description: 'The weather at a place.',
    parameters: {
      type: 'object',
      properties: { place: { type: 'string' } },
      required: ['place'],
      additionalProperties: false,
    },
    strict: true,
  },
  body: ({ model, system, turns, temperature, limit, stream, tools, more }) => ({
    ...more,
    model,
    ...(system && { instructions: system }),
    input: turns.map(({ role, text }) => ({ role, content: text })),
    ...present({ temperature, max_output_tokens: limit, tools }),
    ...(stream && { stream: true }),
  }),
  event(data) {
    const id = String(at(data, 'output_index'))
    const delta = textAt(data, 'delta') ?? ''
    switch (textAt(data, 'type')) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return [{ text: delta }]
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return [{ reasoning: delta }]
      case 'response.output_item.added': {
        const name = textAt(data, 'item', 'name')
        return textAt(data, 'item', 'type') === 'function_call' ? [{ call: { id, ...present({ name }) } }] : []
      }
      case 'response.function_call_arguments.delta':
        return [{ call: { id, arguments: delta } }]
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return [...ended(at(data, 'response')), ...reported(data), { over: true }]
      case 'error': {
        const message = textAt(data, 'message') ?? textAt(data, 'error', 'message') ?? 'The answer failed.'
        return [{ error: { message, ...present({ code: textAt(data, 'code'), param: textAt(data, 'param') }) } }]
      }
      default:
        return []
    }
  },
  answer: (body) => [...listAt(body, 'output').flatMap(item), ...ended(body)],
  ...openaiClients('responses.create', {
    python: {
      streamed: 'if event.type == "response.output_text.delta":\n    print(event.delta, end="", flush=True)',
      whole: 'print(answer.output_text)',
    },
    typescript: {
      streamed: "if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)",
      whole: 'console.log(answer.output_text)',
    },
  }),
}
