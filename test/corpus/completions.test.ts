// Recorded answers of OpenAI's older endpoint: bytes that are relayed pass, those that are read and written anew say what
// OpenAI's client reads in them, however they are cut.
import { afterAll, describe, expect, it } from 'vitest'
import { whole } from '../../src/answers.ts'
import { completions } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { Call } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { RelayTranslator, relayedAnswer } from '../../src/relay.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { ACCOUNT } from '../account.ts'
import { type Case, casesOf, listed } from './cases.ts'
import { readingOf } from './completions-client.ts'
import { runOf } from './core.ts'
import { Count } from './counts.ts'
import { byteByByte, everySplit, randomCuttings, randomOf, SEED, SMALL } from './cuts.ts'

const folders = [...new Set(listed(undefined, 'completions').map(({ provider }) => provider))]

function contextOf(stream: boolean, natively: boolean): AnswerContext {
  const read = completions.read({ model: 'm', prompt: 'Once', ...(stream && { stream }) })
  const vllm = providers.get('vllm')
  const request = natively && vllm?.chat ? (read.origin?.translate?.(vllm.chat) ?? read) : read
  return { request, created: 0, report: undefined }
}

function relay() {
  const context = contextOf(true, false)
  const tap = completions.tap(context.request)
  return { tap, translator: new RelayTranslator(tap, (error) => completions.renderer(context).fail(error)) }
}

/** The call of a service that has the endpoint, whose answers are written anew. */
function callOf(provider: string, stream: boolean): { call: Call; context: AnswerContext } {
  const context = contextOf(stream, true)
  const call = providers.get(provider)?.chat?.encode(context.request, 'm', new Ledger(false), ACCOUNT)
  if (!call) throw new Error(`The provider ${provider} is not known.`)
  return { call, context }
}

const noMore = () => Promise.reject(new Error('Nothing pauses here.'))

function transcoder() {
  const { call, context } = callOf('openai-compatible', true)
  return new Transcoder(new Joint(completions.renderer(context), 1), call.reader(new Headers()), 0, 1, noMore)
}

function* cuttingsOf(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield* bytes.length <= SMALL ? everySplit(bytes) : randomCuttings(bytes, 200, randomOf(SEED))
  yield byteByByte(bytes)
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

describe.skipIf(folders.length === 0)(`recorded completions, seed ${SEED}`, () => {
  describe.each(folders)('of %s', (folder) => {
    const count = new Count(folder, 'core', 'all', 'completions')
    afterAll(() => count.tell())
    it.each(casesOf(folder, 'completions'))('$name', async (one) => {
      await (one.stream ? expectSameStream(one) : expectSameAnswer(one))
      count.ran(one.name)
    })
  })
})

/** What is relayed passes; what is written anew says the same. */
async function expectSameStream({ bytes }: Case): Promise<void> {
  const { tap, translator } = relay()
  const passed = runOf(translator, [bytes])
  const theirs = await readingOf(bytes, true)
  expect(translator.failed).toBe(theirs.failed || theirs.reason === null)
  expect(tap.error ? textOf(bytes).startsWith(passed) : passed === textOf(bytes)).toBe(true)
  expect(tap.usage ?? null).toEqual(theirs.usage)
  const anew = runOf(transcoder(), [bytes])
  // Usage comes only to who asks for it.
  expect({ ...(await readingOf(anew, true)), usage: null }).toEqual({ ...theirs, usage: null })
  for (const pieces of cuttingsOf(bytes)) {
    expect(runOf(relay().translator, pieces)).toBe(passed)
    expect(runOf(transcoder(), pieces)).toBe(anew)
  }
}

async function expectSameAnswer({ bytes, provider }: Case): Promise<void> {
  const theirs = await readingOf(bytes, false)
  const tap = completions.tap(contextOf(false, false).request)
  expect(relayedAnswer(bytes, tap, undefined).body).toEqual(bytes)
  const { call, context } = callOf(provider, false)
  const { body } = await whole([{ call, response: new Response(bytes) }], completions, context, noMore)
  const ours = await readingOf(JSON.stringify(body), false)
  expect({ ...ours, usage: theirs.usage }).toEqual({ ...theirs, reason: theirs.reason ?? 'stop' })
  expect(body).toMatchObject({ id: expect.stringMatching(/^cmpl-/), object: 'text_completion' })
}
