// What Gemini is to the gateway: where it is reached, its models, and what it makes of refusals.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { Names } from '../../../src/hub/names.ts'
import type { Refusal } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { gemini } from '../../../src/providers/gemini/index.ts'
import { familyOf } from '../../../src/providers/gemini/models.ts'
import { ACCOUNT, SENT } from '../../account.ts'
import { accepted, encode, type Fields, hello, refusal, send } from './accepted.ts'

it('is told its key in a header', () => {
  const headers = (credential: string | object) => gemini.headers({ name: 'main', credential }, new Headers(), SENT)
  expect(headers('AIza-x')).toEqual({ 'x-goog-api-key': 'AIza-x' })
  expect(headers({})).toEqual({ 'x-goog-api-key': '' })
})

it.each([
  ['gemini-3-flash-preview', false, '/v1beta/models/gemini-3-flash-preview:generateContent'],
  ['models/gemini-2.5-pro', true, '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse'],
  ['tunedModels/a b?c', false, '/v1beta/tunedModels/a%20b%3Fc:generateContent'],
])('%s is reached at its path', (model, stream, path) => {
  expect(encode(chatRequestOf({ model, messages: [hello], stream }), new Ledger(true)).path).toBe(path)
})

describe('models', () => {
  it('come page by page', () => {
    expect(gemini.models.path(undefined, ACCOUNT)).toBe('/v1beta/models?pageSize=1000')
    expect(gemini.models.path('a/b', ACCOUNT)).toBe('/v1beta/models?pageSize=1000&pageToken=a%2Fb')
    expect(gemini.models.read({ models: [{ name: 'models/a' }, { name: 7 }, null], nextPageToken: 't' })).toEqual({
      models: [{ id: 'a', created: 0, owned_by: 'google' }],
      next: 't',
    })
    for (const body of [null, 7, {}, { models: 'x', nextPageToken: '' }])
      expect(gemini.models.read(body)).toEqual({ models: [], next: undefined })
  })

  it('share limits with their numbered names', () => {
    expect(gemini.family('models/gemini-2.0-flash-001')).toBe('gemini-2.0-flash')
    expect(gemini.family('gemini-3-flash-preview')).toBe('gemini-3-flash-preview')
  })

  it.each([
    ['gemini-1.5-pro-002', { thinking: 'none', jsonSchema: false }],
    ['gemini-2.0-flash-lite', { thinking: 'none', fetches: false }],
    ['gemini-pro-vision', { jsonSchema: false }],
    ['gemini-2.5-flash-preview-tts', { thinking: 'none', jsonSchema: true }],
    ['gemini-2.5-flash-lite-preview-06-17', { budget: { least: 512, most: 24_576, off: true } }],
    ['gemini-2.5-computer-use-preview', { thinking: 'budget', third: false }],
    ['gemini-3-pro-image-preview', { thinking: 'level', third: true }],
    ['gemini-3.5-flash', { sampling: true, levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] }],
    ['gemini-3.6-flash', { sampling: false, levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] }],
    ['gemini-3.6-pro', { sampling: false, levels: ['LOW', 'MEDIUM', 'HIGH'] }],
    ['gemini-3.10-flash', { sampling: false, levels: ['LOW', 'MEDIUM', 'HIGH'] }],
    ['gemini-4-flash', { sampling: false, third: true }],
    ['gemini-flash-latest', { third: true, sampling: true }],
    ['gemma-3-27b-it', { system: false }],
  ] as const)('%s', (model, family) => {
    expect(familyOf(model)).toMatchObject(family)
  })
})

const refused = (status: number, body: unknown): GatewayError => {
  const one: Refusal = { status, headers: new Headers(), body: typeof body === 'string' ? body : JSON.stringify(body) }
  return gemini.refuse(one, 'main', undefined)
}
const error = (code: number, status: string, message = 'Told.', details: unknown = undefined) => ({
  error: { code, status, message, details },
})

