// Tools as Converse takes them: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import { DEFINITION_NOTES, type Definition, definitionsOf, NO_OBJECT, NO_SUCH_TOOL } from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose } from '../../hub/support.ts'
import { objectSchema } from '../anthropic/parameters.ts'
import type { Grammar, Schema } from '../anthropic/schema.ts'
import type { Piece, Points } from './points.ts'
import type { Tool, ToolSpec } from './wire.ts'

export const NO_TOOLS = dropped('This model takes no tools.')
const MERGED = clamped('The schema has a union at the top, which the service refuses: its branches are merged.')
const NOT_STRICT = dropped('This model, or this schema, takes no strict tools.')

/** Every loss that a definition of a tool may meet. */
export const TOOL_NOTES = [NO_TOOLS, ...DEFINITION_NOTES, MERGED, NOT_STRICT]

export interface Tooling {
  readonly tell: (field: string) => Lose
  readonly points: Points
  readonly names: Names
  /** The grammar of strict tools, where the model has them. */
  readonly grammar: Grammar | undefined
}

/** The client's tools, of either form. */
export function clientTools(fields: ChatFields, { tell, points, names, grammar }: Tooling): Piece<Tool>[] {
  const lose = tell(fields.tools ? 'tools' : 'functions')
  const defining = { sent: (name: string) => names.out(name), tell, marks: 'used' } as const
  return definitionsOf(fields, defining).map((one) => {
    if (!('name' in one)) {
      lose(NO_SUCH_TOOL, { path: `${one.own}.type` })
      return { block: { systemTool: { name: '' } } }
    }
    return { block: functionTool(one, grammar, lose), point: one.tool && points.of(one.tool, one.own) }
  })
}

export function nameOf(tool: Tool): string {
  return 'toolSpec' in tool ? tool.toolSpec.name : tool.systemTool.name
}

function functionTool(definition: Definition, grammar: Grammar | undefined, lose: Lose): ToolSpec {
  const { name, description, parameters, strict, path } = definition
  const object = objectSchema(parameters)
  if (!object) lose(NO_OBJECT, { path: `${path}.parameters` })
  const schema: Schema = object?.schema ?? {}
  if (object?.merged) lose(MERGED, { path: `${path}.parameters` })
  const exact = strict ? grammar?.compile(schema) : undefined
  if (strict && !exact) lose(NOT_STRICT, { path: `${path}.strict` })
  return toolSpec(name, description, exact ?? schema, exact !== undefined)
}

/** A description must say something, where there is one. */
export function toolSpec(name: string, description: string | null | undefined, json: Schema, strict = false): ToolSpec {
  return {
    toolSpec: { name, ...(description && { description }), inputSchema: { json }, ...(strict && { strict: true }) },
  }
}
