// The one order of messages that is taken: instructions, then the user's and the model's turns, one after the other.
// https://docs.perplexity.ai/api-reference/chat-completions-post
import { emulated, type Note } from '../../hub/support.ts'
import { flattened, HISTORY } from '../openai-compatible/history.ts'
import type { Arranging, Body } from '../openai-compatible/like.ts'

const HOISTED = emulated('Instructions stand before the conversation.')
const USER_FIRST = emulated("The user's turn has to be first: one of a single full stop is put in front.")
const USER_LAST = emulated("The user's turn has to be last: 'Continue.' is said.")

export const NOTES: readonly Note[] = [HISTORY, HOISTED, USER_FIRST, USER_LAST]

/** Messages by turns: those of one role that follow each other are one. */
export function alternating(messages: readonly Body[], { lose }: Arranging): Body[] {
  const begun = messages.findIndex(({ role }) => role !== 'system')
  messages.forEach(({ role }, i) => {
    if (role === 'system' && begun >= 0 && i > begun) lose(HOISTED, { path: `messages[${i}]` })
  })
  const flat = flattened(messages, { lose })
  const instructions = merged(flat.filter(({ role }) => role === 'system'))
  const turns = merged(flat.filter(({ role }) => role !== 'system'))
  // Where there is nothing else, the instructions are what is asked.
  if (turns.length === 0) return instructions.map((one) => ({ ...one, role: 'user' }))
  if (turns[0]?.role === 'assistant') {
    lose(USER_FIRST, { path: 'messages' })
    turns.unshift({ role: 'user', content: '.' })
  }
  if (turns.at(-1)?.role === 'assistant') {
    lose(USER_LAST, { path: 'messages' })
    turns.push({ role: 'user', content: 'Continue.' })
  }
  return [...instructions, ...turns]
}

function merged(messages: readonly Body[]): Body[] {
  const out: Body[] = []
  for (const message of messages) {
    const last = out.at(-1)
    if (last && last.role === message.role) last.content = joined(last.content, message.content)
    else out.push({ ...message })
  }
  return out
}

function joined(a: unknown, b: unknown): unknown {
  if (typeof a === 'string' && typeof b === 'string') return [a, b].filter((text) => text !== '').join('\n\n')
  return [a, b].flatMap((one) => (Array.isArray(one) ? one : one ? [{ type: 'text', text: one }] : []))
}
