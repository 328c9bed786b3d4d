// A service out of its differences: how it is reached, and what models it has.
import { describe, expect, it } from 'vitest'
import { dropped, emulated } from '../../../src/hub/support.ts'
import { standardMeters } from '../../../src/limits/meters.ts'
import { noMeters } from '../../../src/providers/openai-compatible/meters.ts'
import { ACCOUNT, NO_HEADERS, SENT } from '../../account.ts'
import { service } from './like.ts'

it('is reached as OpenAI is, but for what is said', () => {
  const plain = service()
  expect(plain).toMatchObject({ credential: 'required', tells: { requestId: 'x-request-id' }, meters: standardMeters })
  expect(plain.family('a')).toBe('a')
  expect(plain.headers(ACCOUNT, NO_HEADERS, SENT)).toEqual({ authorization: 'Bearer test-credential' })
  expect(plain.headers({ name: 'none' }, NO_HEADERS, SENT)).toEqual({})
  expect(plain.models.path(undefined, ACCOUNT)).toBe('/models')

  const other = service({
    credential: 'optional',
    requestId: 'x-id',
    meters: noMeters,
    needs: ['region'],
    family: () => 'all',
    headers: ({ name }) => ({ 'x-name': name }),
    models: null,
  })
  expect(other).toMatchObject({
    credential: 'optional',
    tells: { requestId: 'x-id' },
    meters: noMeters,
    needs: ['region'],
  })
  expect(other.family('a')).toBe('all')
  expect(other.headers(ACCOUNT, NO_HEADERS, SENT)).toEqual({ 'x-name': 'test' })
  expect(other.models.path(undefined, ACCOUNT)).toBeUndefined()
  expect(service({ models: ({ name }) => `/${name}` }).models.path(undefined, ACCOUNT)).toBe('/test')
})

describe('its models', () => {
  const { models } = service()

  it('are read from an envelope or from none, with what is known of them', () => {
    const list = [
      { id: 'a', created: 7.5, owned_by: 'x' },
      { name: 'b', created: '8' },
      { id: 'c', created: 'x' },
      {},
      7,
    ]
    const read = {
      models: [
        { id: 'a', created: 7, owned_by: 'x' },
        { id: 'b', created: 8, owned_by: 'some-service' },
        { id: 'c', created: 0, owned_by: 'some-service' },
      ],
      next: undefined,
    }
    expect(models.read({ data: list })).toEqual(read)
    expect(models.read({ models: list })).toEqual(read)
    expect(models.read(list)).toEqual(read)
    expect(models.read('none')).toEqual({ models: [], next: undefined })
  })

  it('are read as the service lists them', () => {
    const readModels = () => ({ models: [], next: 'more' })
    expect(service({ readModels }).models.read({}).next).toBe('more')
  })
})

it('tells in its table what becomes of messages and of choices', () => {
  const [names, note] = [dropped('No names.'), emulated('Turned around.')]
  const { chat } = service({
    messages: { names, notes: [note], parts: { file: names, image_url: () => note } },
    choices: () => [],
  })
  const { fields } = chat.table
  expect(fields.messages.may).toEqual(expect.arrayContaining([names, note]))
  for (const name of ['tools', 'tool_choice', 'functions', 'function_call'] as const) {
    expect(fields[name].may.filter(({ kind }) => kind === 'clamped')).toHaveLength(1)
    expect(service().chat.table.fields[name].may.filter(({ kind }) => kind === 'clamped')).toEqual([])
  }
})
