// Content blocks, field by field. Cites: Content blocks.
// https://docs.claude.com/en/api/messages
import { versionsOf } from './betas.ts'
import {
  anything,
  beta,
  boolean,
  choice,
  list,
  may,
  maybe,
  need,
  object,
  record,
  type Shape,
  string,
  stringOr,
  type Table,
  tagged,
} from './shape.ts'

/** Ids of calls, in calls and in results. */
const id = string({ pattern: /^[a-zA-Z0-9_-]+$/ })
const tag = may(anything)

export const cacheControl: Shape = object('Cache control', {
  type: need(choice('ephemeral')),
  ttl: may(choice('5m', '1h')),
})

const caller: Shape = tagged({
  direct: object('Content blocks, caller', { type: tag }),
  code_execution_20250825: object('Content blocks, caller', { type: tag, tool_id: need(string()) }),
  code_execution_20260120: object('Content blocks, caller', { type: tag, tool_id: need(string()) }),
  code_execution_20260521: object('Content blocks, caller', { type: tag, tool_id: need(string()) }),
})

/** A block with what every kind has: its tag, and a cache mark unless it is thinking. */
const block = (name: string, table: Table, marks = true): Shape =>
  object(
    `Content blocks, ${name}`,
    marks ? { type: tag, ...table, cache_control: maybe(cacheControl) } : { type: tag, ...table },
  )

const citation = (name: string, ...fields: readonly string[]): Shape =>
  object(`Content blocks, ${name}`, {
    type: tag,
    cited_text: need(string()),
    ...Object.fromEntries(fields.map((field) => [field, maybe(anything)])),
  })

const citations: Shape = list(
  tagged({
    char_location: citation(
      'char_location',
      'document_index',
      'document_title',
      'start_char_index',
      'end_char_index',
      'file_id',
    ),
    page_location: citation(
      'page_location',
      'document_index',
      'document_title',
      'start_page_number',
      'end_page_number',
      'file_id',
    ),
    content_block_location: citation(
      'content_block_location',
      'document_index',
      'document_title',
      'start_block_index',
      'end_block_index',
      'file_id',
    ),
    web_search_result_location: citation('web_search_result_location', 'url', 'title', 'encrypted_index'),
    search_result_location: citation(
      'search_result_location',
      'source',
      'title',
      'search_result_index',
      'start_block_index',
      'end_block_index',
    ),
  }),
)

const citationSwitch: Shape = object('Content blocks, citations', { enabled: may(boolean) })

export const text: Shape = block('text', { text: need(string()), citations: maybe(citations) })

const file: Shape = object('Content blocks, source', {
  type: tag,
  file_id: need(string()),
})

const image: Shape = block('image', {
  source: need(
    tagged({
      base64: object('Content blocks, image', {
        type: tag,
        media_type: need(choice('image/jpeg', 'image/png', 'image/gif', 'image/webp')),
        data: need(string()),
      }),
      url: object('Content blocks, image', { type: tag, url: need(string({ min: 1 })) }),
      file,
    }),
  ),
  transformations: maybe(object('Content blocks, image', { oversized_image: may(choice('downsize', 'error')) })),
})

const document: Shape = block('document', {
  source: need(
    tagged({
      base64: object('Content blocks, document', {
        type: tag,
        media_type: need(choice('application/pdf')),
        data: need(string()),
      }),
      text: object('Content blocks, document', {
        type: tag,
        media_type: need(choice('text/plain')),
        data: need(string({ min: 1 })),
      }),
      content: object('Content blocks, document', {
        type: tag,
        content: need(stringOr(list(tagged({ text, image })))),
      }),
      url: object('Content blocks, document', { type: tag, url: need(string({ min: 1 })) }),
      file,
    }),
  ),
  title: maybe(string({ min: 1, max: 500 })),
  context: maybe(string({ min: 1 })),
  citations: maybe(citationSwitch),
})

const searchResult: Shape = block('search_result', {
  source: need(string()),
  title: need(string()),
  content: need(list(tagged({ text }))),
  citations: may(citationSwitch),
})

const toolResult: Shape = block('tool_result', {
  tool_use_id: need(id),
  content: may(
    stringOr(
      list(
        tagged({
          text,
          image,
          search_result: searchResult,
          document,
          tool_reference: block('tool_reference', { tool_name: need(string({ min: 1 })) }),
          browser_state: block('browser_state', { state_changes: may(anything), tabs: may(anything) }),
        }),
      ),
    ),
  ),
  is_error: may(boolean),
  toolset_name: maybe(string()),
})

const toolUse: Shape = block('tool_use', {
  id: need(id),
  name: need(string({ min: 1, max: 200 })),
  input: need(record),
  caller: may(caller),
  toolset_name: maybe(string()),
})

