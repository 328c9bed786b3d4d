// What a chat request is refused for: OpenAI's code, and the path at fault.
import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../src/hub/error.ts'
import { chatRequestOf } from '../../src/hub/request.ts'

const hello = { role: 'user', content: 'Hello.' }

function refusal(body: unknown): { code: string | null; param: string | null; message: string } {
  try {
    chatRequestOf(body)
  } catch (thrown) {
    const { status, body: error } = thrown as GatewayError
    expect(status).toBe(400)
    expect(error.type).toBe('invalid_request_error')
    return error
  }
  return expect.unreachable(JSON.stringify(body))
}
const refused = (fields: object) => refusal({ model: 'm', messages: [hello], ...fields })

const f = { type: 'function', function: { name: 'f' } }
const c = { type: 'custom', custom: { name: 'c' } }
const message = (one: unknown) => ({ messages: [hello, one] })
const part = (one: unknown) => message({ role: 'user', content: [{ type: 'text', text: 'a' }, one] })
const format = (json_schema: unknown) => ({ response_format: { type: 'json_schema', json_schema } })

describe('a refusal', () => {
  it.each([
    // What is missing.
    [{ model: undefined }, 'missing_required_parameter', 'model'],
    [{ messages: undefined }, 'missing_required_parameter', 'messages'],
    [message({ content: 'x' }), 'missing_required_parameter', 'messages[1].role'],
    [message({ role: 'user' }), 'missing_required_parameter', 'messages[1].content'],
    [message({ role: 'tool', content: 'x' }), 'missing_required_parameter', 'messages[1].tool_call_id'],
    [message({ role: 'function', content: 'x' }), 'missing_required_parameter', 'messages[1].name'],
    [part({ type: 'text' }), 'missing_required_parameter', 'messages[1].content[1].text'],
    [part({ text: 'x' }), 'missing_required_parameter', 'messages[1].content[1].type'],
    [part({ type: 'image_url' }), 'missing_required_parameter', 'messages[1].content[1].image_url'],
    [part({ type: 'image_url', image_url: {} }), 'missing_required_parameter', 'messages[1].content[1].image_url.url'],
    [
      part({ type: 'input_audio', input_audio: { data: 'x' } }),
      'missing_required_parameter',
      'messages[1].content[1].input_audio.format',
    ],
    [
      message({ role: 'assistant', tool_calls: [{ id: 'a', function: { arguments: '{}' } }] }),
      'missing_required_parameter',
      'messages[1].tool_calls[0].function.name',
    ],
    [{ tools: [{}] }, 'missing_required_parameter', 'tools[0].type'],
    [{ tools: [f, { type: 'function' }] }, 'missing_required_parameter', 'tools[1].function'],
    [{ tools: [{ type: 'custom', custom: {} }] }, 'missing_required_parameter', 'tools[0].custom.name'],
    [{ functions: [{}] }, 'missing_required_parameter', 'functions[0].name'],
    [{ response_format: {} }, 'missing_required_parameter', 'response_format.type'],
    [{ response_format: { type: 'json_schema' } }, 'missing_required_parameter', 'response_format.json_schema'],
    [format({ schema: {} }), 'missing_required_parameter', 'response_format.json_schema.name'],
    [format({ name: 'x' }), 'missing_required_parameter', 'response_format.json_schema.schema'],
    [format({ name: 'x', schema: null }), 'missing_required_parameter', 'response_format.json_schema.schema'],
    [{ tools: [f], tool_choice: {} }, 'missing_required_parameter', 'tool_choice.type'],
    [{ tools: [f], tool_choice: { type: 'function' } }, 'missing_required_parameter', 'tool_choice.function.name'],
    [
      { tools: [c], tool_choice: { type: 'custom', custom: null } },
      'missing_required_parameter',
      'tool_choice.custom.name',
    ],
    [{ tools: [f], tool_choice: { type: 'allowed_tools' } }, 'missing_required_parameter', 'tool_choice.allowed_tools'],
    [
      { tools: [f], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto' } } },
      'missing_required_parameter',
      'tool_choice.allowed_tools.tools',
    ],
    [
      {
        tools: [f],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [f, { type: 'function' }] } },
      },
      'missing_required_parameter',
      'tool_choice.allowed_tools.tools[1].function.name',
    ],
    [
      { tools: [f], tool_choice: { type: 'allowed_tools', tools: [f], allowed_tools: { mode: 'auto', tools: [{}] } } },
      'missing_required_parameter',
      'tool_choice.allowed_tools.tools[0].function.name',
    ],
    [
      { tools: [f], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'custom' }] } },
      'missing_required_parameter',
      'tool_choice.tools[0].custom.name',
    ],

    // What has another type.
    [{ model: 5 }, 'invalid_type', 'model'],
    [{ model: null }, 'invalid_type', 'model'],
    [{ messages: 'Hello.' }, 'invalid_type', 'messages'],
    [{ messages: { 0: hello } }, 'invalid_type', 'messages'],
    [message('Hello.'), 'invalid_type', 'messages[1]'],
    [message(null), 'invalid_type', 'messages[1]'],
    [message({ role: 5, content: 'x' }), 'invalid_type', 'messages[1].role'],
    [message({ role: 'user', content: 5 }), 'invalid_type', 'messages[1].content'],
    [message({ role: 'user', content: {} }), 'invalid_type', 'messages[1].content'],
    [part('Hello.'), 'invalid_type', 'messages[1].content[1]'],
    [part(null), 'invalid_type', 'messages[1].content[1]'],
    [part({ type: 5 }), 'invalid_type', 'messages[1].content[1].type'],
    [part({ type: 'text', text: 5 }), 'invalid_type', 'messages[1].content[1].text'],
    [part({ type: 'text', text: null }), 'invalid_type', 'messages[1].content[1].text'],
    [part({ type: 'image_url', image_url: 'https://x' }), 'invalid_type', 'messages[1].content[1].image_url'],
    [message({ role: 'assistant', tool_calls: {} }), 'invalid_type', 'messages[1].tool_calls'],
    [
      message({ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: {} } }] }),
      'invalid_type',
      'messages[1].tool_calls[0].function.arguments',
    ],
    [{ max_tokens: '100' }, 'invalid_type', 'max_tokens'],
    [{ max_completion_tokens: 1.5 }, 'invalid_type', 'max_completion_tokens'],
    [{ temperature: '1' }, 'invalid_type', 'temperature'],
    [{ temperature: Number.POSITIVE_INFINITY }, 'invalid_type', 'temperature'],
    [{ n: '3' }, 'invalid_type', 'n'],
    [{ n: 1.5 }, 'invalid_type', 'n'],
    [{ seed: 1.5 }, 'invalid_type', 'seed'],
    [{ seed: '1' }, 'invalid_type', 'seed'],
    [{ stream: 'true' }, 'invalid_type', 'stream'],
    [{ stream: 1 }, 'invalid_type', 'stream'],
    [{ stop: 5 }, 'invalid_type', 'stop'],
    [{ stop: ['a', 5] }, 'invalid_type', 'stop[1]'],
    [{ tools: f }, 'invalid_type', 'tools'],
    [
      { tools: [{ type: 'function', function: { name: 'f', parameters: '{}' } }] },
      'invalid_type',
      'tools[0].function.parameters',
    ],
    [{ tool_choice: 5 }, 'invalid_type', 'tool_choice'],
    [{ response_format: 'json_object' }, 'invalid_type', 'response_format'],
    [format({ name: 'x', schema: 'y' }), 'invalid_type', 'response_format.json_schema.schema'],
    [{ logit_bias: { 50256: '1' } }, 'invalid_type', 'logit_bias.50256'],
    [{ metadata: { a: 1 } }, 'invalid_type', 'metadata.a'],
    [{ stream: true, stream_options: { include_usage: 'yes' } }, 'invalid_type', 'stream_options.include_usage'],
    [{ reasoning: 'high' }, 'invalid_type', 'reasoning'],

    // What is out of range.
    [{ messages: [] }, 'empty_array', 'messages'],
    [{ model: '' }, 'string_below_min_length', 'model'],
    [{ temperature: -0.1 }, 'decimal_below_min_value', 'temperature'],
    [{ temperature: 2.1 }, 'decimal_above_max_value', 'temperature'],
    [{ top_p: -1 }, 'decimal_below_min_value', 'top_p'],
    [{ top_p: 1.5 }, 'decimal_above_max_value', 'top_p'],
    [{ frequency_penalty: -3 }, 'decimal_below_min_value', 'frequency_penalty'],
    [{ presence_penalty: 3 }, 'decimal_above_max_value', 'presence_penalty'],
    [{ logit_bias: { 50256: 101 } }, 'decimal_above_max_value', 'logit_bias.50256'],
    [{ max_tokens: 0 }, 'integer_below_min_value', 'max_tokens'],
    [{ max_completion_tokens: -1 }, 'integer_below_min_value', 'max_completion_tokens'],
    [{ max_tokens: 1e20 }, 'integer_above_max_value', 'max_tokens'],
    [{ n: 0 }, 'integer_below_min_value', 'n'],
    [{ n: 129 }, 'integer_above_max_value', 'n'],
    [{ logprobs: true, top_logprobs: 21 }, 'integer_above_max_value', 'top_logprobs'],
    [{ reasoning: { max_tokens: 0 } }, 'integer_below_min_value', 'reasoning.max_tokens'],
    [{ tools: [{ type: 'function', function: { name: '' } }] }, 'string_below_min_length', 'tools[0].function.name'],

    // What has no such value.
    [message({ role: 'bot', content: 'x' }), 'invalid_value', 'messages[1].role'],
    [{ tool_choice: 'always' }, 'invalid_value', 'tool_choice'],
    [{ tool_choice: { type: 'any' } }, 'invalid_value', 'tool_choice.type'],
    [
      { tools: [f], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'any', tools: [] } } },
      'invalid_value',
      'tool_choice.allowed_tools.mode',
    ],
    [{ function_call: 'always' }, 'invalid_value', 'function_call'],
    [{ response_format: { type: 'xml' } }, 'invalid_value', 'response_format.type'],
    [format({ name: 'not a name', schema: {} }), 'invalid_value', 'response_format.json_schema.name'],
    [format({ name: 'x'.repeat(65), schema: {} }), 'invalid_value', 'response_format.json_schema.name'],

    // What does not go together.
    [{ stream_options: { include_usage: true } }, null, 'stream_options'],
    [{ stream: null, stream_options: {} }, null, 'stream_options'],
    [{ top_logprobs: 3 }, null, 'top_logprobs'],
    [{ tool_choice: 'required' }, null, 'tool_choice'],
    [{ tools: [], tool_choice: 'required' }, null, 'tool_choice'],
    [{ tools: [{ type: 'x' }], tool_choice: { type: 'function', function: { name: 'x' } } }, null, 'tool_choice'],
    [{ tools: [f], tool_choice: { type: 'function', function: { name: 'g' } } }, null, 'tool_choice'],
    [{ tools: [f], tool_choice: { type: 'function', name: 'g' } }, null, 'tool_choice'],
    [
      { tools: [f], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [f, c] } } },
      null,
      'tool_choice',
    ],
    [{ function_call: { name: 'f' } }, null, 'function_call'],
    [{ functions: [{ name: 'f' }], function_call: { name: 'g' } }, null, 'function_call'],
    [{ reasoning_effort: 'low', reasoning: { effort: 'high' } }, 'invalid_value', 'reasoning.effort'],
  ])('%# of %j is %s at %s', (fields, code, param) => {
    expect(refused(fields)).toMatchObject({ code, param })
  })

  it.each([null, undefined, [], [hello], 'text', 5, true])('of a body that is no object: %j', (body) => {
    expect(refusal(body)).toMatchObject({ code: 'invalid_type', param: null })
  })

  it.each([
    [{ n: '3' }, "Invalid type for 'n': expected an integer, but got a string instead."],
    [{ temperature: true }, "Invalid type for 'temperature': expected a decimal, but got a boolean instead."],
    [{ n: 1.5 }, "Invalid type for 'n': expected an integer, but got a decimal instead."],
    [{ stop: {} }, "Invalid type for 'stop': expected a string or an array, but got an object instead."],
    [{ stop: null, messages: null }, "Invalid type for 'messages': expected an array, but got null instead."],
    [{ tool_choice: [] }, "Invalid type for 'tool_choice': expected a string or an object, but got an array instead."],
    [part('x'), "Invalid type for 'messages[1].content[1]': expected an object, but got a string instead."],
    [
      part({ type: 5 }),
      "Invalid type for 'messages[1].content[1].type': expected a string, but got an integer instead.",
    ],
    [
      { temperature: Number.POSITIVE_INFINITY },
      "Invalid type for 'temperature': expected a decimal, but got a number beyond all bounds instead.",
    ],
    [
      { temperature: -1 },
      "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
    ],
    [{ n: 200 }, "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 200 instead."],
    [{ tools: [{ type: 'x' }, {}] }, "Missing required parameter: 'tools[1].type'."],
  ])('of %j says: %s', (fields, text) => {
    expect(refused(fields).message).toBe(text)
  })

  it('quotes no more of a wrong value than tells it apart, and no half of a character', () => {
    const { message: text } = refused({ tool_choice: `${'x'.repeat(59)}${'🦉'.repeat(100)}` })
    expect(text.length).toBeLessThan(120)
    expect(text.isWellFormed()).toBe(true)
  })
})
