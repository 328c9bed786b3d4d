// Claude on Vertex: whatever is asked, what is sent is what it takes there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../src/hub/error.ts'
import { Ledger } from '../../../src/hub/loss.ts'
import type { Call } from '../../../src/hub/provider.ts'
import { chatRequestOf } from '../../../src/hub/request.ts'
import { encode } from '../../../src/providers/vertex/call.ts'
import { ACCOUNT } from '../../account.ts'
import { body } from '../../laws/requests.ts'
import { accepted } from '../anthropic/accepted.ts'

const root = join(import.meta.dirname, '../../cases/vertex')
const MODEL = /models\/([^:@]+)/

/** The body as it would be sent to Claude's maker. */
function atHome(text: string, path: string): string {
  const { anthropic_version, ...rest }: Record<string, unknown> = JSON.parse(text)
  expect(anthropic_version).toBe('vertex-2023-10-16')
  expect(rest).not.toHaveProperty('model')
  return JSON.stringify({ model: MODEL.exec(path)?.[1], ...rest })
}

describe('the cases', () => {
  const sent = readdirSync(root)
    .filter((name) => name.startsWith('claude-'))
    .flatMap((name) =>
      readdirSync(join(root, name))
        .filter((file) => /^(?:sent.*|mended)\.json$/.test(file))
        .map((file) => [name, file] as const),
    )
    // Of a model that is not there nobody can say what it takes.
    .filter(([name]) => name !== 'claude-error-model')

  it.each(sent)('%s sends a body (%s) that the service would take', (name, file) => {
    const read = (one: string) => readFileSync(join(root, name, one), 'utf8')
    expect(accepted({ body: atHome(read(file), read('path.txt')), headers: {} })).toBeTruthy()
  })
})

describe('any request', () => {
  const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

  function sentFor(call: Call): Call {
    const urls = call.needs?.urls ?? []
    return call.needs?.with(new Map(urls.map(({ url }) => [url, { type: 'image/png', base64: PNG }]))) ?? call
  }

  it('goes without schemas, strict tools, addresses and ids of files', () => {
    fc.assert(
      fc.property(body, fc.constantFrom('claude-sonnet-4-5', 'claude-opus-5-5', 'claude-3-5-haiku'), (given, model) => {
        let call: Call
        try {
          call = sentFor(encode(chatRequestOf(given), model, new Ledger(false), ACCOUNT))
        } catch (thrown) {
          if (thrown instanceof GatewayError && thrown.status === 400) return
          throw thrown
        }
        const sent: { tools?: object[]; output_config?: object; messages: object[] } = JSON.parse(call.body)
        expect(call.needs).toBeUndefined()
        expect(call.headers).toEqual({})
        expect(sent.output_config ?? {}).not.toHaveProperty('format')
        for (const tool of sent.tools ?? []) expect(tool).not.toHaveProperty('strict')
        expect(JSON.stringify(sent.messages)).not.toMatch(/"source":\{"type":"(?:url|file)"/)
      }),
      { numRuns: 500 },
    )
  })
})
