// The API as an OpenAPI document: https://spec.openapis.org/oas/v3.1.1
import { CODES } from '../../src/hub/error.ts'
import { ref, schemas } from './components.ts'
import { OPERATIONS, type Operation } from './operations.ts'

type Json = Readonly<Record<string, unknown>>

const KEYS = [{ bearer: [] }, { xApiKey: [] }, { apiKey: [] }]
const SECURITY: Readonly<Record<Operation['tag'], readonly Json[]>> = {
  Conversations: KEYS,
  Tasks: KEYS,
  Gateway: KEYS,
  Administration: [{ adminToken: [] }],
  'Open to all': [],
}

const text = { type: 'string' }
const header = (description: string, schema: Json = text) => ({ description, schema })

/** Response headers, by name. */
const HEADERS = {
  'x-request-id': header('Ours, `req_…`, as in the log.'),
  'request-id': header('The same, where Anthropic’s clients look.'),
  'server-timing': header('`auth`, `limit`, `translate`, `upstream`, in ms.'),
  'openai-version': header('`2020-10-01`'),
  'dragoman-route': header('`slot/model` that answered.'),
  'dragoman-attempts': header('Calls made upstream.', { type: 'integer' }),
  'dragoman-loss': header('RFC 9651 list: `"seed";kind=dropped`. Absent: nothing was lost.'),
  'dragoman-upstream-request-id': header('The provider’s own.'),
  'x-ratelimit-limit-requests': header('Of the window that binds first.', { type: 'integer' }),
  'x-ratelimit-remaining-requests': header('Of the window that binds first.', { type: 'integer' }),
  'x-ratelimit-reset-requests': header('When it is whole again: a Go duration, `6m0s`.'),
  'x-ratelimit-limit-tokens': header('Of the window that binds first.', { type: 'integer' }),
  'x-ratelimit-remaining-tokens': header('Of the window that binds first.', { type: 'integer' }),
  'x-ratelimit-reset-tokens': header('When it is whole again: a Go duration, `6m0s`.'),
  'openai-processing-ms': header('Until the provider’s head, in ms.', { type: 'integer' }),
  'retry-after': header('Seconds.', { type: 'integer' }),
  'retry-after-ms': header('Milliseconds.', { type: 'integer' }),
  'x-should-retry': header('Whether a new attempt can succeed.', { enum: ['true', 'false'] }),
} as const satisfies Record<string, Json>
type HeaderName = keyof typeof HEADERS

const OURS: readonly HeaderName[] = ['x-request-id', 'request-id']
const CLIENTS: readonly HeaderName[] = [...OURS, 'server-timing', 'openai-version']
const RETRY: readonly HeaderName[] = ['retry-after', 'retry-after-ms', 'x-should-retry']
const UPSTREAM = (Object.keys(HEADERS) as HeaderName[]).filter((name) => !RETRY.includes(name))

