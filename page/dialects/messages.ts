// Messages, Anthropic's dialect: https://docs.anthropic.com/en/api/messages
import { at, type Dialect, failureIn, type Heard, listAt, present, reported, textAt, usageIn } from './dialect.ts'

/** Messages demands one. */
const LIMIT = 1024

function block(one: unknown, id: string): Heard[] {
  switch (textAt(one, 'type')) {
    case 'text':
      return [{ text: textAt(one, 'text') ?? '' }]
    case 'thinking':
      return [{ reasoning: textAt(one, 'thinking') ?? '' }]
    case 'tool_use':
      return [{ call: { id, ...present({ name: textAt(one, 'name') }), arguments: JSON.stringify(at(one, 'input')) } }]
    default:
      return []
  }
}

function delta(one: unknown, id: string): Heard[] {
  switch (textAt(one, 'type')) {
    case 'text_delta':
      return [{ text: textAt(one, 'text') ?? '' }]
    case 'thinking_delta':
      return [{ reasoning: textAt(one, 'thinking') ?? '' }]
    case 'input_json_delta':
      return [{ call: { id, arguments: textAt(one, 'partial_json') ?? '' } }]
    default:
      return []
  }
}

function ended(message: unknown, usage: unknown): Heard[] {
  const finish = textAt(message, 'stop_reason')
  return [...(finish ? [{ finish }] : []), ...usageIn({ usage }, 'input_tokens', 'output_tokens')]
}

export const messages: Dialect = {
  name: 'messages',
  label: 'Messages',
  path: '/v1/messages',
  // Its newest versions have none for sampling any more.
  known: new Set(
    'max_tokens messages model metadata output_config service_tier stop_sequences stream system thinking tool_choice tools'.split(
      ' ',
    ),
  ),
  tool: {
    name: 'get_weather',
    description: 'The weather at a place.',
    input_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  },
  body: ({ model, system, turns, temperature, limit, stream, tools, more }) => ({
    ...more,
    model,
    max_tokens: limit ?? more.max_tokens ?? LIMIT,
    ...(system && { system }),
    messages: turns.map(({ role, text }) => ({ role, content: text })),
    ...present({ temperature, tools }),
    ...(stream && { stream: true }),
  }),
  event(data) {
    const error = failureIn(data)
    if (error) return [{ error }]
    const id = String(at(data, 'index'))
    switch (textAt(data, 'type')) {
      case 'content_block_start': {
        const started = at(data, 'content_block')
        const name = textAt(started, 'name')
        // The arguments follow: what stands here is an empty object.
        return textAt(started, 'type') === 'tool_use' ? [{ call: { id, ...present({ name }) } }] : block(started, id)
      }
      case 'content_block_delta':
        return delta(at(data, 'delta'), id)
      case 'message_delta':
        return [...ended(at(data, 'delta'), at(data, 'usage')), ...reported(data)]
      case 'message_stop':
        return [...reported(data), { over: true }]
      default:
        return reported(data)
    }
  },
  answer(body) {
    const error = failureIn(body)
    if (error) return [{ error }]
    const content = listAt(body, 'content').flatMap((one, place) => block(one, String(place)))
    return [...content, ...ended(body, at(body, 'usage')), ...reported(body)]
  },
  python: {
    package: 'anthropic',
    opening: (origin) =>
      `import os\nfrom anthropic import Anthropic\n\nclient = Anthropic(base_url="${origin}", api_key=os.environ["DRAGOMAN_KEY"])\n`,
    method: 'messages.create',
    streamed:
      'if event.type == "content_block_delta" and event.delta.type == "text_delta":\n    print(event.delta.text, end="", flush=True)',
    whole: 'print("".join(block.text for block in answer.content if block.type == "text"))',
  },
  typescript: {
    package: '@anthropic-ai/sdk',
    opening: (origin) =>
      `import Anthropic from '@anthropic-ai/sdk'\n\nconst client = new Anthropic({ baseURL: '${origin}', apiKey: process.env.DRAGOMAN_KEY })\n`,
    method: 'messages.create',
    streamed:
      "if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') process.stdout.write(event.delta.text)",
    whole: "console.log(answer.content.flatMap((block) => (block.type === 'text' ? block.text : [])).join(''))",
  },
}
