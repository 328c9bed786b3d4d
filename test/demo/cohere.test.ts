// What the demo's Cohere endpoint answers and refuses, also to the official client.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CohereClientV2 } from 'cohere-ai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkChat } from '../../demo/cohere/rules.ts'
import { type Demo, startDemo } from '../../demo/index.ts'
import { CORPUS } from '../../scripts/corpus-count.ts'

type Fields = Record<string, unknown>

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo.close())

const find = {
  type: 'function',
  function: {
    name: 'find',
    parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  },
}
const now = { type: 'function', function: { name: 'now', parameters: { type: 'object' } } }
const say = (content: string, fields: Fields = {}): Fields => ({ messages: [{ role: 'user', content }], ...fields })
const bodyOf = (fields: Fields): Fields => ({ model: 'command-a-03-2025', ...say('Hello'), ...fields })

const post = (fields: Fields, headers: Fields = { authorization: 'Bearer demo' }) =>
  fetch(`${demo.bases.cohere}/v2/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(bodyOf(fields)),
  })

interface Answer {
  readonly id: string
  readonly finish_reason: string
  readonly message: Fields
  readonly usage: Fields
}
const ask = async (fields: Fields) => (await (await post(fields)).json()) as Answer

/** The events of a stream, each checked to name its type twice. */
async function events(fields: Fields): Promise<Fields[]> {
  const text = await (await post({ ...fields, stream: true })).text()
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => {
      const [name, data = ''] = frame.split('\n')
      const event = JSON.parse(data.slice('data: '.length)) as Fields
      expect(name).toBe(`event: ${event.type}`)
      return event
    })
}

describe('answers', () => {
  it('says back what was said', async () => {
    const { id, message, finish_reason, usage } = await ask({})
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/)
    expect(message).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'You said: "Hello"' }] })
    expect(finish_reason).toBe('COMPLETE')
    expect(usage).toMatchObject({ billed_units: { input_tokens: 11 }, tokens: { input_tokens: 506 } })
  })

  it('streams calls as objects, counted apart from contents', async () => {
    const all = await events(say('demo:parallel', { tools: [find, now] }))
    expect(all.map(({ type, index }) => [type, index]).filter(([type]) => /start|end/.test(String(type)))).toEqual([
      ['message-start', undefined],
      ['tool-call-start', 0],
      ['tool-call-end', 0],
      ['tool-call-start', 1],
      ['tool-call-end', 1],
      ['message-end', undefined],
    ])
    expect(all.find(({ type }) => type === 'tool-call-start')).toMatchObject({
      delta: { message: { tool_calls: { function: { name: 'find', arguments: '' } } } },
    })
  })

  it.each([
    [say('one two', { stop_sequences: ['two'] }), 'You said: "one ', 'STOP_SEQUENCE'],
    [say('demo:words=50', { max_tokens: 2 }), 'word1 wo', 'MAX_TOKENS'],
    [say('x', { response_format: { type: 'json_object' } }), '{"answer":"You said: \\"x\\""}', 'COMPLETE'],
    [
      say('x', { response_format: { type: 'json_object', json_schema: { type: 'object', properties: { a: {} } } } }),
      '{"a":"a"}',
      'COMPLETE',
    ],
  ])('%j', async (fields, text, reason) => {
    const { message, finish_reason } = await ask(fields)
    expect(message.content).toEqual([{ type: 'text', text }])
    expect(finish_reason).toBe(reason)
  })

  it('calls what it must, and says what was answered', async () => {
    const { message } = await ask({ tools: [now], tool_choice: 'REQUIRED' })
    expect(message).toMatchObject({ tool_plan: 'I will call now.', tool_calls: [{ function: { arguments: '' } }] })
    const calls = (message.tool_calls as { id: string }[]).map((call) => ({
      ...call,
      function: { name: 'now', arguments: '{}' },
    }))
    const messages = [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', tool_call_id: calls[0]?.id, content: 'late' },
    ]
    const again = await ask({ messages, tools: [now] })
    expect(again.message.content).toEqual([{ type: 'text', text: 'now answered: late. You said: "Go."' }])
  })
})

describe('the official client', () => {
  const client = () => new CohereClientV2({ token: 'demo', environment: demo.bases.cohere ?? '' })

  it('reads an answer and a stream', async () => {
    const request = { model: 'command-a-reasoning-08-2025', messages: [{ role: 'user' as const, content: 'Hi' }] }
    const whole = await client().chat({ ...request, thinking: { type: 'enabled' } })
    expect(whole.message.content?.map(({ type }) => type)).toEqual(['thinking', 'text'])
    let text = ''
    for await (const event of await client().chatStream(request)) {
      if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? ''
    }
    expect(text).toBe('You said: "Hi"')
  })
})

describe('refusals', () => {
  const refused = (fields: Fields): string => {
    try {
      checkChat(bodyOf(fields))
    } catch (thrown) {
      return `${Reflect.get(thrown as object, 'status')} ${(thrown as Error).message}`
    }
    return 'accepted'
  }
  const call = { id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } }
  const asked = (calls: unknown[], ...rest: Fields[]) => ({
    messages: [{ role: 'user', content: 'x' }, { role: 'assistant', tool_calls: calls }, ...rest],
  })

  it.each<[Fields, RegExp]>([
    [{ user: 'me' }, /^422 unknown field: parameter user/],
    [{ tools: {} }, /^422 invalid type: parameter tools is of type object/],
    [{ p: 1 }, /^400 .* p must be between 0.01 and 0.99/],
    [{ frequency_penalty: -1 }, /frequency_penalty must be/],
    [{ seed: 1.5 }, /^422 .*seed is of type number/],
    [{ stop_sequences: ['1', '2', '3', '4', '5', '6'] }, /stop_sequences must have at most 5/],
    [{ messages: [] }, /messages must not be empty/],
    [say(''), /at least 1 token/],
    [{ messages: [{ role: 'developer', content: 'x' }] }, /role must be one of/],
    [{ messages: [{ role: 'system', content: 'x' }] }, /tool results must be specified/],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.b/c.png' } }] }] },
      /images/,
    ],
    [{ messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'x' }] }] }, /thinking/],
    [{ messages: [{ role: 'assistant' }] }, /empty in a turn/],
    [asked([{ ...call, function: { name: 'find', arguments: 'x' } }]), /^422 .*arguments is of type string/],
    [asked([call], { role: 'user', content: 'x' }), /must not come before the results of a/],
    [asked([call], { role: 'tool', tool_call_id: 'b', content: 'x' }), /preceding tool call/],
    [{ tool_choice: 'REQUIRED' }, /tool_choice/],
    [{ tools: [find, find] }, /unique/],
    [{ tools: [now], strict_tools: true }, /strict_tools/],
    [{ tools: [find], response_format: { type: 'json_object' } }, /not supported with tools/],
    [{ documents: ['x'], safety_mode: 'OFF' }, /safety_mode/],
    [{ response_format: { type: 'json_object', json_schema: { type: 'array' } } }, /object schema/],
    [{ model: 'command-r-08-2024', tools: [find], tool_choice: 'NONE' }, /tool_choice/],
    [
      { model: 'command-a-reasoning-08-2025', max_tokens: 9, thinking: { type: 'enabled', token_budget: 9 } },
      /token_budget/,
    ],
    [{ model: 'gpt-5' }, /^404 model 'gpt-5' not found/],
  ])('%j', (fields, words) => {
    expect(refused(fields)).toMatch(words)
  })

  it('wants a key, the right method and path', async () => {
    const status = async (path: string, init: RequestInit = {}) => {
      const headers = { authorization: 'Bearer demo' }
      return (await fetch(`${demo.bases.cohere}${path}`, { headers, ...init })).status
    }
    expect((await post({}, {})).status).toBe(401)
    expect((await post({}, { authorization: 'Bearer invalid' })).status).toBe(401)
    expect(await status('/v2/chat')).toBe(405)
    expect(await status('/v2/embed')).toBe(405)
    expect(await status('/v2/classify')).toBe(404)
    expect(await status('/v1/models?page_size=0')).toBe(400)
  })

  it('fails as it is told', async () => {
    expect((await post(say('demo:429'))).status).toBe(429)
    expect((await post(say('demo:flaky'))).status).toBe(500)
    expect((await post(say('demo:flaky'))).status).toBe(200)
    expect((await events(say('demo:overloaded-first'))).at(-1)).toMatchObject({ delta: { finish_reason: 'ERROR' } })
    expect((await events(say('demo:truncate demo:words=3'))).at(-1)).toMatchObject({ type: 'content-end' })
  })
})

it('lists its models page by page', async () => {
  const names: string[] = []
  let token: string | undefined = ''
  while (token !== undefined) {
    const url = `${demo.bases.cohere}/v1/models?page_size=3&endpoint=chat&page_token=${token}`
    const answer = await fetch(url, { headers: { authorization: 'Bearer demo' } })
    const page = (await answer.json()) as { models: { name: string }[]; next_page_token?: string }
    names.push(...page.models.map(({ name }) => name))
    token = page.next_page_token
  }
  expect(names).toHaveLength(9)
  expect(new Set(names).size).toBe(9)
})

const corpus = join(CORPUS, 'cohere')
describe.skipIf(!existsSync(corpus))('recorded requests', () => {
  const read = (name: string, file: string) => JSON.parse(readFileSync(join(corpus, name, file), 'utf8'))
  const cases = existsSync(corpus) ? readdirSync(corpus) : []
  const requests = cases.filter((name) => existsSync(join(corpus, name, 'request.json')))

  // What the service took, the demo takes.
  it.each(requests.filter((name) => read(name, 'case.json').path === '/v2/chat'))('%s', (name) => {
    const body = read(name, 'request.json')
    if (read(name, 'case.json').status < 400) expect(checkChat(body)).toBe(body)
  })
})
