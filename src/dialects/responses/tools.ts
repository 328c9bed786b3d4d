// Tools and the choice among them, of the flat form into chat's nested one. Tools of other types are the service's own:
// a search of the web is a field in chat, and the rest goes as it is to whom may know it.
// https://platform.openai.com/docs/guides/function-calling
import type { CacheControl, Tool } from '../../../schemas/chat.ts'
import type { ResponsesFields, ResponsesTool } from '../../../schemas/responses.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, dropped, emulated, type Lose, rejected } from '../../hub/support.ts'
import { keys } from './keys.ts'
import { flatName } from './namespaces.ts'

const ONE_SEARCH = dropped('One search of the web is enough: the first is sent.')
const NO_FILTER = dropped('The search takes no such limit.')
const OWN_WAY = dropped('When it searches, the service decides by itself.')
const FLAT = emulated("A namespace's tools are sent by names that begin with its own, and called by theirs.")
const SAME_NAME = rejected('Another tool would be sent by the same name.')
const NO_CHOICE = rejected('The gateway knows no choice of this type.')
const NO_NAME = rejected("A choice of a function needs its 'name'.", 'missing_required_parameter')

/** Every loss that tools may meet on their way into the hub. */
export const TOOL_NOTES = [ONE_SEARCH, NO_FILTER, FLAT, SAME_NAME]
/** Every loss that the choice among them may. */
export const CHOICE_NOTES = [OWN_WAY, NO_CHOICE, NO_NAME]

const SEARCH = /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/
const FUNCTION = keys('type name description parameters strict cache_control')
const CUSTOM = keys('type name description format cache_control')
const NAMESPACE = keys('type name description tools')
const SEARCHING = {
  ...keys('type search_context_size user_location'),
  filters: NO_FILTER,
  external_web_access: NO_FILTER,
  search_content_types: NO_FILTER,
}

export interface Tools {
  readonly tools: readonly Tool[]
  readonly search: NonNullable<ChatFields['web_search_options']> | undefined
  /** The place of each of `tools` among the client's, as a path; and of the search. */
  readonly places: readonly string[]
  readonly searchPlace: number
}

export function toolsOf(given: readonly ResponsesTool[], lose: Lose): Tools {
  const tools: Tool[] = []
  const places: string[] = []
  let search: Tools['search']
  let searchPlace = 0
  given.forEach((tool, i) => {
    const path = `tools[${i}]`
    if (isSearch(tool)) {
      if (search) lose(ONE_SEARCH, { path })
      else {
        search = searchOf(tool, path, lose)
        searchPlace = i
      }
      return
    }
    if (tool.type !== 'namespace') {
      tools.push(toolOf(tool, path, lose))
      places.push(path)
      return
    }
    audit(tool, NAMESPACE, path, lose)
    lose(FLAT, { path: `${path}.type` })
    tool.tools.forEach((one, k) => {
      const name = flatName(tool.name, one.name)
      const at = `${path}.tools[${k}]`
      if (given.some((other) => other.name === name)) lose(SAME_NAME, { path: `${at}.name` })
      // What the group is for is said with each of it: there is no other place.
      const description = [tool.description, one.description].filter(Boolean).join('\n\n')
      tools.push(toolOf({ ...one, name, description }, at, lose))
      places.push(at)
    })
  })
  return { tools, search, places, searchPlace }
}

function toolOf(tool: Exclude<ResponsesTool, { type: 'namespace' }>, path: string, lose: Lose): Tool {
  if (tool.type === 'function') {
    const { name, description, parameters, strict } = tool
    audit(tool, FUNCTION, path, lose)
    const definition = {
      name,
      ...(description && { description }),
      ...(parameters && { parameters }),
      ...(typeof strict === 'boolean' && { strict }),
    }
    return { type: 'function', function: definition, ...markOf(tool) }
  }
  if (tool.type !== 'custom') return tool
  const { name, description, format } = tool
  audit(tool, CUSTOM, path, lose)
  const { type, syntax, definition } = format ?? {}
  const grammar = syntax && definition ? { grammar: { syntax, definition } } : {}
  const custom = { name, ...(description && { description }), ...(type && { format: { type, ...grammar } }) }
  return { type: 'custom', custom, ...markOf(tool) }
}

function markOf({ cache_control }: { cache_control?: CacheControl | null | undefined }) {
  return { ...(cache_control && { cache_control }) }
}

function isSearch({ type }: { readonly type: string }): boolean {
  return SEARCH.test(type)
}

/** The place of the user is flat here, and nested there. */
function searchOf(tool: Readonly<Record<string, unknown>>, path: string, lose: Lose): NonNullable<Tools['search']> {
  audit(tool, SEARCHING, path, lose)
  const { search_context_size: size, user_location: location } = tool
  const { type: _approximate, ...place } = isObject(location) ? location : {}
  const said = Object.entries(place).filter(([, value]) => value !== null && value !== undefined)
  return {
    ...(typeof size === 'string' && { search_context_size: size }),
    ...(said.length > 0 && { user_location: { type: 'approximate', approximate: Object.fromEntries(said) } }),
  }
}

/** The choice, or undefined where it is left to the service. */
export function choiceOf(
  choice: NonNullable<ResponsesFields['tool_choice']>,
  lose: Lose,
): ChatFields['tool_choice'] | undefined {
  if (typeof choice === 'string') return choice
  const { type, name, mode, tools } = flat(choice)
  if (type === 'allowed_tools') {
    // A search is no function: that it is allowed is all there is to say of it.
    const named = (tools ?? []).filter((one) => !isSearch({ type: String(one.type) })).map(flat)
    return { type, mode: mode === 'required' ? 'required' : 'auto', tools: named }
  }
  if (isSearch({ type })) return lose(OWN_WAY)
  if (type !== 'function' && type !== 'custom') return lose(NO_CHOICE, { path: 'tool_choice.type' })
  if (!name) return lose(NO_NAME, { path: 'tool_choice.name' })
  return type === 'function' ? { type, function: { name } } : { type, custom: { name } }
}

/** What is chosen, by the name that it is sent by. */
function flat<T extends Readonly<Record<string, unknown>>>(chosen: T): T {
  const { namespace, name } = chosen
  if (typeof namespace !== 'string' || typeof name !== 'string') return chosen
  return { ...chosen, name: flatName(namespace, name), namespace: undefined }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
