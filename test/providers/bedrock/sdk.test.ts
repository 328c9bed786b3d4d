// What is sent is what AWS' own client sends for the same conversation: path, body and signature.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { providers } from '../../../src/providers/index.ts'
import { NO_HEADERS } from '../../account.ts'
import { NOVA, SONNET, send } from './accepted.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const KEY = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

interface Sent {
  readonly method: string
  readonly hostname: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

async function theirs(input: ConverseCommandInput, stream: boolean): Promise<Sent> {
  let sent: Sent | undefined
  const client = new BedrockRuntimeClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: KEY.access_key_id, secretAccessKey: KEY.secret_access_key },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: unknown) => {
        sent = request as Sent
        throw new Error('Nobody is there.')
      },
    },
  })
  const command = stream ? client.send(new ConverseStreamCommand(input)) : client.send(new ConverseCommand(input))
  await command.catch(() => {})
  return sent ?? expect.fail('Nothing was sent.')
}

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'

const CONVERSATIONS: Record<string, [Record<string, unknown>, Omit<ConverseCommandInput, 'modelId'>]> = {
  'a question': [
    { model: NOVA, temperature: 0.5, top_p: 0.9, stop: ['END'], max_tokens: 100 },
    {
      messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
      inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
    },
  ],
  'pictures and documents': [
    {
      model: SONNET,
      max_tokens: 100,
      messages: [
        { role: 'system', content: 'Look.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'file', file: { filename: 'A.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQK' } },
          ],
        },
      ],
    },
    {
      system: [{ text: 'Look.' }],
      messages: [
        {
          role: 'user',
          content: [
            { text: 'What is it?' },
            { image: { format: 'png', source: { bytes: bytes(PNG) } } },
            { document: { format: 'pdf', name: 'A', source: { bytes: bytes('JVBERi0xLjQK') } } },
          ],
        },
      ],
      inferenceConfig: { maxTokens: 100 },
    },
  ],
  'a loop of tools, with thinking and a cache': [
    {
      model: SONNET,
      max_tokens: 4000,
      stream: true,
      reasoning: { max_tokens: 1024 },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Rain?', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
        {
          role: 'assistant',
          content: 'Checking.',
          reasoning_details: [
            { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, text: 'Hm.', signature: 'EqQB' },
            { type: 'reasoning.encrypted', format: 'anthropic-claude-v1', index: 1, data: 'EmwK' },
          ],
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'rain', arguments: '{"city":"Oslo"}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'No.', is_error: true },
      ],
      tools: [{ type: 'function', function: { name: 'rain', parameters: { type: 'object', properties: {} } } }],
    },
    {
      messages: [
        { role: 'user', content: [{ text: 'Rain?' }, { cachePoint: { type: 'default', ttl: '1h' } }] },
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'EqQB' } } },
            { reasoningContent: { redactedContent: bytes('EmwK') } },
            { text: 'Checking.' },
            { toolUse: { toolUseId: 'call_1', name: 'rain', input: { city: 'Oslo' } } },
          ],
        },
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'No.' }], status: 'error' } }],
        },
      ],
      inferenceConfig: { maxTokens: 4000 },
      toolConfig: {
        tools: [{ toolSpec: { name: 'rain', inputSchema: { json: { type: 'object', properties: {} } } } }],
      },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    },
  ],
  'an answer in JSON, and all that stands around it': [
    {
      model: 'us.anthropic.claude-sonnet-4-6',
      max_tokens: 100,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'city', schema: { type: 'object', properties: {}, additionalProperties: false } },
      },
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
      service_tier: 'flex',
      metadata: { env: 'test' },
      performanceConfig: { latency: 'optimized' },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    },
    {
      messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
      inferenceConfig: { maxTokens: 100 },
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: {
            jsonSchema: { name: 'city', schema: '{"type":"object","properties":{},"additionalProperties":false}' },
          },
        },
      },
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
      serviceTier: { type: 'flex' },
      requestMetadata: { env: 'test' },
      performanceConfig: { latency: 'optimized' },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    },
  ],
}

describe("AWS' own client", () => {
  it.each(Object.entries(CONVERSATIONS))('sends the same for %s', async (_name, [fields, input]) => {
    const { call, told } = send(fields)
    const sent = await theirs({ modelId: String(fields.model), ...input }, fields.stream === true)
    expect(told).toEqual([])
    expect(call.path).toBe(sent.path)
    expect(JSON.parse(call.body)).toEqual(JSON.parse(Buffer.from(sent.body).toString()))
  })

  it('signs as we do, for the host that we send to', async () => {
    const bedrock = providers.get('bedrock') ?? expect.fail('There is no such provider.')
    const { call } = send({ model: SONNET })
    const account = { name: 'test', region: 'eu-central-1', credential: { ...KEY, session_token: 'TOKEN' } }
    const base = typeof bedrock.baseUrl === 'function' ? bedrock.baseUrl(account) : ''
    const sent = await theirs({ modelId: SONNET, ...CONVERSATIONS['a question']?.[1], messages: [] }, false)
    expect(base).toBe(`https://${sent.hostname}`)
    const request = { method: 'POST', url: base + call.path, headers: {}, body: call.body }
    const headers = await bedrock.headers(account, NO_HEADERS, request)
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-date', 'x-amz-security-token'])
    expect(headers['x-amz-date']).toBe(sent.headers['x-amz-date'])
    const scopeOf = (text = '') => /Credential=[^,]+/.exec(text)?.[0]
    expect(scopeOf(headers.authorization)).toBe(scopeOf(sent.headers.authorization))
  })
})
