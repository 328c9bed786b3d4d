// What led to a message of the history: the service has thinking, which is content, and plans of what to call.
// https://docs.cohere.com/v2/docs/reasoning https://docs.cohere.com/v2/docs/tool-use-overview
import type { AssistantMessage } from '../../../schemas/chat.ts'
import { dropped, type Lose } from '../../hub/support.ts'
import type { Family } from './models.ts'
import type { ThinkingItem } from './wire.ts'

export const NO_THOUGHTS = dropped('This model takes no thinking back.')
const TORN = dropped('The reasoning came back without its beginning, and is left out.')
export const REASONING_NOTES = [NO_THOUGHTS, TORN]

/** The names of this provider's reasoning in `reasoning_details`: what it thought, and what it planned to call. */
export const THOUGHT = 'cohere-thinking-v2'
export const PLANNED = 'cohere-plan-v2'

export interface Reasoning {
  readonly thoughts: readonly ThinkingItem[]
  readonly plan: string
}

/** @param called the message calls tools. Text that names no kind is a plan where only that can have come before. */
export function reasoningOf(
  message: AssistantMessage,
  called: boolean,
  path: string,
  { reasons }: Family,
  lose: Lose,
): Reasoning {
  const blocks = blocksOf(message)
  const own = (format: string) => blocks.flatMap((one) => (one.format === format && one.text ? one.text : []))
  const planned = own(PLANNED).join('')
  const thought = own(THOUGHT)
  const known = planned !== '' || thought.length > 0
  // Some clients fold a stream by keeping the last piece there was, which does not say what it is a piece of.
  const torn = blocks.some(({ format, index }) => index !== undefined && format === undefined)
  const loose = known || torn ? '' : (message.reasoning_content ?? message.reasoning ?? '')
  if (torn) lose(TORN, { path: `${path}.reasoning_details` })

  const isPlan = called && reasons === false
  // Without calls a plan is but a thought.
  const plan = called ? planned || (isPlan ? loose : '') : ''
  const texts = [...thought, ...(called ? [] : [planned]), ...(isPlan ? [] : [loose])].filter((text) => text.trim())
  if (texts.length > 0 && reasons === false) {
    lose(NO_THOUGHTS, { path: `${path}.${known ? 'reasoning_details' : 'reasoning_content'}` })
    texts.length = 0
  }
  return { thoughts: texts.map((thinking) => ({ type: 'thinking', thinking })), plan: plan.trim() && plan }
}

interface Block {
  readonly index: number | undefined
  format: string | undefined
  text: string
}

/** The details of texts, each whole: pieces of a stream have the index of their block. */
function blocksOf({ reasoning_details: details }: AssistantMessage): Block[] {
  const blocks: Block[] = []
  for (const { type, index, format, text } of details ?? []) {
    if (type !== 'reasoning.text') continue
    const begun = typeof index === 'number' && blocks.find((one) => one.index === index)
    if (begun) begun.text += text ?? ''
    else blocks.push({ index: index ?? undefined, format: format ?? undefined, text: text ?? '' })
  }
  return blocks
}
