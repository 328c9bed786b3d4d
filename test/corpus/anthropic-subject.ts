// Anthropic's answers, for the comparison: what its own client reads of them, and how its streams end.
import type { Subject } from './agreement.ts'
import { readByAnthropic } from './anthropic-client.ts'
import { expectedOf } from './anthropic-expected.ts'

export const anthropic: Subject = {
  async read(one) {
    const theirs = await readByAnthropic(one)
    return 'unread' in theirs ? theirs : expectedOf(theirs)
  },
  /** Behind the event that ends a stream, whole or with an error. */
  endOf({ bytes }) {
    const text = Buffer.from(bytes).toString('latin1')
    const last = /^data: ?\{"type": ?"(?:message_stop|error)".*\}/m.exec(text)
    return last ? { behind: last.index + last[0].length } : undefined
  },
}
