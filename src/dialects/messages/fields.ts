// The table: what becomes of each field of a Messages request on its way into a chat request.
// https://docs.anthropic.com/en/api/messages
import type { Message, Tool } from '../../../schemas/chat.ts'
import type { MessagesFields, OutputFormat } from '../../../schemas/messages.ts'
import type { DialectFields } from '../../hub/desugar.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, dropped, type Lose, rejected, rows } from '../../hub/support.ts'
import { MESSAGE_NOTES } from './conversation.ts'
import { TOOL_NOTES } from './tools.ts'

/** A chat request, and the fields of Messages itself that providers name beside it. */
interface Hub extends Partial<ChatFields> {
  container?: unknown
  mcp_servers?: unknown
  context_management?: unknown
  speed?: unknown
  inference_geo?: unknown
}

/** What was made of the parts that hang together. */
interface Plan {
  readonly messages: Message[]
  readonly tools: Tool[]
  readonly search: ChatFields['web_search_options']
}

const { full, rename, map, drop, reject } = rows<Hub, Plan>()

const CACHE_ONLY = rejected(
  'Only the Messages API itself fills its cache without an answer.',
  'integer_below_min_value',
)
/** What clients are told apart by `error_code`: they go on with the whole conversation. */
export const NO_THREAD = rejected(
  'Only the Messages API itself keeps a conversation: send all of it, without a thread.',
  'unsupported_parameter',
)
const NO_METADATA = dropped("There is no metadata but 'user_id'.")
const NO_BUDGET = dropped('There is no such part of a chat request.')

const messagesPart = ({ messages }: Plan) => ({ messages })

const formatPart = (format: OutputFormat) => ({
  response_format: {
    type: 'json_schema' as const,
    json_schema: { name: 'output', schema: format.schema, strict: true },
  },
})

export const fields: DialectFields<MessagesFields, Hub, Plan> = {
  model: full('model'),
  messages: map('messages', (_messages, plan) => messagesPart(plan), MESSAGE_NOTES),
  system: map('messages', (_system, plan) => messagesPart(plan)),
  max_tokens: map(
    'max_completion_tokens',
    (value: number, _plan, lose) => (value === 0 ? lose(CACHE_ONLY) : { max_completion_tokens: value }),
    [CACHE_ONLY],
  ),
  stop_sequences: rename('stop'),
  stream: full('stream'),
  temperature: full('temperature'),
  top_p: full('top_p'),
  top_k: full('top_k'),
  tools: map(
    ['tools', 'web_search_options'],
    (_tools, { tools, search }: Plan) => ({
      ...(tools.length > 0 && { tools }),
      ...(search && { web_search_options: search }),
    }),
    TOOL_NOTES,
  ),
  tool_choice: map(
    ['tool_choice', 'parallel_tool_calls'],
    ({ type, name, disable_parallel_tool_use: single }: NonNullable<MessagesFields['tool_choice']>) => ({
      tool_choice: choiceOf(type, name ?? ''),
      ...(single && type !== 'none' && { parallel_tool_calls: false }),
    }),
  ),
  thinking: full('thinking'),
  output_config: map(
    ['reasoning_effort', 'response_format'],
    (value: NonNullable<MessagesFields['output_config']>, _plan, lose) => {
      audit(value, { effort: 'used', format: 'used', task_budget: NO_BUDGET }, 'output_config', lose)
      const { effort, format } = value
      return { ...(effort && { reasoning_effort: effort }), ...(format && formatPart(format)) }
    },
    [NO_BUDGET],
  ),
  output_format: map('response_format', formatPart),
  metadata: map(
    'user',
    (value: NonNullable<MessagesFields['metadata']>, _plan, lose: Lose) => {
      audit(value, { user_id: 'used' }, 'metadata', (_note, at) => lose(NO_METADATA, at))
      return value.user_id ? { user: value.user_id } : undefined
    },
    [NO_METADATA],
  ),
  service_tier: map('service_tier', (tier: string) => ({ service_tier: tier === 'standard_only' ? 'default' : tier })),
  cache_control: full('cache_control'),
  container: full('container'),
  mcp_servers: full('mcp_servers'),
  context_management: full('context_management'),
  speed: map('speed', (speed: string) => (speed === 'standard' ? undefined : { speed })),
  inference_geo: full('inference_geo'),
  diagnostics: drop('Nobody else tells why a cache was missed.'),
  thread: reject(NO_THREAD.reason),
}

function choiceOf(type: NonNullable<MessagesFields['tool_choice']>['type'], name: string): ChatFields['tool_choice'] {
  if (type === 'tool') return { type: 'function', function: { name } }
  return type === 'any' ? 'required' : type
}
