// What is done about a refusal, once, and told.
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/bedrock/call.ts'
import { hello, SONNET } from './accepted.ts'

const LLAMA = 'us.meta.llama4-maverick-17b-instruct-v1:0'
const tools = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }]
const lacks = (field: string) => `This model doesn't support the ${field} field. Remove ${field} and try again.`

function mended(message: string, fields: Record<string, unknown>, strict = false) {
  const request = chatRequestOf({ model: LLAMA, messages: [hello], ...fields })
  const ledger = new Ledger(strict)
  const call = encode(request, request.fields.model, ledger)
  const before = ledger.losses.length
  const again = call.mend?.(new GatewayError('invalid_request', message))
  const told = ledger.losses.slice(before).map(({ path, kind }) => `${path} ${kind}`)
  return { call, again, told, body: again && JSON.parse(again.body) }
}

describe('a field that the model lacks', () => {
  it('stop sequences: the gateway looks for them', () => {
    const { body, told } = mended(lacks('stopSequences'), { stop: 'END' })
    expect(body.inferenceConfig).toBeUndefined()
    expect(told).toEqual(['stop emulated'])
  })

  it('instructions: they stand in front', () => {
    const { body, told } = mended(lacks('system'), { messages: [{ role: 'system', content: 'A' }, hello] })
    expect(body).toEqual({ messages: [{ role: 'user', content: [{ text: 'A' }, { text: 'Hello' }] }] })
    expect(told).toEqual(['messages emulated'])
  })

  it('tools', () => {
    const { body, told } = mended(lacks('toolConfig'), { tools })
    expect(body.toolConfig).toBeUndefined()
    expect(told).toEqual(['tools dropped'])
  })

  it.each(['toolConfig.toolChoice', 'toolConfig.toolChoice.any'])('%s: the model is told to call', (field) => {
    const { body, told } = mended(lacks(field), {
      model: 'arn:aws:x:y:z:application-inference-profile/a',
      tools,
      tool_choice: 'required',
    })
    expect(body.toolConfig.toolChoice).toBeUndefined()
    expect(body.system).toEqual([{ text: 'You must call one of the tools.' }])
    expect(told).toEqual(['tool_choice emulated'])
  })

  it('the name of a tool: it is the only one, and a call is demanded', () => {
    const choice = { type: 'function', function: { name: 'find' } }
    const { body, told } = mended(lacks('toolConfig.toolChoice.tool'), {
      model: 'arn:aws:x:y:z:application-inference-profile/a',
      tools,
      tool_choice: choice,
    })
    expect(body.toolConfig.toolChoice).toEqual({ any: {} })
    expect(told).toEqual([])
  })

  it('reasoning: it is not sent back', () => {
    const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'A', signature: 'EqQB' }
    const messages = [hello, { role: 'assistant', content: 'B', reasoning_details: [detail] }, hello]
    const { body, told } = mended(lacks('reasoningContent'), {
      model: 'arn:aws:x:y:z:application-inference-profile/a',
      messages,
    })
    expect(body.messages[1].content).toEqual([{ text: 'B' }])
    expect(told).toEqual(['messages dropped'])
  })

  it('JSON by schema: another way is found', () => {
    const json_schema = { name: 'a', schema: { type: 'object', properties: {}, additionalProperties: false } }
    const { body, told } = mended('The model returned the following errors: output_config.format: No.', {
      model: SONNET,
      response_format: { type: 'json_schema', json_schema },
    })
    expect(body.outputConfig).toBeUndefined()
    expect(body.toolConfig.toolChoice).toEqual({ tool: { name: 'a' } })
    expect(told).toEqual(['response_format emulated'])
  })

  it('of no known name is left to the client', () => {
    expect(mended(lacks('performanceConfig'), {}).again).toBeUndefined()
    expect(mended(lacks('constructor'), {}).again).toBeUndefined()
    expect(mended('Something else.', {}).again).toBeUndefined()
  })
})

describe('a limit', () => {
  it('that the model names is kept, and told where the client named one', () => {
    const native =
      'The model returned the following errors: max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens'
    const silent = mended(native, { model: SONNET })
    expect(silent.body.inferenceConfig).toEqual({ maxTokens: 8192 })
    expect(silent.told).toEqual([])
    const asked = mended(native, { model: SONNET, max_tokens: 10_000 })
    expect(asked.told).toEqual(['max_tokens clamped'])
  })

  it('that is not lower mends nothing', () => {
    expect(mended('exceeds the model limit of 8192.', { max_tokens: 100 }).again).toBeUndefined()
  })
})

it('a stream with tools comes in one piece where the model streams none', () => {
  const { call, again, told } = mended("This model doesn't support tool use in streaming mode.", {
    tools,
    stream: true,
  })
  expect(call.path).toMatch(/converse-stream$/)
  expect(again?.path).toMatch(/converse$/)
  expect(again?.reader(new Headers({ 'content-type': 'application/json' })).framing).toBe('whole')
  expect(again?.reader(new Headers()).framing).toBe('whole')
  expect(told).toEqual([])
})

it('side by side, calls are mended alike, and told once', () => {
  const request = chatRequestOf({ model: LLAMA, messages: [hello], stop: 'END', n: 2 })
  const ledger = new Ledger(false)
  const call = encode(request, LLAMA, ledger)
  const error = new GatewayError('invalid_request', lacks('stopSequences'))
  expect(call.mend?.(error)).toBe(call.mend?.(error))
  expect(ledger.losses.filter(({ path }) => path === 'stop')).toHaveLength(1)
})

it('in strict mode a loss is an error, whenever it comes', () => {
  expect(() => mended(lacks('stopSequences'), { stop: 'END' }, true)).toThrow(/'stop' would be emulated/)
})
