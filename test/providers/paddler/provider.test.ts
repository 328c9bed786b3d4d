// What the provider is to the gateway: an address of one's own, a key for a proxy, one model.
import { expect, it } from 'vitest'
import { paddler } from '../../../src/providers/paddler/index.ts'
import { NO_HEADERS, SENT } from '../../account.ts'

it('has no public address, and needs no credential', () => {
  expect(paddler.baseUrl).toBeUndefined()
  expect(paddler.credential).toBe('optional')
})

it('shows a credential to the proxy in front', () => {
  expect(paddler.headers({ name: 'p' }, NO_HEADERS, SENT)).toEqual({})
  expect(paddler.headers({ name: 'p', credential: 'k' }, NO_HEADERS, SENT)).toEqual({ authorization: 'Bearer k' })
  expect(paddler.headers({ name: 'p', credential: {} }, NO_HEADERS, SENT)).toEqual({})
})

it('has one model under every name, and no list of it', () => {
  expect(paddler.family('a')).toBe(paddler.family('b'))
  expect(paddler.models.path(undefined, { name: 'p' })).toBeUndefined()
  expect(paddler.models.read({})).toEqual({ models: [], next: undefined })
})
