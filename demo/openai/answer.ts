// What the demo answers to a chat: a completion made of the request itself.
import { hash } from 'node:crypto'
import { type Directives, withoutDirectives } from '../directives.ts'
import { sampleOf } from '../sample.ts'
import { firstTokens, tokensOf } from '../tokens.ts'
import type { Model } from './rules.ts'
import { type Call, type ChatBody, type ChatTool, textOf, toolName } from './wire.ts'

export interface Choice {
  readonly index: number
  readonly content: string | null
  readonly refusal: string | null
  readonly calls: readonly Call[]
  readonly function_call: { readonly name: string; readonly arguments: string } | undefined
  readonly finish_reason: string
}

export interface Completion {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly choices: readonly Choice[]
  readonly usage: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly total_tokens: number
    readonly prompt_tokens_details: Readonly<Record<string, number>>
    readonly completion_tokens_details: Readonly<Record<string, number>>
  }
}

/** What reasoning costs here, every time. */
const REASONING_TOKENS = 16

const idOf = (prefix: string, length: number, ...seed: readonly (string | number)[]): string =>
  prefix +
  hash('sha512', seed.join('/'), 'base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length)

/** The last thing the user said. */
export const lastUserText = ({ messages }: ChatBody): string => {
  const last = messages.findLast(({ role }) => role === 'user')
  return last ? textOf(last) : ''
}

/** What was said and what tools answered, said back. */
function said(body: ChatBody): string {
  const last = body.messages.at(-1)
  const from = body.messages.findLastIndex(({ role }) => role === 'assistant')
  const results = body.messages.slice(from + 1).filter(({ role }) => role === 'tool' || role === 'function')
  const calls = body.messages.flatMap(({ tool_calls: made }) => made ?? [])
  const heard = results.map((message) => {
    const call = calls.find(({ id }) => id === message.tool_call_id)
    return `${call?.function?.name ?? call?.custom?.name ?? message.name ?? 'The tool'} answered: ${textOf(message)}.`
  })
  const text = withoutDirectives(lastUserText(body))
  const pictures = Array.isArray(last?.content) ? last.content.filter(({ type }) => type === 'image_url').length : 0
  const sight = pictures > 0 ? [`I see ${pictures} image${pictures === 1 ? '' : 's'}.`] : []
  const sentences = [...heard, ...(text === '' ? [] : [`You said: "${text}"`]), ...sight]
  return sentences.join(' ') || 'You said nothing.'
}

function spoken(body: ChatBody, directives: Directives, index: number): string {
  const format = body.response_format
  if (directives.has('echo')) return JSON.stringify(body)
  if (directives.has('words')) {
    return Array.from({ length: directives.number('words', 100) }, (_, word) => `word${word + 1}`).join(' ')
  }
  if (format?.json_schema) return JSON.stringify(sampleOf(format.json_schema.schema))
  const text = index === 0 ? said(body) : `${said(body)} (${index + 1})`
  return format?.type === 'json_object' ? JSON.stringify({ answer: text }) : text
}

/** The tools there are: the old form is the new one under another name. */
const toolsOf = ({ tools, functions }: ChatBody): readonly ChatTool[] =>
  tools ?? (functions ?? []).map((definition) => ({ type: 'function', function: definition }))

function chosen(body: ChatBody, directives: Directives): readonly ChatTool[] {
  const tools = toolsOf(body)
  const choice = body.tool_choice ?? body.function_call ?? 'auto'
  const text = lastUserText(body)
  const forced =
    typeof choice === 'string' ? undefined : 'name' in choice ? choice.name : (choice.function ?? choice.custom)?.name
  if (forced !== undefined) return tools.filter((tool) => toolName(tool) === forced)
  const allowed = typeof choice === 'object' && 'allowed_tools' in choice ? choice.allowed_tools : undefined
  const open = allowed
    ? tools.filter((tool) => allowed.tools.some((other) => toolName(other) === toolName(tool)))
    : tools
  const named = open.filter((tool) => new RegExp(`(?<![\\w-])${toolName(tool)}(?![\\w-])`).test(text))
  const first = open.find((tool) => toolName(tool) === directives.value('tool')) ?? named[0] ?? open[0]
  if (choice === 'none' || !first) return []
  if (directives.has('parallel')) return open.length > 1 ? open : [first, first]
  const insists = choice === 'required' || allowed?.mode === 'required'
  if (insists || directives.has('tool') || directives.has('broken-args')) return [first]
  return body.messages.at(-1)?.role === 'user' ? named : []
}

function callsOf(body: ChatBody, directives: Directives, sequence: number, index: number): readonly Call[] {
  const tools = chosen(body, directives)
  return tools.slice(0, body.parallel_tool_calls === false ? 1 : undefined).map((tool, place) => {
    const id = idOf('call_', 24, sequence, index, place)
    if (tool.custom) return { id, type: 'custom', custom: { name: tool.custom.name, input: 'value' } }
    const whole = JSON.stringify(sampleOf(tool.function?.parameters ?? { type: 'object' }))
    const text = directives.has('broken-args') ? whole.slice(0, -1) : whole
    return { id, type: 'function', function: { name: toolName(tool), arguments: text } }
  })
}

/** A text up to the first string that stops it. */
function untilStop(text: string, stop: ChatBody['stop']): string {
  const places = [stop ?? []].flat().map((sequence) => text.indexOf(sequence))
  const ends = places.filter((place) => place >= 0)
  return ends.length > 0 ? text.slice(0, Math.min(...ends)) : text
}

function choiceOf(body: ChatBody, directives: Directives, sequence: number, index: number): Choice {
  const none = { index, content: null, refusal: null, calls: [], function_call: undefined }
  if (directives.has('refusal'))
    return { ...none, refusal: "I'm sorry, I can't help with that.", finish_reason: 'stop' }
  if (directives.has('empty')) return { ...none, content: '', finish_reason: 'stop' }
  const calls = callsOf(body, directives, sequence, index)
  const first = calls[0]?.function
  if (first && body.functions) return { ...none, function_call: first, finish_reason: 'function_call' }
  if (calls.length > 0) {
    // With a tool that was named by the request the service says `stop`.
    const named = typeof body.tool_choice === 'object' && body.tool_choice?.type !== 'allowed_tools'
    return { ...none, calls, finish_reason: named ? 'stop' : 'tool_calls' }
  }
  const text = untilStop(spoken(body, directives, index), body.stop)
  const limit = body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY
  const fits = tokensOf(text) <= limit
  return { ...none, content: fits ? text : firstTokens(text, limit), finish_reason: fits ? 'stop' : 'length' }
}

const costOf = ({ content, refusal, calls, function_call: call }: Choice): number =>
  tokensOf(content ?? '') + tokensOf(refusal ?? '') + (calls.length > 0 || call ? tokensOf([calls, call]) : 0)

/** The answer to a checked request. */
export function complete(body: ChatBody, model: Model, directives: Directives, sequence: number): Completion {
  const choices = Array.from({ length: body.n ?? 1 }, (_, index) => choiceOf(body, directives, sequence, index))
  const reasoning = model.reasoning && body.reasoning_effort !== 'none' ? REASONING_TOKENS : 0
  const prompt = tokensOf([body.tools ?? body.functions, body.messages])
  const completion = choices.reduce((sum, choice) => sum + costOf(choice), reasoning)
  return {
    id: idOf('chatcmpl-', 29, sequence),
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    choices,
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: reasoning,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  }
}
