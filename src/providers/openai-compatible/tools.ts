// Tools as a service takes them that has functions only: custom tools and the form that came before tools become such.
// https://platform.openai.com/docs/guides/function-calling
import { CUSTOM_NOTES, customFunction } from '../../hub/definitions.ts'
import { at } from '../../hub/json.ts'
import { type ChatFields, chosenTools, toolName } from '../../hub/request.ts'
import { clamped, dropped, emulated, type Lose } from '../../hub/support.ts'
import { strictTool } from './keys.ts'
import type { Body, MessageRules, ToolChoices } from './like.ts'

const ALLOWED = emulated('Only the allowed tools are sent.')
const NO_MARK = dropped('The service marks no cache points.')

/** Every loss that tools may meet. */
export const TOOL_NOTES = [...CUSTOM_NOTES, ALLOWED, NO_MARK]

const NOT_FORCED = clamped('The model cannot be held to a call here: it chooses by itself.')
const ONLY_ONE = emulated('Only the tool that is chosen is sent.')
const NOT_SENT = emulated('The tools are not sent.')

/** What a choice may meet where not every one is taken. */
export const CHOICE_NOTES = [NOT_FORCED, ONLY_ONE, NOT_SENT]

type SentTool = NonNullable<ChatFields['tools']>[number]

/** The tools and the choice among them, as they are sent. */
export function toolsOf(
  request: ChatFields,
  rules: MessageRules,
  tell: (field: ToolField) => Lose,
  taken?: ToolChoices,
): Choosing {
  const asked = choosing(request, rules, tell)
  return taken ? held(asked, taken, tell(request.tools ? 'tool_choice' : 'function_call')) : asked
}

/** The fields that say something of tools. */
export type ToolField = 'tools' | 'tool_choice' | 'functions' | 'function_call'

interface Choosing {
  readonly tools: readonly Body[]
  readonly choice: unknown
}

/** The nearest that a service can do which does not take every choice. */
function held({ tools, choice }: Choosing, taken: ToolChoices, lose: Lose): Choosing {
  if (choice === undefined || choice === 'auto') return { tools, choice }
  if (choice === 'none') {
    if (taken.includes('none')) return { tools, choice }
    lose(NOT_SENT)
    return { tools: [], choice: undefined }
  }
  const name = nameIn(choice)
  if (taken.includes(name === undefined ? 'required' : 'named')) return { tools, choice }
  const sent = name === undefined ? tools : tools.filter((tool) => nameIn(tool) === name)
  if (name !== undefined) lose(ONLY_ONE)
  if (name !== undefined && taken.includes('required')) return { tools: sent, choice: 'required' }
  lose(NOT_FORCED, { sent: 'auto' })
  return { tools: sent, choice: 'auto' }
}

/** The name of a function, as a choice or as a tool. */
function nameIn(value: unknown): unknown {
  return at(at(value, 'function'), 'name')
}

function choosing(request: ChatFields, rules: MessageRules, tell: (field: ToolField) => Lose): Choosing {
  const { tools, tool_choice: choice, functions, function_call: call } = request
  if (rules.native) return { tools: tools ?? [], choice }
  if (tools) return chosen(tools, choice, rules, tell)
  const named = typeof call === 'object' && call ? { type: 'function', function: { name: call.name } } : call
  const sent = (functions ?? []).map((one, i): Body => {
    const tool = { type: 'function', function: one }
    return rules.strict ? strictTool(tool, { own: '', definition: `functions[${i}]` }, tell('functions')) : tool
  })
  return { tools: sent, choice: named ?? undefined }
}

function chosen(
  tools: readonly SentTool[],
  choice: ChatFields['tool_choice'],
  rules: MessageRules,
  tell: (field: ToolField) => Lose,
) {
  const sent = (some: readonly SentTool[]): Body[] =>
    some.map((tool) => functionOf(tool, tools.indexOf(tool), rules, tell('tools')))
  if (!choice || typeof choice === 'string') return { tools: sent(tools), choice: choice ?? undefined }
  const names = chosenTools(choice)
  if (choice.type !== 'allowed_tools') {
    return { tools: sent(tools), choice: { type: 'function', function: { name: names[0] } } }
  }
  tell('tool_choice')(ALLOWED)
  const mode = choice.allowed_tools?.mode ?? choice.mode
  return {
    tools: sent(tools.filter((tool) => names.includes(toolName(tool)))),
    choice: mode === 'required' ? 'required' : undefined,
  }
}

/** A function stays as it is, and so do tools of the service's own. */
function functionOf(tool: SentTool, index: number, { strict }: MessageRules, lose: Lose): Body {
  if (tool.type !== 'custom') {
    const own = `tools[${index}]`
    return strict ? strictTool(tool, { own, definition: `${own}.function` }, lose) : tool
  }
  return { type: 'function', function: customFunction(tool.custom, `tools[${index}].custom`, lose) }
}
