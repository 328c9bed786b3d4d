// What has to be decided about a request as a whole, before its fields are written one by one.
import type { Ledger } from '../../hub/loss.ts'
import { Names } from '../../hub/names.ts'
import { type ChatFields, type ChatRequest, toolName } from '../../hub/request.ts'
import { teller } from '../../hub/support.ts'
import { choiceOf } from './choice.ts'
import type { Origins } from './content.ts'
import { type Format, formatOf } from './format.ts'
import type { Family } from './models.ts'
import type { Fetched, Surface } from './surface.ts'
import { thinkingConfigIn, thinkingOf } from './thinking.ts'
import { toolboxOf } from './tools.ts'
import { Conversation } from './turns.ts'
import type { Content, SentPart, ThinkingConfig, Tool, ToolConfig } from './wire.ts'

export interface Plan {
  readonly request: ChatFields
  readonly surface: Surface
  readonly family: Family
  readonly thinking: ThinkingConfig | undefined
  readonly format: Format | undefined
  readonly tools: readonly Tool[]
  readonly toolConfig: ToolConfig | undefined
  readonly contents: readonly Content[]
  readonly system: { readonly parts: readonly SentPart[] } | undefined
  readonly names: Names
  /** Where each thing that is sent came from, in OpenAI's spelling. */
  readonly origins: Origins
  /** How many calls the history has. */
  readonly calls: number
}

/** What is done differently after a refusal. */
export interface Amends {
  /** What the model turned out to lack. */
  readonly lacks?: Partial<Family>
  /** Leave out the signatures that the history brings back. */
  readonly withoutSignatures?: boolean
}

/** A function's name begins so; a digit or a hyphen gets a `_` in front. */
const BEGINS = /^[A-Za-z_]/

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function planOf(
  { fields, extras }: ChatRequest,
  model: string,
  ledger: Ledger,
  surface: Surface,
  fetched: Fetched,
  { lacks, withoutSignatures = false }: Amends = {},
): Plan {
  const tell = (field: string) => teller(ledger, field)
  const family: Family = { ...surface.family(model), ...lacks }
  const origins: Origins = new Map()
  const names = namesOf(fields)
  const making = { origins, surface, family, fetched, names }

  const toolbox = toolboxOf(fields, tell, making)
  const { config, only } = choiceOf(fields, toolbox, names, family.jsonSchema)
  const declarations = toolbox.declarations.filter(({ name }) => only?.has(name) ?? true)
  const tools: Tool[] = [...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []), ...toolbox.own]
  const mixed = surface.serverToolFlag && declarations.length > 0 && toolbox.own.length > 0

  const format = formatOf(fields, family, tools.length > 0, tell('response_format'))
  const signatures = family.thinking !== 'none' && !withoutSignatures
  const conversation = new Conversation(fields.messages, { ...making, signatures, lose: tell('messages') })
  const system = conversation.end(format?.by === 'word' ? [format.instruction] : [])
  return {
    request: fields,
    surface,
    family,
    thinking: thinkingOf(fields, family, tell, thinkingConfigIn(extras) !== undefined),
    format,
    tools,
    toolConfig:
      config || mixed
        ? {
            ...(config && { functionCallingConfig: config }),
            ...(mixed && { includeServerSideToolInvocations: true as const }),
          }
        : undefined,
    contents: conversation.contents,
    system,
    names,
    origins,
    calls: conversation.calls,
  }
}

function namesOf({ tools, functions }: ChatFields): Names {
  return new Names([], tools ? tools.map(toolName) : (functions ?? []).map(({ name }) => name), BEGINS)
}
