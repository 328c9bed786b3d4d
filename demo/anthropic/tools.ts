// Tools, client and server, field by field. Cites: Tools.
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
import { versionsOf } from './betas.ts'
import { cacheControl } from './blocks.ts'
import {
  anything,
  boolean,
  choice,
  integer,
  list,
  may,
  maybe,
  need,
  object,
  record,
  type Shape,
  string,
  type Table,
  tagged,
} from './shape.ts'

const tag = maybe(anything)
const name = string({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ })
const domains = maybe(list(string()))

/** What client and server tools have in common. */
const common: Table = {
  type: tag,
  cache_control: maybe(cacheControl),
  defer_loading: may(boolean),
  strict: may(boolean),
  allowed_callers: may(
    list(choice('direct', 'code_execution_20250825', 'code_execution_20260120', 'code_execution_20260521')),
  ),
}

/** A tool the service knows itself: it has one name. */
const builtIn = (own: string, table: Table = {}): Shape =>
  object(`Tools, ${own}`, { ...common, name: need(choice(own)), ...table })

const custom: Shape = object('Tools, client tool', {
  ...common,
  name: need(name),
  description: may(string()),
  input_schema: need(record),
  eager_input_streaming: maybe(boolean),
  input_examples: may(list(record)),
})

const examples: Table = { input_examples: may(list(record)) }
const screen: Table = {
  ...examples,
  display_width_px: need(integer(1)),
  display_height_px: need(integer(1)),
  display_number: maybe(integer(0)),
}
const search: Table = {
  max_uses: maybe(integer(1)),
  allowed_domains: domains,
  blocked_domains: domains,
  user_location: maybe(
    object('Tools, web_search', {
      type: need(choice('approximate')),
      city: maybe(string({ min: 1, max: 255 })),
      region: maybe(string({ min: 1, max: 255 })),
      country: maybe(string({ pattern: /^[A-Z]{2}$/ })),
      timezone: maybe(string({ min: 1, max: 255 })),
    }),
  ),
}
const fetching: Table = {
  max_uses: maybe(integer(1)),
  allowed_domains: domains,
  blocked_domains: domains,
  citations: maybe(object('Tools, web_fetch', { enabled: may(boolean) })),
  max_content_tokens: maybe(integer(1)),
  url_sources: maybe(anything),
}
const inclusion: Table = { response_inclusion: may(choice('full', 'excluded')) }
const cached: Table = { use_cache: may(boolean) }
const toolset = (own: string): Shape =>
  object(`Tools, ${own}`, { type: tag, cache_control: maybe(cacheControl), configs: maybe(record) })
const searchTool = (own: string): Shape => builtIn(own)

/** Every kind of tool, by its `type`; without one it is `custom`. */
const KINDS: Readonly<Record<string, Shape>> = {
  custom,
  bash_20241022: builtIn('bash', examples),
  bash_20250124: builtIn('bash', examples),
  text_editor_20241022: builtIn('str_replace_editor', examples),
  text_editor_20250124: builtIn('str_replace_editor', examples),
  text_editor_20250429: builtIn('str_replace_based_edit_tool', examples),
  text_editor_20250728: builtIn('str_replace_based_edit_tool', { ...examples, max_characters: maybe(integer(1)) }),
  memory_20250818: builtIn('memory', examples),
  computer_20241022: builtIn('computer', screen),
  computer_20250124: builtIn('computer', screen),
  computer_20251124: builtIn('computer', { ...screen, enable_zoom: may(boolean) }),
  computer_toolset_20260801: toolset('computer_toolset'),
  browser_toolset_20260801: toolset('browser_toolset'),
  web_search_20250305: builtIn('web_search', search),
  web_search_20260209: builtIn('web_search', search),
  web_search_20260318: builtIn('web_search', { ...search, ...inclusion }),
  web_fetch_20250910: builtIn('web_fetch', fetching),
  web_fetch_20260209: builtIn('web_fetch', fetching),
  web_fetch_20260309: builtIn('web_fetch', { ...fetching, ...cached }),
  web_fetch_20260318: builtIn('web_fetch', { ...fetching, ...cached, ...inclusion }),
  code_execution_20250522: builtIn('code_execution'),
  code_execution_20250825: builtIn('code_execution'),
  code_execution_20260120: builtIn('code_execution'),
  code_execution_20260521: builtIn('code_execution'),
  tool_search_tool_regex: searchTool('tool_search_tool_regex'),
  tool_search_tool_regex_20251119: searchTool('tool_search_tool_regex'),
  tool_search_tool_bm25: searchTool('tool_search_tool_bm25'),
  tool_search_tool_bm25_20251119: searchTool('tool_search_tool_bm25'),
  advisor_20260301: builtIn('advisor', {
    model: need(string({ min: 1 })),
    caching: maybe(cacheControl),
    max_tokens: maybe(integer(1)),
    max_uses: maybe(integer(1)),
  }),
  mcp_toolset: object('Tools, mcp_toolset', {
    type: tag,
    mcp_server_name: need(string({ min: 1, max: 255 })),
    cache_control: maybe(cacheControl),
    configs: maybe(record),
    default_config: may(record),
    tools: maybe(list(record)),
  }),
}

const computer = versionsOf('computer-use')

/** One entry of `tools`. */
export const tool: Shape = tagged(KINDS, {
  fallback: 'custom',
  betas: {
    bash_20241022: computer,
    text_editor_20241022: computer,
    computer_20241022: computer,
    computer_20250124: computer,
    computer_20251124: computer,
    advisor_20260301: versionsOf('advisor-tool'),
    mcp_toolset: versionsOf('mcp-client'),
  },
})

const parallel: Table = { type: tag, disable_parallel_tool_use: may(boolean) }

/** `tool_choice`. */
export const toolChoice: Shape = tagged({
  auto: object('Tools, tool_choice', parallel),
  any: object('Tools, tool_choice', parallel),
  tool: object('Tools, tool_choice', { ...parallel, name: need(string()) }),
  none: object('Tools, tool_choice', { type: tag }),
})
