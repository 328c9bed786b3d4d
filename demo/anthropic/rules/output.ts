// Structured output: which models, which schemas, beside what. Cites: Structured output.
// https://docs.claude.com/en/docs/build-with-claude/structured-outputs
import { countParameters, schemaFault } from '../schemas.ts'
import { type Block, blocksOf, formatOf, type MessagesBody } from '../wire.ts'
import type { Rule } from './rule.ts'

const OPTIONAL_LIMIT = 24
const UNION_LIMIT = 16

/** The schemas that are compiled into a grammar: the answer's and those of strict tools. */
function compiled(body: MessagesBody) {
  const strict = (body.tools ?? []).flatMap(({ strict, input_schema: schema }) => (strict && schema ? [schema] : []))
  const format = formatOf(body)
  return format ? [...strict, format.schema] : strict
}

const asksForCitations = (blocks: readonly Block[]): boolean =>
  blocks.some(
    ({ citations, type }) =>
      (type === 'document' || type === 'search_result') &&
      typeof citations === 'object' &&
      citations !== null &&
      'enabled' in citations &&
      citations.enabled === true,
  )

/** Both numbers over all schemas of a request. */
function parameters(body: MessagesBody) {
  const counts = compiled(body).map(countParameters)
  const sum = (of: 'optional' | 'unions') => counts.reduce((total, count) => total + count[of], 0)
  return { optional: sum('optional'), unions: sum('unions') }
}

export const output: readonly Rule[] = [
  {
    name: 'structured output of the model',
    cites: 'Structured output; Models, Structured',
    refuse: ({ body, model }) =>
      formatOf(body) && !model.structured ? `'${body.model}' does not support output format.` : undefined,
  },
  {
    name: 'one output format',
    cites: 'Messages request, output_format',
    refuse: ({ body }) =>
      body.output_format && body.output_config?.format
        ? 'output_format: cannot be specified together with `output_config.format`'
        : undefined,
  },
  {
    name: 'output schema',
    cites: 'Structured output, schema rules',
    refuse: ({ body }) => {
      const format = formatOf(body)
      const fault = format && schemaFault(format.schema)
      return fault && `${body.output_format ? 'output_format' : 'output_config.format'}.schema: ${fault}`
    },
  },
  {
    name: 'optional parameters over all schemas',
    cites: 'Structured output, at most 24 optional properties',
    refuse: ({ body }) => {
      const { optional } = parameters(body)
      return optional > OPTIONAL_LIMIT
        ? `Schemas contains too many optional parameters (${optional}), which would make grammar compilation inefficient. Reduce the number of optional parameters in your tool schemas (limit: ${OPTIONAL_LIMIT}).`
        : undefined
    },
  },
  {
    name: 'unions over all schemas',
    // Not in the reference: seen in public reports of the service's answers.
    cites: 'Structured output, schema rules',
    refuse: ({ body }) => {
      const { unions } = parameters(body)
      return unions > UNION_LIMIT
        ? `Schemas contains too many parameters with union types (${unions} parameters with type arrays or anyOf). This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters (limit: ${UNION_LIMIT} parameters with unions).`
        : undefined
    },
  },
  {
    name: 'structured output excludes citations',
    cites: 'Structured output, citations',
    refuse: ({ body }) =>
      formatOf(body) && body.messages.some(({ content }) => asksForCitations(blocksOf(content)))
        ? 'output_config.format: Citations cannot be enabled together with structured outputs.'
        : undefined,
  },
  {
    name: 'structured output excludes prefill',
    cites: 'Structured output, prefill',
    refuse: ({ body, model }) =>
      model.prefill && formatOf(body) && body.messages.at(-1)?.role === 'assistant'
        ? 'output_config.format: Assistant message prefill is not supported with structured outputs. The conversation must end with a user message.'
        : undefined,
  },
]
