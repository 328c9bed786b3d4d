// Schemas of tools, which the service takes only as long as they close no object.
import { dropped, type Lose } from '../../hub/support.ts'
import type { Body, Plan } from '../openai-compatible/like.ts'

export const OPEN = dropped("The service takes no 'additionalProperties: false' in schemas of tools.")

/** The body with schemas that are open. */
export function openSchemas(body: Body, _plan: Plan, lose: Lose): Body {
  const { tools } = body
  if (!Array.isArray(tools)) return body
  const open: unknown = tools.map((tool: unknown) => opened(tool))
  if (JSON.stringify(open) === JSON.stringify(tools)) return body
  lose(OPEN, { path: 'tools' })
  return { ...body, tools: open }
}

function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, one]) => key !== 'additionalProperties' || one !== false)
  return Object.fromEntries(kept.map(([key, one]) => [key, opened(one)]))
}
