// What the slot says: the key or the token, and the version.
import { describe, expect, it } from 'vitest'
import { azureOpenai } from '../../../src/providers/azure-openai/index.ts'
import { NO_HEADERS, SENT } from '../../account.ts'

const headersOf = (credential?: string | object) =>
  azureOpenai.headers({ name: 'a', ...(credential !== undefined && { credential }) }, NO_HEADERS, SENT)

describe('the credential', () => {
  it.each([
    ['a key', 'abc123', { 'api-key': 'abc123' }],
    ['a key of the newer form', '1A2b.3C-4d', { 'api-key': '1A2b.3C-4d' }],
    [
      'a token of Entra ID',
      'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln',
      { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln' },
    ],
    ['none', undefined, {}],
    ['none that has parts', {}, {}],
  ])('is %s', (_name, credential, expected) => {
    expect(headersOf(credential)).toEqual(expected)
  })
})

describe('the list of models', () => {
  it.each([
    [undefined, '/openai/v1/models'],
    ['preview', '/openai/v1/models?api-version=preview'],
    ['2024-10-21', '/openai/models?api-version=2024-10-21'],
  ])('of version %s is at %s', (apiVersion, path) => {
    expect(azureOpenai.models.path(undefined, { name: 'a', ...(apiVersion && { apiVersion }) })).toBe(path)
  })
})

it('has no public address', () => {
  expect(azureOpenai.baseUrl).toBeUndefined()
})
