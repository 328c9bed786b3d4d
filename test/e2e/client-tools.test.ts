// Tools through the official client: calls, loops, and histories sent back as they came.
import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, MODELS, startClients } from '../harness/openai-client.ts'

type Message = OpenAI.ChatCompletionMessageParam
type Answer = OpenAI.ChatCompletionMessage
type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'>

let clients: Clients
let openai: OpenAI

beforeAll(async () => {
  clients = await startClients()
  openai = clients.openai
})
afterAll(() => clients.close())

const properties = { city: { type: 'string' } }
const fn = (name: string, parameters?: Record<string, unknown>): OpenAI.ChatCompletionTool => ({
  type: 'function',
  function: { name, description: `Does ${name}.`, ...(parameters && { parameters }) },
})
const weather = fn('weather', { type: 'object', properties, required: ['city'] })
const clock = fn('clock')
const sql: OpenAI.ChatCompletionTool = { type: 'custom', custom: { name: 'sql', description: 'Runs SQL.' } }

/** Both ways of asking, as one: the folded stream must be the whole answer, but for ids. */
const WAYS = [
  ['whole', (body: Body) => openai.chat.completions.create(body)],
  ['streamed', (body: Body) => openai.chat.completions.stream({ ...body, stream: true }).finalChatCompletion()],
] as const

