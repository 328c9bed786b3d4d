// Responses that are kept: shown, told again, listed, deleted, gone on with, under their own key and no other.
import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsIn, lastOf } from '../harness/open-responses.ts'
import { type ResponsesClients, startResponses } from '../harness/responses-client.ts'

let clients: ResponsesClients
let openai: OpenAI

beforeAll(async () => {
  clients = await startResponses()
  openai = clients.openai
})
afterAll(() => clients.close())

const model = 'anthropic/claude-sonnet-4-6'
const FIND: OpenAI.Responses.FunctionTool = { type: 'function', name: 'find', parameters: null, strict: null }

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => ({ status: 200 }),
    (thrown: { status?: number; code?: string; param?: string; message?: string }) => thrown,
  )
  return error
}

describe('a stored response', () => {
  it('is shown as it was answered, with what was asked', async () => {
    const made = await openai.responses.create({ model, input: 'Keep this.', metadata: { of: 'mine' } })
    const shown = await openai.responses.retrieve(made.id)
    expect(shown).toEqual({ ...made, _request_id: undefined })
    expect(shown.metadata).toEqual({ of: 'mine' })
    const { data, has_more } = await openai.responses.inputItems.list(made.id)
    expect(has_more).toBe(false)
    expect(data).toMatchObject([
      { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'Keep this.' }] },
    ])
  })

  it('lists its input page by page, in either order', async () => {
    const input = ['one', 'two', 'three'].map((content) => ({ role: 'user' as const, content }))
    const { id } = await openai.responses.create({ model, input })
    const texts = async (query: OpenAI.Responses.InputItemListParams) => {
      const all: string[] = []
      for await (const item of openai.responses.inputItems.list(id, query)) {
        all.push(JSON.stringify(item).match(/"text":"(\w+)"/)?.[1] ?? '')
      }
      return all
    }
    expect(await texts({ order: 'asc', limit: 2 })).toEqual(['one', 'two', 'three'])
    expect(await texts({ limit: 1 })).toEqual(['three', 'two', 'one'])
    const page = await openai.responses.inputItems.list(id, { order: 'asc', limit: 2 })
    expect(page.has_more).toBe(true)
    expect(await refusal(openai.responses.inputItems.list(id, { limit: 101 }))).toMatchObject({ param: 'limit' })
    expect(await refusal(openai.responses.inputItems.list(id, { after: 'msg_none' }))).toMatchObject({ param: 'after' })
    const answer = await clients.ask(`/responses/${id}/input_items?order=up`)
    expect(answer.status).toBe(400)
  })

  it('is told again as the events it came in, from any of them', async () => {
    const input = 'Twelve words. demo:words=12 demo:cite'
    const sent = await clients.ask('/responses', {
      method: 'POST',
      body: JSON.stringify({ model, input, stream: true, reasoning: { effort: 'low', summary: 'auto' } }),
    })
    const told = (await sent.text()).replaceAll(': ping\n\n', '')
    const { id } = lastOf(eventsIn(told))
    const again = await (await clients.ask(`/responses/${id}?stream=true`)).text()
    expect(again).toBe(told)
    const rest = await (await clients.ask(`/responses/${id}?stream=true&starting_after=7`)).text()
    expect(eventsIn(rest, 8)).toEqual(eventsIn(told).slice(8))
    expect((await clients.ask(`/responses/${id}?stream=true&starting_after=-1`)).status).toBe(400)
    const folded = await openai.responses.stream({ response_id: id, starting_after: 3 }).finalResponse()
    expect(folded.id).toBe(id)
  })

  it('is told again where it was not streamed, and with its calls', async () => {
    const { id } = await openai.responses.create({ model, input: 'Call. demo:parallel', tools: [FIND] })
    const events = eventsIn(await (await clients.ask(`/responses/${id}?stream=true`)).text())
    expect(lastOf(events).output.map(({ type }) => type)).toEqual(['function_call', 'function_call'])
  })

  it('shows what the provider wants back only to who asks for it', async () => {
    const made = await openai.responses.create({ model, input: 'Think.', reasoning: { effort: 'low' } })
    expect(JSON.stringify(made)).not.toContain('encrypted_content')
    const shown = await openai.responses.retrieve(made.id, { include: ['reasoning.encrypted_content'] })
    expect(shown.output[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.stringMatching(/^dgc1_/) })
  })

  it('cannot be cancelled any more', async () => {
    const { id } = await openai.responses.create({ model, input: 'Done.' })
    expect(await refusal(openai.responses.cancel(id))).toMatchObject({
      status: 400,
      message: expect.stringContaining('Cannot cancel a completed response.'),
    })
  })

  it('is gone when it was deleted, and nothing goes on with it', async () => {
    const { id } = await openai.responses.create({ model, input: 'Forget this.' })
    const next = await openai.responses.create({ model, input: 'And this.', previous_response_id: id })
    const answer = await clients.ask(`/responses/${id}`, { method: 'DELETE' })
    expect(await answer.json()).toEqual({ id, object: 'response', deleted: true })
    expect(await refusal(openai.responses.retrieve(id))).toMatchObject({ status: 404, type: 'invalid_request_error' })
    expect((await clients.ask(`/responses/${id}`, { method: 'DELETE' })).status).toBe(404)
    const goOn = (previous_response_id: string) =>
      openai.responses.create({ model, input: 'Go on.', previous_response_id })
    expect(await refusal(goOn(id))).toMatchObject({ status: 400, code: 'previous_response_not_found' })
    // Its beginning is missing.
    expect(await refusal(goOn(next.id))).toMatchObject({ status: 400, code: 'previous_response_not_found' })
  })

  it('is none under another key', async () => {
    const { id } = await openai.responses.create({ model, input: 'Mine.' })
    const other = clients.client({ apiKey: await clients.makeKey() })
    expect(await refusal(other.responses.retrieve(id))).toMatchObject({ status: 404 })
    expect(await refusal(other.responses.delete(id))).toMatchObject({ status: 404 })
    expect(await refusal(other.responses.inputItems.list(id))).toMatchObject({ status: 404 })
    expect(await refusal(other.responses.create({ model, input: 'x', previous_response_id: id }))).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    })
  })
})

