// Lines as the service writes them, and what is read out of them.
import type { Delta } from '../../../src/hub/delta.ts'
import { NO_HEADERS } from '../../account.ts'
import { encoded, type Fields } from './accepted.ts'

const response = (value: unknown): object => ({
  Response: { generated_by: 'agent-1', request_id: 'x1', response: value },
})
export const token = (value: unknown): object => response({ GeneratedToken: value })
export const content = (text: string): object => token({ ContentToken: text })
export const called = (...calls: object[]): object => token({ ToolCallParsed: calls })
export const find = (id: string, args: unknown = { ValidJson: { q: 'cat' } }): object => ({
  id,
  name: 'find',
  arguments: args,
})

export const USED = {
  prompt_tokens: 9,
  cached_prompt_tokens: 2,
  input_image_tokens: 3,
  input_audio_tokens: 1,
  content_tokens: 4,
  reasoning_tokens: 5,
  tool_call_tokens: 6,
  undeterminable_tokens: 7,
}
export const done = (usage: object = USED, more: object = {}): object => token({ Done: { usage, ...more } })
export const refused = (code: unknown, description?: unknown): object => ({
  Error: { request_id: 'x2', error: { code, description } },
})
export const instead = (value: unknown): object => response(value)

/** The deltas of each line, up to where nobody reads on. Text that is no object is a line as it stands. */
export function read(lines: readonly (object | string)[], fields: Fields = {}, version?: string): Delta[] {
  const reader = encoded(fields, version).reader(NO_HEADERS)
  const out: Delta[] = []
  for (const [i, line] of lines.entries()) {
    if (reader.done) break
    const data = typeof line === 'string' ? line : JSON.stringify(line)
    out.push(...reader.read({ event: '', data }, i === lines.length - 1 && typeof line === 'string'))
  }
  return out
}
