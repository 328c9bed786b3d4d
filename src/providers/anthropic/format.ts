// JSON answers: by schema where the model has it, by a forced tool where it has not, by word where nothing else is left.
// https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs

import { type Wording, wordingOf } from '../../hub/json-answer.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import type { Family } from './models.ts'
import { objectSchema } from './parameters.ts'
import type { Grammar, Schema } from './schema.ts'
import type { ClientTool } from './wire.ts'

export type Format =
  | { readonly by: 'schema'; readonly schema: Schema }
  | { readonly by: 'tool'; readonly tool: ClientTool }
  | ({ readonly by: 'word' } & Wording)

/**
 * How an answer in JSON is asked for.
 * @param callsAsked the client itself demands a call of one of its tools, so that no other answer is wanted.
 */
export function formatOf(
  { response_format: format }: ChatFields,
  family: Family,
  callsAsked: boolean,
  names: Names,
  grammar: Grammar | undefined,
): Format | undefined {
  const wording = wordingOf(format)
  if (!wording) return undefined
  const word = { by: 'word', ...wording } as const
  if (format?.type !== 'json_schema') return word
  const { name, description, schema } = format.json_schema
  const native = grammar?.compile(schema)
  if (native) return { by: 'schema', schema: native }
  const input = callsAsked || !family.forces ? undefined : objectSchema(schema)
  if (!input) return word
  return {
    by: 'tool',
    tool: {
      // A name of the client's own tool is taken, so that this one gets a suffix.
      name: names.fresh(name),
      description: description || 'Gives the answer.',
      input_schema: input.schema,
    },
  }
}
