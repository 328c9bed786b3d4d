// What has to be decided about a request as a whole, before its fields are written one by one: who thinks how much,
// which tools are sent and how one is chosen, how JSON is asked for.
import type { Ledger } from '../../hub/loss.ts'
import { Names } from '../../hub/names.ts'
import { type ChatFields, type ChatRequest, toolName } from '../../hub/request.ts'
import { SECOND_LIMIT } from '../../hub/shared-rows.ts'
import { clamped, type Lose, teller } from '../../hub/support.ts'
import { isForced, isLegacy, type Mode, wishOf } from '../../hub/wish.ts'
import { limitPoints, topPoint } from './cache.ts'
import { choiceOf } from './choice.ts'
import { type Format, formatOf } from './format.ts'
import { type Family, familyOf } from './models.ts'
import type { Origins } from './origins.ts'
import { Grammar } from './schema.ts'
import { SEARCH, webSearch } from './search.ts'
import type { Place } from './surface.ts'
import { type Thought, thoughtOf } from './thinking.ts'
import { clientTools, ownNames } from './tools.ts'
import { Conversation } from './turns.ts'
import type { CacheControl, OutputConfig, TextBlock, Tool, ToolChoice, Turn } from './wire.ts'

export const OVER_MAXIMUM = clamped('This is the most that the model puts out.')

export interface Plan {
  readonly request: ChatFields
  readonly family: Family
  readonly maxTokens: number
  readonly thought: Thought
  readonly outputConfig: OutputConfig | undefined
  readonly tools: Tool[]
  readonly choice: ToolChoice | undefined
  readonly system: string | TextBlock[] | undefined
  readonly turns: Turn[]
  /** The cache point of the whole prompt. */
  readonly cache: CacheControl | undefined
  readonly format: Format | undefined
  readonly names: Names
  /** Where each thing that is sent came from, in OpenAI's spelling. */
  readonly origins: Origins
  /** The history brings thinking back. */
  readonly replays: boolean
}

/** What is done differently after a refusal. */
export interface Amends {
  /** Leave out the thinking that the history brings back. */
  readonly withoutThinking?: boolean
  /** The most that the model puts out, as it says itself. */
  readonly maxOutput?: number
}

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function planOf(
  { fields, extras }: ChatRequest,
  model: string,
  ledger: Ledger,
  { structured, fetched }: Place,
  amends: Amends = {},
): Plan {
  const tell = (field: string) => teller(ledger, field)
  const known = familyOf(model)
  const family: Family = amends.maxOutput === undefined ? known : { ...known, maxOutput: amends.maxOutput }
  const origins: Origins = new Map()
  const maxTokens = limitOf(fields, family, tell)

  const names = namesOf(fields)
  const grammar = structured && family.structured ? new Grammar() : undefined
  const wish = wishOf(fields, (name) => names.out(name))
  const format = formatOf(fields, family, isForced(wish.mode), names, grammar)
  const client = clientTools(fields, { names, grammar, origins, tell })
  const allowed = client.filter(({ name }) => wish.only?.has(String(name)) ?? true)
  const { mode, tools } = withFormat(format, wish.mode, [...allowed, ...searchTools(fields, client, origins, tell)])
  if (format?.by === 'tool') origins.set(format.tool, 'response_format')

  const { withoutThinking = false } = amends
  const keepLateSystem = family.bound && family.systemTurns
  const recall = { names, origins, keepLateSystem, withoutThinking, fetched }
  const conversation = new Conversation(fields.messages, recall, tell('messages'))
  const against = { forced: isForced(mode) && tools.length > 0, lost: conversation.lostThinking }
  const thought = thoughtOf(fields, family, maxTokens, against, tell)

  const parallel = fields.parallel_tool_calls !== false && !isLegacy(fields) && format?.by !== 'tool'
  const chosen = choiceOf(mode, tools, parallel, family.forces, tell(wish.field))
  const formatted = format !== undefined || 'format' in Object(extras.output_config)
  const { turns, system } = conversation.end({
    prefill: family.prefills && !thought.on && !formatted,
    own: [chosen.instruction, format?.by === 'word' && format.instruction].filter((text) => typeof text === 'string'),
  })
  const cache = topPoint(fields, tell, origins)
  limitPoints(chosen.tools, system, turns, cache, tell('messages'), origins)

  return {
    request: fields,
    family,
    maxTokens,
    thought,
    outputConfig: outputConfigOf(thought, format),
    tools: chosen.tools,
    choice: chosen.choice,
    system,
    turns,
    cache,
    format,
    names,
    origins,
    replays: conversation.replays,
  }
}

/** The limit the client names, or the most the model puts out: an OpenAI client expects no early stop. */
function limitOf(fields: ChatFields, family: Family, tell: (field: string) => Lose): number {
  const field = fields.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
  const most = family.maxOutput ?? Number.POSITIVE_INFINITY
  const asked = fields[field]
  if (!asked) return Math.min(family.defaultOutput, most)
  if (field === 'max_completion_tokens' && fields.max_tokens && fields.max_tokens !== asked) {
    tell('max_tokens')(SECOND_LIMIT)
  }
  if (asked > most) tell(field)(OVER_MAXIMUM, { sent: most })
  return Math.min(asked, most)
}

function namesOf(fields: ChatFields): Names {
  const tools = fields.tools ?? []
  const search = fields.web_search_options ? [SEARCH] : []
  const functions = fields.tools ? [] : (fields.functions ?? [])
  return new Names([...search, ...ownNames(tools)], [...tools.map(toolName), ...functions.map(({ name }) => name)])
}

function searchTools(
  { web_search_options: options }: ChatFields,
  client: readonly Tool[],
  origins: Origins,
  tell: (field: string) => Lose,
): Tool[] {
  // The client may have written the service's search into its tools by itself.
  if (!options || client.some(({ name }) => name === SEARCH)) return []
  const tool = webSearch(options, tell('web_search_options'))
  origins.set(tool, 'web_search_options')
  return [tool]
}

/** The tool that carries a JSON answer stands beside the client's own, and one of them must be called. */
function withFormat(format: Format | undefined, mode: Mode, tools: Tool[]): { mode: Mode; tools: Tool[] } {
  if (format?.by !== 'tool') return { mode, tools }
  const alone = tools.length === 0 || mode.type === 'none'
  const { name } = format.tool
  return { mode: alone ? { type: 'tool', name } : { type: 'any' }, tools: [...tools, format.tool] }
}

function outputConfigOf({ effort }: Thought, format: Format | undefined): OutputConfig | undefined {
  if (!effort && format?.by !== 'schema') return undefined
  return {
    ...(effort && { effort }),
    ...(format?.by === 'schema' && { format: { type: 'json_schema', schema: format.schema } }),
  }
}
