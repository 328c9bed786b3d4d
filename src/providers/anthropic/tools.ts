// Tools as Messages takes them: https://docs.anthropic.com/en/docs/build-with-claude/tool-use
import { DEFINITION_NOTES, type Definition, definitionsOf, NO_OBJECT, NO_SUCH_TOOL } from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose } from '../../hub/support.ts'
import { cacheControlOf } from './cache.ts'
import type { Origins } from './origins.ts'
import { objectSchema } from './parameters.ts'
import type { Grammar } from './schema.ts'
import type { ClientTool, Tool } from './wire.ts'

const MERGED = clamped('The schema has a union at the top, which the service refuses: its branches are merged.')
const NOT_STRICT = dropped('This model, or this schema, takes no strict tools.')

/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [...DEFINITION_NOTES, MERGED, NOT_STRICT]

/** A type with a date at its end, and these few, are the service's own: such a tool is passed as the client wrote it. */
const OWN_TOOL = /^(?:[a-z_]+_\d{8}|mcp_toolset|tool_search_tool_(?:regex|bm25))$/

type SentTool = NonNullable<ChatFields['tools']>[number]

/** The name that a tool of the service's own has whatever the client calls others. */
export function ownNames(tools: readonly SentTool[]): string[] {
  return tools.flatMap((tool: { type: string }) => {
    const name: unknown = OWN_TOOL.test(tool.type) && Reflect.get(tool, 'name')
    return typeof name === 'string' ? [name] : []
  })
}

export interface Tooling {
  readonly names: Names
  /** The grammar of strict tools, where the model has them. */
  readonly grammar: Grammar | undefined
  readonly origins: Origins
  readonly tell: (field: string) => Lose
}

/** The client's tools, of either form, as Messages takes them. */
export function clientTools(fields: ChatFields, tooling: Tooling): Tool[] {
  const { names, origins, tell } = tooling
  const lose = tell(fields.tools ? 'tools' : 'functions')
  const defining = { sent: (name: string) => names.out(name), tell, marks: 'used' } as const
  return definitionsOf(fields, defining).map((one) => {
    if (!('name' in one) && !OWN_TOOL.test(one.tool.type)) lose(NO_SUCH_TOOL, { path: `${one.own}.type` })
    const tool: Tool = 'name' in one ? clientTool(one, tooling, lose) : { ...one.tool }
    // Whatever its type, it may be marked.
    const marked: object = one.tool ?? {}
    Object.assign(tool, cacheControlOf(marked, one.own, lose, origins))
    origins.set(tool, 'name' in one ? one.path : one.own)
    return tool
  })
}

function clientTool({ name, description, path, ...given }: Definition, { grammar }: Tooling, lose: Lose): ClientTool {
  const object = objectSchema(given.parameters)
  if (!object) lose(NO_OBJECT, { path: `${path}.parameters` })
  if (object?.merged) lose(MERGED, { path: `${path}.parameters` })
  const schema = object?.schema ?? {}
  const exact = given.strict ? grammar?.compile(schema) : undefined
  if (given.strict && !exact) lose(NOT_STRICT, { path: `${path}.strict` })
  return { name, ...(description && { description }), input_schema: exact ?? schema, ...(exact && { strict: true }) }
}