describe('items', () => {
  it('that are named stand for those that are kept, thoughts with their signatures', async () => {
    const first = await openai.responses.create({
      model,
      input: 'Find it.',
      tools: [FIND],
      reasoning: { effort: 'low' },
    })
    const second = await openai.responses.create({
      model,
      input: [
        { type: 'item_reference', id: first.output.at(-1)?.id ?? '' },
        { role: 'user', content: 'Go on.' },
      ],
    })
    expect(second.status).toBe('completed')
    const [thought, ...rest] = first.output
    expect(thought).toMatchObject({ type: 'reasoning' })
    // As an agent resends them: without what it has never seen.
    await openai.responses.create({
      model,
      input: [{ role: 'user', content: 'Find it.' }, ...first.output, { role: 'user', content: 'Go on.' }] as never,
      reasoning: { effort: 'low' },
    })
    expect(JSON.stringify(clients.sent())).toMatch(/"type":"thinking","thinking":"[^"]+","signature":"\w/)
    expect(rest.length).toBeGreaterThan(0)
  })

  it('that nobody keeps are not found, but for thoughts, which may be missing', async () => {
    const reference = (id: string) =>
      openai.responses
        .create({
          model,
          input: [
            { type: 'item_reference', id },
            { role: 'user', content: 'Hi.' },
          ],
        })
        .withResponse()
    expect(await refusal(reference('msg_none'))).toMatchObject({ status: 404, param: 'input[0]' })
    const { response } = await reference('rs_none')
    expect(response.headers.get('dragoman-loss')).toBe('"input[0]";kind=dropped')
  })
})

describe('a key that stores nothing', () => {
  it('says so, and tells who asked for it', async () => {
    const own = clients.client({ apiKey: await clients.makeKey({ store_responses: false }) })
    const { data, response } = await own.responses.create({ model, input: 'Hi.' }).withResponse()
    expect(data).toMatchObject({ store: false })
    expect(response.headers.get('dragoman-loss')).toBeNull()
    expect(await refusal(own.responses.retrieve(data.id))).toMatchObject({ status: 404 })
    const asked = await own.responses.create({ model, input: 'Hi.', store: true }).withResponse()
    expect(asked.data).toMatchObject({ store: false })
    expect(asked.response.headers.get('dragoman-loss')).toBe('"store";kind=dropped')
    const thought = await own.responses.create({ model, input: 'Hi.', reasoning: { effort: 'low' } })
    expect(thought.output[0]).toMatchObject({ encrypted_content: expect.any(String) })
  })
})

