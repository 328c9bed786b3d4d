// Tools, as a chat request has them: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview
import type { Tool } from '../../../schemas/chat.ts'
import type { MessagesFields, MessagesTool } from '../../../schemas/messages.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, dropped, type Keys, type Lose, type Note } from '../../hub/support.ts'
import type { Paths } from './paths.ts'

const NOT_LATER = dropped('The tool is there from the beginning.')
const NO_EXAMPLES = dropped('A tool has no examples of its input.')
const NO_CALLERS = dropped('The model calls its tools itself.')
const ONE_SEARCH = dropped('The search takes nothing but a place.')
export const TOOL_NOTES: readonly Note[] = [NOT_LATER, NO_EXAMPLES, NO_CALLERS, ONE_SEARCH]

/** How early its input is said is the gateway's own business: at once, as it comes. */
const KEYS: Keys<MessagesTool> & Readonly<Record<string, 'used' | 'inert' | Note>> = {
  ...{ type: 'used', name: 'used', description: 'used', input_schema: 'used', strict: 'used', cache_control: 'used' },
  eager_input_streaming: 'inert',
  defer_loading: NOT_LATER,
  input_examples: NO_EXAMPLES,
  allowed_callers: NO_CALLERS,
}
const SEARCH_KEYS = { type: 'used', name: 'used', user_location: 'used', cache_control: 'inert' } as const
/** What says that the model calls it, as it does anyway. */
const DIRECT = JSON.stringify(['direct'])

type Search = NonNullable<ChatFields['web_search_options']>

/** The tools of a request; a search of the web is an option of its own. */
export function chatTools(tools: NonNullable<MessagesFields['tools']>, paths: Paths, lose: Lose) {
  const out: Tool[] = []
  let search: Search | undefined
  tools.forEach((tool, i) => {
    const at = `tools[${i}]`
    const { type }: { readonly type?: string | null | undefined } = tool
    if (type?.startsWith('web_search_')) {
      audit(tool, SEARCH_KEYS, at, (_note, where) => lose(ONE_SEARCH, where))
      search = searchOf(tool)
      paths.set('web_search_options', at)
      return
    }
    paths.set(`tools[${out.length}]`, at)
    // Of other types nobody here knows more than that they are tools.
    out.push(type && type !== 'custom' ? (tool as unknown as Tool) : functionTool(tool, at, lose))
  })
  return { tools: out, search }
}

function functionTool(tool: MessagesTool, at: string, lose: Lose): Tool {
  const { name, description, input_schema: parameters, strict, cache_control: mark } = tool
  const { defer_loading: later, allowed_callers: callers, ...rest }: Record<string, unknown> = tool
  const said = {
    ...rest,
    ...(later === true && { defer_loading: later }),
    ...(JSON.stringify(callers) !== DIRECT && { allowed_callers: callers }),
  }
  audit(said, KEYS, at, lose)
  return {
    type: 'function',
    function: { name, ...(description && { description }), parameters, ...(strict && { strict }) },
    ...(mark && { cache_control: mark }),
  }
}

function searchOf(tool: object): Search {
  const place: unknown = Reflect.get(tool, 'user_location')
  if (typeof place !== 'object' || place === null) return {}
  const { type: _approximate, ...approximate }: Record<string, unknown> = { ...place }
  return { user_location: { type: 'approximate', approximate } }
}
