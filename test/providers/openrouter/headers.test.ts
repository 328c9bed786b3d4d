// Headers by which an app says its name pass; no others of the client's do.
import { expect, it } from 'vitest'
import { openrouter } from '../../../src/providers/openrouter/index.ts'
import { ACCOUNT, NO_HEADERS, SENT } from '../../account.ts'

const bearer = { authorization: 'Bearer test-credential' }

it('passes on what an app says of itself', () => {
  const client = new Headers({ 'X-Title': 'App', 'HTTP-Referer': 'https://app.example', 'x-more': '1' })
  expect(openrouter.headers(ACCOUNT, client, SENT)).toEqual({
    ...bearer,
    'x-title': 'App',
    'http-referer': 'https://app.example',
  })
  expect(openrouter.headers(ACCOUNT, NO_HEADERS, SENT)).toEqual(bearer)
})
