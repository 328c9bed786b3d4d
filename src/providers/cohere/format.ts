// JSON answers: by schema, or by word beside what the service does not combine with a format.
// https://docs.cohere.com/docs/structured-outputs
import { type Wording, wordingOf } from '../../hub/json-answer.ts'
import type { ChatFields } from '../../hub/request.ts'
import type { JsonFormat } from './wire.ts'

export interface Format {
  readonly sent?: JsonFormat
  /** What the model is told instead. */
  readonly word?: Wording
}

/** @param apart something goes along that the service does not combine with a format. */
export function formatOf({ response_format: format }: ChatFields, apart: boolean): Format {
  const word = wordingOf(format)
  if (!format || !word) return {}
  if (apart) return { word }
  if (format.type !== 'json_schema') return { sent: { type: 'json_object' } }
  const { schema } = format.json_schema
  // A schema that demands nothing is none, and the service wants an object at the top.
  if (Object.keys(schema).length === 0) return { sent: { type: 'json_object' } }
  return schema.type === 'object' ? { sent: { type: 'json_object', json_schema: schema } } : { word }
}
