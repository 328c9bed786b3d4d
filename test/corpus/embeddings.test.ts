// Recorded embeddings of every provider through the pure core: the vectors of the texts, in the form that was asked for.
import { afterAll, describe, expect, it } from 'vitest'
import { form } from '../../src/endpoints/embeddings.ts'
import { spelled } from '../../src/endpoints/task.ts'
import { asGatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { providers } from '../../src/providers/index.ts'
import { ACCOUNT } from '../account.ts'
import { type Case, casesOf, listed } from './cases.ts'
import { Count } from './counts.ts'
import { textsIn, tokensIn, vectorsIn } from './embedded.ts'

const folders = [...new Set(listed(undefined, 'embeddings').map(({ provider }) => provider))]

/** What the gateway makes of a case, for a client that wants this form; undefined: the bytes pass. */
function answered(one: Case, encoding_format: 'float' | 'base64') {
  const request = form.read({ model: one.model, input: textsIn(one), encoding_format })
  const task = form.of(providers.get(one.provider) ?? expect.fail('No such provider.'))
  if (!task || 'relays' in task) return undefined
  const calls = task.encode(request, one.model, new Ledger(false), ACCOUNT)
  // Each of them was recorded with as many texts as one call takes.
  expect(calls).toHaveLength(1)
  const part = calls[0]?.read(new TextDecoder().decode(one.bytes), one.headers)
  const about = { id: 'id', model: part?.model ?? one.model, usage: part?.usage }
  return form.answer(part ? [part] : [], request, about) as {
    data: { index: number; embedding: unknown }[]
    usage: { total_tokens: number }
  }
}

function expectRead(one: Case): void {
  const expected = vectorsIn(one)
  expect(expected).toHaveLength(textsIn(one).length)
  const floats = answered(one, 'float')
  if (!floats) {
    // What passes is what OpenAI's client reads anyway.
    expect(Object.keys(JSON.parse(new TextDecoder().decode(one.bytes))).sort()).toEqual([
      'data',
      'model',
      'object',
      'usage',
    ])
    return
  }
  expect(floats.data.map(({ embedding }) => embedding)).toEqual(expected)
  expect(floats.usage.total_tokens).toBe(tokensIn(one))
  const texts = answered(one, 'base64')?.data.map(({ embedding }) => [
    ...new Float32Array(new Uint8Array(Buffer.from(String(embedding), 'base64')).buffer),
  ])
  expect(texts).toEqual(expected.map((vector) => [...new Float32Array(vector)]))
}

function expectRefused(one: Case): void {
  const provider = providers.get(one.provider) ?? expect.fail('No such provider.')
  const body = new TextDecoder().decode(one.bytes)
  const refusal = { status: one.status, headers: one.headers, body }
  const request = form.read({ model: one.model, input: textsIn(one) })
  const error = spelled(asGatewayError(provider.refuse(refusal, 'main', undefined)), form, request)
  expect(error.status).toBe(one.status)
  if (one.status === 401) expect(error.message).not.toContain('subscription')
  else expect(error.body).toMatchObject(JSON.parse(body).error)
}

describe.skipIf(folders.length === 0)('recorded embeddings', () => {
  describe.each(folders)('of %s', (folder) => {
    const count = new Count(folder, 'core', 'all', 'embeddings')
    afterAll(() => count.tell())
    it.each(casesOf(folder, 'embeddings'))('$name', (one) => {
      if (one.status < 400) expectRead(one)
      else expectRefused(one)
      count.ran(one.name)
    })
  })
})
