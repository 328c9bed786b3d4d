// The API's description: a valid document, of every route and no other, whose schemas hold for what is sent and answered.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { openapi } from '../scripts/openapi/document.ts'
import { OPERATIONS } from '../scripts/openapi/operations.ts'
import { ROUTES } from '../src/app.ts'

const root = join(import.meta.dirname, '..')
const document: {
  readonly paths: Record<string, Record<string, { readonly operationId: string; readonly security: unknown[] }>>
  readonly components: { readonly schemas: Record<string, object> }
} = JSON.parse(readFileSync(join(root, 'schemas/openapi.json'), 'utf8'))

test('it is what its sources say', () => {
  expect(JSON.parse(JSON.stringify(openapi()))).toEqual(document)
})

test('it is valid OpenAPI 3.1, with every reference leading somewhere', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
  for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
    const found = pointer
      .slice(1)
      .split('/')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], document)
    expect(found, pointer).toBeDefined()
  }
})

test('it has every route with every method, and no other', () => {
  const routes = ROUTES.flatMap(({ name, allow }) => allow.split(', ').map((method) => `${method} ${name}`))
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(told.toSorted()).toEqual(routes.toSorted())
  expect(Object.keys(OPERATIONS)).toEqual(Object.keys(document.paths))
})

test('who must show which key is told of every operation, and each has a name of its own', () => {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  )
  for (const { path, security } of all) {
    const schemes = security.flatMap((one) => Object.keys(one as object))
    const wanted = path.startsWith('/v1/')
      ? ['bearer', 'xApiKey', 'apiKey']
      : path.startsWith('/admin/')
        ? ['adminToken']
        : []
    expect(schemes, path).toEqual(wanted)
  }
  const names = all.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
})

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  validateFormats: false,
  allErrors: false,
})
ajv.addVocabulary(['components'])
ajv.addSchema({ $id: 'api', components: document.components })
function schema(name: string): ValidateFunction {
  const found = ajv.getSchema(`api#/components/schemas/${name}`)
  if (!found) throw new Error(`No schema ${name}.`)
  return found
}

/** The golden cases that have a file, with what stands in it. */
function cases(file: string, has: (name: string) => boolean = () => true): (readonly [string, string])[] {
  const folder = join(root, 'test/cases')
  return readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .flatMap(({ name: provider }) =>
      readdirSync(join(folder, provider)).flatMap((one): [string, string][] => {
        const files = readdirSync(join(folder, provider, one))
        // What is malformed on purpose says so by its error.
        if (!files.includes(file) || files.includes('error.json') || !has(one)) return []
        return [[`${provider}/${one}`, readFileSync(join(folder, provider, one, file), 'utf8')]]
      }),
    )
}

describe('golden cases', () => {
  const fails = (name: string, all: readonly (readonly [string, unknown])[]) => {
    const validate = schema(name)
    expect(all.length).toBeGreaterThan(0)
    return all.flatMap(([from, value]) => (validate(value) ? [] : [`${from}: ${ajv.errorsText(validate.errors)}`]))
  }
  const parsed = (all: readonly (readonly [string, string])[]) =>
    all.map(([from, text]) => [from, JSON.parse(text)] as const)

  test('requests are those that the schema describes', () => {
    expect(
      fails('ChatRequest', parsed(cases('client.json', (one) => !/^(?:embeddings|rerank|moderations)-/.test(one)))),
    ).toEqual([])
  })

  test('whole answers are', () => {
    expect(fails('ChatCompletion', parsed(cases('chat.json')))).toEqual([])
  })

  test('chunks of streams are', () => {
    const chunks = cases('chat.sse').flatMap(([from, text]) =>
      [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => [from, JSON.parse(data)] as const),
    )
    expect(
      fails(
        'ChatChunk',
        chunks.filter(([, chunk]) => !('error' in chunk)),
      ),
    ).toEqual([])
    expect(
      fails(
        'Error',
        chunks.filter(([, chunk]) => 'error' in chunk),
      ),
    ).toEqual([])
  })

  test('requests and answers in the other dialects are', () => {
    expect(fails('MessagesRequest', parsed(cases('client.messages.json')))).toEqual([])
    expect(fails('ResponsesRequest', parsed(cases('client.responses.json')))).toEqual([])
    expect(fails('Message', parsed(cases('messages.json')))).toEqual([])
    expect(fails('Response', parsed(cases('responses.json')))).toEqual([])
    const events = (file: string) =>
      cases(file).flatMap(([from, text]) =>
        [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => [from, JSON.parse(data)] as const),
      )
    expect(fails('MessageEvent', events('messages.sse'))).toEqual([])
    expect(fails('ResponseEvent', events('responses.sse'))).toEqual([])
  })

  test.each([
    ['EmbeddingsRequest', 'EmbeddingList', /^embeddings-/],
    ['RerankRequest', 'Ranking', /^rerank-/],
    ['ModerationsRequest', 'Moderation', /^moderations-/],
  ])('%s, %s', (request, answer, folder) => {
    expect(fails(request, parsed(cases('client.json', (one) => folder.test(one))))).toEqual([])
    expect(fails(answer, parsed(cases('answer.json', (one) => folder.test(one))))).toEqual([])
  })

  test('what is malformed is not', () => {
    expect(schema('ChatRequest')({ model: 'a', messages: [] })).toBe(false)
    expect(schema('ChatRequest')({ model: 'a', messages: [{ role: 'user', content: 'a' }], temperature: 3 })).toBe(
      false,
    )
    expect(schema('ChatCompletion')({ id: 'a', object: 'chat.completion' })).toBe(false)
    expect(schema('Error')({ error: { message: 'a', type: 'b' } })).toBe(false)
  })
})
