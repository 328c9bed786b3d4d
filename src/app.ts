// Routes: which path is whose, and what every answer has in common.
import type { Context } from 'hono'
import { Hono } from 'hono/tiny'
import { mintToken } from './client-tokens.ts'
import { converse } from './converse.ts'
import { countTokens } from './count-tokens.ts'
import { chat, completions, messages, responses } from './dialects/index.ts'
import { embeddings } from './endpoints/embeddings.ts'
import { hear } from './endpoints/hearing.ts'
import { images } from './endpoints/images.ts'
import { moderations } from './endpoints/moderations.ts'
import { rerank } from './endpoints/rerank.ts'
import { speech } from './endpoints/speech.ts'
import type { Dialect } from './hub/dialect.ts'
import { asGatewayError, GatewayError, scrub } from './hub/error.ts'
import { type AppContext, Journey } from './journey.ts'
import { adminApp } from './keys/admin.ts'
import { showLimits } from './known-limits.ts'
import type { Endpoint } from './leg.ts'
import { retryHeaders } from './limits/headers.ts'
import { record } from './log.ts'
import { listModels, showModel } from './models.ts'
import { preview } from './preview.ts'
import { providers } from './providers/index.ts'
import { CORS, preflight, STREAM_HEADERS, serverTiming } from './response-headers.ts'
import { converseOn } from './responses/endpoint.ts'
import { cancelResponse, deleteResponse, listInput, showResponse } from './responses/stored.ts'
import { selftest } from './selftest/index.ts'
import { translate } from './translate.ts'

const app = new Hono<{ Bindings: Env; Variables: { journey: Journey } }>()

/** What is nobody's route may be a file of the page's. */
app.get('*', async function page(c, next) {
  const own = routeOf(c.req.path)
  if (!c.env.PAGE || (own && !own.page)) return next()
  const found = await c.env.PAGE.fetch(c.req.raw)
  return found.status === 404 ? next() : found
})

app.use('*', async function frame(c, next) {
  const browser = /^\/v1(?:\/|$)/.test(c.req.path)
  if (browser && c.req.method === 'OPTIONS') return preflight(c.req.raw)
  const endpoint = routeOf(c.req.path)?.name ?? 'unknown'
  const journey = new Journey(c.req.method, endpoint, (entry) => record(entry, c.env.USAGE))
  c.set('journey', journey)
  await next()
  const { headers } = c.res
  for (const [name, value] of Object.entries({ ...journey.headers, ...(browser && CORS) })) headers.set(name, value)
  headers.set('x-request-id', journey.id)
  headers.set('request-id', journey.id)
  if (!browser) {
    journey.note({ status: c.res.status })
    // Whoever watches over the gateway asks all the time.
    if (endpoint !== '/healthz') journey.settle('complete')
    return
  }
  if (headers.get('content-type') === STREAM_HEADERS['content-type']) journey.begin()
  headers.set('openai-version', '2020-10-01')
  const timing = serverTiming(journey.timings)
  if (timing !== '') headers.set('server-timing', timing)
  if (journey.attempts > 0) {
    headers.set('dragoman-attempts', String(journey.attempts))
    headers.set('openai-processing-ms', String(Math.round(journey.timings.get('upstream') ?? 0)))
  }
  return
})

app.use('*', addressed)
app.use('/v1/*', configured)
app.use('/admin/*', configured)

