// What becomes of a request on its way to a service that knows less than OpenAI does.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { dropped, emulated, rejected } from '../../../src/hub/support.ts'
import type { Like, MessageRules } from '../../../src/providers/openai-compatible/like.ts'
import { jsonObject, plain, saysJson, stopsUpTo } from '../../../src/providers/openai-compatible/rows.ts'
import { type Fields, read, STOP, send } from './like.ts'

const messagesOf = (messages: readonly Fields[], rules: MessageRules = {}, model?: string) => {
  const { body, losses } = send({ messages }, { messages: rules }, model)
  return { sent: body.messages as Fields[], losses }
}
const refusal = (make: () => unknown): GatewayError => {
  try {
    make()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
  }
  throw new Error('It was not refused.')
}

describe('messages', () => {
  const user = { role: 'user', content: 'Hi', name: 'ann' }

  it('keep what the service knows', () => {
    const developer = { role: 'developer', content: 'Be brief.' }
    expect(messagesOf([developer, user]).sent).toEqual([{ ...developer, role: 'system' }, user])
    expect(messagesOf([developer], { developer: true }).sent).toEqual([developer])
  })

  it('are without names where there are none, and that is told', () => {
    const names = dropped('None here.')
    const { sent, losses } = messagesOf(
      [user, { role: 'assistant', content: 'x', name: 'bob' }, { role: 'user', content: 'y', name: null }],
      { names },
    )
    expect(sent).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'x' },
      { role: 'user', content: 'y' },
    ])
    expect(losses.map(({ path }) => path)).toEqual(['messages[0].name', 'messages[1].name'])
  })

  it.each<[Fields, Fields]>([
    [{ content: null }, { content: '' }],
    [{ content: null, tool_calls: [] }, { content: '' }],
    [{ refusal: 'No.' }, { content: 'No.' }],
    [{ content: 'Hi', refusal: 'No.' }, { content: 'Hi' }],
    [{ content: [{ type: 'refusal', refusal: 'No.' }] }, { content: [{ type: 'text', text: 'No.' }] }],
    [{ content: 'Hi', annotations: [], parsed: {}, images: [], reasoning_content: 'Hm' }, { content: 'Hi' }],
    [{ content: 'Hi', audio: { id: 'a' } }, { content: 'Hi' }],
  ])('of the model: %j is sent as %j', (given, sent) => {
    expect(messagesOf([{ role: 'assistant', ...given }, user]).sent[0]).toEqual({ role: 'assistant', ...sent })
  })

  it('of the model keep their calls, and those of custom tools become some of functions', () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const custom = { id: 'b', type: 'custom', custom: { name: 'sql', input: 'select 1' } }
    const bare = { id: 'c', type: 'function', function: { name: 'g' } }
    const { sent, losses } = messagesOf([
      { role: 'assistant', content: null, tool_calls: [{ ...call, index: 0 }, custom, bare] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
    ])
    expect(sent[0]?.tool_calls).toEqual([
      call,
      { id: 'b', type: 'function', function: { name: 'sql', arguments: '{"input":"select 1"}' } },
      { ...bare, function: { name: 'g', arguments: '' } },
    ])
    expect(losses.map(({ path, kind }) => [path, kind])).toEqual([['messages[0].tool_calls[1].custom', 'emulated']])
  })

  it('of functions become those of tools', () => {
    const { sent } = messagesOf([
      { role: 'assistant', content: null, function_call: { name: 'f' } },
      { role: 'function', name: 'f', content: null },
    ])
    expect(sent).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_fn_0', type: 'function', function: { name: 'f', arguments: '' } }],
      },
      { role: 'tool', tool_call_id: 'call_fn_0', content: '' },
    ])
  })

  it('stay as they are where the service has all that OpenAI has', () => {
    const all = [
      {
        role: 'assistant',
        content: null,
        refusal: 'No.',
        audio: { id: 'a' },
        function_call: { name: 'f', arguments: '' },
      },
      { role: 'function', name: 'f', content: '1' },
      { role: 'user', content: [{ type: 'refusal', refusal: 'No.' }] },
    ]
    expect(messagesOf(all, { native: true, developer: true }).sent).toEqual(all)
  })

  it.each<[MessageRules['reasoning'], Fields, Fields]>([
    ['reasoning_content', { reasoning: 'Hm' }, { reasoning_content: 'Hm' }],
    ['reasoning', { reasoning_content: 'Hm' }, { reasoning: 'Hm' }],
    [
      'reasoning',
      { reasoning_details: [{ type: 'x', text: 'a' }, { type: 'y', summary: 'b' }, { type: 'z' }] },
      { reasoning: 'ab' },
    ],
    ['reasoning_details', { reasoning_details: [{ type: 'x' }] }, { reasoning_details: [{ type: 'x' }] }],
    ['reasoning_details', { reasoning_content: 'Hm' }, { reasoning: 'Hm' }],
    ['reasoning_details', { reasoning_details: [] }, {}],
    ['either', { reasoning: 'Hm' }, { reasoning_content: 'Hm' }],
    [
      'either',
      { reasoning_content: 'Hm', reasoning_details: [{ type: 'x', text: 'Hm' }] },
      { reasoning_content: 'Hm' },
    ],
    [
      'either',
      { reasoning_content: 'Hm', reasoning_details: [{ type: 'x', data: 'd' }] },
      { reasoning_details: [{ type: 'x', data: 'd' }] },
    ],
    ['marks', { reasoning_content: 'Hm' }, { content: '<think>\nHm\n</think>\n\nHi' }],
    ['marks', { reasoning_content: 'Hm\n' }, { content: '<think>\nHm\n</think>\n\nHi' }],
    ['marks', {}, {}],
    [undefined, { reasoning_content: 'Hm' }, {}],
  ])('carry what was thought as %s: %j', (reasoning, given, sent) => {
    const rules = reasoning === undefined ? {} : { reasoning }
    expect(messagesOf([{ role: 'assistant', content: 'Hi', ...given }, user], rules).sent[0]).toEqual({
      role: 'assistant',
      content: 'Hi',
      ...sent,
    })
  })

  it('carry what was thought before parts, and before nothing', () => {
    const thought = { role: 'assistant', reasoning_content: 'Hm' }
    const marked = (content: unknown) =>
      messagesOf([{ ...thought, content }, user], { reasoning: 'marks' }).sent[0]?.content
    expect(marked([{ type: 'text', text: 'Hi' }])).toEqual([
      { type: 'text', text: '<think>\nHm\n</think>\n\n' },
      { type: 'text', text: 'Hi' },
    ])
    expect(marked(null)).toBe('<think>\nHm\n</think>\n\n')
  })

  it('are refused for parts that the service does not take', () => {
    const image = { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://some.example/a.png' } }] }
    const blind = rejected('No eyes.')
    const parts = { image_url: (model: string) => (model === 'seer' ? undefined : blind), input_audio: blind }
    expect(messagesOf([image], { parts, notes: [blind] }, 'seer').sent).toEqual([image])
    expect(refusal(() => messagesOf([image], { parts })).details.param).toBe('messages[0].content[0]')
    const audio = { role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'mp3' } }] }
    expect(refusal(() => messagesOf([audio], { parts }, 'seer')).message).toBe('No eyes.')
  })

  it('wait for images that are sent as data', () => {
    const part = (url: string) => ({ type: 'image_url', image_url: { url, detail: 'low' } })
    const data = 'data:image/png;base64,AAAA'
    const messages = [{ role: 'user', content: [part('https://some.example/a.png'), part(data), part('ms://b')] }]
    const { call } = send({ messages }, { messages: { inlineImages: true } })
    expect(call.needs?.urls).toEqual([
      { url: 'https://some.example/a.png', path: 'messages[0].content[0].image_url.url' },
    ])
    const whole = call.needs?.with(new Map([['https://some.example/a.png', { type: 'image/gif', base64: 'R0lG' }]]))
    expect(JSON.parse(whole?.body ?? '').messages[0].content).toEqual([
      part('data:image/gif;base64,R0lG'),
      part(data),
      part('ms://b'),
    ])
    expect(whole?.needs).toBeUndefined()
  })

  it('are put in the order that the service wants', () => {
    const note = emulated('Turned around.')
    const arrange: NonNullable<MessageRules['arrange']> = (all, { lose }) => {
      lose(note)
      return all.toReversed()
    }
    const { sent, losses } = messagesOf([user, { role: 'user', content: 'Two' }], { arrange, notes: [note] })
    expect(sent.map(({ content }) => content)).toEqual(['Two', 'Hi'])
    expect(losses).toMatchObject([{ path: 'messages', kind: 'emulated' }])
  })
})

