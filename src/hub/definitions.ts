// The tools of a request, of any form, as the functions they are to a service that has nothing else: custom tools and
// the form that came before tools become such. https://platform.openai.com/docs/guides/function-calling
import type { CustomDefinition, FunctionDefinition, JsonObject } from '../../schemas/chat.ts'
import { at } from './json.ts'
import type { ChatFields } from './request.ts'
import { audit, clamped, emulated, type Keys, type Lose, rejected } from './support.ts'

const RENAMED = clamped('The service takes no such name: another is sent, and the answer has yours.')
const CUSTOM = emulated('A custom tool is a function with one string.')
const GRAMMAR = emulated('The grammar is told to the model, which is not held to it.')
const DUPLICATE = rejected('Tool names must be unique.', 'invalid_value')
export const NO_SUCH_TOOL = rejected('The service has no tool of this type.')
export const NO_OBJECT = rejected("A tool's parameters must be a JSON Schema of type 'object'.", 'invalid_value')

/** Every loss that a custom tool may meet. */
export const CUSTOM_NOTES = [CUSTOM, GRAMMAR]
/** Every loss that the definition of a tool may meet, whatever the service. */
export const DEFINITION_NOTES = [...CUSTOM_NOTES, RENAMED, DUPLICATE, NO_SUCH_TOOL, NO_OBJECT]

type Tool = NonNullable<ChatFields['tools']>[number]

/** A function as the client defined it, or as what it defined amounts to. */
export interface Definition {
  /** As it is sent. */
  readonly name: string
  readonly description: string | undefined
  readonly parameters: JsonObject | undefined
  readonly strict: boolean
  /** Where the tool stands (`tools[0]`), and its definition (`tools[0].function`). */
  readonly own: string
  readonly path: string
  /** What the client wrote, where it wrote a tool. */
  readonly tool: Tool | undefined
}

/** A tool of a type that OpenAI does not have: the service knows it, or refuses it. */
export interface OwnTool {
  readonly own: string
  readonly tool: { readonly type: string }
}

const DEFINITION: Keys<FunctionDefinition> = { name: 'used', description: 'used', parameters: 'used', strict: 'used' }
const CUSTOM_DEFINITION: Keys<CustomDefinition> = { name: 'used', description: 'used', format: 'used' }

/** What a custom tool's one parameter is called. */
const INPUT = 'input'
const INPUT_SCHEMA: JsonObject = { type: 'object', properties: { [INPUT]: { type: 'string' } }, required: [INPUT] }

interface Defining {
  /** A tool's name as it is sent. */
  readonly sent: (name: string) => string
  readonly tell: (field: string) => Lose
  /** What becomes of a mark for the cache. */
  readonly marks: 'used' | 'inert'
}

/** The tools in the client's order. @throws GatewayError 400 where two have one name. */
export function definitionsOf({ tools, functions }: ChatFields, defining: Defining): (Definition | OwnTool)[] {
  const field = tools ? 'tools' : 'functions'
  const lose = defining.tell(field)
  const all = tools
    ? tools.map((tool, i) => defined(tool, `tools[${i}]`, defining, lose))
    : (functions ?? []).map((one, i) =>
        functionOf(one, undefined, `functions[${i}]`, `functions[${i}]`, defining, lose),
      )
  const seen = new Set<unknown>()
  for (const one of all) {
    const name: unknown = 'name' in one ? one.name : Reflect.get(one.tool, 'name')
    if (name !== undefined && seen.has(name)) lose(DUPLICATE, { path: one.own })
    seen.add(name)
  }
  return all
}

function defined(tool: Tool, own: string, defining: Defining, lose: Lose): Definition | OwnTool {
  if (tool.type !== 'function' && tool.type !== 'custom') return { own, tool }
  audit(tool, { type: 'used', function: 'used', custom: 'used', cache_control: defining.marks }, own, lose)
  if (tool.type === 'function') return functionOf(tool.function, tool, own, `${own}.function`, defining, lose)
  const path = `${own}.custom`
  const { name, description, parameters } = customFunction(tool.custom, path, lose)
  return {
    name: named(name, path, defining, lose),
    description,
    parameters,
    strict: false,
    own,
    path,
    tool,
  }
}

function functionOf(
  definition: FunctionDefinition,
  tool: Tool | undefined,
  own: string,
  path: string,
  defining: Defining,
  lose: Lose,
): Definition {
  audit(definition, DEFINITION, path, lose)
  const { description, parameters, strict } = definition
  return {
    name: named(definition.name, path, defining, lose),
    description: description || undefined,
    parameters: parameters ?? undefined,
    strict: strict === true,
    own,
    path,
    tool,
  }
}

/** A custom tool as a function; its grammar is told to the model. @param path of its definition. */
export function customFunction(custom: CustomDefinition, path: string, lose: Lose) {
  const { name, description: given, format } = custom
  audit(custom, CUSTOM_DEFINITION, path, lose)
  lose(CUSTOM, { path })
  const grammar = format?.grammar
  if (grammar) lose(GRAMMAR, { path: `${path}.format` })
  const rule = grammar && `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}`
  const description = [given, rule].filter(Boolean).join('\n\n') || undefined
  return { name, description, parameters: INPUT_SCHEMA }
}

function named(name: string, path: string, { sent }: Defining, lose: Lose): string {
  const own = sent(name)
  if (own !== name) lose(RENAMED, { path: `${path}.name`, sent: own })
  return own
}

/** The client's names of its custom tools. */
export function customNames({ tools }: ChatFields): ReadonlySet<string> {
  return new Set((tools ?? []).flatMap((tool) => (tool.type === 'custom' ? [tool.custom.name] : [])))
}

/** A custom tool's input out of the arguments of the function that it is; the arguments themselves, if they are broken. */
export function inputIn(text: string): string {
  try {
    const input = at(JSON.parse(text), INPUT)
    return typeof input === 'string' ? input : text
  } catch {
    return text
  }
}

/** The arguments that carry a custom tool's input. */
export function inputAs(input: string): JsonObject {
  return { [INPUT]: input }
}
