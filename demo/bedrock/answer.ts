// What the demo answers: a message made of the request itself.
import { type Directives, withoutDirectives } from '../directives.ts'
import { sampleOf } from '../sample.ts'
import { firstTokens, tokensOf } from '../tokens.ts'
import { type Checked, mint } from './rules.ts'
import { type Block, type ConverseBody, lastUserText, textOf } from './wire.ts'

export interface AnswerBlock {
  readonly text?: string
  readonly toolUse?: { readonly toolUseId: string; readonly name: string; readonly input: unknown }
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text: string; readonly signature?: string }
    readonly redactedContent?: string
  }
  /** A call's input as it is streamed. */
  readonly json: string
}

export interface Answer {
  readonly content: readonly AnswerBlock[]
  readonly stopReason: string
  readonly usage: Readonly<Record<string, number>>
}

function said(body: ConverseBody): string {
  const blocks = body.messages.findLast(({ role }) => role === 'user')?.content ?? []
  const calls = body.messages.flatMap(({ content }) => content.flatMap(({ toolUse }) => toolUse ?? []))
  const heard = blocks.flatMap(({ toolResult }) => {
    if (!toolResult) return []
    const name = calls.find(({ toolUseId }) => toolUseId === toolResult.toolUseId)?.name ?? 'The tool'
    return [`${name} answered: ${textOf(toolResult.content) || 'nothing'}.`]
  })
  const text = withoutDirectives(lastUserText(body))
  const seen = (['image', 'document', 'audio'] as const).flatMap((kind: keyof Block) => {
    const count = blocks.filter((block) => block[kind]).length
    return count > 0 ? [`I see ${count} ${kind}${count === 1 ? '' : 's'}.`] : []
  })
  return [...heard, ...(text === '' ? [] : [`You said: "${text}"`]), ...seen].join(' ') || 'You said nothing.'
}

function spoken(body: ConverseBody, directives: Directives): string {
  if (directives.has('empty')) return ''
  if (directives.has('echo')) return JSON.stringify(body)
  if (directives.has('words')) {
    return Array.from({ length: directives.number('words', 100) }, (_, word) => `word${word + 1}`).join(' ')
  }
  const schema = body.outputConfig?.textFormat?.structure.jsonSchema.schema
  if (schema !== undefined) return JSON.stringify(sampleOf(JSON.parse(schema)))
  if (!/JSON/.test(textOf(body.system))) return said(body)
  const json = JSON.stringify({ answer: said(body) })
  return directives.has('fence') ? `\`\`\`json\n${json}\n\`\`\`` : json
}

/** The calls of an answer: none, if it is better given in words. */
function called(body: ConverseBody, directives: Directives, sequence: number): AnswerBlock[] {
  const { tools = [], toolChoice } = body.toolConfig ?? {}
  const specs = tools.flatMap(({ toolSpec }) => toolSpec ?? [])
  const namedIn = (text: string) => specs.filter(({ name }) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text))
  const orders = textOf(body.system)
  const first =
    specs.find(({ name }) => name === directives.value('tool')) ?? namedIn(lastUserText(body))[0] ?? specs[0]
  if (!first || /Do not call any tool/.test(orders)) return []
  const chosen = () => {
    if (toolChoice?.tool) return specs.filter(({ name }) => name === toolChoice.tool?.name)
    if (directives.has('parallel')) return specs.length > 1 ? specs : [first, first]
    // Where a choice cannot be forced, an order in plain words is all that is left; the demo obeys.
    if (/must call/i.test(orders)) return [namedIn(orders)[0] ?? first]
    if (toolChoice?.any || directives.has('tool') || directives.has('broken-args')) return [first]
    const answered = body.messages.at(-1)?.content.some(({ toolResult }) => toolResult)
    return answered ? [] : namedIn(lastUserText(body))
  }
  const single = body.additionalModelRequestFields?.tool_choice?.disable_parallel_tool_use
  return chosen()
    .slice(0, single ? 1 : undefined)
    .map(({ name, inputSchema }, place) => {
      const input = sampleOf(inputSchema.json)
      const whole = JSON.stringify(input)
      // Without arguments the service streams nothing at all.
      const json = whole === '{}' ? '' : directives.has('broken-args') ? whole.slice(0, -1) : whole
      return { toolUse: { toolUseId: `tooluse_demo${sequence}x${place}`, name, input }, json }
    })
}

function thought({ body, model }: Checked, directives: Directives): AnswerBlock[] {
  const own = body.additionalModelRequestFields ?? {}
  const type = own.thinking?.type
  if ((type === undefined || type === 'disabled') && !('reasoning_effort' in own)) return []
  if (directives.has('redacted')) return [{ reasoningContent: { redactedContent: 'ZHJhZ29tYW4=' }, json: '' }]
  const text = 'The user wants an answer.'
  const signed = model.thinking.length > 0 ? { signature: mint(text) } : {}
  return [{ reasoningContent: { reasoningText: { text, ...signed } }, json: '' }]
}

/** The answer to a checked request. */
export function answer(request: Checked, directives: Directives, sequence: number): Answer {
  const { body } = request
  const { maxTokens = Number.POSITIVE_INFINITY, stopSequences = [] } = body.inferenceConfig ?? {}
  const calls = called(body, directives, sequence)
  const whole = calls.length > 0 ? '' : directives.has('refusal') ? 'I cannot answer that.' : spoken(body, directives)
  const places = stopSequences.map((stop) => whole.indexOf(stop)).filter((place) => place >= 0)
  const stopped = places.length > 0 ? whole.slice(0, Math.min(...places)) : whole
  const fits = tokensOf(stopped) <= maxTokens
  const text = fits ? stopped : firstTokens(stopped, maxTokens)
  const content = [...thought(request, directives), ...(text === '' ? [] : [{ text, json: '' }]), ...calls]
  const input = tokensOf([body.system, body.messages, body.toolConfig])
  const cached = JSON.stringify(body).includes('"cachePoint"')
    ? { cacheReadInputTokens: 10, cacheWriteInputTokens: 5 }
    : {}
  const output = tokensOf(content)
  const reason = directives.has('refusal')
    ? 'guardrail_intervened'
    : directives.has('window')
      ? 'model_context_window_exceeded'
      : calls.length > 0
        ? 'tool_use'
        : !fits
          ? 'max_tokens'
          : stopped === whole
            ? 'end_turn'
            : 'stop_sequence'
  return {
    content,
    stopReason: reason,
    usage: { inputTokens: input, outputTokens: output, totalTokens: input + output, ...cached },
  }
}
