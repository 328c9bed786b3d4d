import { exports } from 'cloudflare:workers'
import { expect, it } from 'vitest'

it('answers /healthz', async () => {
  const answer = await exports.default.fetch('http://dragoman.test/healthz')
  expect(answer.status).toBe(200)
})
