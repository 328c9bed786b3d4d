// Recorded answers of Cohere's through the pure core: what OpenAI's client reads of ours is what Cohere's client reads of
// theirs, however the bytes are cut.
import type { End } from './agreement.ts'
import type { Case } from './cases.ts'
import { readByCohere } from './cohere-client.ts'
import { replay } from './suite.ts'

/** Behind the event that ends a stream. */
function endOf({ bytes }: Case): End | undefined {
  const text = Buffer.from(bytes).toString('latin1')
  const last = /^data: ?\{(?=.*"type": ?"message-end").*\}/m.exec(text)
  return last ? { behind: last.index + last[0].length } : undefined
}

replay('cohere', { read: readByCohere, endOf })