describe('tools', () => {
  const tool = (name: string) => ({ type: 'function', function: { name } })
  const tools = [tool('f'), tool('g')]
  const named = (name: string) => ({ type: 'function', function: { name } })
  const part = (fields: Fields, taken?: ReturnType<NonNullable<Like['choices']>>) => {
    const { body, losses } = send(fields, taken ? { choices: () => taken } : {})
    const names = (body.tools as { function: { name: string } }[] | undefined)?.map((one) => one.function.name)
    return [names, body.tool_choice, losses.map(({ path, kind }) => `${path} ${kind}`)]
  }

  it('are sent with the choice among them', () => {
    expect(part({ tools })).toEqual([['f', 'g'], undefined, []])
    expect(part({ tools, tool_choice: 'required' })).toEqual([['f', 'g'], 'required', []])
    expect(part({ tools, tool_choice: { type: 'function', name: 'g' } })).toEqual([['f', 'g'], named('g'), []])
    const allowed = { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [named('g')] } }
    expect(part({ tools, tool_choice: allowed })).toEqual([['g'], 'required', ['tool_choice emulated']])
    const auto = { type: 'allowed_tools', mode: 'auto', tools: [named('g')] }
    expect(part({ tools, tool_choice: auto })).toEqual([['g'], undefined, ['tool_choice emulated']])
  })

  it('have the form that came before them', () => {
    const functions = [{ name: 'f' }]
    expect(part({ functions, function_call: { name: 'f' } })).toEqual([['f'], named('f'), []])
    expect(part({ functions, function_call: 'none' })).toEqual([['f'], 'none', []])
    expect(part({ functions, tools: [tool('g')] })).toEqual([['g'], undefined, ['functions dropped']])
    expect(part({ functions, function_call: 'none', tools: [tool('g')] })).toEqual([
      ['g'],
      undefined,
      ['function_call dropped', 'functions dropped'],
    ])
  })

  it.each<[unknown, ('none' | 'required' | 'named')[], unknown]>([
    [undefined, [], [['f', 'g'], undefined, []]],
    ['none', ['none'], [['f', 'g'], 'none', []]],
    ['none', [], [undefined, undefined, ['tool_choice emulated']]],
    ['required', ['required'], [['f', 'g'], 'required', []]],
    ['required', ['named'], [['f', 'g'], 'auto', ['tool_choice clamped']]],
    [named('g'), ['named'], [['f', 'g'], named('g'), []]],
    [named('g'), ['required'], [['g'], 'required', ['tool_choice emulated']]],
    [named('g'), [], [['g'], 'auto', ['tool_choice emulated', 'tool_choice clamped']]],
  ])('chosen as %j of a service that takes %j', (tool_choice, taken, sent) => {
    expect(part({ tools, ...(tool_choice !== undefined && { tool_choice }) }, taken)).toEqual(sent)
  })

  it('chosen in the older form are told so', () => {
    expect(part({ functions: [{ name: 'f' }], function_call: { name: 'f' } }, [])).toEqual([
      ['f'],
      'auto',
      ['function_call emulated', 'function_call clamped'],
    ])
  })

  it('of the client are functions with one string', () => {
    const grammar = { syntax: 'regex', definition: 'a+' }
    const custom = { name: 'x', description: 'Says a.', format: { type: 'grammar', grammar } }
    const { body, losses } = send({
      tools: [
        { type: 'custom', custom },
        { type: 'custom', custom: { name: 'y' } },
      ],
    })
    const parameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }
    expect(body.tools).toEqual([
      {
        type: 'function',
        function: { name: 'x', description: 'Says a.\n\nThe input must match this regex grammar:\na+', parameters },
      },
      { type: 'function', function: { name: 'y', parameters } },
    ])
    expect(losses.map(({ path }) => path)).toEqual(['tools[0].custom', 'tools[0].custom.format', 'tools[1].custom'])
  })

  it('stay as they are where the service has all that OpenAI has', () => {
    const custom = [{ type: 'custom', custom: { name: 'x' } }]
    const choice = { type: 'custom', custom: { name: 'x' } }
    expect(send({ tools: custom, tool_choice: choice }, { messages: { native: true } }).body).toMatchObject({
      tools: custom,
      tool_choice: choice,
    })
  })
})

