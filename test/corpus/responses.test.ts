// Recorded answers in Responses, of whoever speaks them, through the relay of the pure core: bytes in are bytes out, and
// what is read in passing is what stands in them. What was asked is translated for providers that do not speak it.
import { afterAll, describe, expect, it } from 'vitest'
import { responses } from '../../src/dialects/index.ts'
import { GatewayError } from '../../src/hub/error.ts'
import { Ledger } from '../../src/hub/loss.ts'
import { providers } from '../../src/providers/index.ts'
import { RelayTranslator, relayedAnswer } from '../../src/relay.ts'
import { SseReader } from '../../src/wire/sse.ts'
import { ACCOUNT, SOMEBODY } from '../account.ts'
import { type Case, casesOf, listed } from './cases.ts'
import { runOf } from './core.ts'
import { Count } from './counts.ts'
import { byteByByte, frameEnds, randomCuttings, randomOf, SEED } from './cuts.ts'

const FOLDERS = [...new Set(listed(undefined, 'responses').map(({ provider }) => provider))]
const NATIVE = ['anthropic', 'gemini', 'bedrock', 'cohere', 'mistral', 'paddler', 'openai-compatible']
const read = responses.read({ model: 'any', input: 'x', stream: true })

function relay() {
  const tap = responses.tap(read)
  const renderer = responses.renderer({ request: read, created: 0, report: undefined })
  return { tap, translator: new RelayTranslator(tap, (error) => renderer.fail(error)) }
}

interface Told {
  readonly type?: string
  readonly response?: { readonly id: string; readonly usage?: Counts | null }
}
interface Counts {
  readonly input_tokens: number
  readonly output_tokens: number
}

const eventsIn = (bytes: Uint8Array) => {
  const reader = new SseReader()
  const events = [...reader.feed(bytes), ...reader.end()]
  return events.flatMap(({ data }): Told[] => (data === '[DONE]' ? [] : [JSON.parse(data)]))
}
const isEnd = ({ type = '' }: Told) => /^response\.(?:completed|incomplete|failed)$/.test(type)

function expectRelayed(one: Case): void {
  const { bytes } = one
  const text = Buffer.from(bytes).toString('latin1')
  const events = eventsIn(bytes)
  const last = events.find(isEnd)
  const first = relay()
  const out = runOf(first.translator, [bytes])
  expect(out.startsWith(text)).toBe(true)
  // What ends without its last event is told as torn.
  expect(out === text).toBe(last !== undefined)
  expect(first.translator.failed).toBe(last?.type !== 'response.completed' && last?.type !== 'response.incomplete')
  const { input_tokens, output_tokens } = last?.response?.usage ?? {}
  expect([first.tap.usage?.prompt_tokens, first.tap.usage?.completion_tokens]).toEqual([input_tokens, output_tokens])
  for (const pieces of [...randomCuttings(bytes, 30, randomOf(SEED)), byteByByte(bytes)]) {
    const { tap, translator } = relay()
    expect(runOf(translator, pieces)).toBe(out)
    expect(tap.usage).toEqual(first.tap.usage)
  }
  for (const end of frameEnds(one).slice(0, 40)) {
    const part = bytes.subarray(0, end)
    const { translator } = relay()
    const said = runOf(translator, [part])
    if (eventsIn(part).some(isEnd)) continue
    expect(translator.failed).toBe(true)
    // The service's own error says enough.
    if (!eventsIn(part).some(({ type }) => type === 'error')) expect(said).toContain('upstream_truncated')
  }
}

function expectSameAnswer({ bytes }: Case): void {
  const tap = responses.tap(read)
  const { body, usage } = relayedAnswer(bytes, tap, undefined)
  expect(body).toEqual(bytes)
  const told: { usage?: Counts } = JSON.parse(new TextDecoder().decode(bytes))
  expect([usage?.prompt_tokens, usage?.completion_tokens]).toEqual([
    told.usage?.input_tokens,
    told.usage?.output_tokens,
  ])
  expect(tap.whole).toBe(true)
}

function expectRefused({ bytes, status, headers }: Case): void {
  const body = new TextDecoder().decode(bytes)
  const error = providers.get('openai')?.refuse({ status, headers, body }, 'openai', undefined)
  const told: { error: { message: string } } = JSON.parse(body)
  expect(error?.status).toBeGreaterThanOrEqual(400)
  if (status !== 401) expect(error?.message).toBe(told.error.message)
}

/** A request is sent, or refused by a name that its client knows. */
function expectTranslated(asked: object): void {
  for (const name of NATIVE) {
    const provider = providers.get(name)
    try {
      const read = responses.read(asked)
      const request = read.origin?.translate?.(SOMEBODY) ?? read
      const ledger = new Ledger(false, request.origin?.pathOf)
      const { body } = provider?.chat?.encode(request, 'any', ledger, ACCOUNT) ?? expect.unreachable()
      expect(() => JSON.parse(body)).not.toThrow()
      for (const { path } of ledger.losses) expect(path).not.toMatch(/^messages|\.function\b/)
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown
      expect(thrown.status).toBeLessThan(500)
    }
  }
}

describe.skipIf(FOLDERS.length === 0)(`recorded Responses, seed ${SEED}`, () => {
  describe.each(FOLDERS)('%s', (folder) => {
    const cases = casesOf(folder, 'responses')
    const count = new Count(folder, 'core', 'all', 'responses')
    afterAll(() => count.tell())

    it.each(cases)('$name', (one) => {
      if (one.status >= 400) expectRefused(one)
      else if (one.stream) expectRelayed(one)
      else expectSameAnswer(one)
      if (typeof one.request === 'object' && one.request !== null) expectTranslated(one.request)
      count.ran(one.name)
    })
  })
})
