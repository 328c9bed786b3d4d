// Recorded answers of Anthropic's through the pure core: what OpenAI's client reads of ours is what Anthropic's client
// reads of theirs, however the bytes are cut.
import { expect, it } from 'vitest'
import { readStreamed } from './agreement.ts'
import { readByAnthropic } from './anthropic-client.ts'
import { anthropic } from './anthropic-subject.ts'
import { wholeOf } from './core.ts'
import type { Ignored } from './ignored.ts'
import { readWhole } from './openai-client.ts'
import { alike, differences } from './reading.ts'
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
  },
})

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
