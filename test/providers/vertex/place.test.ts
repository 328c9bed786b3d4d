// Hosts and paths, by what the slot says.
import { describe, expect, it } from 'vitest'
import type { Account } from '../../../src/hub/provider.ts'
import { baseUrl, isExpress, needs, placeOf } from '../../../src/providers/vertex/place.ts'

const slot = (more: Partial<Account>): Account => ({ name: 'main', credential: 'ya29.t', ...more })

describe('the host', () => {
  it.each([
    ['us-central1', 'https://us-central1-aiplatform.googleapis.com'],
    ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com'],
    ['global', 'https://aiplatform.googleapis.com'],
    ['us', 'https://aiplatform.us.rep.googleapis.com'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
    [undefined, 'https://aiplatform.googleapis.com'],
  ])('of %s is %s', (location, host) => {
    expect(baseUrl(slot({ ...(location !== undefined && { location }) }))).toBe(host)
  })

  it('of an API key is the same everywhere', () => {
    expect(baseUrl(slot({ credential: 'AIzaSyA', location: 'us-central1' }))).toBe('https://aiplatform.googleapis.com')
  })
})

describe('the place', () => {
  it("is the slot's project and location", () => {
    expect(placeOf(slot({ project: 'p', location: 'eu' }))).toBe('/v1/projects/p/locations/eu')
    expect(placeOf(slot({ project: 'p', location: 'eu', baseUrl: 'https://proxy.example' }))).toBe(
      '/v1/projects/p/locations/eu',
    )
    expect(placeOf(slot({ project: 'example.com:p' }))).toBe('/v1/projects/example.com%3Ap/locations/global')
  })

  it('is in the project of the key file, unless the slot names one', () => {
    const credential = { client_email: 'a@b', private_key: 'k', project_id: 'own' }
    expect(placeOf(slot({ credential, location: 'us' }))).toBe('/v1/projects/own/locations/us')
    expect(placeOf(slot({ credential, location: 'us', project: 'p' }))).toBe('/v1/projects/p/locations/us')
  })

  it.each([[{}], [{ credential: { client_email: 'a@b', private_key: 'k' } }], [{ credential: { project_id: 5 } }]])(
    'is nowhere for %j',
    (more) => {
      expect(() => placeOf(slot(more))).toThrow(
        expect.objectContaining({ code: 'not_configured', message: "Slot 'main' has no project." }),
      )
    },
  )
})

describe('an API key', () => {
  it.each([
    ['AIzaSyA', undefined, true],
    ['AIzaSyA', 'p', true],
    ['AQ.Ab8R', 'p', true],
    ['some-key', undefined, true],
    ['some-token', 'p', false],
    ['ya29.t', undefined, false],
    [{ client_email: 'a@b', private_key: 'k' }, undefined, false],
    [undefined, undefined, false],
  ])('is told from %j with the project %s: %s', (credential, project, express) => {
    const account = { ...(credential !== undefined && { credential }), ...(project !== undefined && { project }) }
    expect(isExpress(account)).toBe(express)
  })
})

describe('a slot needs', () => {
  it.each([
    ['ya29.t', ['location', 'project']],
    ['AIzaSyA', []],
    ['some-key', []],
    [undefined, ['location', 'project']],
    [{ client_email: 'a@b', private_key: 'k' }, ['location', 'project']],
    [{ client_email: 'a@b', private_key: 'k', project_id: 'p' }, ['location']],
  ])('for %j: %j', (credential, fields) => {
    expect(needs(credential)).toEqual(fields)
  })
})
