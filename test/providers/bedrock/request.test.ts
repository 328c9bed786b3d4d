// What becomes of a request, where golden cases do not reach.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import type { Media } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/bedrock/call.ts'
import { hello, NOVA, refusal, SONNET, send } from './accepted.ts'

const ARN = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2'
const OPUS = 'us.anthropic.claude-opus-4-8'
const SONNET_46 = 'us.anthropic.claude-sonnet-4-6'
const tools = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }]
const user = (...content: object[]) => ({ messages: [{ role: 'user', content }] })
const text = { type: 'text', text: 'Hi' }
const file = (one: object) => ({ type: 'file', file: one })
const image = (url: string) => ({ type: 'image_url', image_url: { url } })

/** What is sent to a model that the demo does not have. */
function sent(fields: Record<string, unknown>) {
  const request = chatRequestOf({ model: ARN, messages: [hello], ...fields })
  const ledger = new Ledger(false)
  const body = JSON.parse(encode(request, request.fields.model, ledger).body)
  return { body, told: ledger.losses.map(({ path, kind }) => `${path} ${kind}`) }
}

describe('a part', () => {
  it.each([
    [
      { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
      'messages[0].content[0]',
      'unsupported_value',
    ],
    [image('ftp://example.com/a.png'), 'messages[0].content[0]', 'invalid_image_url'],
    [image('data:image/png;base64,'), 'messages[0].content[0].image_url.url', 'invalid_value'],
    [image('data:image/tiff;base64,SUkqAA=='), 'messages[0].content[0]', 'invalid_image_format'],
    [file({}), 'messages[0].content[0].file', 'missing_required_parameter'],
    [file({ file_data: 'UEsDBBQ=', filename: 'a.pptx' }), 'messages[0].content[0]', 'unsupported_value'],
    [
      file({ file_data: 'data:application/pdf;base64,%%%', filename: 'a.pdf' }),
      'messages[0].content[0].file.file_data',
      'invalid_value',
    ],
    [
      { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
      'messages[0].content[0]',
      'unsupported_value',
    ],
  ])('%j is refused at %s', (part, param, code) => {
    expect(refusal({ model: NOVA, ...user(part) })).toMatchObject({ status: 400, code, details: { param } })
  })

  it.each([
    [{ data: 'UklGRg==', format: 'midi' }, 'messages[0].content[0].input_audio.format'],
    [{ data: '?', format: 'wav' }, 'messages[0].content[0].input_audio.data'],
  ])('%j is refused by a model that hears', (input_audio, param) => {
    const model = 'us.amazon.nova-2-lite-v1:0'
    expect(refusal({ model, ...user({ type: 'input_audio', input_audio }) }).details.param).toBe(param)
  })

  it('that only a user may send is refused of others', () => {
    const messages = [hello, { role: 'assistant', content: [image('https://example.com/a.png')] }]
    expect(refusal({ messages }).details.param).toBe('messages[1].content[0]')
  })

  it('with keys of no meaning tells each of them', () => {
    const part = {
      type: 'image_url',
      image_url: { url: 'data:image/jpg;base64,/9j/4AA=', detail: 'high', zoom: 2 },
      note: 'x',
    }
    const { body, told } = send(user(text, part, { type: 'refusal', refusal: 'No.' }))
    expect(told).toEqual(['messages[0].content[1].note dropped', 'messages[0].content[1].image_url.zoom dropped'])
    expect(body.messages[0]?.content[1]).toMatchObject({ image: { format: 'jpeg' } })
  })
})

describe('a file', () => {
  const named = (filename: string | undefined, file_data: string) =>
    send(user(text, file({ file_data, ...(filename && { filename }) }))).body.messages[0]?.content[1]

  it.each([
    ['a.doc', '0M8R4KGx', 'doc'],
    ['a.xls', '0M8R4KGx', 'xls'],
    ['a.DOCX', 'data:application/zip;base64,UEsDBBQ=', 'docx'],
    ['a.md', 'IyBB', 'md'],
    ['a.html', 'data:application/octet-stream;base64,PGE+', 'html'],
    ['a.yaml', 'YTogMQ==', 'txt'],
    [undefined, 'data:application/msword;base64,0M8R4KGx', 'doc'],
    [undefined, 'JVBERi0xLjQK', 'pdf'],
  ])('%s of %s is a document of format %s', (filename, data, format) => {
    expect(named(filename, data)).toMatchObject({ document: { format } })
  })

  it('that is an image is one, whatever it is called', () => {
    expect(named('a.pdf', 'iVBORw0KGgo=')).toMatchObject({ image: { format: 'png' } })
  })

  it('without a name that can be sent has one all the same', () => {
    const { told, body } = send(user(text, file({ filename: '報告.pdf', file_data: 'JVBERi0xLjQK' })))
    expect(body.messages[0]?.content[1]).toMatchObject({ document: { name: 'document' } })
    expect(told).toEqual(['messages[0].content[1].file.filename clamped → "document"'])
  })
})

describe('media by address', () => {
  const request = chatRequestOf({
    model: SONNET,
    ...user(
      text,
      image('https://example.com/a'),
      image('https://example.com/a'),
      file({ file_data: 'http://example.com/b.csv', filename: 'b.csv' }),
    ),
    stop: ['A', ' '],
  })
  const call = encode(request, SONNET, new Ledger(false))
  const having = (media: Record<string, Media>) => () => call.needs?.with(new Map(Object.entries(media)))
  const png: Media = { type: 'application/octet-stream', base64: 'iVBORw0KGgo=' }

  it('is asked for once each', () => {
    expect(call.needs?.urls).toEqual([
      { url: 'https://example.com/a', path: 'messages[0].content[1].image_url.url' },
      { url: 'http://example.com/b.csv', path: 'messages[0].content[3].file.file_data' },
    ])
  })

  it('stands in its place, and counts by what it holds', () => {
    const csv = { type: 'application/octet-stream', base64: 'YSxiCg==' }
    const whole = having({ 'https://example.com/a': png, 'http://example.com/b.csv': csv })()
    expect(JSON.parse(whole?.body ?? '').messages[0].content.slice(1)).toEqual([
      { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } },
      { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } },
      { document: { format: 'csv', name: 'b', source: { bytes: 'YSxiCg==' } } },
    ])
  })

  it('of another kind, or of none, is refused with its place', () => {
    const html = { type: 'text/html', base64: 'PGE+' }
    expect(having({ 'https://example.com/a': html, 'http://example.com/b.csv': html })).toThrow(GatewayError)
    const empty = { type: 'image/png', base64: '' }
    expect(having({ 'https://example.com/a': empty, 'http://example.com/b.csv': html })).toThrow(/empty/)
  })

  it('does not hide what is lost later', () => {
    const ledger = new Ledger(false)
    const first = encode(request, SONNET, ledger)
    const whole = first.needs?.with(
      new Map([
        ['https://example.com/a', png],
        ['http://example.com/b.csv', { type: 'text/csv', base64: 'YQ==' }],
      ]),
    )
    const before = ledger.losses.length
    whole?.mend?.(new GatewayError('invalid_request', "This model doesn't support the stopSequences field."))
    expect(ledger.losses.slice(before).map(({ path }) => path)).toEqual(['stop'])
  })
})

