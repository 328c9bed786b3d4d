// What results of tools show, in messages of their own: those of tools hold text alone.
import type { Part } from '../../../schemas/chat.ts'
import type { Lose } from '../../hub/support.ts'
import type { Body } from './like.ts'

interface Apart {
  readonly messages: Body[]
  /** The place of each of them, or of the result that it belongs to, in what was given. */
  readonly from: readonly number[]
}

export function apart(given: readonly Body[]): Apart {
  const messages: Body[] = []
  const from: number[] = []
  let media: Part[] = []
  const put = (message: Body, i: number) => {
    messages.push(message)
    from.push(i)
  }
  const show = (i: number) => {
    if (media.length > 0) put({ role: 'user', content: media }, i)
    media = []
  }
  for (const [i, message] of given.entries()) {
    if (message.role !== 'tool') show(i - 1)
    const { content } = message
    if (message.role !== 'tool' || !Array.isArray(content)) {
      put(message, i)
      continue
    }
    const texts = content.flatMap((part: Part) => (part.type === 'text' ? part.text : []))
    media.push(...content.filter((part: Part) => part.type !== 'text'))
    put({ ...message, content: texts.join('\n') }, i)
  }
  show(given.length - 1)
  return { messages, from }
}

/** Tells losses by the places of what was given. */
export function relocated(lose: Lose, from: readonly number[]): Lose {
  return (note, at) => {
    const path = at?.path?.replace(/^messages\[(\d+)\]/, (_all, i) => `messages[${from[Number(i)]}]`)
    return lose(note, { ...at, ...(path !== undefined && { path }) })
  }
}
