// The service names the field at fault in its own spelling; the client knows the one it sent.
import type { ChatFields } from '../../hub/request.ts'
import { extensions, fields } from './fields.ts'

/** Words for parts of a field. */
const PARTS: Readonly<Record<string, string>> = {
  message: 'messages',
  json_schema: 'response_format',
  token_budget: 'thinking',
}

/** The client's field for one of the service's; undefined when there is none. The table says what is written where. */
export function paramOf(word: string, asked: ChatFields): string | undefined {
  const name = (Object.hasOwn(PARTS, word) ? PARTS[word] : undefined) ?? word
  const rows = Object.entries(fields).filter(([field]) => Object.hasOwn(asked, field))
  const [found] =
    rows.find(([field]) => field === name) ?? rows.find(([, { to }]) => to.some((one) => one === name)) ?? []
  return found ?? (Object.hasOwn(extensions, name) ? name : undefined)
}
