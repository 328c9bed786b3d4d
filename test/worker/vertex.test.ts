// A request to a slot with a service account: what the Worker asks of whom, and what it remembers. That requests of one
// time share an exchange is for test/e2e to see: here the runtime does not let one request wake another.
import { reset } from 'cloudflare:test'
import { exports } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyFile, readJwt } from '../providers/vertex/key-file.ts'
import { TEST_SECRETS } from '../secrets.ts'

const ADMIN = { authorization: `Bearer ${TEST_SECRETS.ADMIN_TOKEN}` }
const TOKEN_URI = 'https://oauth2.googleapis.com/token'
const PLACE = { location: 'global', project: 'p' }
const MESSAGE = {
  ...{ id: 'msg_vrtx_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5' },
  ...{ content: [{ type: 'text', text: 'Hello.' }], stop_reason: 'end_turn' },
  usage: { input_tokens: 3, output_tokens: 2 },
}

interface Seen {
  readonly url: string
  readonly authorization: string | null
  readonly body: string
}

let seen: Seen[]
/** What the upstream makes of a token. */
let upstream: (authorization: string | null) => Response
let exchange: () => Response
beforeEach(() => {
  seen = []
  upstream = () => Response.json(MESSAGE)
  exchange = () => Response.json({ access_token: `ya29.${exchanges().length}`, expires_in: 3599, token_type: 'Bearer' })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init as RequestInit)
    const authorization = request.headers.get('authorization')
    seen.push({ url: request.url, authorization, body: await request.text() })
    return request.url === TOKEN_URI ? exchange() : upstream(authorization)
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
})

const exchanges = () => seen.filter(({ url }) => url === TOKEN_URI)
const calls = () => seen.filter(({ url }) => url !== TOKEN_URI)

async function newKey(slot: object): Promise<Response> {
  const body = JSON.stringify({ providers: { vertex: slot } })
  return exports.default.fetch('http://dragoman.test/admin/keys', { method: 'POST', headers: ADMIN, body })
}

async function keyFor(credential: unknown): Promise<string> {
  const answer = await newKey({ location: 'europe-west4', credential })
  const { key } = (await answer.json()) as { key: string }
  return key
}

async function ask(key: string): Promise<{ status: number; body: unknown; attempts: string | null }> {
  const body = JSON.stringify({
    model: 'vertex/claude-sonnet-4-5',
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 100,
  })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const answer = await exports.default.fetch('http://dragoman.test/v1/chat/completions', {
    method: 'POST',
    headers,
    body,
  })
  return { status: answer.status, body: await answer.json(), attempts: answer.headers.get('dragoman-attempts') }
}

describe('a request', () => {
  it('is sent with a token that was made for it, and the next one with the same', async () => {
    const file = keyFile()
    const key = await keyFor(file)
    expect(await ask(key)).toMatchObject({ status: 200, body: { choices: [{ message: { content: 'Hello.' } }] } })
    expect(await ask(key)).toMatchObject({ status: 200 })
    expect(exchanges()).toHaveLength(1)
    expect(calls()).toHaveLength(2)
    for (const { url, authorization } of calls()) {
      expect(url).toBe(
        'https://europe-west4-aiplatform.googleapis.com/v1/projects/own-project/locations/europe-west4/publishers/anthropic/models/claude-sonnet-4-5:rawPredict',
      )
      expect(authorization).toBe('Bearer ya29.1')
    }
    const assertion = new URLSearchParams(exchanges()[0]?.body).get('assertion') ?? ''
    expect(await readJwt(assertion)).toMatchObject({ claims: { iss: file.client_email }, genuine: true })
  })

  it('is sent once more with a new token where the first was refused', async () => {
    const key = await keyFor(keyFile())
    await ask(key)
    upstream = (authorization) =>
      authorization === 'Bearer ya29.1'
        ? Response.json({ error: { code: 401, status: 'UNAUTHENTICATED', message: 'Expired.' } }, { status: 401 })
        : Response.json(MESSAGE)
    expect(await ask(key)).toMatchObject({ status: 200, attempts: '2' })
    expect(calls().map(({ authorization }) => authorization)).toEqual([
      'Bearer ya29.1',
      'Bearer ya29.1',
      'Bearer ya29.2',
    ])
  })

  it('fails in our own words where the account is refused, and is not held against the next', async () => {
    const key = await keyFor(keyFile())
    exchange = () =>
      Response.json({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, { status: 400 })
    expect(await ask(key)).toEqual({
      status: 401,
      attempts: '1',
      body: {
        error: {
          message: "The provider refused the credential of slot 'vertex'.",
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_api_key',
        },
      },
    })
    expect(calls()).toEqual([])
    exchange = () => Response.json({ access_token: 'ya29.good' })
    expect(await ask(key)).toMatchObject({ status: 200 })
  })
})

describe('a key', () => {
  it.each([
    ['no location', { credential: keyFile() }, 'providers.vertex.location'],
    ['a token without a project', { credential: 'ya29.t', location: 'global' }, 'providers.vertex.project'],
    [
      'a pair of keys',
      { ...PLACE, credential: { access_key_id: 'a', secret_access_key: 'b' } },
      'providers.vertex.credential',
    ],
  ])('is not made of %s', async (_name, slot, param) => {
    const answer = await newKey(slot)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { param } })
  })

  it('is made of an API key alone', async () => {
    expect((await newKey({ credential: 'AIzaSyA-example' })).status).toBe(201)
  })
})