const headersOf = (names: readonly HeaderName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** What may go wrong where, by status. */
const REFUSALS: Readonly<Record<Operation['tag'], readonly number[]>> = {
  Conversations: [400, 401, 403, 404, 413, 429, 500, 502, 503, 504],
  Tasks: [400, 401, 403, 404, 413, 429, 500, 502, 503, 504],
  Gateway: [400, 401, 403, 404, 413, 429, 500, 502, 503, 504],
  Administration: [400, 401, 404, 409, 413, 429, 500, 503],
  'Open to all': [],
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'The request cannot be sent, or would lose something in strict mode; `param` is the field.',
  401: 'No key, or none that is good.',
  403: 'Not from this origin, or not for this account.',
  404: 'No such model, key or path.',
  409: 'It was changed by somebody else.',
  413: 'The body is too large.',
  429: 'A limit of the key’s or of the provider’s, or no credit there.',
  500: 'A fault of the gateway’s.',
  502: 'The provider cannot be reached, or answers what is no answer.',
  503: 'The provider is overloaded, or the gateway is not configured.',
  504: 'The provider is too slow.',
}

/** The same in the form of Anthropic's dialect, where what is overloaded has a status of its own. */
const ANTHROPIC: Readonly<Record<number, string>> = { ...REASONS, 529: 'The provider is overloaded.' }

function refusals(): Json {
  const codes = (status: number) =>
    Object.values(CODES).flatMap(({ status: own, code }) => (own === status && code !== null ? [`\`${code}\``] : []))
  const retried = (status: string) => ['429', '503', '529'].includes(status)
  const answer = (status: string, description: string, schema: Json): Json => ({
    description,
    headers: headersOf(retried(status) ? [...OURS, ...RETRY] : OURS),
    content: { 'application/json': { schema } },
  })
  const openais = Object.entries(REASONS).map(([status, reason]) => {
    const named = [...new Set(codes(Number(status)))]
    const description = named.length > 0 ? `${reason} Codes: ${named.join(', ')}.` : reason
    return [`E${status}`, answer(status, description, ref('Error'))]
  })
  const anthropics = Object.entries(ANTHROPIC).map(([status, reason]) => {
    return [`M${status}`, answer(status, reason, ref('MessagesError'))]
  })
  return Object.fromEntries([...openais, ...anthropics])
}

const WISHES = {
  strict: ['dragoman-strict', '`?1`: refuse what would be lost. `?0` does not relax a strict key.'],
  report: ['dragoman-report', '`?1`: the losses stand in the answer too, as `dragoman`.'],
} as const

function operation(
  path: string,
  { id, tag, summary, description, body, query, status = 200, answer, upstream, anthropic }: Operation,
): Json {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }))
  const inQuery = Object.entries(query ?? {}).map(([name, { type, description }]) => {
    return { name, in: 'query', required: false, description, schema: { type } }
  })
  const wishes =
    upstream || id === 'translate'
      ? Object.keys(WISHES).map((name) => ({ $ref: `#/components/parameters/${name}` }))
      : []
  const parameters = [...inPath, ...inQuery, ...wishes]
  const content = (schema: Json) => ({ [body?.form ? 'multipart/form-data' : 'application/json']: { schema } })
  const names = upstream ? UPSTREAM : path.startsWith('/v1/') ? CLIENTS : tag === 'Administration' ? OURS : []
  const met = REFUSALS[tag].filter((one) => one !== 404 || tag !== 'Administration' || inPath.length > 0)
  const refused = anthropic
    ? [...met, 529].map((one) => [one, `M${one}`] as const)
    : met.map((one) => [one, `E${one}`] as const)
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: SECURITY[tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: !body.optional, content: content(ref(body.schema)) } }),
    responses: {
      [status]: {
        description: 'Done.',
        ...(names.length > 0 && { headers: headersOf(names) }),
        content: Object.fromEntries(
          Object.entries(answer).map(([type, what]) => [type, { schema: answered(type, what) }]),
        ),
      },
      ...Object.fromEntries(refused.map(([one, name]) => [one, { $ref: `#/components/responses/${name}` }])),
    },
  }
}

function answered(type: string, what: Operation['answer'][string]): Json {
  if (what === 'bytes') return {}
  // A body of JSON that no schema of ours describes is an object of some kind.
  if (what === 'text') return type === 'application/json' ? { type: 'object' } : text
  return ref(what)
}

/** The document. That it has every route of the Worker, and no other, is a test (test/openapi). */
export function openapi(): Json {
  const paths = Object.entries(OPERATIONS).map(([path, methods]) => {
    return [path, Object.fromEntries(Object.entries(methods).map(([method, one]) => [method, operation(path, one)]))]
  })
  return {
    openapi: '3.1.1',
    info: {
      title: 'Dragoman',
      version: '0.1.0',
      summary: 'OpenAI’s API, translated for providers that do not speak it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.keys(SECURITY).map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: schemas(),
      responses: refusals(),
      headers: HEADERS,
      parameters: Object.fromEntries(
        Object.entries(WISHES).map(([key, [name, description]]) => {
          return [key, { name, in: 'header', required: false, description, schema: { enum: ['?0', '?1'] } }]
        }),
      ),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A client key, `sk-dg-…`.' },
        xApiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: 'The same, as Anthropic’s clients send it.',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'api-key', description: 'The same, as Azure’s clients send it.' },
        adminToken: { type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN`.' },
      },
    },
  }
}
