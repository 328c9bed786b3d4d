// A whole reply as a chat completion: https://platform.openai.com/docs/api-reference/chat/object
import type { Citation, FinishReason } from '../../hub/delta.ts'
import type { AnswerContext } from '../../hub/dialect.ts'
import { reportOf } from '../../hub/loss.ts'
import type { Block, Choice, Reply } from '../../hub/reply.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { NO_USAGE } from '../../hub/usage.ts'

/** The reply as a `chat.completion` object. */
export function chatCompletion(reply: Reply, context: AnswerContext): Record<string, unknown> {
  const { report } = context
  return {
    id: answerId(reply.id, context),
    object: 'chat.completion',
    created: context.created,
    model: reply.model,
    choices: reply.choices.map((choice) => choiceOf(choice, context, reply.id)),
    usage: reply.usage ?? NO_USAGE,
    ...(reply.tier !== undefined && { service_tier: reply.tier }),
    system_fingerprint: reply.fingerprint ?? null,
    ...(report && { dragoman: reportOf([...report, ...reply.losses]) }),
  }
}

/** One id for an answer and all its chunks, in OpenAI's form; the gateway's own where the provider gave none. */
export function answerId(given: string, { id: own = '' }: AnswerContext): string {
  const id = given || own
  return id.startsWith('chatcmpl-') ? id : `chatcmpl-${id}`
}

/** What a call is called: no two answers have one of the same name, or results would go to the wrong one. */
export function callId(
  call: { readonly id: string; readonly index: number },
  choice: number,
  answer: string,
  { id: own = '' }: AnswerContext,
): string {
  return call.id || `call_${answer || own}_${choice}_${call.index}`
}

/** The client speaks the form that came before tools: `functions`, and `function_call` in the answer. */
export function isLegacy(request: ChatRequest): boolean {
  return request.fields.functions !== undefined && request.fields.tools === undefined
}

export function finishName(reason: FinishReason, legacy: boolean): string {
  return legacy && reason === 'tool_calls' ? 'function_call' : reason
}

export function annotation({ start, end, url, title }: Citation): Record<string, unknown> {
  return { type: 'url_citation', url_citation: { start_index: start, end_index: end, url, title } }
}

/** An image as clients of several gateways know it. */
export function image(url: string, index: number): Record<string, unknown> {
  return { type: 'image_url', image_url: { url }, index }
}

type Tool = Extract<Block, { type: 'tool' }>
type Reasoning = Extract<Block, { type: 'reasoning' }>

function choiceOf(choice: Choice, context: AnswerContext, id: string): Record<string, unknown> {
  const { request } = context
  const legacy = isLegacy(request)
  const tools = choice.blocks.filter((block): block is Tool => block.type === 'tool')
  const text = choice.blocks.reduce((all, block) => (block.type === 'text' ? all + block.text : all), '')
  const [first] = tools
  const other = first !== undefined || choice.refusal !== '' || choice.images.length > 0
  // What was filtered before a word of it is no empty answer.
  const silent = text === '' && (other || choice.finish === 'content_filter')
  return {
    index: choice.index,
    message: {
      role: 'assistant',
      content: silent ? null : text,
      refusal: choice.refusal || null,
      annotations: choice.citations.map(annotation),
      ...(request.fields.reasoning?.exclude !== true && reasoningOf(choice.blocks)),
      ...(first &&
        (legacy
          ? functionCall(first)
          : { tool_calls: tools.map((tool) => toolCall(tool, callId(tool, choice.index, id, context))) })),
      ...(choice.images.length > 0 && { images: choice.images.map(image) }),
      ...(choice.extra && { extra_content: choice.extra }),
    },
    logprobs: choice.logprobs.length > 0 ? { content: choice.logprobs, refusal: null } : null,
    finish_reason: finishName(choice.finish ?? 'stop', legacy),
  }
}

function reasoningOf(blocks: readonly Block[]): Record<string, unknown> {
  const all = blocks.filter((block): block is Reasoning => block.type === 'reasoning' && saysSomething(block))
  if (all.length === 0) return {}
  const texts = all.map((block) => block.text).filter((text) => text !== '')
  return {
    ...(texts.length > 0 && { reasoning_content: texts.join('\n\n') }),
    reasoning_details: all.flatMap(detailsOf),
  }
}

function saysSomething({ text, signature, data }: Reasoning): boolean {
  return text !== '' || signature !== undefined || data !== undefined
}

/** @param index clients merge what comes in a stream by it: places, without gaps. */
function detailsOf(block: Reasoning, index: number): Record<string, unknown>[] {
  const { format, text, summary, signature, data, id } = block
  const named = { ...(id !== undefined && { id }), index, format }
  const encrypted = data === undefined ? [] : [{ type: 'reasoning.encrypted', ...named, data }]
  if (encrypted.length > 0 && text === '' && signature === undefined) return encrypted
  const said = summary
    ? { type: 'reasoning.summary', ...named, summary: text }
    : { type: 'reasoning.text', ...named, text }
  return [{ ...said, ...(signature !== undefined && { signature }) }, ...encrypted]
}

function toolCall(tool: Tool, id: string): Record<string, unknown> {
  const { name, extra } = tool
  const more = extra && { extra_content: extra }
  return tool.custom
    ? { id, type: 'custom', custom: { name, input: tool.arguments }, ...more }
    : { id, type: 'function', function: { name, arguments: tool.arguments }, ...more }
}

function functionCall(tool: Tool): Record<string, unknown> {
  return { function_call: { name: tool.name, arguments: tool.arguments } }
}