describe('history', () => {
  it("without its results is refused in OpenAI's words", () => {
    const messages = [
      hello,
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'find' } }] },
      hello,
    ]
    expect(refusal({ messages, tools })).toMatchObject({ status: 400, details: { param: 'messages' } })
  })

  it('with calls is refused by a model without tools', () => {
    const messages = [
      hello,
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'find' } }] },
      { role: 'tool', tool_call_id: 'a', content: '' },
    ]
    expect(refusal({ model: 'us.deepseek.r1-v1:0', messages }).details.param).toBe('messages[1].tool_calls')
  })

  it('brings back what was refused, said aloud, or called without an id', () => {
    const messages = [
      hello,
      { role: 'assistant', content: null, refusal: 'No.', audio: { id: 'x', transcript: 'Aloud.' } },
      hello,
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ type: 'function', function: { name: 'find', arguments: '{}' } }],
      },
    ]
    const request = chatRequestOf({ model: NOVA, messages, tools })
    expect(() => encode(request, NOVA, new Ledger(false))).toThrow(/call_fn_0/)
    const { body, told } = send({ model: NOVA, messages: messages.slice(0, 3) })
    expect(body.messages[1]?.content).toEqual([{ text: 'No.' }, { text: 'Aloud.' }])
    expect(told).toEqual(['messages[1].audio dropped'])
  })

  it('of a model of nine-letter ids has such for calls without any', () => {
    const messages = [
      hello,
      { role: 'assistant', function_call: { name: 'find', arguments: '{}' } },
      { role: 'function', name: 'find', content: 'A' },
    ]
    const { body } = send({ model: 'mistral.mistral-large-2407-v1:0', messages, functions: [{ name: 'find' }] })
    expect(body.messages[1]?.content[0]?.toolUse?.toolUseId).toMatch(/^[0-9a-f]{9}$/)
  })

  it('that thinks alone says nothing', () => {
    const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'A', signature: 'EqQB' }
    const { body } = send({ messages: [hello, { role: 'assistant', content: '', reasoning_details: [detail] }, hello] })
    expect(body.messages).toHaveLength(1)
  })

  it('brings hidden thinking back only as the bytes that it was', () => {
    const answer = (data: string) => {
      const details = [{ type: 'reasoning.encrypted', format: 'anthropic-claude-v1', index: 0, data }]
      const { body } = send({
        messages: [hello, { role: 'assistant', content: 'Hi', reasoning_details: details }, hello],
      })
      return body.messages[1]?.content
    }
    expect(answer('EmwK')).toEqual([{ reasoningContent: { redactedContent: 'EmwK' } }, { text: 'Hi' }])
    for (const data of [' ', 'EmwKA', 'no base64!']) expect(answer(data)).toEqual([{ text: 'Hi' }])
  })
})

