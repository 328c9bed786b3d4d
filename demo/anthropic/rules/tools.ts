// Tools among each other: names, schemas, choices. Cites: Tools.
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
import { schemaFault } from '../schemas.ts'
import type { Tool } from '../wire.ts'
import type { Rule } from './rule.ts'

const COMBINATORS = ['oneOf', 'allOf', 'anyOf'] as const

/** The first tool with a fault, as `tools.<index>…: <fault>`. */
function firstFault(tools: readonly Tool[] | undefined, fault: (tool: Tool) => string | undefined): string | undefined {
  for (const [index, tool] of (tools ?? []).entries()) {
    const found = fault(tool)
    if (found) return `tools.${index}.${tool.type ?? 'custom'}${found}`
  }
  return undefined
}

export const tools: readonly Rule[] = [
  {
    name: 'input_schema is an object schema',
    cites: 'Tools, input_schema',
    refuse: ({ body }) =>
      firstFault(body.tools, ({ input_schema: schema }) => {
        if (!schema) return undefined
        if (COMBINATORS.some((keyword) => keyword in schema)) {
          return '.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level'
        }
        if (schema.type === undefined) return '.input_schema.type: Field required'
        return schema.type === 'object' ? undefined : ".input_schema.type: Input should be 'object'"
      }),
  },
  {
    name: 'tool names are unique',
    cites: 'Tools, client tool',
    refuse: ({ body }) => {
      const names = (body.tools ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]))
      return new Set(names).size < names.length ? 'tools: Tool names must be unique.' : undefined
    },
  },
  {
    name: 'not every tool is deferred',
    cites: 'Tools, defer_loading',
    refuse: ({ body }) =>
      body.tools?.length && body.tools.every((tool) => tool.defer_loading)
        ? 'At least one tool must have defer_loading=false. All tools cannot be deferred.'
        : undefined,
  },
  {
    name: 'allowed or blocked domains',
    cites: 'Tools, web_search',
    refuse: ({ body }) =>
      firstFault(body.tools, ({ allowed_domains: allowed, blocked_domains: blocked }) =>
        allowed && blocked ? ': Only one of `allowed_domains` and `blocked_domains` may be specified' : undefined,
      ),
  },
  {
    name: 'tool_choice needs tools',
    cites: 'Tools, tool_choice',
    refuse: ({ body: { tool_choice: choice, tools: given } }) => {
      if (!choice || given?.length) return undefined
      if (choice.type === 'tool') return `Tool '${choice.name}' not found in provided tools`
      return `tool_choice.${choice.type} may only be specified while providing tools`
    },
  },
  {
    name: 'tool_choice names a tool',
    cites: 'Tools, tool_choice',
    refuse: ({ body: { tool_choice: choice, tools: given } }) =>
      choice?.type === 'tool' && given?.length && !given.some(({ name }) => name === choice.name)
        ? `Tool '${choice.name}' not found in provided tools`
        : undefined,
  },
  {
    name: 'strict tools of the model',
    cites: 'Tools, strict; Structured output',
    refuse: ({ body, model }) =>
      !model.structured && body.tools?.some(({ strict }) => strict)
        ? `'${body.model}' does not support strict tools.`
        : undefined,
  },
  {
    name: 'strict schemas',
    cites: 'Tools, strict; Structured output, schema rules',
    refuse: ({ body }) =>
      firstFault(body.tools, ({ strict, input_schema: schema }) => {
        const fault = strict && schema ? schemaFault(schema) : undefined
        return fault && `: ${fault}`
      }),
  },
]
