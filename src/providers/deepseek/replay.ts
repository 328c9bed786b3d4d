// What was thought in earlier turns: https://api-docs.deepseek.com/guides/thinking_mode#multi-turn-conversation
import type { Arranging, Body } from '../openai-compatible/like.ts'
import { recalls, thinks } from './thinking.ts'

/**
 * The newest models want what they thought on every turn of theirs, those before them only since the last question (the
 * oldest refuse the rest). What the client has lost is an empty text.
 */
export function replayed(messages: readonly Body[], { model, request }: Arranging): Body[] {
  const always = recalls(model)
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  return messages.map((message, i) => {
    if (message.role !== 'assistant') return { ...message }
    const { reasoning_content: thought, ...rest } = message
    const wanted = always || (i > asked && thinks(model, request))
    return wanted ? { ...rest, reasoning_content: thought ?? '' } : rest
  })
}
