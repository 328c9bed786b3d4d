// Whether the answer calls tools, which, and with what. Cites: Tools, tool_choice.
import type { Directives } from '../directives.ts'
import { sampleOf } from '../sample.ts'
import { type AnswerBlock, idOf } from './reply.ts'
import type { Checked } from './rules/rule.ts'
import { lastUserText, textOf } from './speech.ts'
import { blocksOf, type MessagesBody, type Tool } from './wire.ts'

/** Tools the service runs itself; every other one is the client's to run. */
const SERVER = /^(web_search|web_fetch|code_execution|tool_search_tool|advisor|mcp_toolset)/

const clientTools = (body: MessagesBody): readonly Tool[] =>
  (body.tools ?? []).filter(({ type, name }) => name !== undefined && !SERVER.test(type ?? ''))

/** The tools that a text names. */
const namedIn = (text: string, tools: readonly Tool[]): readonly Tool[] =>
  tools.filter(({ name = '' }) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text))

/** The tools an answer calls, in order. */
function chosen(body: MessagesBody, directives: Directives): readonly Tool[] {
  const tools = clientTools(body)
  const choice = body.tool_choice?.type ?? 'auto'
  const system = textOf(body.system)
  const named = namedIn(lastUserText(body), tools)
  const wanted = tools.filter(({ name }) => name === directives.value('tool'))
  const first = wanted[0] ?? named[0] ?? namedIn(system, tools)[0] ?? tools[0]
  if (choice === 'none' || !first) return []
  if (choice === 'tool') return tools.filter(({ name }) => name === body.tool_choice?.name)
  if (directives.has('parallel')) return tools.length > 1 ? tools : [first, first]
  // Where a choice cannot be forced, an order in plain words is all that is left; the demo obeys.
  const insists = choice === 'any' || /\bmust call\b/i.test(system)
  if (insists || directives.has('tool') || directives.has('broken-args')) return [first]
  // Nobody insists: a model calls what it was told of, and does not call again once it has the result.
  const answered = blocksOf(body.messages.at(-1)?.content).some(({ type }) => type === 'tool_result')
  return answered ? [] : named
}

/** The calls of an answer: none, if it is better given in words. */
export function callsOf({ body }: Checked, directives: Directives, sequence: number): readonly AnswerBlock[] {
  const tools = chosen(body, directives)
  return tools.slice(0, body.tool_choice?.disable_parallel_tool_use ? 1 : undefined).map((tool, index) => {
    const input = sampleOf(tool.input_schema ?? { type: 'object' })
    const whole = JSON.stringify(input)
    // Without arguments the service streams nothing at all, not even an empty object.
    const json = whole === '{}' ? '' : whole
    return {
      type: 'tool_use',
      id: idOf('toolu_01', 'call', sequence, index),
      name: tool.name ?? '',
      input,
      caller: { type: 'direct' },
      json: directives.has('broken-args') ? json.slice(0, -1) : json,
    }
  })
}
