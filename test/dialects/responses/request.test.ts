// Requests into the hub: items into messages, fields into fields, and the way back for paths.
import { describe, expect, it } from 'vitest'
import { responses } from '../../../src/dialects/index.ts'
import { itemId, placeOf } from '../../../src/dialects/responses/object.ts'
import { relayedBody } from '../../../src/dialects/responses/relayed.ts'
import { requestOf, saidIn } from '../../../src/dialects/responses/request.ts'
import { carry } from '../../../src/hub/carried.ts'
import { GatewayError } from '../../../src/hub/error.ts'
import type { ChatRequest } from '../../../src/hub/request.ts'
import { SOMEBODY } from '../../account.ts'

function translated(body: object): ChatRequest {
  const read = responses.read({ model: 'm', ...body })
  return read.origin?.translate?.(SOMEBODY) ?? read
}
const messages = (input: unknown, more: object = {}) => translated({ input, ...more }).fields.messages
const user = { role: 'user', content: 'Hi.' }
const call = (id: string, name = 'f') => ({ type: 'function_call', call_id: id, name, arguments: '{}' })
const output = (id: string, text: unknown = 'x') => ({ type: 'function_call_output', call_id: id, output: text })
const calls = (...ids: string[]) =>
  ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }))

describe('items', () => {
  it('of one turn are one message, and outputs follow it in the order of the calls', () => {
    expect(messages([user, call('a'), call('b'), user, output('b', '2'), output('a', '1')])).toEqual([
      { role: 'user', content: 'Hi.' },
      { role: 'assistant', content: null, tool_calls: calls('a', 'b') },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'user', content: 'Hi.' },
    ])
  })

  it('of several turns are several messages', () => {
    const said = (content: string) => ({ type: 'message', role: 'assistant', content })
    expect(messages([user, call('a'), output('a'), call('b'), output('b'), said('One.'), said('Two.'), user])).toEqual([
      { role: 'user', content: 'Hi.' },
      { role: 'assistant', content: null, tool_calls: calls('a') },
      { role: 'tool', tool_call_id: 'a', content: 'x' },
      { role: 'assistant', content: null, tool_calls: calls('b') },
      { role: 'tool', tool_call_id: 'b', content: 'x' },
      { role: 'assistant', content: 'One.' },
      { role: 'assistant', content: 'Two.' },
      { role: 'user', content: 'Hi.' },
    ])
  })

  it('with text behind a call are one turn with it', () => {
    const said = {
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'So.' },
        { type: 'refusal', refusal: 'No.' },
      ],
    }
    expect(messages([call('a'), said, output('a')])[0]).toEqual({
      role: 'assistant',
      content: [
        { type: 'text', text: 'So.' },
        { type: 'refusal', refusal: 'No.' },
      ],
      tool_calls: calls('a'),
    })
  })

  it('of one call id asked twice have an output each', () => {
    expect(messages([call('a'), output('a', '1'), call('a'), output('a', '2')]).map(({ content }) => content)).toEqual([
      null,
      '1',
      null,
      '2',
    ])
  })

  it('of thoughts come with what they led to, and are nothing alone', () => {
    const details = [{ type: 'reasoning.text', format: 'f', index: 0, text: 'Hm.', signature: 's' }]
    const thought = {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: carry({ details, message: { m: 1 } }),
    }
    expect(messages([user, thought, { role: 'assistant', content: 'Yes.' }, user, thought])).toEqual([
      { role: 'user', content: 'Hi.' },
      {
        role: 'assistant',
        content: 'Yes.',
        reasoning_content: 'Hm.',
        reasoning_details: details,
        extra_content: { m: 1 },
      },
      { role: 'user', content: 'Hi.' },
    ])
    expect(() => translated({ input: [thought] })).toThrow('There is no input to answer.')
  })

  it('that do not match are refused in the words of the API', () => {
    expect(() => messages([call('a'), output('a'), output('a')])).toThrow(
      'More than one tool output found for function call a.',
    )
    expect(() => messages([output('a'), call('a')])).toThrow(
      'No tool call found for function call output with call_id a.',
    )
    expect(() => messages([call('a')])).toThrow('No tool output found for function call a.')
  })

  it('of other types are told, or refused', () => {
    const { origin } = translated({
      input: [
        { type: 'mcp_list_tools', id: 'm' },
        { type: 'reasoning', summary: [], encrypted_content: 'dgc1_%' },
        { type: 'item_reference', id: 'rs_x' },
        { id: 'rs_y' },
        user,
      ],
    })
    expect(origin?.losses.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'input[0] dropped',
      'input[1].encrypted_content dropped',
      'input[2] dropped',
      'input[3] dropped',
    ])
    for (const type of ['mcp_approval_response', 'shell_call', 'compaction_trigger', 'new_thing']) {
      expect(() => messages([{ type, id: 'x' }])).toThrow(GatewayError)
    }
  })

  it('of a relay are nobody’s business', () => {
    expect(responses.read({ model: 'm', input: [{ type: 'compaction', encrypted_content: 'x' }] }).fields.model).toBe(
      'm',
    )
  })
})