/** What goes upstream, by path. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ['/v1/chat/completions', converse(chat)],
  ['/v1/completions', converse(completions)],
  ['/v1/messages', converse(messages)],
  ['/v1/messages/count_tokens', countTokens],
  ['/v1/embeddings', embeddings],
  ['/v1/rerank', rerank],
  ['/v1/moderations', moderations],
  ['/v1/audio/transcriptions', hear('transcriptions')],
  ['/v1/audio/translations', hear('translations')],
  ['/v1/audio/speech', speech],
  ['/v1/images/generations', images],
  ['/v1/responses', converseOn],
])

for (const [path, endpoint] of ENDPOINTS) app.post(path, (c) => translate(c, endpoint))
app.post('/v1/translate', (c) => preview(c, ENDPOINTS))
app.get('/v1/limits', showLimits)
app.post('/v1/client_tokens', mintToken)
app.get('/v1/responses/:id', showResponse)
app.delete('/v1/responses/:id', deleteResponse)
app.get('/v1/responses/:id/input_items', listInput)
app.post('/v1/responses/:id/cancel', cancelResponse)
app.get('/v1/models', listModels)
app.get('/v1/models/:id{.+}', (c) => showModel(c, c.req.param('id')))
app.get('/healthz', (c) => c.json({ status: 'ok' }))

const admin = adminApp(providers)
admin.get('/admin/selftest', async (c) => {
  const report = await selftest(c.env, providers.values(), c.req.query('only'))
  return c.json(report, report.ok ? 200 : 500)
})
app.route('/', admin)

/** A path as the log may have it, the methods it takes, and the dialect that its errors are told in. */
interface Route {
  readonly pattern: RegExp
  readonly name: string
  readonly allow: string
  readonly dialect?: Dialect
  /** A file of the page's: elsewhere than on a machine of one's own it is asked for before the Worker is. */
  readonly page?: true
}

export const ROUTES: readonly Route[] = [
  { pattern: /^\/v1\/chat\/completions\/?$/, name: '/v1/chat/completions', allow: 'POST' },
  { pattern: /^\/v1\/completions\/?$/, name: '/v1/completions', allow: 'POST' },
  { pattern: /^\/v1\/messages\/?$/, name: '/v1/messages', allow: 'POST', dialect: messages },
  {
    pattern: /^\/v1\/messages\/count_tokens\/?$/,
    name: '/v1/messages/count_tokens',
    allow: 'POST',
    dialect: messages,
  },
  { pattern: /^\/v1\/audio\/transcriptions\/?$/, name: '/v1/audio/transcriptions', allow: 'POST' },
  { pattern: /^\/v1\/audio\/translations\/?$/, name: '/v1/audio/translations', allow: 'POST' },
  { pattern: /^\/v1\/audio\/speech\/?$/, name: '/v1/audio/speech', allow: 'POST' },
  { pattern: /^\/v1\/images\/generations\/?$/, name: '/v1/images/generations', allow: 'POST' },
  { pattern: /^\/v1\/responses\/?$/, name: '/v1/responses', allow: 'POST', dialect: responses },
  { pattern: /^\/v1\/responses\/[^/]+\/input_items\/?$/, name: '/v1/responses/{id}/input_items', allow: 'GET' },
  { pattern: /^\/v1\/responses\/[^/]+\/cancel\/?$/, name: '/v1/responses/{id}/cancel', allow: 'POST' },
  // What those two do for others, there is nothing for here.
  {
    pattern: /^\/v1\/responses\/(?!(?:input_tokens|compact)\/?$)[^/]+\/?$/,
    name: '/v1/responses/{id}',
    allow: 'GET, DELETE',
  },
  { pattern: /^\/v1\/translate\/?$/, name: '/v1/translate', allow: 'POST' },
  { pattern: /^\/v1\/embeddings\/?$/, name: '/v1/embeddings', allow: 'POST' },
  { pattern: /^\/v1\/rerank\/?$/, name: '/v1/rerank', allow: 'POST' },
  { pattern: /^\/v1\/moderations\/?$/, name: '/v1/moderations', allow: 'POST' },
  { pattern: /^\/v1\/client_tokens\/?$/, name: '/v1/client_tokens', allow: 'POST' },
  { pattern: /^\/v1\/limits\/?$/, name: '/v1/limits', allow: 'GET' },
  { pattern: /^\/v1\/models\/?$/, name: '/v1/models', allow: 'GET' },
  { pattern: /^\/v1\/models\/.+$/, name: '/v1/models/{id}', allow: 'GET' },
  { pattern: /^\/$/, name: '/', allow: 'GET', page: true },
  { pattern: /^\/compat\.json$/, name: '/compat.json', allow: 'GET', page: true },
  { pattern: /^\/openapi\.json$/, name: '/openapi.json', allow: 'GET', page: true },
  { pattern: /^\/healthz\/?$/, name: '/healthz', allow: 'GET' },
  { pattern: /^\/admin\/keys\/?$/, name: '/admin/keys', allow: 'GET, POST' },
  { pattern: /^\/admin\/keys\/[^/]+\/?$/, name: '/admin/keys/{id}', allow: 'GET, PATCH, DELETE' },
  { pattern: /^\/admin\/keys\/[^/]+\/rotate\/?$/, name: '/admin/keys/{id}/rotate', allow: 'POST' },
  { pattern: /^\/admin\/selftest\/?$/, name: '/admin/selftest', allow: 'GET' },
]

