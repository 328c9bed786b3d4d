// Parameters of tools: their root is an object, and no dialect of JSON Schema is named.
// https://platform.moonshot.ai/docs/guide/use-kimi-api-to-complete-tool-calls
import type { Body, Plan } from '../openai-compatible/like.ts'

/** The body with such tools. Nothing that a schema says is lost. */
export function objects(body: Body, { tools }: Pick<Plan, 'tools'>): Body {
  return body.tools ? { ...body, tools: tools.map(withObject) } : body
}

function withObject(tool: Body): Body {
  const { function: its } = tool
  if (typeof its !== 'object' || its === null) return tool
  const { parameters, ...definition }: Body = { ...its }
  const { $schema: _dialect, ...schema }: Body = { ...(parameters ?? { properties: {} }) }
  return { ...tool, function: { ...definition, parameters: { ...schema, type: 'object' } } }
}