describe('fields', () => {
  it('that OpenAI lacks pass, and those that are null do not', () => {
    expect(send({ top_n: 1, min_p: null }).body).toMatchObject({ top_n: 1 })
    expect(send({ min_p: null, seed: null }).body).toEqual({
      model: 'some-1',
      messages: [{ role: 'user', content: 'Hello' }],
    })
  })

  it('say limits once', () => {
    expect(send({ max_tokens: 5, max_completion_tokens: 5 })).toMatchObject({ body: { max_tokens: 5 }, losses: [] })
    expect(send({ max_tokens: 5, max_completion_tokens: 6 })).toMatchObject({
      body: { max_tokens: 6 },
      losses: [{ path: 'max_tokens', kind: 'dropped' }],
    })
  })

  it('of audio are refused where nothing else is wanted', () => {
    const fields = { ...plain }
    expect(refusal(() => send({ modalities: ['audio'] }, { fields })).details.param).toBe('modalities')
    expect(send({ modalities: ['text', 'audio'] }, { fields }).losses).toMatchObject([
      { path: 'modalities', kind: 'dropped' },
    ])
    expect(send({ modalities: ['text', 'image'] }, { fields }).losses).toEqual([])
  })

  it('of reasoning become an effort', () => {
    const fields = { ...plain }
    const effort = (reasoning: Fields, more: Fields = {}) => {
      const { body, losses } = send({ reasoning, ...more }, { fields })
      return [body.reasoning_effort, losses.map(({ path }) => path)]
    }
    expect(effort({ effort: 'low', exclude: true })).toEqual(['low', []])
    expect(effort({ enabled: false })).toEqual(['none', []])
    expect(effort({ enabled: true })).toEqual([undefined, []])
    expect(effort({ effort: 'low' }, { reasoning_effort: 'low' })).toEqual(['low', []])
    expect(effort({ max_tokens: 5 })).toEqual([undefined, ['reasoning']])
  })

  it('of JSON are told to the model', () => {
    const differences: Partial<Like> = { fields: { ...plain, response_format: jsonObject }, jsonByWord: () => true }
    const parts = { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }
    const { body } = send(
      { messages: [parts, { role: 'user', content: 'x' }], response_format: { type: 'json_object' } },
      differences,
    )
    expect(body.response_format).toEqual({ type: 'json_object' })
    const told = { role: 'system', content: expect.stringContaining('JSON') }
    expect(body.messages).toEqual([told, parts, { role: 'user', content: 'x' }])
    expect(saysJson({ model: 'm', messages: [{ role: 'user', content: 'As Json' }] })).toBe(true)
    expect(saysJson({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })).toBe(false)
  })

  it('of stops are for the gateway where there are too many', () => {
    const differences: Partial<Like> = { fields: { ...plain, stop: stopsUpTo(1) } }
    expect(send({ stop: 'x' }, differences)).toMatchObject({ body: { stop: ['x'] }, losses: [] })
    const { body, losses, call } = send({ stop: ['b', 'x'] }, differences)
    expect([body.stop, losses.map(({ path, kind }) => [path, kind])]).toEqual([undefined, [['stop', 'emulated']]])
    const text = (from: typeof call) =>
      read(from, [{ choices: [{ delta: { content: 'abc' } }] }, STOP]).flatMap((one) =>
        one.type === 'text' ? one.text : [],
      )
    expect(text(call)).toEqual(['a'])
    expect(text(send({ stop: 'b' }, differences).call)).toEqual(['abc'])
  })
})

