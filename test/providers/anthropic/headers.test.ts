// The headers of a call: who pays, which version, which betas.
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../src/providers/anthropic/index.ts'
import { SENT } from '../../account.ts'

const none = new Headers()

describe('the headers', () => {
  it('carry a key as x-api-key, and a token of the OAuth kind as a bearer', () => {
    expect(anthropic.headers({ name: 'a', credential: 'sk-ant-api03-k' }, none, SENT)).toEqual({
      'x-api-key': 'sk-ant-api03-k',
      'anthropic-version': '2023-06-01',
    })
    expect(anthropic.headers({ name: 'a', credential: 'sk-ant-oat01-t' }, none, SENT)).toEqual({
      authorization: 'Bearer sk-ant-oat01-t',
      'anthropic-version': '2023-06-01',
    })
  })

  it('add the betas of the slot and of the client, and nothing else of theirs', () => {
    const client = new Headers({ 'anthropic-beta': 'b', 'openai-organization': 'o', 'x-stainless-lang': 'js' })
    const headers = { 'anthropic-beta': 'a', 'anthropic-version': '2026-10-21', 'x-team': 't' }
    expect(anthropic.headers({ name: 'a', credential: 'k', headers }, client, SENT)).toEqual({
      'x-api-key': 'k',
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'a,b',
    })
  })
})