describe('tools', () => {
  it('of a strange kind, or of no object, are refused', () => {
    expect(refusal({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }).details.param).toBe(
      'tools[0].type',
    )
    const list = { type: 'function', function: { name: 'find', parameters: { type: 'array' } } }
    expect(refusal({ tools: [list] }).details.param).toBe('tools[0].function.parameters')
    expect(refusal({ tools: [...tools, ...tools] }).details.param).toBe('tools[1]')
  })

  it('with a union at the top are merged', () => {
    const parameters = {
      anyOf: [
        { type: 'object', properties: { a: {} } },
        { type: 'object', properties: { b: {} } },
      ],
    }
    const { body, told } = send({ tools: [{ type: 'function', function: { name: 'find', parameters } }] })
    expect(body.toolConfig?.tools[0]?.toolSpec?.inputSchema.json).toMatchObject({
      type: 'object',
      properties: { a: {}, b: {} },
    })
    expect(told).toEqual(['tools[0].function.parameters clamped'])
  })

  it('of which only some may be called are only those', () => {
    const now = { type: 'function', function: { name: 'now' } }
    const allowed = (mode: string) => ({ type: 'allowed_tools', allowed_tools: { mode, tools: [now] } })
    const { body } = send({ tools: [...tools, now], tool_choice: allowed('required') })
    expect(body.toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'now' } }], toolChoice: { any: {} } })
    expect(send({ tools: [...tools, now], tool_choice: allowed('auto') }).body.toolConfig?.toolChoice).toBeUndefined()
  })

  it('stand beside the one that carries JSON', () => {
    const response_format = {
      type: 'json_schema',
      json_schema: { name: 'find', schema: { type: 'object', properties: { a: {} } } },
    }
    const { body } = send({ model: NOVA, tools, response_format })
    expect(body.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'find' } }, { toolSpec: { name: 'find_2' } }],
      toolChoice: { any: {} },
    })
    const none = send({ model: NOVA, tools, response_format, tool_choice: 'none' })
    expect(none.body.toolConfig?.toolChoice).toEqual({ tool: { name: 'find_2' } })
  })

  it('may be called side by side where that cannot be ruled out', () => {
    expect(send({ model: NOVA, tools, parallel_tool_calls: false }).told).toEqual(['parallel_tool_calls dropped'])
    expect(send({ tools, tool_choice: 'required', parallel_tool_calls: false }).told).toEqual([
      'parallel_tool_calls dropped',
    ])
    expect(send({ parallel_tool_calls: false }).told).toEqual([])
  })

  it('of the old form are called one at a time', () => {
    const { body } = send({ functions: [{ name: 'find' }] })
    expect(body.additionalModelRequestFields).toEqual({
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    expect(
      send({ functions: [{ name: 'find' }], function_call: { name: 'find' } }).body.toolConfig?.toolChoice,
    ).toEqual({ tool: { name: 'find' } })
    const both = send({ tools, functions: [{ name: 'now' }], function_call: 'none' })
    expect(both.told).toEqual(['function_call dropped', 'functions dropped'])
    const none = { model: 'us.deepseek.r1-v1:0', functions: [{ name: 'find' }], function_call: 'none' }
    expect(send(none).told).toEqual(['function_call dropped', 'functions dropped'])
    expect(send({ ...none, function_call: undefined }).told).toEqual(['functions dropped'])
    expect(send({ ...none, model: NOVA }).body.toolConfig).toBeUndefined()
  })
})

