// The service names the field at fault in its own spelling; the client knows the one it sent.
import { fields } from './fields.ts'
import type { Plan } from './plan.ts'
import type { MessagesBody } from './wire.ts'

const RENAMED: Readonly<Record<string, string>> = {
  stop_sequences: 'stop',
  system: 'messages',
  thinking: 'reasoning_effort',
  metadata: 'user',
}

/** The client's field for a path such as `messages.3.content.0` or `max_tokens`; undefined when there is none. */
export function paramOf(path: string, plan: Plan, body: MessagesBody): string | undefined {
  const [head = '', ...rest] = path.split('.')
  switch (head) {
    case 'messages': {
      const turn = body.messages[Number(rest[0])]
      const block = rest[1] === 'content' ? turn?.content[Number(rest[2])] : turn?.content[0]
      return (block && plan.origins.get(block)) ?? 'messages'
    }
    case 'tools':
      return plan.request.tools ? `tools[${rest[0]}]` : `functions[${rest[0]}]`
    case 'max_tokens':
      return plan.request.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
    case 'output_config':
      return rest[0] === 'effort' ? 'reasoning_effort' : 'response_format'
    default:
      return RENAMED[head] ?? (Object.hasOwn(fields, head) ? head : undefined)
  }
}
