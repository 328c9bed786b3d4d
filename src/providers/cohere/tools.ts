// The client's tools as functions, which is all the service has: https://docs.cohere.com/v2/docs/tool-use-overview
import { DEFINITION_NOTES, type Definition, definitionsOf, NO_OBJECT, NO_SUCH_TOOL } from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { dropped, type Lose } from '../../hub/support.ts'
import type { Wish } from '../../hub/wish.ts'
import type { SentTool } from './wire.ts'

export const NOT_STRICT = dropped(
  'Chat is strict with all tools or with none, and not with a tool that requires nothing.',
)
/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [...DEFINITION_NOTES, NOT_STRICT]

export interface Tools {
  readonly tools: readonly SentTool[]
  readonly strict: boolean
}

/** The tools that are sent: those that may be called, because a single one cannot be named. */
export function toolsOf(fields: ChatFields, { mode, only }: Wish, names: Names, tell: (field: string) => Lose): Tools {
  const lose = tell(fields.tools ? 'tools' : 'functions')
  const all = definitionsOf(fields, { sent: (name) => names.out(name), tell, marks: 'inert' })
  const known = all.flatMap((one) => ('name' in one ? one : (lose(NO_SUCH_TOOL, { path: `${one.own}.type` }) ?? [])))
  const made = known.map((one) => [one, toolOf(one, lose)] as const)
  const sent = made.filter(([{ name }]) => ('name' in mode ? mode.name === name : (only?.has(name) ?? true)))
  const strict = sent.length > 0 && sent.every(([one, tool]) => one.strict && requires(tool))
  for (const [one] of strict ? [] : sent) if (one.strict) lose(NOT_STRICT, { path: `${one.path}.strict` })
  return { tools: sent.map(([, tool]) => tool), strict }
}

function toolOf({ name, description, parameters, path }: Definition, lose: Lose): SentTool {
  const { type = 'object' } = parameters ?? {}
  if (type !== 'object') lose(NO_OBJECT, { path: `${path}.parameters` })
  // The service wants a schema, also of a tool that takes nothing.
  const schema = { type, ...(!parameters?.properties && { properties: {} }), ...parameters }
  return { type: 'function', function: { name, ...(description && { description }), parameters: schema } }
}

/** Strict tools must require something. */
function requires({ function: { parameters } }: SentTool): boolean {
  return Array.isArray(parameters.required) && parameters.required.length > 0
}