describe.each(MODELS)('%s', (_way, model) => {
  const claude = model.startsWith('anthropic')
  const user = (content: string): Message => ({ role: 'user', content })

  describe.each(WAYS)('%s', (_how, create) => {
    async function ask(messages: Message[], rest: Omit<Body, 'model' | 'messages'> = {}) {
      const { choices } = await create({ model, messages, ...rest })
      const { message, finish_reason } = choices[0] ?? {}
      if (!message) throw new Error('No message.')
      // What only the client's helpers put there does not go back to a service that refuses it.
      if (!claude && 'parsed' in message) delete message.parsed
      return { message, finish: finish_reason }
    }
    /** Names and arguments of the calls. */
    const callsIn = ({ tool_calls = [] }: Answer) =>
      tool_calls.map((call) =>
        call.type === 'function'
          ? [call.function.name, call.function.arguments]
          : [call.custom.name, call.custom.input],
      )

    test('a call, its result, and the answer', async () => {
      const messages: Message[] = [user('What is the weather?')]
      const { message, finish } = await ask(messages, { tools: [weather, clock] })
      expect(finish).toBe('tool_calls')
      expect(message.content || null).toBeNull()
      expect(callsIn(message)).toEqual([['weather', '{"city":"city"}']])
      expect(message.tool_calls?.[0]?.id).toMatch(/^[\w-]{9,}$/)
      messages.push(message, { role: 'tool', tool_call_id: message.tool_calls?.[0]?.id ?? '', content: 'rain' })
      const answer = await ask(messages, { tools: [weather, clock] })
      expect([answer.message.content, answer.finish]).toEqual([
        expect.stringContaining('weather answered: rain.'),
        'stop',
      ])
    })

    test('several calls at once, one without arguments', async () => {
      const messages: Message[] = [user('The weather, and the clock!')]
      const { message, finish } = await ask(messages, { tools: [weather, clock] })
      expect(finish).toBe('tool_calls')
      expect(callsIn(message)).toEqual([
        ['weather', '{"city":"city"}'],
        ['clock', '{}'],
      ])
      const calls = message.tool_calls ?? []
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
      messages.push(message)
      for (const { id } of calls)
        messages.push({ role: 'tool', tool_call_id: id, content: [{ type: 'text', text: 'yes' }] })
      const { message: last } = await ask(messages, { tools: [weather, clock] })
      expect(last.content).toContain('weather answered: yes. clock answered: yes.')
      const one = await ask([user('The weather, and the clock!')], {
        tools: [weather, clock],
        parallel_tool_calls: false,
      })
      expect(callsIn(one.message)).toHaveLength(1)
    })

    test('every form of tool_choice', async () => {
      const tools = [weather, clock]
      const named = { type: 'function' as const, function: { name: 'clock' } }
      const subset = (mode: 'auto' | 'required') => ({
        type: 'allowed_tools' as const,
        allowed_tools: { mode, tools: [named as unknown as Record<string, unknown>] },
      })
      const called = async (text: string, tool_choice?: OpenAI.ChatCompletionToolChoiceOption) => {
        const { message } = await ask([user(text)], { tools, ...(tool_choice && { tool_choice }) })
        return callsIn(message).map(([name]) => name)
      }
      expect(await called('weather', 'none')).toEqual([])
      expect(await called('weather', 'auto')).toEqual(['weather'])
      expect(await called('weather')).toEqual(['weather'])
      expect(await called('nothing', 'auto')).toEqual([])
      expect(await called('nothing', 'required')).toEqual(['weather'])
      expect(await called('nothing', named)).toEqual(['clock'])
      expect(await called('weather', subset('required'))).toEqual(['clock'])
      expect(await called('weather', subset('auto'))).toEqual([])
    })

    test('arguments that break off come as they are, and may be sent back', async () => {
      const { message } = await ask([user('demo:broken-args')], { tools: [weather] })
      const [[, broken = ''] = []] = callsIn(message)
      expect(() => JSON.parse(broken)).toThrow()
      const result: Message = { role: 'tool', tool_call_id: message.tool_calls?.[0]?.id ?? '', content: 'no' }
      const { message: last } = await ask([user('demo:broken-args'), message, result, user('hm')], { tools: [weather] })
      expect(last.content).toContain('hm')
    })

    test('a custom tool', async () => {
      const messages: Message[] = [user('Ask sql.')]
      const { message, finish } = await ask(messages, { tools: [sql] })
      expect(finish).toBe('tool_calls')
      expect(message.tool_calls?.[0]?.type).toBe('custom')
      expect(callsIn(message)).toEqual([['sql', claude ? 'input' : 'value']])
      messages.push(message, { role: 'tool', tool_call_id: message.tool_calls?.[0]?.id ?? '', content: '1 row' })
      expect((await ask(messages, { tools: [sql] })).message.content).toContain('sql answered: 1 row.')
    })

    test('functions, as they were before tools', async () => {
      const functions = [{ name: 'weather', description: 'Tells.', parameters: { type: 'object', properties } }]
      const messages: Message[] = [user('weather')]
      const { message, finish } = await ask(messages, { functions })
      expect(finish).toBe('function_call')
      expect(message.function_call).toEqual({ name: 'weather', arguments: '{"city":"city"}' })
      expect(message.tool_calls).toBeUndefined()
      const history: Message[] = [...messages, message, { role: 'function', name: 'weather', content: 'rain' }]
      expect((await ask(history, { functions })).message.content).toContain('weather answered: rain.')
      const forced = await ask([user('nothing')], { functions, function_call: { name: 'weather' } })
      expect(forced.message.function_call?.name).toBe('weather')
    })
  })

  test('a tool whose name and description are long, and whose schema has everything', async () => {
    const name = `t_${'x'.repeat(62)}`
    const schema = {
      type: 'object',
      properties: {
        choice: { enum: ['a', 'b'] },
        list: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer', minimum: 3 } } } },
        any: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      additionalProperties: false,
      $defs: { unused: { type: 'string' } },
    }
    const body: Body = { model, messages: [user('go')], tools: [fn(name, schema)], tool_choice: 'required' }
    const { choices } = await openai.chat.completions.create(body)
    const [call] = choices[0]?.message.tool_calls ?? []
    expect(call?.type === 'function' && call.function.name).toBe(name)
    expect(JSON.parse((call?.type === 'function' && call.function.arguments) || '')).toMatchObject({ choice: 'a' })
  })

  test.each([['whole'], ['streamed']])('runTools, %s', async (how) => {
    const asked: unknown[] = []
    const tool = (name: string) => ({
      type: 'function' as const,
      function: {
        name,
        description: `Does ${name}.`,
        parameters: { type: 'object' as const, properties },
        parse: (text: string): unknown => JSON.parse(text),
        function: (given: unknown) => {
          asked.push([name, given])
          return `${name} done`
        },
      },
    })
    const body = { model, messages: [user('Do one and two.')], tools: [tool('one'), tool('two')] }
    const runner =
      how === 'whole'
        ? openai.chat.completions.runTools(body)
        : openai.chat.completions.runTools({ ...body, stream: true })
    expect(await runner.finalContent()).toContain('one answered: one done. two answered: two done.')
    expect(asked).toEqual([
      ['one', { city: 'city' }],
      ['two', { city: 'city' }],
    ])
    const results = runner.messages.filter(({ role }) => role === 'tool')
    expect(results.map(({ content }) => content)).toEqual(['one done', 'two done'])
    expect(await runner.allChatCompletions()).toHaveLength(2)
  })
})