describe('what is refused', () => {
  const cases: [string, object, number, string, string | null][] = [
    ['no input', { model }, 400, 'missing_required_parameter', 'input'],
    ['no model', { input: 'x' }, 400, 'missing_required_parameter', 'model'],
    ['a model that is not there', { model: 'none/x', input: 'x' }, 400, 'model_not_found', 'model'],
    [
      'too few tokens',
      { model, input: 'x', max_output_tokens: 15 },
      400,
      'integer_below_min_value',
      'max_output_tokens',
    ],
    ['a background', { model, input: 'x', background: true }, 400, 'unsupported_parameter', 'background'],
    ['a conversation', { model, input: 'x', conversation: 'conv_1' }, 400, 'unsupported_parameter', 'conversation'],
    ['a prompt', { model, input: 'x', prompt: { id: 'pmpt_1' } }, 400, 'unsupported_parameter', 'prompt'],
    ['an input of another type', { model, input: 4 }, 400, 'invalid_type', 'input'],
    [
      'a part without text',
      { model, input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
      400,
      'missing_required_parameter',
      'input[0].content[0].text',
    ],
    ['a role nobody has', { model, input: [{ role: 'boss', content: 'x' }] }, 400, 'invalid_value', 'input[0].role'],
    [
      'a call without output',
      { model, input: [{ type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' }] },
      400,
      '',
      'input',
    ],
    [
      'an output without call',
      { model, input: [{ type: 'function_call_output', call_id: 'a', output: 'x' }] },
      400,
      '',
      'input',
    ],
    [
      'what is compacted',
      { model, input: [{ type: 'compaction', encrypted_content: 'x' }] },
      400,
      'unsupported_value',
      'input[0].type',
    ],
    [
      'a computer',
      { model, input: [{ type: 'computer_call_output', call_id: 'x', output: {} }] },
      400,
      'unsupported_value',
      'input[0].type',
    ],
    [
      'a tool of the service',
      { model, input: 'x', tools: [{ type: 'file_search', vector_store_ids: [] }] },
      400,
      'unsupported_value',
      'tools[0].type',
    ],
    [
      'a choice that is no tool',
      { model, input: 'x', tools: [{ type: 'function', name: 'f' }], tool_choice: { type: 'function', name: 'g' } },
      400,
      '',
      'tool_choice',
    ],
    [
      'a schema without a name',
      { model, input: 'x', text: { format: { type: 'json_schema', schema: {} } } },
      400,
      'missing_required_parameter',
      'text.format.name',
    ],
    [
      'a file that was uploaded',
      { model, input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] }] },
      400,
      'unsupported_value',
      'input[0].content[0].file_id',
    ],
  ]
  it.each(cases)('%s', async (_what, body, status, code, param) => {
    const answer = await clients.ask('/responses', { method: 'POST', body: JSON.stringify(body) })
    const text = await answer.text()
    expect(answer.status, text).toBe(status)
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'invalid_request_error', code: code || null, param } })
  })

  it('in strict mode, any loss, by its own name', async () => {
    const answer = await clients.ask('/responses', {
      method: 'POST',
      headers: { 'dragoman-strict': '?1' },
      body: JSON.stringify({ model, input: 'x', truncation: 'auto' }),
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'truncation' } })
  })

  it('addresses that are not there', async () => {
    for (const path of ['/responses/input_tokens', '/responses/compact']) {
      const answer = await clients.ask(path, { method: 'POST', body: '{}' })
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { code: 'unknown_url' } })
    }
    expect((await clients.ask('/responses')).status).toBe(405)
  })
})

it('losses are told by the names of this dialect', async () => {
  const body = {
    model,
    input: [
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { role: 'user', content: 'Hi.' },
    ],
    reasoning: { effort: 'minimal', summary: 'detailed' },
    text: { verbosity: 'low' },
    include: ['message.output_text.logprobs', 'file_search_call.results'],
    tools: [{ type: 'function', name: 'a b', parameters: { type: 'object' } }],
    dragoman_unknown: 1,
  }
  const answer = await clients.ask('/responses', {
    method: 'POST',
    headers: { 'dragoman-report': '?1' },
    body: JSON.stringify(body),
  })
  const { dragoman }: { dragoman: { losses: { path: string }[] } } = JSON.parse(await answer.text())
  const paths = dragoman.losses.map(({ path }) => path).sort()
  expect(paths).toEqual(
    [
      'dragoman_unknown',
      'include',
      'include[1]',
      'input[0]',
      'reasoning.effort',
      'reasoning.summary',
      'text.verbosity',
      'tools[0].name',
    ].sort(),
  )
})