function routeOf(path: string): Route | undefined {
  return ROUTES.find(({ pattern }) => pattern.test(path))
}

app.notFound((c) => {
  const { method, path } = c.req
  const allow = routeOf(path)?.allow
  const shown = scrub(path.slice(0, 200))
  if (allow && !allow.includes(method)) {
    const message = `Not allowed to ${method} on ${shown}. This URL takes ${allow}.`
    return failed(c, new GatewayError('method_not_supported', message, { headers: { allow } }))
  }
  return failed(c, new GatewayError('unknown_url', `Invalid URL (${method} ${shown})`))
})

app.onError((thrown, c) => failed(c, asGatewayError(thrown)))

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i

/** Where no edge stands before it, the runtime makes a request's address of whatever a client calls the host. */
async function addressed(c: AppContext, next: () => Promise<void>): Promise<void> {
  const host = c.req.header('host')
  if (host !== undefined && !HOST.test(host)) throw new GatewayError('invalid_request', "Invalid header 'Host'.")
  await next()
}

/** A gateway without its secrets would serve unprotected, so it does not serve. */
async function configured(c: AppContext, next: () => Promise<void>): Promise<void> {
  const missing = (['ADMIN_TOKEN', 'SEAL_KEYS'] as const).filter((name) => !c.env[name]?.trim())
  if (missing.length > 0) {
    console.error(`Not configured: set the secret ${missing.join(' and ')} (wrangler secret put NAME).`)
    throw new GatewayError('not_configured', `The gateway is not configured: ${missing.join(' and ')} must be set.`)
  }
  await next()
}

/** An error as a response: OpenAI's body, and what a client needs to know about trying again. */
function failed(c: Context, error: GatewayError): Response {
  const { retryAfterMs, shouldRetry, headers } = error.details
  const journey: Journey | undefined = c.get('journey')
  const gone = c.req.raw.signal.aborted
  if (!gone && error.code === 'server_error' && error.details.cause instanceof Error) {
    // A fault of ours: where it happened, never what it said, which may hold what a client sent.
    console.error({ request_id: journey?.id, fault: error.details.cause.name, stack: frames(error.details.cause) })
  }
  const dialect = routeOf(c.req.path)?.dialect ?? chat
  const status = dialect.status?.(error) ?? error.status
  journey?.note({ status })
  if (gone) journey?.settle('client_gone')
  else journey?.settle(status >= 500 ? 'failed' : 'refused', { error })
  return Response.json(dialect.error(error, journey?.id), {
    status,
    headers: {
      ...headers,
      ...(retryAfterMs !== undefined && retryHeaders(retryAfterMs)),
      ...(shouldRetry !== undefined && { 'x-should-retry': String(shouldRetry) }),
    },
  })
}

function frames({ message, stack = '' }: Error): string[] {
  return stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
}

export default app
