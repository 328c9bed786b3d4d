// What the rules of `demo/anthropic/rules/output.ts` say, word for word.
import { assistant, closed, format, type Golden, hello, OLD, text, user } from '../requests.ts'

export const output: readonly Golden[] = [
  {
    rule: 'structured output of the model',
    fields: { model: 'claude-opus-4-0', ...format(closed({})) },
    message: "'claude-opus-4-0' does not support output format.",
  },
  {
    rule: 'one output format',
    context: { ...OLD, betas: new Set(['structured-outputs-2025-11-13']) },
    fields: { output_format: { type: 'json_schema', schema: closed({}) }, ...format(closed({})) },
    message: 'output_format: cannot be specified together with `output_config.format`',
  },
  {
    rule: 'output schema',
    fields: format({ type: 'object', properties: {} }),
    message: "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
  },
  {
    rule: 'output schema',
    fields: format(closed({ age: { type: 'integer', minimum: 1 } })),
    message: "output_config.format.schema: For 'integer' type, property 'minimum' is not supported",
  },
  {
    rule: 'output schema',
    fields: format(closed({ age: { type: 'integer', minimum: 1, maximum: 9 } })),
    message: "output_config.format.schema: For 'integer' type, properties maximum, minimum are not supported",
  },
  {
    rule: 'output schema',
    fields: format(closed({ list: { type: 'array', items: { type: 'string' }, minItems: 2 } })),
    message: "output_config.format.schema: For 'array' type, 'minItems' values other than 0 or 1 are not supported",
  },
  {
    rule: 'output schema',
    fields: format(closed({ at: { type: 'string', format: 'date-and-time' } })),
    message: "output_config.format.schema: For 'string' type, format 'date-and-time' is not supported",
  },
  {
    rule: 'output schema',
    fields: format({ ...closed({ child: { $ref: '#' } }) }),
    message: "output_config.format.schema: Recursive schemas are not supported: '#' refers to itself",
  },
  {
    rule: 'optional parameters over all schemas',
    fields: format(
      closed(Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`p${at}`, { type: 'string' }])), []),
    ),
    message:
      'Schemas contains too many optional parameters (25), which would make grammar compilation inefficient. Reduce the number of optional parameters in your tool schemas (limit: 24).',
  },
  {
    rule: 'unions over all schemas',
    fields: format(
      closed(Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`p${at}`, { type: ['string', 'null'] }]))),
    ),
    message:
      'Schemas contains too many parameters with union types (17 parameters with type arrays or anyOf). This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters (limit: 16 parameters with unions).',
  },
  {
    rule: 'structured output excludes citations',
    fields: {
      ...format(closed({})),
      messages: [
        user({
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'x' },
          citations: { enabled: true },
        }),
      ],
    },
    message: 'output_config.format: Citations cannot be enabled together with structured outputs.',
  },
  {
    rule: 'structured output excludes prefill',
    fields: { ...format(closed({})), messages: [hello, assistant(text('{'))] },
    message:
      'output_config.format: Assistant message prefill is not supported with structured outputs. The conversation must end with a user message.',
  },
]
