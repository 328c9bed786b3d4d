// What the demo's services take and refuse where they are asked for vectors and ranks: what the gateway sends, and nothing
// with a field that they do not know.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { invoke } from '../../demo/bedrock/invoke.ts'
import { embed as cohere, rerank } from '../../demo/cohere/embed.ts'
import { embed as gemini } from '../../demo/gemini/embed.ts'
import { embed as openai } from '../../demo/openai/embed.ts'
import { checkBatch } from '../../demo/paddler/check.ts'
import { vectorOf } from '../../demo/vectors.ts'

const root = join(import.meta.dirname, '../cases')
type Body = Record<string, unknown>

const SERVICES: Readonly<Record<string, (name: string, path: string, body: Body) => unknown>> = {
  bedrock: (_name, path, body) => invoke(decodeURIComponent(path.split('/')[2] ?? ''), body),
  cohere: (name, _path, body) => (name.startsWith('rerank') ? rerank(body, 1) : cohere(body, 1)),
  gemini: (_name, path, body) => gemini(/models\/([^:]+)/.exec(path)?.[1] ?? '', body),
  paddler: (_name, _path, body) => checkBatch(body),
}

describe.each(Object.entries(SERVICES))('%s', (provider, ask) => {
  const read = (name: string, file: string) => readFileSync(join(root, provider, name, file), 'utf8')
  const cases = readdirSync(join(root, provider)).filter((name) => /^(?:embeddings|rerank)-/.test(name))
  const sent = cases.filter((name) => readdirSync(join(root, provider, name)).includes('sent.json'))
  // Models that the demo does not play.
  const played = sent.filter((name) => !/third|image/.test(name))

  it('has cases', () => expect(played.length).toBeGreaterThan(2))
  it.each(played)('takes what the gateway sends: %s', (name) => {
    expect(ask(name, read(name, 'path.txt').trim(), JSON.parse(read(name, 'sent.json')))).toBeTruthy()
  })
  it.each(played)('takes no field that it does not know: %s', (name) => {
    const body = { ...JSON.parse(read(name, 'sent.json')), nobody_knows_this: 1 }
    expect(() => ask(name, read(name, 'path.txt').trim(), body)).toThrow(/nobody_knows_this/)
  })
})

describe('openai', () => {
  const ask = (more: object) => openai({ model: 'text-embedding-3-small', input: 'a', ...more })
  it.each([
    [{ input: '' }, "'$.input' is invalid"],
    [{ input: [] }, 'empty array'],
    [{ input: Array.from({ length: 2049 }, () => 'a') }, 'array too long'],
    [{ encoding_format: 'int8' }, 'Supported values are'],
    [{ own: 1 }, "Unknown parameter: 'own'."],
    [{ model: 'text-embedding-ada-002', dimensions: 2 }, 'does not support specifying dimensions'],
    [{ model: 'other' }, 'does not exist'],
  ])('refuses %j', (more, words) => expect(() => ask(more)).toThrow(words))
})

describe('a vector', () => {
  it('is of length 1, and the same for the same text', () => {
    expect(Math.hypot(...vectorOf('a', 1000))).toBeCloseTo(1, 10)
    expect(vectorOf('a', 100)).toEqual(vectorOf('a', 100))
    expect(vectorOf('a', 100)).not.toEqual(vectorOf('b', 100))
  })
})
