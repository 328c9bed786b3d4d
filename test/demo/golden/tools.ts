// What the rules of `demo/anthropic/rules/tools.ts` say, word for word.
import { find, type Golden } from '../requests.ts'

export const tools: readonly Golden[] = [
  {
    rule: 'input_schema is an object schema',
    fields: { tools: [{ name: 'f', input_schema: { type: 'object', anyOf: [] } }] },
    message: 'tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
  },
  { rule: 'tool names are unique', fields: { tools: [find, find] }, message: 'tools: Tool names must be unique.' },
  {
    rule: 'not every tool is deferred',
    fields: { tools: [{ ...find, defer_loading: true }] },
    message: 'At least one tool must have defer_loading=false. All tools cannot be deferred.',
  },
  {
    rule: 'allowed or blocked domains',
    fields: {
      tools: [
        { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.de'], blocked_domains: ['b.de'] },
      ],
    },
    message: 'tools.0.web_search_20250305: Only one of `allowed_domains` and `blocked_domains` may be specified',
  },
  {
    rule: 'tool_choice needs tools',
    fields: { tool_choice: { type: 'any' } },
    message: 'tool_choice.any may only be specified while providing tools',
  },
  {
    rule: 'tool_choice names a tool',
    fields: { tools: [find], tool_choice: { type: 'tool', name: 'lose' } },
    message: "Tool 'lose' not found in provided tools",
  },
  {
    rule: 'strict tools of the model',
    fields: { model: 'claude-sonnet-4-0', tools: [{ ...find, strict: true }] },
    message: "'claude-sonnet-4-0' does not support strict tools.",
  },
  {
    rule: 'strict schemas',
    fields: { tools: [{ ...find, strict: true }] },
    message: "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
  },
]
