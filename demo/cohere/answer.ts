// What the demo answers to a chat: a message made of the request itself.
import { hash } from 'node:crypto'
import { type Directives, withoutDirectives } from '../directives.ts'
import { sampleOf } from '../sample.ts'
import { firstTokens, pieces, tokensOf } from '../tokens.ts'
import { type Call, type ChatBody, type Item, itemsOf, lastUserText, type Tool, textOf } from './wire.ts'

export interface Logprob {
  readonly text: string
  readonly token_ids: readonly number[]
  readonly logprobs: readonly number[]
}

export interface Answer {
  readonly id: string
  readonly content: readonly Item[]
  readonly tool_plan: string
  readonly tool_calls: readonly Call[]
  readonly citations: readonly Readonly<Record<string, unknown>>[]
  readonly finish_reason: string
  readonly logprobs: readonly Logprob[] | undefined
  readonly usage: Readonly<Record<string, unknown>>
}

/** What the service writes before each prompt, and nobody is charged for. */
const PREAMBLE_TOKENS = 495

function idOf(...seed: readonly (string | number)[]): string {
  const digits = hash('md5', seed.join('/'))
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5')
}

function said(body: ChatBody): string {
  const { messages } = body
  const from = messages.findLastIndex(({ role }) => role === 'assistant')
  const calls = messages.flatMap(({ tool_calls: made }) => made ?? [])
  const heard = messages.slice(from + 1).flatMap((message) => {
    if (message.role !== 'tool') return []
    const call = calls.find(({ id }) => id === message.tool_call_id)
    return [`${call?.function.name ?? 'The tool'} answered: ${textOf(message)}.`]
  })
  const text = withoutDirectives(lastUserText(body))
  const last = messages.findLast(({ role }) => role === 'user')
  const images = last ? itemsOf(last).filter(({ type }) => type === 'image_url').length : 0
  const sight = images > 0 ? [`I see ${images} image${images === 1 ? '' : 's'}.`] : []
  return [...heard, ...(text === '' ? [] : [`You said: "${text}"`]), ...sight].join(' ') || 'You said nothing.'
}

function spoken(body: ChatBody, directives: Directives): string {
  if (directives.has('empty')) return ''
  if (directives.has('echo')) return JSON.stringify(body)
  if (directives.has('words')) {
    return Array.from({ length: directives.number('words', 100) }, (_, word) => `word${word + 1}`).join(' ')
  }
  const format = body.response_format
  if (format?.json_schema) return JSON.stringify(sampleOf(format.json_schema))
  const told = body.messages.some((one) => one.role === 'system' && /JSON/.test(textOf(one)))
  if (format?.type !== 'json_object' && !told) return said(body)
  const json = JSON.stringify({ answer: said(body) })
  return directives.has('fence') ? `\`\`\`json\n${json}\n\`\`\`` : json
}

/** The tools an answer calls, in order. */
function chosen(body: ChatBody, directives: Directives): readonly Tool[] {
  const { tools = [], tool_choice: choice, messages } = body
  const names = (text: string) =>
    tools.filter((tool) => new RegExp(`(?<![\\w-])${tool.function.name}(?![\\w-])`).test(text))
  const named = names(lastUserText(body))
  const first = tools.find((tool) => tool.function.name === directives.value('tool')) ?? named[0] ?? tools[0]
  if (choice === 'NONE' || !first) return []
  if (directives.has('parallel')) return tools.length > 1 ? tools : [first, first]
  const orders = messages.filter((one) => one.role === 'system' && /must call/i.test(textOf(one)))
  if (choice === 'REQUIRED' || orders.length > 0 || directives.has('tool') || directives.has('broken-args')) {
    return [orders.flatMap((one) => names(textOf(one)))[0] ?? first]
  }
  return messages.at(-1)?.role === 'user' ? named : []
}

function callOf({ function: { name, parameters } }: Tool, directives: Directives, ...seed: readonly number[]): Call {
  const whole = JSON.stringify(sampleOf(parameters))
  // Without arguments the service writes none at all, or null.
  const empty = seed.at(-1) === 0 ? '' : 'null'
  const json = whole === '{}' ? empty : directives.has('broken-args') ? whole.slice(0, -1) : whole
  return { id: `${name}_${hash('md5', seed.join('/')).slice(0, 12)}`, function: { name, arguments: json } }
}

/** A text up to the first sequence that stops it. */
function untilStop(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0)
  return places.length > 0 ? text.slice(0, Math.min(...places)) : text
}

/** The answer to a checked request. */
export function answer(body: ChatBody, directives: Directives, sequence: number): Answer {
  const calls = chosen(body, directives).map((tool, place) => callOf(tool, directives, sequence, place))
  const whole = calls.length > 0 ? '' : spoken(body, directives)
  const stopped = untilStop(whole, body.stop_sequences ?? [])
  const limit = body.max_tokens ?? Number.POSITIVE_INFINITY
  const fits = tokensOf(stopped) <= limit
  const text = fits ? stopped : firstTokens(stopped, limit)
  const thought = body.thinking?.type === 'enabled' ? [{ type: 'thinking', thinking: 'The user wants an answer.' }] : []
  const spent = tokensOf([thought, text, calls])
  const asked = tokensOf([body.tools, body.messages])
  const source = {
    type: 'document',
    id: 'doc:0',
    document: { id: 'doc:0', title: 'Demo', url: 'https://example.com/' },
  }
  const cited = directives.has('cite')
    ? [{ start: 0, end: text.length, text, sources: [source], type: 'TEXT_CONTENT' }]
    : []
  return {
    id: idOf('message', sequence),
    content: [...thought, ...(text === '' ? [] : [{ type: 'text', text }])],
    tool_plan: calls.length > 0 ? `I will call ${calls.map((call) => call.function.name).join(' and ')}.` : '',
    tool_calls: calls,
    citations: cited,
    finish_reason:
      calls.length > 0 ? 'TOOL_CALL' : !fits ? 'MAX_TOKENS' : stopped === whole ? 'COMPLETE' : 'STOP_SEQUENCE',
    logprobs: body.logprobs
      ? pieces(text).map((piece, i) => ({ text: piece, token_ids: [i], logprobs: [-piece.length / 10] }))
      : undefined,
    usage: {
      billed_units: { input_tokens: asked, output_tokens: spent },
      tokens: { input_tokens: asked + PREAMBLE_TOKENS, output_tokens: spent },
      cached_tokens: 0,
    },
  }
}
