// What the official client's Responses get of every service that is translated: whole, streamed, called tools, in JSON,
// and over several turns.
import type OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { Response, ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type ResponsesClients, startResponses, TRANSLATED } from '../harness/responses-client.ts'

let clients: ResponsesClients
let openai: OpenAI

beforeAll(async () => {
  clients = await startResponses()
  openai = clients.openai
})
afterAll(() => clients.close())

type Params = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model' | 'stream'>

const FIND: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'find',
  description: 'Finds.',
  parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  strict: null,
}

/** What is the same of one answer, whichever way it came. */
function told({ status, output_text, output, usage, incomplete_details, error }: Response) {
  const items = output.map((item) => {
    // The helper adds what it parsed, and ids are of each answer alone.
    const text = JSON.stringify(item, (key, value) =>
      /^(?:id|call_id|parsed|parsed_arguments)$/.test(key) ? undefined : value,
    )
    return JSON.parse(text) as { readonly type: string }
  })
  return { status, output_text, items, incomplete_details, error, used: (usage?.total_tokens ?? 0) > 0 }
}

describe.each(TRANSLATED)('%s', (name, model) => {
  /** The same question three ways: at once, event by event, and by the helper. */
  async function ask(params: Params) {
    const whole = await openai.responses.create({ ...params, model })
    const events: ResponseStreamEvent[] = []
    for await (const event of await openai.responses.create({ ...params, model, stream: true })) events.push(event)
    const folded = await openai.responses.stream({ ...params, model }).finalResponse()
    const last = events.at(-1)
    if (!last || !('response' in last)) throw new Error('No last event.')
    return { whole, events, folded, last }
  }

  test('answers, streamed and whole', async () => {
    const { whole, events, folded, last } = await ask({ input: 'hello', instructions: 'Be kind.' })
    expect(whole.id).toMatch(/^resp_[0-9a-f]{32}$/)
    expect(whole.output_text).toBe('You said: "hello"')
    expect(whole).toMatchObject({ object: 'response', status: 'completed', store: true, instructions: 'Be kind.' })
    expect(whole._request_id).toMatch(/^req_/)
    expect(told(folded)).toEqual(told(whole))
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress'])
    expect(last.type).toBe('response.completed')
    expect(JSON.stringify(clients.sent())).toContain('Be kind.')
  })

  test('goes on by the id of what it answered before', async () => {
    const first = await openai.responses.create({ model, input: 'One thing.', instructions: 'Only now.' })
    const second = await openai.responses.create({ model, input: 'Another.', previous_response_id: first.id })
    expect(second.previous_response_id).toBe(first.id)
    const third = await openai.responses
      .stream({ model, input: 'A third.', previous_response_id: second.id })
      .finalResponse()
    expect(third.output_text).toBe('You said: "A third."')
    const sent = JSON.stringify(clients.sent())
    const said = ['One thing.', 'You said: \\"One thing.\\"', 'Another.', 'You said: \\"Another.\\"', 'A third.']
    const places = said.map((text) => sent.indexOf(text))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(sent).not.toContain('Only now.')
  })

  if (!['paddler'].includes(name))
    test.each(['by id', 'by resending', 'unstored'] as const)(
      'calls a tool and goes on with its output: %s',
      async (way) => {
        const question: ResponseInputItem[] = [{ role: 'user', content: 'Look it up.' }]
        const more = way === 'unstored' ? { store: false } : {}
        const first = await openai.responses.create({
          model,
          input: question,
          tools: [FIND],
          tool_choice: 'required',
          ...more,
        })
        expect(first.status).toBe('completed')
        const [call] = first.output.filter((item) => item.type === 'function_call')
        if (!call) throw new Error('No call.')
        expect(call).toMatchObject({ name: 'find', status: 'completed', id: expect.stringMatching(/^fc_/) })
        expect(call.call_id).not.toBe(call.id)
        expect(() => JSON.parse(call.arguments)).not.toThrow()
        const output: ResponseInputItem = {
          type: 'function_call_output',
          call_id: call.call_id,
          output: 'It was found.',
        }
        const second =
          way === 'by id'
            ? { previous_response_id: first.id, input: [output] }
            : { input: [...question, ...(first.output as ResponseInputItem[]), output] }
        const answer = await openai.responses.stream({ model, tools: [FIND], ...more, ...second }).finalResponse()
        expect(answer.status).toBe('completed')
        expect(answer.output_text).toContain('answered')
        expect(JSON.stringify(clients.sent())).toContain('It was found.')
      },
    )

  if (!['paddler'].includes(name))
    test('streams the arguments of calls side by side', async () => {
      const { events, folded, whole } = await ask({ input: 'Both. demo:parallel', tools: [FIND] })
      expect(told(folded).items.map(({ type }) => type)).toEqual(told(whole).items.map(({ type }) => type))
      const types = events.map(({ type }) => type)
      expect(types.filter((type) => type === 'response.function_call_arguments.done')).toHaveLength(2)
      expect(types).toContain('response.function_call_arguments.delta')
      expect(new Set(events.flatMap((event) => ('output_index' in event ? [event.output_index] : []))).size).toBe(
        whole.output.length,
      )
    })

  test('answers in JSON that is parsed', async () => {
    const Place = z.object({ city: z.string(), country: z.string() })
    const parsed = await openai.responses.parse({
      model,
      input: 'Where?',
      text: { format: zodTextFormat(Place, 'place') },
    })
    expect(Place.safeParse(parsed.output_parsed).success).toBe(true)
  })

  test('tells that the limit was reached', async () => {
    const { whole, folded, last } = await ask({ input: 'demo:words=200', max_output_tokens: 16 })
    for (const response of [whole, folded]) {
      expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
      expect(response.output.at(-1)).toMatchObject({ type: 'message', status: 'incomplete' })
    }
    expect(last.type).toBe('response.incomplete')
  })

  test('ends a stream that is torn with an error', async () => {
    // What is missing of a chat's stream then is only its `[DONE]`.
    const torn = name === 'openai-compatible' ? 'error-mid' : 'truncate'
    const stream = await openai.responses.create({ model, input: `demo:words=60 demo:${torn}`, stream: true })
    const broken = async () => {
      for await (const _event of stream);
    }
    await expect(broken()).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:upstream_|server_error|overloaded)/),
    })
  })
})
