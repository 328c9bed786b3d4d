// Recorded answers of OpenAI's older endpoint: bytes that are relayed pass, those that are read and written anew say what
// OpenAI's client reads in them, however they are cut.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { CORPUS, servedBy } from '../../scripts/corpus-count.ts'
import { whole } from '../../src/answers.ts'
import { completions } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { Call } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { RelayTranslator, relayedAnswer } from '../../src/relay.ts'
import { Joint, Transcoder } from '../../src/transcode.ts'
import { ACCOUNT } from '../account.ts'
import { runOf } from './core.ts'
import { byteByByte, everySplit, randomCuttings, randomOf, SEED, SMALL } from './cuts.ts'

interface Recorded {
  readonly name: string
  readonly provider: string
  readonly kind: string
  readonly stream: boolean
}

const index = join(CORPUS, 'index.json')
const cases = existsSync(index)
  ? (JSON.parse(readFileSync(index, 'utf8')) as Recorded[]).filter(({ kind }) => kind === 'completions')
  : []

function bytesOf({ provider, name }: Recorded): Uint8Array {
  const folder = join(CORPUS, provider, name)
  const { responseFile } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as { responseFile: string }
  return new Uint8Array(readFileSync(join(folder, responseFile)))
}

function contextOf(stream: boolean, natively: boolean): AnswerContext {
  const read = completions.read({ model: 'm', prompt: 'Once', ...(stream && { stream }) })
  const vllm = providers.get('vllm')
  const request = natively && vllm?.chat ? (read.origin?.translate?.(vllm.chat) ?? read) : read
  return { request, created: 0, report: undefined }
}

/** What the official client reads: the text, why it ended, what it used. */
async function readingOf(bytes: Uint8Array | string, stream: boolean) {
  const type = stream ? 'text/event-stream' : 'application/json'
  const fetch = async () => new Response(bytes, { headers: { 'content-type': type } })
  const client = new OpenAI({ apiKey: 'none', maxRetries: 0, logLevel: 'off', fetch })
  const body = { model: 'any', prompt: 'Once' }
  const said = { text: '', reason: null as string | null, usage: null as unknown, failed: false }
  const take = ({ choices = [], usage }: Partial<OpenAI.Completion>) => {
    for (const { text, finish_reason } of choices) {
      said.text += text
      said.reason = finish_reason ?? said.reason
    }
    said.usage = usage ?? said.usage
  }
  try {
    if (!stream) take(await client.completions.create(body))
    else for await (const chunk of await client.completions.create({ ...body, stream: true })) take(chunk)
  } catch {
    said.failed = true
  }
  return said
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

describe.skipIf(cases.length === 0)(`recorded completions, seed ${SEED}`, () => {
  const streams = cases.filter(({ stream }) => stream)
  it.each(streams)('$provider: $name passes as it is', async (one) => {
    const bytes = bytesOf(one)
    const { tap, translator } = relay()
    const out = runOf(translator, [bytes])
    const theirs = await readingOf(bytes, true)
    expect(translator.failed).toBe(theirs.failed || theirs.reason === null)
    expect(tap.error ? textOf(bytes).startsWith(out) : out === textOf(bytes)).toBe(true)
    expect(tap.usage ?? null).toEqual(theirs.usage)
    for (const pieces of cuttingsOf(bytes)) expect(runOf(relay().translator, pieces)).toBe(out)
  })

  it.each(streams)('$provider: $name says the same, written anew', async (one) => {
    const bytes = bytesOf(one)
    const out = runOf(transcoder(), [bytes])
    const [theirs, ours] = [await readingOf(bytes, true), await readingOf(out, true)]
    // Usage comes only to who asks for it.
    expect({ ...ours, usage: null }).toEqual({ ...theirs, usage: null })
    for (const pieces of cuttingsOf(bytes)) expect(runOf(transcoder(), pieces)).toBe(out)
  })

  it.each(cases.filter(({ stream }) => !stream))('$provider: $name', async (one) => {
    const bytes = bytesOf(one)
    const theirs = await readingOf(bytes, false)
    const tap = completions.tap(contextOf(false, false).request)
    expect(relayedAnswer(bytes, tap, undefined).body).toEqual(bytes)
    const { call, context } = callOf(servedBy(one.provider), false)
    const { body } = await whole([{ call, response: new Response(bytes) }], completions, context, noMore)
    const ours = await readingOf(JSON.stringify(body), false)
    expect({ ...ours, usage: theirs.usage }).toEqual({ ...theirs, reason: theirs.reason ?? 'stop' })
    expect(body).toMatchObject({ id: expect.stringMatching(/^cmpl-/), object: 'text_completion' })
  })
})