describe('fields', () => {
  const fields = (body: object) => {
    const { messages: _messages, model: _model, ...rest } = translated({ input: 'x', ...body }).fields
    return rest
  }
  it('have their names in chat', () => {
    expect(
      fields({
        max_output_tokens: 20,
        reasoning: { effort: 'low', summary: 'auto' },
        text: { format: { type: 'json_object' }, verbosity: 'high' },
        top_logprobs: 3,
        stream: true,
        parallel_tool_calls: false,
        prompt_cache_key: 'k',
        safety_identifier: 's',
        service_tier: 'flex',
        top_k: 4,
      }),
    ).toEqual({
      max_completion_tokens: 20,
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
      verbosity: 'high',
      logprobs: true,
      top_logprobs: 3,
      stream: true,
      stream_options: { include_usage: true },
      parallel_tool_calls: false,
      prompt_cache_key: 'k',
      safety_identifier: 's',
      service_tier: 'flex',
      top_k: 4,
    })
  })

  it('at their defaults say nothing', () => {
    const body = {
      store: true,
      background: false,
      truncation: 'disabled',
      metadata: { a: 'b' },
      tools: [],
      tool_choice: 'auto',
      temperature: 1,
      text: { format: { type: 'text' } },
    }
    expect(fields(body)).toEqual({})
    expect(translated({ input: 'x', ...body }).origin?.losses).toEqual([])
  })

  it('of tools are nested, and a choice among them', () => {
    const grammar = { type: 'grammar', syntax: 'lark', definition: 'd' }
    const tools = [
      {
        type: 'web_search',
        search_context_size: 'high',
        user_location: { type: 'approximate', city: 'Oslo', region: null },
      },
      { type: 'function', name: 'f', parameters: null, strict: null },
      { type: 'custom', name: 'c', format: grammar },
      { type: 'code_interpreter', container: 'auto' },
    ]
    expect(fields({ tools, tool_choice: { type: 'custom', name: 'c' } })).toEqual({
      web_search_options: {
        search_context_size: 'high',
        user_location: { type: 'approximate', approximate: { city: 'Oslo' } },
      },
      tools: [
        { type: 'function', function: { name: 'f' } },
        {
          type: 'custom',
          custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'd' } } },
        },
        { type: 'code_interpreter', container: 'auto' },
      ],
      tool_choice: { type: 'custom', custom: { name: 'c' } },
    })
    const allowed = {
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }],
    }
    expect(fields({ tools, tool_choice: allowed }).tool_choice).toEqual({
      ...allowed,
      tools: [{ type: 'function', name: 'f' }],
    })
    expect(fields({ tools: tools.slice(0, 1), tool_choice: 'required' })).not.toHaveProperty('tool_choice')
    expect(() => fields({ tools, tool_choice: { type: 'mcp', server_label: 'x' } })).toThrow('no choice of this type')
  })

  it('of tools in namespaces are sent by names that tell the group', () => {
    const group = { type: 'namespace', name: 'crm', description: 'Customers.' }
    const tools = [
      { type: 'function', name: 'f' },
      {
        ...group,
        tools: [
          { type: 'function', name: 'find', description: 'One.' },
          { type: 'custom', name: 'note' },
        ],
      },
    ]
    const input = [{ ...call('a', 'find'), namespace: 'crm' }, output('a')]
    const choice = { type: 'function', name: 'find', namespace: 'crm' }
    const { fields: sent, origin } = translated({ input, tools, tool_choice: choice })
    expect(sent).toMatchObject({
      messages: [{ tool_calls: [{ function: { name: 'crm__find' } }] }, {}],
      tools: [
        { function: { name: 'f' } },
        { function: { name: 'crm__find', description: 'Customers.\n\nOne.' } },
        { custom: { name: 'crm__note', description: 'Customers.' } },
      ],
      tool_choice: { function: { name: 'crm__find' } },
    })
    expect(origin?.losses).toMatchObject([{ path: 'tools[1].type', kind: 'emulated' }])
    expect(origin?.pathOf('tools[2].custom.name')).toBe('tools[1].tools[1].name')
    const some = { type: 'allowed_tools', mode: 'auto', tools: [choice, { type: 'function', name: 'f' }] }
    expect(fields({ tools, tool_choice: some }).tool_choice).toMatchObject({
      tools: [{ type: 'function', name: 'crm__find' }, { name: 'f' }],
    })
    const twice = [...tools, { type: 'function', name: 'crm__find' }]
    expect(() => translated({ input: 'x', tools: twice })).toThrow('sent by the same name')
    expect(() => translated({ input: 'x', tools: [{ ...group, tools: [{ type: 'mcp' }] }] })).toThrow()
  })

  it('that have no effect are told', () => {
    const body = {
      stream: true,
      stream_options: { include_obfuscation: true },
      truncation: 'auto',
      max_tool_calls: 2,
      tools: [{ type: 'web_search' }],
      reasoning: { summary: 'concise', context: 'all_turns', mode: 'pro', other: 1 },
      context_management: [],
    }
    expect(translated({ input: 'x', ...body }).origin?.losses.map(({ path }) => path)).toEqual([
      'context_management',
      'max_tool_calls',
      'reasoning.other',
      'reasoning.summary',
      'reasoning.context',
      'reasoning.mode',
      'stream_options.include_obfuscation',
      'truncation',
    ])
  })
})

