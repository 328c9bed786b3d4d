import { describe, expect, it } from 'vitest'
import { baseUrlFault, originOf } from '../../src/keys/upstream.ts'

describe('baseUrlFault', () => {
  it.each([
    'https://api.example.com',
    'https://api.example.com/v1',
    'https://api.example.com:8443/a/prefix/',
    'https://[2001:db8::1]/v1',
    'https://127.0.0.1/v1',
    'https://api.example.com/@scope/v1',
  ])('allows %s', (url) => {
    expect(baseUrlFault(url, '')).toBeNull()
  })

  it.each([
    'api.example.com',
    '/v1',
    'https:',
    'https://',
    'https:api.example.com',
    'https:///api.example.com',
    'ftp://api.example.com',
    'javascript:alert(1)',
    ' https://api.example.com',
    'https://api.example.com/ v1',
    'https://api.exa\tmple.com',
    'https:\\\\api.example.com',
    'https://user:password@api.example.com',
    'https://user@api.example.com',
    'https://@api.example.com',
    'https://:@api.example.com',
    'https://api.example.com?key=1',
    'https://api.example.com/v1?',
    'https://api.example.com/v1#',
    'https://api.example.com:99999',
    'http://api.example.com',
    'http://127.0.0.1:8061',
    'http://localhost',
  ])('refuses %j', (url) => {
    expect(baseUrlFault(url, '')).toEqual(expect.any(String))
  })

  it.each([
    ['http://10.0.0.7:8061', 'http://10.0.0.7:8061', true],
    ['http://10.0.0.7:8061/prefix', 'http://a.example, http://10.0.0.7:8061', true],
    ['http://10.0.0.7:8061', 'http://10.0.0.7:8061/', true],
    ['http://10.0.0.7', 'http://10.0.0.7:80', true],
    ['http://10.0.0.7:8062', 'http://10.0.0.7:8061', false],
    ['http://10.0.0.7', 'https://10.0.0.7', false],
    ['http://127.0.0.1:9', 'loopback', true],
    ['http://127.9.8.7:9', 'http://a.example,loopback', true],
    ['http://localhost:9', 'loopback', true],
    ['http://[::1]:9', ' loopback ', true],
    ['http://0x7f.1/', 'loopback', true],
    ['http://localhost.evil.example', 'loopback', false],
    ['http://127.0.0.1.evil.example', 'loopback', false],
    ['http://10.0.0.1', 'loopback', false],
    ['http://127.0.0.1', '*', false],
    ['http://127.0.0.1', undefined, false],
  ])('%s under %j: %j', (url, allowed, expected) => {
    expect(baseUrlFault(url, allowed) === null).toBe(expected)
  })

  it('quotes nothing of what it refuses', () => {
    expect(baseUrlFault('https://user:hunter2@api.example.com', '')).not.toContain('hunter2')
  })
})

it('originOf is what a credential is bound to', () => {
  expect(originOf(undefined)).toBe('')
  expect(originOf('https://API.example.com:443/v1')).toBe('https://api.example.com')
})