const serverToolUse: Shape = block('server_tool_use', {
  id: need(string({ pattern: /^srvtoolu_[a-zA-Z0-9_]+$/ })),
  name: need(
    choice(
      'advisor',
      'web_search',
      'web_fetch',
      'code_execution',
      'bash_code_execution',
      'text_editor_code_execution',
      'tool_search_tool_regex',
      'tool_search_tool_bm25',
    ),
  ),
  input: need(record),
  caller: may(caller),
})

/** What a server tool answered. Its content is the service's own and comes back as it went out. */
const serverResult = (name: string): Shape =>
  block(name, { tool_use_id: need(id), content: need(anything), caller: may(caller) })

const toolChange = (name: string): Shape => block(name, { tool: need(record) })

/** Where a kind of block may stand. */
interface Kind {
  readonly shape: Shape
  readonly roles: readonly ('user' | 'assistant' | 'system')[]
  readonly betas?: readonly string[]
}

const user = (shape: Shape): Kind => ({ shape, roles: ['user'] })
const assistant = (shape: Shape): Kind => ({ shape, roles: ['assistant'] })

/** Every kind of block the service knows. */
export const BLOCKS: Readonly<Record<string, Kind>> = {
  text: { shape: text, roles: ['user', 'assistant', 'system'] },
  image: user(image),
  document: { shape: document, roles: ['user', 'assistant'] },
  search_result: user(searchResult),
  tool_result: user(toolResult),
  container_upload: {
    shape: block('container_upload', { file_id: need(string()) }),
    roles: ['user', 'assistant'],
  },
  thinking: assistant(block('thinking', { thinking: need(string()), signature: need(string()) }, false)),
  redacted_thinking: assistant(block('redacted_thinking', { data: need(string()) }, false)),
  tool_use: assistant(toolUse),
  server_tool_use: assistant(serverToolUse),
  web_search_tool_result: assistant(serverResult('web_search_tool_result')),
  web_fetch_tool_result: assistant(serverResult('web_fetch_tool_result')),
  code_execution_tool_result: assistant(serverResult('code_execution_tool_result')),
  bash_code_execution_tool_result: assistant(serverResult('bash_code_execution_tool_result')),
  text_editor_code_execution_tool_result: assistant(serverResult('text_editor_code_execution_tool_result')),
  tool_search_tool_result: assistant(serverResult('tool_search_tool_result')),
  advisor_tool_result: { ...assistant(serverResult('advisor_tool_result')), betas: versionsOf('advisor-tool') },
  mcp_tool_use: {
    ...assistant(
      block('mcp_tool_use', { id: need(id), name: need(string()), server_name: need(string()), input: need(record) }),
    ),
    betas: versionsOf('mcp-client'),
  },
  mcp_tool_result: {
    shape: block('mcp_tool_result', {
      tool_use_id: need(id),
      content: may(stringOr(list(tagged({ text })))),
      is_error: may(boolean),
    }),
    roles: ['user', 'assistant'],
    betas: versionsOf('mcp-client'),
  },
  mcp_tool_listing: {
    ...assistant(block('mcp_tool_listing', { mcp_server_name: need(string()), tools: need(list(record)) }, false)),
    betas: versionsOf('mcp-client'),
  },
  compaction: {
    ...assistant(
      block('compaction', {
        content: maybe(string()),
        encrypted_content: maybe(string()),
        signature: maybe(string()),
        tool_changes: maybe(list(record)),
      }),
    ),
    betas: versionsOf('compact-'),
  },
  fallback: {
    ...assistant(block('fallback', { from: need(record), to: need(record), trigger: maybe(anything) }, false)),
    betas: versionsOf('server-side-fallback'),
  },
  tool_addition: {
    shape: toolChange('tool_addition'),
    roles: ['user', 'system'],
    betas: versionsOf('mid-conversation-tool'),
  },
  tool_removal: {
    shape: toolChange('tool_removal'),
    roles: ['user', 'system'],
    betas: versionsOf('mid-conversation-tool'),
  },
}

const shapes = Object.fromEntries(Object.entries(BLOCKS).map(([name, kind]) => [name, kind.shape]))
const betas = Object.fromEntries(
  Object.entries(BLOCKS).flatMap(([name, kind]) => (kind.betas ? [[name, kind.betas]] : [])),
)

const anyBlock: Shape = tagged(shapes, { betas })

/** One message. Whether a block may stand in its role is a rule of the conversation, not of its shape. */
export const message: Shape = object('Messages', {
  role: need(choice('user', 'assistant', 'system')),
  content: need(stringOr(list(anyBlock))),
  clear_at: beta(versionsOf('mid-conversation-system'), maybe(choice('next_user_message', 'never'))),
  output_config: beta(versionsOf('mid-conversation-output'), maybe(record)),
})
