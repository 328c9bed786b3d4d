// Signatures against the vectors that AWS publishes, the sheet's, and the SDK's own signer.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-test-suite.html
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Scope, type Signable, sign } from '../../src/wire/sigv4.ts'

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const SUITE: Scope = { region: 'us-east-1', service: 'service', date: new Date('2015-08-30T12:36:00Z') }
const OURS: Scope = { region: 'us-east-1', service: 'bedrock', date: new Date('2026-01-01T00:00:00Z') }
const CONVERSE: Signable = {
  method: 'POST',
  url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse',
  headers: {},
  body: '{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}',
}

async function signed(request: Partial<Signable>, scope = SUITE, key: typeof KEY & { sessionToken?: string } = KEY) {
  const whole = { method: 'GET', url: 'https://example.amazonaws.com/', headers: {}, body: '', ...request }
  const headers = await sign(whole, key, scope)
  const [, names, signature] = /SignedHeaders=(.*), Signature=(.*)$/.exec(headers.authorization ?? '') ?? []
  return { headers, names, signature }
}

describe('the signature', () => {
  it.each([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      { url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('is the one of AWS for %s', async (_name, request, signature) => {
    expect((await signed(request)).signature).toBe(signature)
  })

  it('is the one of the sheet, whether the type is signed or not', async () => {
    const bare = await signed(CONVERSE, OURS)
    expect(bare.names).toBe('host;x-amz-date')
    expect(bare.headers['x-amz-date']).toBe('20260101T000000Z')
    expect(bare.signature).toBe('9493281ec4add0d550255a616d1b59199ad4b56dac931fe3fe83a033a6f2f795')
    const typed = await signed({ ...CONVERSE, headers: { 'content-type': 'application/json' } }, OURS)
    expect(typed.names).toBe('content-type;host;x-amz-date')
    expect(typed.signature).toBe('b8610f75bb85d0f54b2f939606ae4a9c303a969821e6f43cc6672e112a63cfc6')
    expect(typed.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260101\/us-east-1\/bedrock\/aws4_request, SignedHeaders=/,
    )
  })

  it('signs the token of a session', async () => {
    const { names, headers } = await signed(CONVERSE, OURS, { ...KEY, sessionToken: 'TOKEN' })
    expect(names).toBe('host;x-amz-date;x-amz-security-token')
    expect(headers['x-amz-security-token']).toBe('TOKEN')
  })

  it("is the SDK's for any request, with whatever headers it signs", async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: OURS.date })
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((one) => !/^\.{1,2}$/.test(one))
    const request = fc.record({
      modelId: text,
      said: fc.string({ unit: 'grapheme' }),
      sessionToken: fc.option(fc.constant('SESSION'), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(request, async ({ modelId, said, sessionToken }) => {
        const key = { ...KEY, ...(sessionToken && { sessionToken }) }
        const sent = await theirs(key, modelId, said)
        const { authorization = '' } = sent.headers
        const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? []
        const headers = Object.fromEntries(names.map((name) => [name, sent.headers[name] ?? '']))
        const url = `https://${sent.hostname}${sent.path}`
        const ours = await signed({ method: 'POST', url, body: Buffer.from(sent.body).toString(), headers }, OURS, key)
        expect(authorization).toContain(`Signature=${ours.signature}`)
      }),
      { numRuns: 50 },
    )
  })
})

afterEach(() => vi.useRealTimers())

interface Sent {
  readonly hostname: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The request of AWS' own client. */
async function theirs(credentials: typeof KEY, modelId: string, text: string): Promise<Sent> {
  let sent: Sent | undefined
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: unknown) => {
        sent = request as Sent
        throw new Error('Nobody is there.')
      },
    },
  })
  await client.send(new ConverseCommand({ modelId, messages: [{ role: 'user', content: [{ text }] }] })).catch(() => {})
  if (!sent) throw new Error('Nothing was sent.')
  return sent
}
