// The dialects that the playground speaks, in the order in which it offers them. Those that this Worker does not serve
// are left out: the build says which paths it has.
import { chat } from './chat.ts'
import { completions } from './completions.ts'
import type { Dialect } from './dialect.ts'
import { messages } from './messages.ts'
import { responses } from './responses.ts'

/** @param served the Worker's paths. */
export function dialectsOf(served: readonly string[]): readonly Dialect[] {
  return [chat, responses, messages, completions].filter(({ path }) => served.includes(path))
}
