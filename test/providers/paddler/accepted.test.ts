// Whatever a client asks for, the service would take what is sent, or the client is told what cannot be sent.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import type { Media } from '../../../src/hub/provider.ts'
import { extensions, fields } from '../../../src/providers/paddler/fields.ts'
import { body } from '../../laws/requests.ts'
import { accepted, encoded } from './accepted.ts'

const PNG: Media = { type: 'image/png', base64: 'iVBORw0KGgo=' }

/** What the table lists for the field that a path begins with. */
function listed(path: string): readonly { readonly kind: string; readonly reason: string }[] {
  const row = new Map(Object.entries({ ...extensions, ...fields })).get(/^[^.[]*/.exec(path)?.[0] ?? '')
  return [...(row?.may ?? []), { kind: 'dropped', reason: 'No such field upstream.' }]
}

it.each(['2.1', '3.0', '3.1', '4.0'])('what is sent is accepted by version %s', (version) => {
  let sent = 0
  let all = 0
  fc.assert(
    fc.property(body, (request) => {
      all++
      try {
        const ledger = new Ledger(false)
        const call = encoded(request, version, ledger)
        accepted(call, version)
        for (const { path, kind, reason } of ledger.losses) {
          expect(listed(path)).toContainEqual(expect.objectContaining({ kind, reason }))
        }
        const { urls = [], with: complete } = call.needs ?? {}
        const whole = complete?.(new Map(urls.map(({ url }) => [url, PNG]))) ?? call
        const images = accepted(whole, version).conversation_history.flatMap(({ content }) =>
          typeof content === 'string' ? [] : content.filter(({ type }) => type === 'image_url'),
        )
        for (const image of images) {
          expect(image).toMatchObject({ image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) } })
        }
        sent++
      } catch (thrown) {
        if (!(thrown instanceof GatewayError)) throw thrown
        expect(thrown.status).toBe(400)
      }
    }),
    { numRuns: 400 },
  )
  // Requests that are refused test little.
  expect(sent / all).toBeGreaterThan(0.4)
})
