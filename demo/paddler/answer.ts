// What the demo's cluster generates: tokens made of the request itself.
import { type Directives, withoutDirectives } from '../directives.ts'
import { sampleOf } from '../sample.ts'
import { pieces, tokensOf } from '../tokens.ts'
import type { Conversation, Tool, Turn } from './check.ts'

/** What stands in a `GeneratedToken`: a name, or a name and what it says. */
export type Token = string | Readonly<Record<string, unknown>>

const textOf = (turn: Turn | undefined): string => {
  const content = turn?.content ?? ''
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

const imagesOf = ({ conversation_history: turns }: Conversation): readonly string[] =>
  turns.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((part) => (part.type === 'text' ? [] : [part.image_url.url])),
  )

const instructions = ({ conversation_history: turns }: Conversation): string =>
  turns
    .filter(({ role }) => role === 'system')
    .map(textOf)
    .join('\n')

/** The last thing the user said. */
export const lastUserText = ({ conversation_history: turns }: Conversation): string =>
  textOf(turns.findLast(({ role }) => role === 'user'))

function said(request: Conversation): string {
  const { conversation_history: turns } = request
  const from = turns.findLastIndex(({ role }) => role === 'assistant')
  const heard = turns.slice(from + 1).filter(({ role }) => role === 'tool')
  const text = withoutDirectives(lastUserText(request))
  const pictures = imagesOf(request).length
  const sentences = [
    ...heard.map((turn) => `The tool answered: ${textOf(turn)}.`),
    ...(text === '' ? [] : [`You said: "${text}"`]),
    ...(pictures > 0 ? [`I see ${pictures} image${pictures === 1 ? '' : 's'}.`] : []),
  ]
  return sentences.join(' ') || 'You said nothing.'
}

function spoken(request: Conversation, directives: Directives): string {
  if (directives.has('empty')) return ''
  if (request.grammar?.type === 'json_schema') return JSON.stringify(sampleOf(JSON.parse(request.grammar.schema)))
  if (directives.has('echo')) return JSON.stringify(request)
  if (directives.has('words')) {
    return Array.from({ length: directives.number('words', 100) }, (_, word) => `word${word + 1}`).join(' ')
  }
  const schema = /matches this JSON Schema, and nothing else:\n(.*)$/.exec(instructions(request))?.[1]
  const asked = schema !== undefined || /valid JSON object/.test(instructions(request))
  if (!asked) return said(request)
  const json = JSON.stringify(schema === undefined ? { answer: said(request) } : sampleOf(JSON.parse(schema)))
  return directives.has('fence') ? `Here it is:\n\`\`\`json\n${json}\n\`\`\`` : json
}

/** The tools that are called: those that are named, or that the model was told to call. */
function called(request: Conversation, directives: Directives): readonly Tool[] {
  const tools = request.tools ?? []
  const [first] = tools
  if (!first || request.grammar) return []
  if (directives.has('parallel')) return tools.length > 1 ? tools : [first, first]
  const nameOf = (tool: Tool) => tool.function.name
  const asked = tools.find((tool) => nameOf(tool) === directives.value('tool')) ?? first
  if (directives.has('tool') || directives.has('broken-args')) return [asked]
  const told = /You must call (?:one of the tools|the tool "(.*?)")\./.exec(instructions(request))
  if (told) return [tools.find((tool) => nameOf(tool) === told[1]) ?? first]
  if (request.conversation_history.at(-1)?.role !== 'user') return []
  return tools.filter((tool) =>
    withoutDirectives(lastUserText(request))
      .split(/[^\w-]+/)
      .includes(nameOf(tool)),
  )
}

function argumentsOf(tool: Tool): unknown {
  return sampleOf(tool.function.parameters ?? { type: 'object' })
}

function callTokens(request: Conversation, directives: Directives, sequence: number): readonly Token[] {
  const tools = called(request, directives)
  if (tools.length === 0) return []
  const broken = directives.has('broken-args')
  const raw = tools.map((tool) => {
    const json = JSON.stringify({ name: tool.function.name, arguments: argumentsOf(tool) })
    return `<tool_call>${broken ? json.slice(0, -2) : json}</tool_call>`
  })
  if (!request.parse_tool_calls) return raw.flatMap(pieces).map((piece) => ({ ToolCallToken: piece }))
  const parsed = tools.map((tool, place) => ({
    id: `call_${sequence}_${place}`,
    name: tool.function.name,
    arguments: broken
      ? { InvalidJson: JSON.stringify(argumentsOf(tool)).slice(0, -1) }
      : { ValidJson: argumentsOf(tool) },
  }))
  return [...raw.flatMap(pieces).map((piece) => ({ ToolCallToken: piece })), { ToolCallParsed: parsed }]
}

/** The tokens of an answer up to its end. @param version before 4.0 there is one kind of token, and nobody counts. */
export function generate(
  request: Conversation,
  directives: Directives,
  sequence: number,
  version: number,
): readonly Token[] {
  const calls = version < 4 ? [] : callTokens(request, directives, sequence)
  const thought = request.enable_thinking ? pieces('The user wants an answer.') : []
  const text = calls.length > 0 ? [] : pieces(spoken(request, directives))
  const room = Math.max(0, request.max_tokens)
  const reasoning = thought.slice(0, room)
  const content = text.slice(0, room - reasoning.length)
  if (version < 4) {
    const marked = [...(thought.length > 0 ? ['<think>\n', ...thought, '\n</think>\n\n'] : []), ...text]
    return [...marked.slice(0, room).map((piece) => ({ Token: piece })), 'Done']
  }
  const usage = {
    prompt_tokens: tokensOf([request.conversation_history, request.tools]),
    cached_prompt_tokens: 0,
    input_image_tokens: 0,
    input_audio_tokens: 0,
    content_tokens: content.length,
    reasoning_tokens: reasoning.length,
    tool_call_tokens: calls.filter((token) => typeof token === 'object' && 'ToolCallToken' in token).length,
    undeterminable_tokens: 0,
  }
  return [
    ...reasoning.map((piece) => ({ ReasoningToken: piece })),
    ...content.map((piece) => ({ ContentToken: piece })),
    ...calls,
    { Done: { usage } },
  ]
}

/** What the cluster finds out only when it begins to generate: a token that is a failure. */
export function failing(request: Conversation): Token | undefined {
  if (request.grammar && request.enable_thinking) {
    return { GrammarIncompatibleWithThinking: 'Grammar constraints cannot be used with thinking enabled' }
  }
  const remote = imagesOf(request).some((url) => !/^data:image\/[\w.+-]+;base64,/.test(url))
  return remote ? { ImageDecodingFailed: 'Remote image URLs are not supported' } : undefined
}
