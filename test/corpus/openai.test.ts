// Recorded answers of OpenAI's through the relay of the pure core: bytes in are bytes out, and what the gateway reads
// in passing is what OpenAI's client reads.
import { afterAll, describe, expect, it } from 'vitest'
import { relayedAnswer } from '../../src/relay.ts'
import { type Case, casesOf, kindredStreams, listed } from './cases.ts'
import { refusalOf, relay, runOf } from './core.ts'
import { Count } from './counts.ts'
import { byteByByte, everySplit, frameEnds, randomCuttings, randomOf, SEED, SMALL } from './cuts.ts'
import { Excuses } from './ignored.ts'
import { countsIn, readChunks, readWhole } from './openai-client.ts'
import { differences } from './reading.ts'

const PROVIDER = 'openai'
const excuses = new Excuses([
  {
    name: /^ai\.openai-error/,
    field: 'status',
    example: 'ai.openai-error-1.json',
    where: ({ expected, actual }) => expected === 400 && actual === 429,
    reason:
      'An empty account, recorded with 400. Clients know it as 429 `insufficient_quota`, which is what the service itself ' +
      'answers and what the gateway makes of it whatever its status.',
  },
])
const present = listed(PROVIDER).length > 0

describe.skipIf(!present)(`recorded answers of ${PROVIDER}, seed ${SEED}`, () => {
  const cases = casesOf(PROVIDER)
  const count = new Count(PROVIDER, 'core')
  console.log(`corpus ${PROVIDER}: seed ${SEED}`)
  afterAll(() => count.tell())

  it.each(cases)('$name', async (one) => {
    if (one.stream) await expectRelayed(one)
    else if (one.status < 400) await expectSameAnswer(one)
    else await expectSameRefusal(one)
    count.ran(one.name)
  })

  it('lets no difference pass that there is not', () => {
    expect(excuses.stale(cases.map(({ name }) => name))).toEqual([])
  })
})

// OpenAI's own chat streams are not in every set of recordings, and the relay is the same for all.
const kindred = kindredStreams(PROVIDER)
describe.skipIf(kindred.length === 0)(`recorded streams in OpenAI's format, seed ${SEED}`, () => {
  it.each(kindred)('$provider: $name', (one) => expectRelayed(one))
})

async function expectSameAnswer({ bytes }: Case): Promise<void> {
  const { tap } = relay()
  const { body, usage } = relayedAnswer(bytes, tap, undefined)
  expect(body).toEqual(bytes)
  const read = await readWhole({ status: 200, body: bytes })
  expect('said' in read && read.said.usage).toEqual(countsIn(usage))
  expect(tap.whole).toBe(true)
}

async function expectSameRefusal(one: Case): Promise<void> {
  const theirs = await readWhole({ status: one.status, body: one.bytes })
  if (!('failed' in theirs)) return expect.fail('A refusal was read as an answer.')
  // What is said of the operator's credential is said in our own words.
  const ours = one.status === 401 || one.status === 403
  const expected = { failed: { ...theirs.failed, ...(ours && { message: undefined }) } }
  const found = differences(expected, await readWhole(refusalOf(one)))
  expect(excuses.unexcused(one.name, found)).toEqual([])
}

async function expectRelayed(one: Case): Promise<void> {
  const { bytes } = one
  const read = await readChunks(bytes)
  const first = relay()
  const out = runOf(first.translator, [bytes])
  const text = Buffer.from(bytes).toString('latin1')
  expect(first.translator.failed).toBe(read.failed || !isWhole(read.chunks))
  if (first.tap.error) {
    // It ends with the service's own error event.
    expect(text.startsWith(out)).toBe(true)
    expect(out).toMatch(/"error"[^\n\r]*[\n\r]+$/)
  } else if (first.translator.failed) {
    expect(out).toBe(withoutEnd(text) + TRUNCATED)
  } else expect(out).toBe(text)
  // A sum that the service leaves out is made; all the rest is as the client reads it.
  const counts = countsIn(first.tap.usage)
  expect(counts).toEqual({
    ...countsIn(read.chunks.findLast((chunk) => chunk.usage)?.usage),
    ...('total_tokens' in counts && { total_tokens: counts.total_tokens }),
  })

  const cuttings = bytes.length <= SMALL ? everySplit(bytes) : randomCuttings(bytes, 200, randomOf(SEED))
  for (const pieces of [...cuttings, byteByByte(bytes)]) {
    const { tap, translator } = relay()
    const again = runOf(translator, pieces)
    if (again === out && translator.failed === first.translator.failed && tap.usage) continue
    expect(again, `cut into ${pieces.map(({ length }) => length).join(' + ')}`).toBe(out)
    expect([translator.failed, tap.usage]).toEqual([first.translator.failed, first.tap.usage])
  }
  for (const end of frameEnds(one)) await expectTornIsTold(bytes.subarray(0, end))
}

const TRUNCATED =
  'data: {"error":{"message":"The provider ended the answer before it was whole.","type":"server_error","param":null,"code":"upstream_truncated"}}\n\n'

/** A body that ends between two events is whole only if every choice has a finish. */
async function expectTornIsTold(bytes: Uint8Array): Promise<void> {
  const { chunks, failed } = await readChunks(bytes)
  const { translator, tap } = relay()
  const out = runOf(translator, [bytes])
  if (failed || tap.error) return expect(translator.failed).toBe(true)
  const text = Buffer.from(bytes).toString('latin1')
  // Before the first event there is no answer, whatever comments came.
  const passed = chunks.length === 0 ? '' : withoutEnd(text)
  expect(out).toBe(isWhole(chunks) ? text : passed + TRUNCATED)
  expect(translator.failed).toBe(!isWhole(chunks))
}

type Chunks = Awaited<ReturnType<typeof readChunks>>['chunks']

function isWhole(chunks: Chunks): boolean {
  const finished = new Map<number, boolean>()
  for (const { choices } of chunks) {
    for (const { index, finish_reason } of choices ?? []) {
      finished.set(index, finished.get(index) === true || Boolean(finish_reason))
    }
  }
  return finished.size > 0 && [...finished.values()].every((done) => done)
}

/** An end without a finish does not pass: clients stop reading there, and would take the answer for whole. */
function withoutEnd(text: string): string {
  return text.replace(/data: ?\[DONE\]\s*$/, '')
}
