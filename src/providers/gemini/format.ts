// JSON answers: by schema, or by word where the model takes none beside tools.
// https://ai.google.dev/gemini-api/docs/structured-output
import { type Wording, wordingOf } from '../../hub/json-answer.ts'
import type { ChatFields } from '../../hub/request.ts'
import type { Lose } from '../../hub/support.ts'
import type { Family } from './models.ts'
import { converted } from './schema.ts'
import type { Schema } from './schema-join.ts'

export type Format =
  | { readonly by: 'schema'; readonly schema: Schema; readonly jsonForm: boolean }
  | { readonly by: 'type' }
  | ({ readonly by: 'word' } & Wording)

/** @param tools the request has tools, beside which older models take no type of answer. */
export function formatOf(
  { response_format: format }: ChatFields,
  { third, jsonSchema }: Family,
  tools: boolean,
  lose: Lose,
): Format | undefined {
  const wording = wordingOf(format)
  if (!format || !wording) return undefined
  if (tools && !third) return { by: 'word', ...wording }
  const bySchema = format.type === 'json_schema' ? format.json_schema.schema : undefined
  if (!bySchema) return { by: 'type' }
  const schema = converted(bySchema, 'response_format.json_schema.schema', jsonSchema, lose)
  // A schema that says nothing is none: a field without a value would be refused.
  return Object.keys(schema).length > 0 ? { by: 'schema', schema, jsonForm: jsonSchema } : { by: 'type' }
}
