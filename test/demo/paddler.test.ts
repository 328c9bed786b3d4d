// What the demo's cluster answers and refuses, in the native API of all its versions.
import { globSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../demo/index.ts'
import { checkConversation } from '../../demo/paddler/check.ts'
import { isChat } from '../case.ts'

type Fields = Record<string, unknown>

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo.close())

const ROUTE = 'api/v1/continue_from_conversation_history'
const find = {
  type: 'function',
  function: { name: 'find', description: '', parameters: { type: 'object', properties: { q: { type: 'string' } } } },
}
const lose = { type: 'function', function: { name: 'lose', description: '' } }

const post = (fields: Fields, version = '') =>
  fetch(`${demo.bases.paddler}${version}/${ROUTE}`, {
    method: 'POST',
    body: JSON.stringify({
      add_generation_prompt: true,
      conversation_history: [{ role: 'user', content: 'Hello' }],
      enable_thinking: false,
      max_tokens: 100,
      ...fields,
    }),
  })
const say = (words: string, fields: Fields = {}): Fields => ({
  conversation_history: [{ role: 'user', content: words }],
  ...fields,
})

/** The lines of an answer. */
async function lines(fields: Fields, version?: string): Promise<Fields[]> {
  const answer = await post(fields, version)
  expect(answer.headers.get('content-type')).toBe('application/json')
  return (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields)
}

interface Line {
  Response?: { response: { GeneratedToken: unknown } }
}
const tokens = async (fields: Fields, version?: string) =>
  ((await lines(fields, version)) as Line[]).flatMap(({ Response }) =>
    Response ? [Response.response.GeneratedToken as Fields | string] : [],
  )
const textOf = (all: readonly (Fields | string)[], kind: string) =>
  all.map((token) => (typeof token === 'object' ? (token[kind] ?? '') : '')).join('')
const text = async (fields: Fields) => textOf(await tokens(fields), 'ContentToken')

describe('answers', () => {
  it('says back what was said, line by line', async () => {
    const all = await lines({ enable_thinking: true })
    expect(all[0]).toEqual({
      Response: {
        generated_by: 'agent-1',
        request_id: expect.stringMatching(/^req-\d+$/),
        response: { GeneratedToken: { ReasoningToken: 'The' } },
      },
    })
    const made = await tokens({ enable_thinking: true })
    expect(textOf(made, 'ReasoningToken')).toBe('The user wants an answer.')
    expect(textOf(made, 'ContentToken')).toBe('You said: "Hello"')
    expect(made.at(-1)).toMatchObject({ Done: { usage: { content_tokens: 3, reasoning_tokens: 5 } } })
  })

  it('says what it sees and what tools answered', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
    const seeing = { role: 'user', content: [{ type: 'text', text: 'Look.' }, image] }
    expect(await text({ conversation_history: [seeing] })).toBe('You said: "Look." I see 1 image.')
    const results = [
      { role: 'user', content: '' },
      { role: 'assistant', content: 'x' },
      { role: 'tool', content: '2 hits' },
    ]
    expect(await text({ conversation_history: results })).toBe('The tool answered: 2 hits.')
    expect(await text(say(''))).toBe('You said nothing.')
    expect(await text(say('demo:empty'))).toBe('')
    expect(JSON.parse(await text(say('demo:echo', { max_tokens: 999 })))).toMatchObject({ max_tokens: 999 })
  })

  it('ends where its tokens end, thoughts first', async () => {
    const made = await tokens(say('demo:words=50', { max_tokens: 7, enable_thinking: true }))
    expect(textOf(made, 'ContentToken')).toBe('word1 word2')
    expect(await tokens({ max_tokens: -1 })).toHaveLength(1)
  })

  it('is held to a schema, and believes instructions', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' } } }
    const grammar = { type: 'json_schema', schema: JSON.stringify(schema) }
    expect(await text({ grammar })).toBe('{"a":1}')
    const told = (content: string, words = 'Hi') => ({
      conversation_history: [
        { role: 'system', content },
        { role: 'user', content: words },
      ],
    })
    const wording = `Respond with one JSON value that matches this JSON Schema, and nothing else:\n${JSON.stringify(schema)}`
    expect(await text(told(wording))).toBe('{"a":1}')
    expect(await text(told('Respond with one valid JSON object.', 'demo:fence'))).toContain('```json\n{"answer":')
  })

  it.each<[string, Fields, string[]]>([
    ['by name', say('Please find it.', { tools: [lose, find] }), ['find']],
    ['by directive', say('demo:tool=find', { tools: [lose, find] }), ['find']],
    ['all of them', say('demo:parallel', { tools: [lose, find] }), ['lose', 'find']],
    ['one twice', say('demo:parallel', { tools: [find] }), ['find', 'find']],
    ['none', say('Hello', { tools: [find] }), []],
  ])('calls tools %s', async (_name, fields, names) => {
    const made = await tokens({ ...fields, parse_tool_calls: true })
    const parsed = made.flatMap((token) =>
      typeof token === 'object' && 'ToolCallParsed' in token ? token.ToolCallParsed : [],
    )
    expect((parsed as { name: string }[]).map(({ name }) => name)).toEqual(names)
  })

  it('calls what it is told to, and leaves calls unread where nobody asked', async () => {
    const history = (content: string) => [
      { role: 'system', content },
      { role: 'user', content: 'Hi' },
    ]
    const told = async (content: string) =>
      textOf(await tokens({ conversation_history: history(content), tools: [lose, find] }), 'ToolCallToken')
    expect(await told('You must call the tool "find".')).toBe(
      '<tool_call>{"name":"find","arguments":{"q":"q"}}</tool_call>',
    )
    expect(await told('You must call one of the tools.')).toContain('"lose"')
    const broken = await tokens(say('demo:broken-args', { tools: [find], parse_tool_calls: true }))
    expect(broken.at(-2)).toMatchObject({ ToolCallParsed: [{ arguments: { InvalidJson: '{"q":"q"' } }] })
  })

  it('has one kind of token before 4.0, and nobody counts', async () => {
    const made = await tokens({ enable_thinking: true }, '/2.1')
    expect(textOf(made, 'Token')).toBe('<think>\nThe user wants an answer.\n</think>\n\nYou said: "Hello"')
    expect(made.at(-1)).toBe('Done')
  })

  it('is well', async () => {
    expect(await (await fetch(`${demo.bases.paddler}/health`)).text()).toBe('OK')
  })
})

