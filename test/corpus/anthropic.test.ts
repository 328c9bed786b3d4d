// Recorded answers of Anthropic's through the pure core: what OpenAI's client reads of ours is what Anthropic's client
// reads of theirs, however the bytes are cut.
import { expect, it } from 'vitest'
import { readStreamed } from './agreement.ts'
import { readByAnthropic } from './anthropic-client.ts'
import { anthropic } from './anthropic-subject.ts'
import type { Case } from './cases.ts'
import { wholeOf } from './core.ts'
import type { Ignored } from './ignored.ts'
import { readWhole } from './openai-client.ts'
import { alike, canonical, differences, type Outcome } from './reading.ts'
import { replay } from './suite.ts'

const ignored: readonly Ignored[] = [
  {
    name: /\(replayed\)$/,
    field: 'calls',
    example: 'anthropic-sdk-python.incomplete-partial-json-response',
    where: ({ expected }) => (expected as { arguments: string }[]).some((call) => !isJson(call.arguments)),
    reason:
      'The token limit cut the arguments. The client mends them when it folds the stream, so that they cannot be asked ' +
      'for again as they came; as a stream they are compared to the letter.',
  },
]

replay('anthropic', {
  ...anthropic,
  ignored,
  more(cases, excuses) {
    const streams = cases.filter(({ stream }) => stream)

    it.each(streams)('$name (replayed)', async (one) => {
      const theirs = await readByAnthropic(one)
      if (!('read' in theirs)) return
      // What the client folds from the stream is the answer as it would have come whole, but for a part of its usage,
      // which the client leaves out.
      const { message, events } = theirs.read
      const last = events.findLast((event) => event.type === 'message_delta')
      const answer = { ...message, usage: { ...message.usage, ...withoutNulls(last?.usage) } }
      const whole = await wholeOf({ ...one, bytes: Buffer.from(JSON.stringify(answer)) })
      const found = differences(alike(await readStreamed(one)), alike(await readWhole(whole)))
      expect(excuses.unexcused(`${one.name} (replayed)`, found)).toEqual([])
    })

    it.each(twins(cases))('$name is the same reply, streamed and whole', async ({ chunks, json }) => {
      const [a, b] = await Promise.all([readByAnthropic(chunks), readByAnthropic(json)])
      const [ours, theirs] = [await readStreamed(chunks), await readWhole(await wholeOf(json))]
      const contents = [a, b].map((one) => 'read' in one && canonical(one.read.message.content))
      // Most were recorded one after the other: other answers to the same question.
      if (contents[0] !== contents[1]) return
      expect(shape(ours)).toEqual(shape(theirs))
    })
  },
})

/** The same without what names the one answer. */
function shape(outcome: Outcome): object {
  const one = alike(outcome)
  if (!('said' in one)) return one
  const { id: _id, model: _model, usage: _usage, ...rest } = one.said
  return rest
}

function withoutNulls(usage: object | undefined): object {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Pairs of a stream and a whole answer that were recorded together. */
function twins(cases: readonly Case[]): { name: string; chunks: Case; json: Case }[] {
  return cases.flatMap((chunks) => {
    const name = chunks.name.replace(/\.chunks$/, '')
    const json = cases.find((one) => one.name === `${name}.json`)
    return json && name !== chunks.name ? [{ name, chunks, json }] : []
  })
}
