// A credential in use is in no foreign word, in whatever spelling.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secrets } from '../../src/hub/secrets.ts'

const KEY = 'pk.Zx81-QuietHarbour_kettle77-xY'
const secrets = new Secrets()
secrets.guard(KEY)

const spelt = (make: (code: string) => string) =>
  [...KEY].map((letter) => make(letter.charCodeAt(0).toString(16))).join('')

describe('a key is redacted', () => {
  test.each([
    ['as it is', KEY],
    ['in capitals', KEY.toUpperCase()],
    ['in quotes and braces', `{"key":"${KEY}"}`],
    ['in JSON’s escapes', spelt((code) => `\\u00${code}`)],
    ['in escapes within a string of JSON', JSON.stringify(spelt((code) => `\\u00${code.toUpperCase()}`))],
    ['in escapes of C', spelt((code) => `\\x${code}`)],
    ['percent-encoded', spelt((code) => `%${code}`)],
    ['in entities of HTML', spelt((code) => `&#x${code};`)],
    ['in decimal entities', [...KEY].map((letter) => `&#${letter.charCodeAt(0)};`).join('')],
    ['in base64', btoa(KEY)],
    ['in base64 for URLs', btoa(KEY).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')],
    ['in base64 behind a name', btoa(`user:${KEY}`)],
    ['in base64 behind a longer name, and before more', btoa(`users:${KEY}:more`)],
    ['cut off behind', `${KEY.slice(0, 20)}…`],
    ['cut off before', `…${KEY.slice(12)}`],
    ['hyphenated otherwise', KEY.replace(/[-._]/g, '/')],
  ])('%s', (_how, said) => {
    const text = secrets.without(`Bad key ${said} was sent.`)
    expect(text).toMatch(/^Bad key \[redacted\] was sent\.$/)
    expect(secrets.within(said)).toBe(true)
  })

  test.each([
    ['by spaces', [...KEY].join(' ')],
    ['by line ends', `${KEY.slice(0, 14)}\n${KEY.slice(14)}`],
    ['by words of one sign', `${KEY.slice(0, 9)} + ${KEY.slice(9, 18)} + ${KEY.slice(18)}`],
  ])('when it is split %s', (_how, said) => {
    const left = secrets.without(said).replaceAll('[redacted]', '').replace(/\W/g, '')
    expect(left.length).toBeLessThan(4)
  })

  test('wherever it stands, with whatever around it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(secrets.without(`${before} ${KEY} ${after}`)).not.toContain(KEY.slice(4, 18))
      }),
    )
  })
})

test.each([
  'The model `claude-haiku-4-5` does not exist.',
  'prompt is too long: 213462 tokens > 200000 maximum',
  '100% of \\u00e9t\\xe9 &#8364; &amp; more',
  'quiet harbour',
  '',
])('%j stays as it is', (text) => {
  expect(secrets.without(text)).toBe(text)
})

test('of a credential with parts, those that open something are secret', () => {
  const parts = new Secrets()
  parts.guard({
    access_key_id: 'AKIDPUBLICPUBLIC1',
    secret_access_key: 'verySecretAccess1',
    session_token: 'sessionTokens99',
  })
  parts.guard({
    private_key: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n',
    client_email: 'a@project.example',
  })
  expect(parts.without('AKIDPUBLICPUBLIC1 a@project.example verySecretAccess1 sessionTokens99 gkqhkiG9w0BAQEFA')).toBe(
    'AKIDPUBLICPUBLIC1 a@project.example [redacted] [redacted] [redacted]',
  )
})

test('short ones are words, those of eight letters are looked for as a whole', () => {
  const short = new Secrets()
  short.guard('canary')
  short.guard('tr0ub4dor')
  short.guard(undefined)
  expect(short.without('canary tr0ub4do tr0ub4dor')).toBe('canary tr0ub4do [redacted]')
})

test('the newest are remembered, and those that are used again', () => {
  const many = new Secrets()
  const name = (i: number) => `credential${i}number${i * 7919}`
  for (let i = 0; i < 256; i++) many.guard(name(i))
  many.guard(name(0))
  many.guard('another-one-that-is-new')
  expect(many.within(name(0))).toBe(true)
  expect(many.within(name(1))).toBe(false)
  expect(many.within(name(2))).toBe(true)
  expect(many.within('another-one-that-is-new')).toBe(true)
})
