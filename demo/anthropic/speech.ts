// The text of an answer: what was said, heard and seen, said back; JSON where JSON was asked for.
import { type Directives, withoutDirectives } from '../directives.ts'
import { sampleOf } from '../sample.ts'
import type { Checked } from './rules/rule.ts'
import { type Block, blocksOf, formatOf, type Message, type MessagesBody } from './wire.ts'

/** All text of a content. */
export const textOf = (content: string | readonly Block[] | undefined): string =>
  blocksOf(content)
    .flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []))
    .join('\n')

/** The last thing the user said, results of tools aside. */
export const lastUserText = ({ messages }: MessagesBody): string =>
  textOf(messages.findLast(({ role }) => role === 'user')?.content)

const count = (blocks: readonly Block[], type: string): number => blocks.filter((block) => block.type === type).length
const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

/** `2 images and 1 document`, or nothing. */
function seen(blocks: readonly Block[]): string {
  const kinds = [
    [count(blocks, 'image'), 'image'],
    [count(blocks, 'document'), 'document'],
  ] as const
  return kinds
    .filter(([number]) => number > 0)
    .map(([number, noun]) => counted(number, noun))
    .join(' and ')
}

/** What each tool answered, by its name. */
function heard(messages: readonly Message[], blocks: readonly Block[]): readonly string[] {
  const calls = messages.flatMap(({ content }) => blocksOf(content)).filter(({ type }) => type === 'tool_use')
  return blocks
    .filter(({ type }) => type === 'tool_result')
    .map(({ tool_use_id: id, content }) => {
      const inside = blocksOf(content)
      const parts = [textOf(inside), seen(inside)].filter((part) => part !== '')
      return `${calls.find((call) => call.id === id)?.name ?? 'The tool'} answered: ${parts.join(', with ') || 'nothing'}.`
    })
}

/** Everything worth saying about the last user message. */
function said(body: MessagesBody): string {
  const blocks = blocksOf(body.messages.findLast(({ role }) => role === 'user')?.content)
  const things = [
    ...blocks,
    ...blocks.flatMap(({ type, content }) => (type === 'tool_result' ? blocksOf(content) : [])),
  ]
  const text = withoutDirectives(lastUserText(body))
  const sight = seen(things.filter((block) => blocks.includes(block)))
  const sentences = [
    ...heard(body.messages, blocks),
    ...(text === '' ? [] : [`You said: "${text}"`]),
    ...(sight === '' ? [] : [`I see ${sight}.`]),
  ]
  return sentences.join(' ') || 'You said nothing.'
}

const words = (number: number): string => Array.from({ length: number }, (_, index) => `word${index + 1}`).join(' ')

/** The JSON that was asked for: by a schema, or in plain words. */
function json(body: MessagesBody): string | undefined {
  const format = formatOf(body)
  if (format) return JSON.stringify(sampleOf(format.schema))
  const asked = /valid JSON object/i.test(textOf(body.system))
  return asked ? JSON.stringify({ answer: said(body) }) : undefined
}

/** The text of an answer. */
export function spokenText({ body }: Checked, directives: Directives): string {
  if (directives.has('echo')) return JSON.stringify(body)
  if (directives.has('words')) return words(directives.number('words', 100))
  const object = json(body)
  const prefill = body.messages.at(-1)?.role === 'assistant' ? textOf(body.messages.at(-1)?.content) : ''
  // A prefill is gone on with, not repeated.
  if (prefill.endsWith('{')) return (object ?? JSON.stringify({ answer: said(body) })).slice(1)
  if (object === undefined) return prefill === '' ? said(body) : ` … ${said(body)}`
  return directives.has('fence') ? `\`\`\`json\n${object}\n\`\`\`` : object
}