describe('a call', () => {
  it('asks for counts in streams, but where it must not', () => {
    expect(send({ stream: true }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(send({ stream: true }, { asksNoUsage: true }).body).not.toHaveProperty('stream_options')
    expect(send({ stream: true }, { asksNoUsage: ({ name }) => name === 'test' }).body).not.toHaveProperty(
      'stream_options',
    )
    expect(send({}).call.streams).toBe(false)
    expect(send({}, { streams: () => true })).toMatchObject({ call: { streams: true }, body: { stream: true } })
  })

  it('goes where the service wants it, in the form that it wants', () => {
    expect(send({}).call.path).toBe('/chat/completions')
    expect(send({}, { path: (model) => `/${model}/chat` }).call.path).toBe('/some-1/chat')
    expect(send({}, { adapt: (body) => ({ ...body, more: 1 }) }).body.more).toBe(1)
    expect(send({}).call.paramOf('messages[0]')).toBe('messages[0]')
  })

  it('has a whole answer read as its stream is', () => {
    const { call } = send({})
    const answer = { id: 'c1', choices: [{ message: { content: 'Hi.' } }] }
    const { deltas } = call.answer(answer, new Headers())
    expect(deltas.map(({ type }) => type)).toEqual(['start', 'text', 'finish'])
    const json = call.reader(new Headers({ 'content-type': 'application/json; charset=utf-8' }))
    expect(json.framing).toBe('whole')
    expect([...json.read({ event: '', data: JSON.stringify(answer) }), ...(json.end?.() ?? [])]).toEqual(deltas)
    expect(json.done).toBe(true)
  })
})

describe('a refusal', () => {
  const refused = (status: 'invalid_request' | 'server_error', message: string, param?: string) =>
    new GatewayError(status, message, param === undefined ? {} : { param })
  const mended = (fields: Fields, error: GatewayError, differences: Partial<Like> = {}) => {
    const { call, losses } = send(fields, differences)
    const next = call.mend?.(error)
    return next && { body: JSON.parse(next.body) as Fields, losses, next }
  }

  it.each([
    ['Extra inputs are not permitted', 'seed'],
    ["Unknown parameter: 'seed'", undefined],
    ['Unrecognized request argument supplied: `seed`', undefined],
    ['"seed" is not supported', undefined],
    ['seed is currently not supported', 'seed'],
  ])('that says %j is mended without the field', (message, param) => {
    const got = mended({ seed: 7, top_p: 0.5 }, refused('invalid_request', message, param))
    expect(got?.body).toEqual({ model: 'some-1', messages: [{ role: 'user', content: 'Hello' }], top_p: 0.5 })
    expect(got?.losses).toMatchObject([{ path: 'seed', kind: 'dropped' }])
  })

  it('of a field that the client did not send is mended in silence', () => {
    const got = mended({ stream: true }, refused('invalid_request', "Unknown field 'stream_options'"))
    expect(got?.body).not.toHaveProperty('stream_options')
    expect(got?.losses).toEqual([])
  })

  it.each([
    ['server_error', "Unknown field 'seed'"],
    ['invalid_request', 'Your seed is bad'],
    ['invalid_request', "Unknown field 'messages'"],
    ['invalid_request', "Unknown field 'weather'"],
  ] as const)('%s %j is not mended', (status, message) => {
    expect(mended({ seed: 7 }, refused(status, message))).toBeUndefined()
  })

  it('of a choice among tools leaves it to the model', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }]
    const error = refused('invalid_request', 'tool_choice is not what we like')
    const got = mended({ tools, tool_choice: 'required' }, error)
    expect(got?.body).toMatchObject({ tools, tool_choice: 'auto' })
    expect(got?.losses).toMatchObject([{ path: 'tool_choice', kind: 'clamped', sent: 'auto' }])
    expect(mended({ tools }, error)).toBeUndefined()
  })

  it('is mended as the service wants it, and told once', () => {
    const note = dropped('Not here.')
    const mend: NonNullable<Like['mend']> = (message, { seed: _seed, ...rest }, lose) => {
      if (!/seeds/.test(message)) return undefined
      lose(note, { path: 'seed' })
      return rest
    }
    const error = refused('invalid_request', 'No seeds.')
    const { call, losses } = send({ seed: 7 }, { mend })
    expect(JSON.parse(call.mend?.(error)?.body ?? '')).not.toHaveProperty('seed')
    expect(call.mend?.(error)).toBeDefined()
    expect(losses).toHaveLength(1)
    expect(mended({ seed: 7 }, refused('invalid_request', 'No.'), { mend })).toBeUndefined()
  })
})
