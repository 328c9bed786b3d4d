// A completion as one body, and as chunks. https://platform.openai.com/docs/api-reference/chat/streaming
import { pieces } from '../tokens.ts'
import type { Choice, Completion } from './answer.ts'
import type { Call, ChatBody } from './wire.ts'

const EVERY_CHUNK = { service_tier: 'default', system_fingerprint: null }

/** Made-up probabilities: the same for the same text. */
function logprobsOf(text: string, top: number): Record<string, unknown> {
  const content = pieces(text).map((token) => {
    const bytes = [...Buffer.from(token)]
    const logprob = -token.length / 10
    const top_logprobs = Array.from({ length: top }, (_, rank) => ({
      token: rank === 0 ? token : `${token}${rank}`,
      logprob: logprob - rank,
      bytes,
    }))
    return { token, logprob, bytes, top_logprobs }
  })
  return { content, refusal: null }
}

const wantsLogprobs = (body: ChatBody, text: string | null): Record<string, unknown> | null =>
  body.logprobs && text !== null ? logprobsOf(text, body.top_logprobs ?? 0) : null

function messageOf({ content, refusal, calls, function_call }: Choice): Record<string, unknown> {
  return {
    role: 'assistant',
    content,
    refusal,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(function_call ? { function_call } : {}),
    annotations: [],
  }
}

/** A completion as it is answered at once. */
export function wholeCompletion(completion: Completion, body: ChatBody): Record<string, unknown> {
  const { id, created, model, usage } = completion
  const choices = completion.choices.map((choice) => ({
    index: choice.index,
    message: messageOf(choice),
    logprobs: wantsLogprobs(body, choice.content),
    finish_reason: choice.finish_reason,
  }))
  return { id, object: 'chat.completion', created, model, choices, usage, ...EVERY_CHUNK }
}

const fragments = (text: string): readonly string[] => text.match(/.{1,9}/gsu) ?? []

/** A call and its arguments; `index` counts calls. */
function callDeltas({ id, type, function: called, custom }: Call, index: number): readonly Record<string, unknown>[] {
  if (custom) {
    const opened = { index, id, type, custom: { name: custom.name, input: '' } }
    return [opened, ...fragments(custom.input).map((input) => ({ index, custom: { input } }))]
  }
  const opened = { index, id, type, function: { name: called?.name, arguments: '' } }
  return [opened, ...fragments(called?.arguments ?? '').map((text) => ({ index, function: { arguments: text } }))]
}

function deltasOf({ content, refusal, calls, function_call: call }: Choice): readonly Record<string, unknown>[] {
  const texts = pieces(content ?? '').map((text) => ({ content: text }))
  const refused = pieces(refusal ?? '').map((text) => ({ refusal: text }))
  const called = calls.flatMap((made, index) => callDeltas(made, index)).map((delta) => ({ tool_calls: [delta] }))
  const old = call
    ? [{ name: call.name, arguments: '' }, ...fragments(call.arguments).map((text) => ({ arguments: text }))]
    : []
  return [...texts, ...refused, ...called, ...old.map((delta) => ({ function_call: delta }))]
}

/** How many frames of a stream mark its end. */
export const LAST = 2

/** The frames of a completion; choices come in turns, as they do when a model makes them side by side. */
export function frames(completion: Completion, body: ChatBody): readonly string[] {
  const { id, created, model, usage } = completion
  const withUsage = body.stream_options?.include_usage === true
  const chunk = (choices: readonly unknown[], spent: unknown = null): string => {
    const data = { id, object: 'chat.completion.chunk', created, model, ...EVERY_CHUNK, choices }
    return `data: ${JSON.stringify(withUsage ? { ...data, usage: spent } : data)}\n\n`
  }
  const part = (index: number, delta: Record<string, unknown>, finish_reason: string | null = null): string => {
    const text = typeof delta.content === 'string' && delta.content !== '' ? delta.content : null
    return chunk([{ index, delta, logprobs: wantsLogprobs(body, text), finish_reason }])
  }
  const sequences = completion.choices.map((choice) => [
    part(choice.index, { role: 'assistant', content: choice.content === null ? null : '', refusal: null }),
    ...deltasOf(choice).map((delta) => part(choice.index, delta)),
    part(choice.index, {}, choice.finish_reason),
  ])
  const longest = Math.max(...sequences.map(({ length }) => length))
  const inTurns = Array.from({ length: longest }, (_, turn) => sequences.flatMap((sequence) => sequence[turn] ?? []))
  return [...inTurns.flat(), ...(withUsage ? [chunk([], usage)] : []), 'data: [DONE]\n\n']
}