describe('thinking', () => {
  it('is off beside a forced call, where it can be', () => {
    const forced = { tools, tool_choice: 'required' }
    expect(send({ ...forced, reasoning_effort: 'low' }).told).toEqual(['reasoning_effort clamped → "none"'])
    const adaptive = send({ ...forced, model: SONNET_46, thinking: { type: 'adaptive' } })
    expect(adaptive.told).toEqual(['thinking clamped → {"type":"disabled"}'])
    const unasked = sent({ ...forced, model: 'us.anthropic.claude-sonnet-5' })
    expect(unasked.body.additionalModelRequestFields).toEqual({ thinking: { type: 'disabled' } })
    const always = sent({ ...forced, model: 'us.anthropic.claude-fable-5', reasoning_effort: 'high' })
    expect(always.body.toolConfig.toolChoice).toBeUndefined()
    expect(always.told).toEqual(['tool_choice emulated'])
  })

  it('of a model that may be Claude passes as the client wrote it, an effort does not', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    expect(sent({ thinking }).body.additionalModelRequestFields).toEqual({ thinking })
    expect(sent({ thinking, temperature: 0.5 }).told).toEqual(['temperature dropped'])
    expect(sent({ reasoning_effort: 'high', reasoning: { effort: 'high' } }).told).toEqual([
      'reasoning_effort dropped',
      'reasoning dropped',
    ])
    expect(send({ model: NOVA, thinking }).told).toEqual(['thinking dropped'])
  })

  it('has other names elsewhere', () => {
    const nova = { model: 'us.amazon.nova-2-lite-v1:0' }
    expect(send({ ...nova, reasoning_effort: 'none' }).body.additionalModelRequestFields).toEqual({
      reasoningConfig: { type: 'disabled' },
    })
    expect(send(nova).body.additionalModelRequestFields).toBeUndefined()
    expect(send({ model: 'qwen.qwen3-32b-v1:0', reasoning_effort: 'high' }).body.additionalModelRequestFields).toEqual({
      reasoning_config: 'high',
    })
    expect(
      send({ model: 'qwen.qwen3-32b-v1:0', reasoning_effort: 'none' }).body.additionalModelRequestFields,
    ).toBeUndefined()
    expect(send({ reasoning: { max_tokens: 2000, depth: 1 } }).told).toEqual(['reasoning.depth dropped'])
  })

  it('leaves no room for sampling', () => {
    const { body, told } = send({ reasoning_effort: 'low', temperature: 0.5, top_p: 0.97, top_k: 5 })
    expect(body.inferenceConfig?.topP).toBe(0.97)
    expect(told).toEqual(['temperature dropped', 'top_k dropped'])
    expect(send({ reasoning_effort: 'low', top_p: 0.5 }).told).toEqual(['top_p dropped'])
    expect(send({ model: OPUS, top_p: 0.995 }).body.inferenceConfig?.topP).toBe(0.995)
    expect(send({ model: 'meta.llama3-3-70b-instruct-v1:0', top_k: 5 }).told).toEqual(['top_k dropped'])
    expect(send({ top_k: -1 }).told).toEqual([])
  })
})

