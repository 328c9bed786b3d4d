// JSON answers: by schema where the model has it, by a forced tool where it has not, by word where nothing else is left.
import type { ChatFields } from '../../hub/request.ts'
import type { Family } from './models.ts'
import type { Names } from './names.ts'
import { inputSchema, nativeSchema } from './schema.ts'
import type { ClientTool } from './wire.ts'

export type Format =
  | { readonly by: 'schema'; readonly schema: Record<string, unknown> }
  | { readonly by: 'tool'; readonly tool: ClientTool }
  | { readonly by: 'word'; readonly instruction: string }

const ANY_OBJECT = 'Respond with one valid JSON object and nothing else.'

/**
 * How an answer in JSON is asked for.
 * @param callsAsked the client itself demands a call of one of its tools, so that no other answer is wanted.
 * @param names knows the names of the client's tools already.
 */
export function formatOf(fields: ChatFields, family: Family, callsAsked: boolean, names: Names): Format | undefined {
  const format = fields.response_format
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json_object') return { by: 'word', instruction: ANY_OBJECT }
  const { name, description, schema } = format.json_schema
  const native = family.structured ? nativeSchema(schema) : undefined
  if (native) return { by: 'schema', schema: native }
  if (callsAsked || !family.forces) {
    const instruction = `Respond with one JSON value that matches this JSON Schema, and nothing else:\n${JSON.stringify(schema)}`
    return { by: 'word', instruction }
  }
  return {
    by: 'tool',
    tool: {
      // A name of the client's own tool is taken, so that this one gets a suffix.
      name: names.fresh(name),
      description: description ?? 'Gives the answer.',
      input_schema: inputSchema(schema).schema,
    },
  }
}

/** The JSON in a text that was asked to hold nothing else: without a fence, and without what stands around it. */
export function unfenced(text: string): string {
  const fence = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)
  const inner = (fence?.[1] ?? text).trim()
  if (isJson(inner)) return inner
  const from = inner.indexOf('{')
  const to = inner.lastIndexOf('}')
  const cut = from === -1 || to < from ? '' : inner.slice(from, to + 1)
  return isJson(cut) ? cut : text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