describe('refusals', () => {
  const tool = (parameters: unknown) => ({
    tools: [{ type: 'function', function: { name: 'f', description: '', parameters } }],
  })

  it.each<[string, Fields, string, string?]>([
    ['a field nobody knows', { temperature: 1 }, 'unknown field `temperature`'],
    ['a field that is missing', { max_tokens: undefined }, 'missing field `max_tokens`'],
    ['a name', { conversation_history: [{ role: 'user', content: '', name: 'n' }] }, 'unknown field `name`'],
    ['no content', { conversation_history: [{ role: 'user', content: null }] }, 'expected a sequence'],
    [
      'a detail',
      {
        conversation_history: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: '', detail: 'low' } }] },
        ],
      },
      'unknown field `detail`',
    ],
    [
      'audio',
      { conversation_history: [{ role: 'user', content: [{ type: 'input_audio' }] }] },
      'unknown variant `input_audio`',
    ],
    ['half a token', { max_tokens: 1.5 }, 'expected i32'],
    ['a maybe', { enable_thinking: 'yes' }, 'expected boolean'],
    [
      'a tool without a description',
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      'missing field `description`',
    ],
    ['no tools', { tools: null }, 'expected a sequence'],
    ['a schema with a title', tool({ type: 'object', title: 'T' }), 'unknown field `title`'],
    ['a schema without a type', tool({}), 'missing field `type`'],
    ['properties that are none', tool({ type: 'object', properties: [] }), 'expected a map'],
    [
      'a property that is not there',
      tool({ type: 'object', properties: {}, required: ['q'] }),
      "Invalid request parameters: Required field 'q' not found in properties",
    ],
    ['a schema as an object', { grammar: { type: 'json_schema', schema: {} } }, 'expected string'],
    ['a grammar in 3.0', { grammar: null }, 'unknown field `grammar`', '/3.0'],
    ['calls in 3.1', { parse_tool_calls: false }, 'unknown field `parse_tool_calls`', '/3.1'],
    ['parts in 2.1', { conversation_history: [{ role: 'user', content: [] }] }, 'expected string', '/2.1'],
  ])('%s', async (_name, fields, message, version) => {
    const answer = await post(fields, version)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(message)
  })

  it('what is no JSON, and what is nowhere', async () => {
    const ask = (path: string, method: string) =>
      fetch(`${demo.bases.paddler}/${path}`, { method, ...(method === 'POST' && { body: '{' }) })
    expect((await ask(ROUTE, 'POST')).status).toBe(400)
    expect((await ask(ROUTE, 'GET')).status).toBe(405)
    expect((await ask('api/v1/other', 'POST')).status).toBe(404)
  })

  it('by a token, when it is too late for a status', async () => {
    const grammar = { type: 'gbnf', grammar: 'root ::= "a"', root: 'root' }
    expect(await tokens({ grammar, enable_thinking: true })).toEqual([
      { GrammarIncompatibleWithThinking: expect.any(String) },
    ])
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
    expect(await tokens({ conversation_history: [{ role: 'user', content: [image] }] })).toEqual([
      { ImageDecodingFailed: 'Remote image URLs are not supported' },
    ])
  })
})

describe('failures', () => {
  it('are lines', async () => {
    const overload = {
      Error: { request_id: expect.any(String), error: { code: 503, description: 'Buffered requests overflow' } },
    }
    expect(await lines(say('demo:overloaded'))).toEqual([overload])
    expect((await lines(say('demo:error-mid demo:words=9'))).at(-1)).toMatchObject({ Error: { error: { code: 504 } } })
    expect((await tokens(say('demo:truncate'))).at(-1)).not.toHaveProperty('Done')
    expect((await lines(say('demo:unknown')))[0]).toHaveProperty('Notification')
  })

  it('or statuses', async () => {
    expect((await post(say('demo:503'))).status).toBe(503)
    expect((await post(say('demo:html'))).status).toBe(502)
    const flaky = [await post(say('demo:flaky')), await post(say('demo:flaky'))]
    expect(flaky.map(({ status }) => status)).toEqual([500, 200])
  })
})

const root = resolve(import.meta.dirname, '../cases/paddler')
const sent = globSync('*/{sent,mended}.json', { cwd: root }).filter(isChat)

it('there are cases', () => {
  expect(sent.length).toBeGreaterThan(20)
})

it.each(sent)('takes what the gateway sends: %s', (path) => {
  const read = (file: string) => JSON.parse(readFileSync(resolve(root, file), 'utf8')) as Fields
  const [account] = globSync(`${dirname(path)}/account.json`, { cwd: root })
  const version = Number(account ? read(account).apiVersion : 4)
  const { grammar, enable_thinking } = checkConversation(read(path), version)
  expect(grammar !== undefined && enable_thinking).toBe(false)
})