describe('refusals', () => {
  it.each([
    [400, error(400, 'INVALID_ARGUMENT'), 'invalid_request'],
    [400, error(400, 'OUT_OF_RANGE'), 'invalid_request'],
    [400, error(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'), 'invalid_api_key'],
    [400, error(400, 'INVALID_ARGUMENT', 'Unsupported MIME type: image/gif'), 'invalid_image_format'],
    [401, error(401, 'UNAUTHENTICATED'), 'invalid_api_key'],
    [409, error(409, 'ABORTED'), 'conflict'],
    [500, error(500, 'INTERNAL'), 'server_error'],
    [504, error(504, 'DEADLINE_EXCEEDED'), 'timeout'],
    [418, error(418, 'NOVELTY'), 'invalid_request'],
    [502, error(502, 'NOVELTY'), 'upstream_error'],
    [413, { error: { message: 'Too large.' } }, 'request_too_large'],
    [429, 'Too many', 'rate_limit'],
    [400, '', 'upstream_error'],
    [429, error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded, limit: 0, model: x'), 'insufficient_quota'],
  ])('%i %j is %s', (status, body, code) => {
    expect(refused(status, body)).toMatchObject({ code })
  })

  it('a request that was cancelled has its own status', () => {
    expect(refused(499, error(499, 'CANCELLED')).status).toBe(499)
  })

  it('what is said of a credential is not for the client', () => {
    for (const status of [401, 403])
      expect(refused(status, error(status, 'PERMISSION_DENIED')).message).toMatch(/slot 'main'/)
    const { call } = send({})
    const late = call.answer(error(403, 'PERMISSION_DENIED'), new Headers()).deltas
    expect(late).toMatchObject([{ error: { message: 'The provider refused its credential.' } }])
    expect(call.answer({ error: 'x' }, new Headers()).deltas).toMatchObject([{ error: { code: 'upstream_error' } }])
  })

  it('a limit by the minute is published', () => {
    const violation = (quotaId: string, quotaMetric: string, quotaValue?: string) =>
      refused(429, error(429, 'RESOURCE_EXHAUSTED', 'Quota.', [{ violations: [{ quotaId, quotaMetric, quotaValue }] }]))
    expect(violation('GenerateRequestsPerMinutePerProject', 'm/requests', '10')).toMatchObject({
      code: 'rate_limit_requests',
      details: { headers: { 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': '0' } },
    })
    expect(violation('InputTokensPerModelPerMinute', 'm/input_token_count', '250000').details.headers).toEqual({
      'x-ratelimit-limit-tokens': '250000',
      'x-ratelimit-remaining-tokens': '0',
    })
    expect(violation('GenerateRequestsPerMinute', 'm/requests').details.headers).toBeUndefined()
    expect(violation('GenerateRequestsPerDay', 'm/requests', '10')).toMatchObject({
      code: 'insufficient_quota',
      details: { shouldRetry: false },
    })
  })
})

describe('the field at fault', () => {
  const fields = {
    messages: [
      { role: 'system', content: 'x' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ],
    tools: [{ type: 'function', function: { name: 'a' } }],
    tool_choice: 'required',
    max_tokens: 5,
    top_p: 0.5,
    reasoning: { effort: 'low' },
    response_format: { type: 'json_object' },
    service_tier: 'flex',
  }
  const { call } = send(fields)

  it.each([
    ['contents[0].parts[1].text', 'messages[1].content[1]'],
    ['contents[0].role', 'messages[1]'],
    ['contents[7]', 'messages'],
    ['system_instruction.parts[0]', 'messages[0].content'],
    ['tools[0].function_declarations[0].parameters.x', 'tools[0]'],
    ['tools[9]', 'tools'],
    ['tool_config.function_calling_config.mode', 'tool_choice'],
    ['generation_config.top_p', 'top_p'],
    ['generationConfig.maxOutputTokens', 'max_tokens'],
    ['generation_config.thinking_config.thinking_level', 'reasoning'],
    ['generation_config.response_mime_type', 'response_format'],
    ['generation_config.seed', undefined],
    ['generation_config.novelty', undefined],
    ['service_tier', 'service_tier'],
    ['top_p', 'top_p'],
    ['novelty', undefined],
    ['', undefined],
  ])('%s is %s', (path, param) => {
    expect(call.paramOf(path)).toBe(param)
  })

  it.each([
    ["Invalid value at 'generation_config.top_p' (TYPE_FLOAT)", 'top_p'],
    ['* GenerateContentRequest.contents[0].parts[0].text: must not be empty', 'messages[1].content[0]'],
    ['Please use a valid role: user, model.', null],
  ])('%s', (message, param) => {
    const one = { status: 400, headers: new Headers(), body: JSON.stringify(error(400, 'INVALID_ARGUMENT', message)) }
    expect(gemini.refuse(one, 'main', call).body.param).toBe(param)
  })
})

describe('a refusal that can be mended', () => {
  const mend = (message: string, fields: Fields, strict = false) => {
    const ledger = new Ledger(strict)
    const call = encode(chatRequestOf({ model: 'gemini-flash-latest', messages: [hello], ...fields }), ledger)
    const refusal = new GatewayError('invalid_request', message)
    const mended = call.mend?.(refusal)
    return { mended, again: () => call.mend?.(refusal), told: ledger.losses.map(({ path }) => path) }
  }

  it('is, once', () => {
    const fields = { model: 'gemini-2.0-flash', presence_penalty: 1, frequency_penalty: 1, temperature: 0 }
    const { mended, again, told } = mend('Penalty is not enabled for models/x', fields)
    expect(mended && accepted(mended).generationConfig).toEqual({ temperature: 0 })
    expect(told).toEqual(['presence_penalty', 'frequency_penalty'])
    expect(again()).toBe(mended)
    const logprobs = mend('Logprobs is not enabled for models/x', { logprobs: true, top_logprobs: 2 })
    expect(logprobs.told).toEqual(['logprobs', 'top_logprobs'])
    expect(logprobs.mended && accepted(logprobs.mended).generationConfig).toBeUndefined()
  })

  it('is, of whatever a model of another name lacks', () => {
    const system = { role: 'system', content: 'x' }
    const one = mend('Developer instruction is not enabled for models/x', { messages: [system, hello] })
    expect(one.mended && accepted(one.mended)).toMatchObject({
      contents: [{ parts: [{ text: 'x' }, { text: 'Hello' }] }],
    })
    expect(one.told).toEqual(['messages'])
    const two = mend('Thinking level is not supported for this model.', { reasoning_effort: 'low' })
    expect(two.mended && accepted(two.mended).generationConfig).toBeUndefined()
    expect(two.told).toEqual(['reasoning_effort'])
  })

  it('is not, where nothing of it was asked for', () => {
    for (const message of [
      'Thinking is not enabled for this model',
      'Penalty is not enabled for models/x',
      'Logprobs is not enabled for models/x',
      'No.',
    ])
      expect(mend(message, {}).mended).toBeUndefined()
  })

  it('is a loss, which strict mode does not take', () => {
    expect(() => mend('Corrupted thought signature.', {}, true)).toThrow(GatewayError)
  })
})

describe('extensions', () => {
  it('are passed on, and told where nobody knows them', () => {
    const { body, told } = send({
      extra_body: { google: { cached_content: 'cachedContents/a', novelty: 1 }, novelty: 1 },
      speech_config: { a: 1 },
      image_config: { aspectRatio: '1:1' },
      novelty: 1,
    })
    expect(body).toMatchObject({
      cachedContent: 'cachedContents/a',
      generationConfig: { speechConfig: { a: 1 }, imageConfig: { aspectRatio: '1:1' } },
    })
    expect(told).toEqual(['extra_body.novelty dropped', 'extra_body.google.novelty dropped', 'novelty dropped'])
    expect(send({ extra_body: {} }).told).toEqual([])
  })

  it.each([
    [{ google: 7 }, 'google'],
    [{ google: { thinking_config: 'x' } }, 'google.thinking_config'],
    [{ extra_body: 'x' }, 'extra_body'],
    [{ extra_body: { google: [] } }, 'extra_body.google'],
  ])('%j is refused', (fields, param) => {
    expect(refusal(fields)).toEqual({ status: 400, param, code: 'invalid_type' })
  })
})

describe('tools', () => {
  const tool = (name: string, more: Fields = {}) => ({ type: 'function', function: { name, ...more } })

  it('that nobody knows are refused, and so are two of one name', () => {
    expect(refusal({ tools: [{ type: 'novelty' }] })).toMatchObject({ param: 'tools[0].type' })
    expect(refusal({ tools: [tool('a'), tool('a')] })).toMatchObject({ param: 'tools[1]', code: 'invalid_value' })
    expect(refusal({ tools: [tool('a', { parameters: { type: 'array' } })] })).toMatchObject({
      param: 'tools[0].function.parameters',
    })
  })

  it("of the service's own have its settings", () => {
    const { body, told } = send({
      tools: [
        { type: 'google_search', excludeDomains: ['a'] },
        { type: 'url_context' },
        { type: 'web_search_preview', size: 1 },
      ],
      web_search_options: { search_context_size: 'medium', user_location: { type: 'approximate' } },
    })
    expect(body.tools).toEqual([{ googleSearch: {} }, { urlContext: {} }])
    expect(told).toEqual(['tools[2] dropped', 'web_search_options.user_location dropped'])
  })

  it('that must not be called are not', () => {
    const { body } = send({ tools: [tool('a')], tool_choice: 'none' })
    expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: 'NONE' } })
    expect(send({ functions: [{ name: 'a' }], function_call: 'none' }).body.toolConfig).toEqual(body.toolConfig)
    expect(send({ tools: [{ type: 'code_interpreter' }], parallel_tool_calls: false }).told).toEqual([])
    expect(send({ tools: [tool('a', { strict: true })], tool_choice: 'auto' }).body.toolConfig).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
    })
  })

  it('of the older form are left out beside those of the newer', () => {
    const fields = { tools: [tool('a')], functions: [{ name: 'b' }], function_call: { name: 'b' } }
    expect(send(fields).told).toEqual(['function_call dropped', 'functions dropped'])
  })

  it('have what they take, where they take anything', () => {
    const parameters = (schema: Fields) =>
      send({ tools: [tool('a', { parameters: schema })] }).body.tools?.[0]?.functionDeclarations?.[0]
    expect(parameters({ type: 'object', properties: {}, additionalProperties: false, title: 'A' })).toEqual({
      name: 'a',
    })
    expect(parameters({ type: 'object', additionalProperties: true })).toHaveProperty('parametersJsonSchema')
    expect(parameters({ $ref: '#/$defs/A', $defs: { A: { type: 'object' } } })).toHaveProperty('parametersJsonSchema')
  })

  it('have names that begin as they must, and no two the same', () => {
    const names = new Names([], ['a', '1', '_1'], /^[A-Za-z_]/)
    expect([names.out('a'), names.out('_1'), names.out('1'), names.out('-')]).toEqual(['a', '_1', '_1_2', '_-'])
    expect(names.back('_1_2')).toBe('1')
    expect(names.out('9'.repeat(70))).toBe(`_${'9'.repeat(63)}`)
  })
})

describe('single fields', () => {
  it.each<[Fields, unknown, string[]]>([
    [{ max_tokens: 7, max_completion_tokens: 7 }, { maxOutputTokens: 7 }, []],
    [{ max_tokens: 2 ** 33 }, { maxOutputTokens: 2 ** 31 - 1 }, ['max_tokens clamped → 2147483647']],
    [{ top_k: 0 }, undefined, []],
    [{ stop: '' }, undefined, ['stop dropped']],
    [{ seed: -5 }, { seed: -5 }, []],
    [{ seed: 2 ** 31 }, { seed: -(2 ** 31) }, [`seed clamped → ${-(2 ** 31)}`]],
    [
      { model: 'gemini-2.5-pro', logprobs: true, top_logprobs: 1 },
      undefined,
      ['logprobs dropped', 'top_logprobs dropped'],
    ],
    [{ logprobs: true, top_logprobs: 0 }, { responseLogprobs: true }, []],
    [{ modalities: ['image'] }, { responseModalities: ['IMAGE'] }, []],
    [{ modalities: ['text', 'audio'] }, undefined, ['modalities dropped']],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } },
      { responseMimeType: 'application/json' },
      [],
    ],
  ])('%j', (fields, config, losses) => {
    const { body, told } = send(fields)
    expect([body.generationConfig, told]).toEqual([config, losses])
  })

  it('tiers are named as the service names them', () => {
    const tier = (service_tier: string) => [
      Reflect.get(send({ service_tier }).body, 'serviceTier'),
      send({ service_tier }).told,
    ]
    expect(tier('default')).toEqual(['standard', []])
    expect(tier('priority')).toEqual(['priority', []])
    expect(tier('scale')).toEqual(['standard', ['service_tier clamped → "standard"']])
  })

  it('answers in sound or of unknown kinds are refused', () => {
    expect(refusal({ modalities: ['audio'] })).toMatchObject({ param: 'modalities' })
    expect(refusal({ modalities: ['text', 'smell'] })).toMatchObject({ param: 'modalities[1]' })
  })

  it('an answer in JSON beside tools is asked for in words, where it has to be', () => {
    const { body, told } = send({
      model: 'gemini-2.5-flash',
      tools: [{ type: 'function', function: { name: 'a' } }],
      response_format: { type: 'json_object' },
    })
    expect(body.systemInstruction).toEqual({
      parts: [{ text: 'Respond with one valid JSON object and nothing else.' }],
    })
    expect(told).toEqual(['response_format emulated'])
  })
})