describe('paths', () => {
  it('lead back to where the client said it', () => {
    const { origin } = translated({
      instructions: 'Be.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'a' },
            { type: 'input_image', image_url: 'https://x/y.png' },
          ],
        },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
        { role: 'assistant', content: 'So.' },
        call('a'),
        output('a', [{ type: 'input_text', text: 'b' }]),
      ],
      tools: [{ type: 'web_search' }, { type: 'function', name: 'f' }],
    })
    const back: Record<string, string> = {
      messages: 'input',
      'messages[0].content': 'instructions',
      'messages[1].content[1].image_url.url': 'input[0].content[1].image_url',
      'messages[1].name': 'input[0].name',
      'messages[2].reasoning_details': 'input[1]',
      'messages[2].content': 'input[2].content',
      'messages[2].tool_calls[0].function.arguments': 'input[3].arguments',
      'messages[3].content[0]': 'input[4].output[0]',
      'messages[3].tool_call_id': 'input[4].call_id',
      'tools[0].function.parameters': 'tools[1].parameters',
      'web_search_options.user_location.approximate.country': 'tools[0].user_location.country',
      'response_format.json_schema.schema': 'text.format.schema',
      max_completion_tokens: 'max_output_tokens',
      temperature: 'temperature',
    }
    for (const [hub, own] of Object.entries(back)) expect([hub, origin?.pathOf(hub)]).toEqual([hub, own])
  })

  it('into an earlier response lead to the field that names it', () => {
    const past = { items: [{ type: 'message' as const, role: 'user' as const, content: 'Before.' }], named: new Map() }
    const request = requestOf(saidIn({ model: 'm', input: 'Now.', previous_response_id: 'resp_1' }), past)
    const { origin, fields } = request.origin?.translate?.(SOMEBODY) ?? request
    expect(fields.messages).toHaveLength(2)
    expect(origin?.pathOf('messages[0].content[2]')).toBe('previous_response_id')
    expect(origin?.pathOf('messages[1].content')).toBe('input.content')
  })
})

describe('ids', () => {
  const name = '0123456789abcdef0123456789abcdef'
  it('of items tell where they are from', () => {
    expect(placeOf(itemId('msg', name, 3))).toEqual({ response: `resp_${name}`, input: false, place: 3 })
    expect(placeOf(itemId('fco', name, 'i12'))).toEqual({ response: `resp_${name}`, input: true, place: 12 })
    for (const foreign of ['msg_1', 'msg_67ccd3acc8d48190a77525dc6de64b41', '', 'resp_x'])
      expect(placeOf(foreign)).toBeUndefined()
  })

  it('of ours are taken out of what another service gets', () => {
    const items = [
      { type: 'message', role: 'assistant', id: itemId('msg', name, 0), content: 'a' },
      { ...call('a'), id: 'fc_theirs' },
      output('a'),
    ]
    const said = saidIn({ model: 'm', input: items, seed: 1 })
    const past = { items: [], named: new Map() }
    expect(JSON.parse(relayedBody(said, past, true)?.text ?? '')).toEqual({
      model: 'm',
      seed: 1,
      input: [{ type: 'message', role: 'assistant', content: 'a' }, ...items.slice(1)],
    })
    expect(relayedBody(saidIn({ model: 'm', input: items.slice(1) }), past, true)).toBeUndefined()
  })
})