describe('cache points', () => {
  const marked = (ttl?: string) => ({ type: 'ephemeral', ...(ttl && { ttl }) })
  it('at the end of the whole prompt', () => {
    expect(send({ prompt_cache_options: { mode: 'implicit' } }).body.messages[0]?.content).toEqual([
      { text: 'Hello' },
      { cachePoint: { type: 'default' } },
    ])
    expect(send({ prompt_cache_options: { mode: 'implicit', ttl: '30m' } }).told).toEqual([])
    expect(send({ prompt_cache_options: { mode: 'implicit', ttl: '12h' } }).told).toEqual([
      'prompt_cache_options.ttl clamped → "1h"',
    ])
    expect(send({ prompt_cache_options: { mode: 'explicit' } }).body.messages[0]?.content).toEqual([{ text: 'Hello' }])
    expect(send({ cache_control: marked() }).told).toEqual([])
  })

  it('on a result stand behind it, and inside one too', () => {
    const call = { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'find' } }] }
    const inside = { role: 'tool', tool_call_id: 'a', content: [{ ...text, cache_control: marked() }] }
    const outside = { role: 'tool', tool_call_id: 'a', content: 'Hi', cache_control: marked() }
    for (const result of [inside, outside]) {
      expect(send({ messages: [hello, call, result], tools }).body.messages[2]?.content).toEqual([
        { toolResult: { toolUseId: 'a', content: [{ text: 'Hi' }] } },
        { cachePoint: { type: 'default' } },
      ])
    }
  })

  it('of an hour are none of an older model', () => {
    const model = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0'
    expect(send({ model, cache_control: marked('1h') }).told).toEqual(['cache_control.ttl clamped → "5m"'])
  })
})

describe('fields', () => {
  it.each([
    ['guardrailConfig', 'g1'],
    ['additionalModelRequestFields', []],
    ['requestMetadata', 5],
    ['serviceTier', 'flex'],
  ])('%s that is no object is refused', (name, value) => {
    expect(refusal({ [name]: value })).toMatchObject({ code: 'invalid_type', details: { param: name } })
  })

  it('of the service itself pass', () => {
    const own = {
      outputConfig: { effort: 'low' },
      serviceTier: { type: 'reserved' },
      promptVariables: { a: { text: 'b' } },
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1', streamProcessingMode: 'async' },
    }
    const { body, told } = send({ ...own, stream: true })
    expect(body).toMatchObject(own)
    expect(told).toEqual([])
  })

  it('about people and purposes go into the logs, as far as they may', () => {
    const { body, told } = send({ user: 'u 1', safety_identifier: 'ü', metadata: { '': 'x', a: 'b' } })
    expect(body).toMatchObject({ requestMetadata: { user: 'u 1', a: 'b' } })
    expect([...told].sort()).toEqual(['metadata. dropped', 'safety_identifier dropped'])
    expect(JSON.parse(send({ user: 'ü' }).call.body)).not.toHaveProperty('requestMetadata')
  })

  it('that ask for sound are refused, or told', () => {
    expect(refusal({ modalities: ['audio'] }).details.param).toBe('modalities')
    expect(send({ modalities: ['text', 'audio'] }).told).toEqual(['modalities dropped'])
    expect(send({ modalities: ['image'] }).told).toEqual([])
  })

  it('that limit the answer agree, or one is told', () => {
    expect(send({ max_tokens: 10, max_completion_tokens: 20 }).told).toEqual(['max_tokens dropped'])
    expect(send({ model: NOVA, max_completion_tokens: 20 }).body.inferenceConfig).toEqual({ maxTokens: 20 })
    expect(send({ model: NOVA, max_tokens: 30_000 }).call.path).toMatch(/converse-stream$/)
    expect(send({ model: NOVA, max_tokens: 30_000 }).call.streams).toBe(true)
  })

  it('of strict clients that would lose are refused', () => {
    expect(refusal({ seed: 7 }, true)).toMatchObject({ code: 'unsupported_parameter', details: { param: 'seed' } })
    expect(refusal({ temperature: 1.5 }, true)).toMatchObject({ code: 'unsupported_value' })
  })
})
