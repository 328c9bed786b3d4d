// The request body of `POST /v1/messages` and of `/v1/messages/count_tokens`, field by field. Cites: Messages request.
// https://docs.claude.com/en/api/messages
import { versionsOf } from './betas.ts'
import { cacheControl, message, text } from './blocks.ts'
import {
  anything,
  beta,
  boolean,
  choice,
  integer,
  list,
  may,
  maybe,
  need,
  object,
  only,
  range,
  record,
  type Shape,
  string,
  stringOr,
  type Table,
  tagged,
} from './shape.ts'
import { tool, toolChoice } from './tools.ts'

/** The versions that know sampling parameters. */
const SAMPLED = ['2023-01-01', '2023-06-01']

const tag = may(anything)
const format: Shape = object('Structured output, format', {
  type: need(choice('json_schema')),
  schema: need(record),
})
const shown: Table = {
  type: tag,
  display: maybe(choice('summarized', 'omitted', 'updates')),
  block_binding: beta(
    versionsOf('thinking-binding'),
    maybe(object('Thinking', { prefix_mismatch_behavior: maybe(choice('error', 'drop_block', 'allow')) })),
  ),
}
const thinking: Shape = tagged({
  enabled: object('Thinking', { ...shown, budget_tokens: need(integer(1024)) }),
  adaptive: object('Thinking', shown),
  disabled: object('Thinking', { type: tag }),
  between_tools: object('Thinking', { type: tag }),
})
const outputConfig: Shape = object('Messages request, output_config', {
  effort: maybe(choice('low', 'medium', 'high', 'xhigh', 'max')),
  format: maybe(format),
  task_budget: beta(versionsOf('task-budgets'), maybe(record)),
})

/** What both endpoints take. */
const shared: Table = {
  model: need(string({ min: 1, max: 256 })),
  messages: need(list(message)),
  system: may(stringOr(list(tagged({ text })))),
  tools: may(list(tool)),
  tool_choice: may(toolChoice),
  thinking: may(thinking),
  output_config: may(outputConfig),
  output_format: beta(versionsOf('structured-outputs'), maybe(format)),
  cache_control: maybe(cacheControl),
  speed: maybe(choice('standard', 'fast')),
  mcp_servers: beta(
    versionsOf('mcp-client'),
    may(
      list(
        object('Messages request, mcp_servers', {
          type: need(choice('url')),
          name: need(string({ min: 1 })),
          url: need(string({ min: 1 })),
          authorization_token: maybe(string()),
          tool_configuration: maybe(record),
        }),
      ),
    ),
  ),
  context_management: beta(
    [...versionsOf('context-management'), ...versionsOf('compact-')],
    maybe(object('Messages request, context_management', { edits: may(list(record)) })),
  ),
  compaction: beta(
    versionsOf('compact-2026-09'),
    maybe(
      object('Messages request, compaction', {
        type: need(choice('summarize')),
        instructions: maybe(string()),
      }),
    ),
  ),
  billing_policy: beta(versionsOf('user-profiles-billing'), maybe(record)),
}

const messages: Table = {
  ...shared,
  max_tokens: need(integer(0)),
  stop_sequences: may(list(string())),
  stream: may(boolean),
  temperature: only(SAMPLED, may(range(0, 1))),
  top_p: only(SAMPLED, may(range(0, 1))),
  top_k: only(SAMPLED, may(integer(0))),
  metadata: may(object('Messages request, metadata', { user_id: maybe(string({ max: 256 })) })),
  service_tier: may(choice('auto', 'standard_only')),
  container: maybe(
    stringOr(
      object('Messages request, container', {
        id: maybe(string()),
        skills: maybe(list(record)),
      }),
    ),
  ),
  inference_geo: maybe(string()),
  diagnostics: maybe(object('Messages request, diagnostics', { previous_message_id: maybe(string()) })),
  fallbacks: beta(versionsOf('server-side-fallback'), maybe(stringOr(list(record)))),
  fallback_credit_token: beta(versionsOf('fallback-credit'), maybe(anything)),
  thread: beta(versionsOf('message-threads'), maybe(record)),
}

/** `POST /v1/messages`. */
export const messagesRequest: Shape = object('Messages request', messages)

/** `POST /v1/messages/count_tokens`: no answer is made, so nothing about the answer is taken. */
export const countRequest: Shape = object('Messages request', shared)
