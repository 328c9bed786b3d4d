// What has to be decided about a request as a whole, before its fields are written one by one: who thinks how much,
// which tools are sent and how one is chosen, how JSON is asked for.
import type { AssistantMessage } from '../../../schemas/chat.ts'
import type { Ledger } from '../../hub/loss.ts'
import type { ChatFields, ChatRequest } from '../../hub/request.ts'
import { clamped, dropped, type Lose, teller } from '../../hub/support.ts'
import { thinkingOf } from './assistant.ts'
import { limitPoints } from './cache.ts'
import { type Format, formatOf } from './format.ts'
import { type Family, familyOf } from './models.ts'
import { Names } from './names.ts'
import {
  askedEffort,
  OFF_FOR_FORCE,
  OFF_FOR_HISTORY,
  ownThinking,
  SUPERSEDED,
  type Thought,
  thoughtOf,
  withoutThinking,
} from './thinking.ts'
import { choiceOf, functionsOf, isForced, type Mode, sentChoice, toolsOf } from './tools.ts'
import { turnsOf } from './turns.ts'
import type { OutputConfig, TextBlock, Tool, ToolChoice, Turn } from './wire.ts'

export const OVER_MAXIMUM = clamped('This is the most that the model puts out.')
export const SECOND_LIMIT = dropped("'max_completion_tokens' is sent instead.")

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
  /** Where each block of `turns` came from, in OpenAI's spelling. */
  readonly origins: ReadonlyMap<object, string>
  readonly format: Format | undefined
  readonly names: Names
  /** The client's names of its custom tools. */
  readonly custom: ReadonlySet<string>
  /** The history brings thinking back. */
  readonly replays: boolean
}

/**
 * @param withoutReplay leaves out the thinking that the history brings back.
 * @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode.
 */
export function planOf({ fields }: ChatRequest, model: string, ledger: Ledger, withoutReplay = false): Plan {
  const family = familyOf(model)
  const names = new Names(64)
  const maxTokens = limitOf(fields, family, ledger)

  const parallel = fields.parallel_tool_calls !== false && !fields.functions
  const { tools: own, custom } = ownTools(fields, family, names, ledger)
  const choiceField = fields.tool_choice ? 'tool_choice' : 'function_call'
  const { mode: asked, tools: allowed } = choiceOf(fields, own, names, teller(ledger, choiceField))
  const format = formatOf(fields, family, isForced(asked), names)
  const { mode, tools: all } = withFormat(format, asked, allowed)

  const thought = settleThought(fields, family, maxTokens, isForced(mode), ledger)
  const chosen = sentChoice(mode, all, parallel && format?.by !== 'tool', family.forces, teller(ledger, choiceField))

  const replays =
    !withoutReplay && fields.messages.some((one) => one.role === 'assistant' && thinkingOf(one).length > 0)
  const { system, turns, origins } = turnsOf(
    fields.messages,
    {
      names,
      keepLateSystem: family.bound && family.systemTurns && replays,
      prefill: family.prefills && !thought.on && format?.by !== 'schema',
      withoutThinking: withoutReplay,
    },
    teller(ledger, 'messages'),
  )
  const instructions = [chosen.instruction, format?.by === 'word' ? format.instruction : undefined]
  const prompt = withInstructions(system, instructions)
  const rest = fields.cache_control || fields.prompt_cache_options ? 1 : 0
  limitPoints(chosen.tools, prompt, turns, rest, teller(ledger, 'messages'))

  return {
    request: fields,
    family,
    maxTokens,
    thought,
    outputConfig: outputConfigOf(thought, format),
    tools: chosen.tools,
    choice: chosen.choice,
    system: prompt,
    turns,
    origins,
    format,
    names,
    custom,
    replays,
  }
}

/** The limit the client names, or the most the model puts out: an OpenAI client expects no early stop. */
function limitOf(fields: ChatFields, family: Family, ledger: Ledger): number {
  const field = fields.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
  const asked = fields[field]
  if (!asked) return family.defaultOutput
  if (field === 'max_completion_tokens' && fields.max_tokens && fields.max_tokens !== asked) {
    teller(ledger, 'max_tokens')(SECOND_LIMIT)
  }
  if (family.maxOutput === undefined || asked <= family.maxOutput) return asked
  teller(ledger, field)(OVER_MAXIMUM, { sent: family.maxOutput })
  return family.maxOutput
}

interface Own {
  readonly tools: Tool[]
  readonly custom: ReadonlySet<string>
}

function ownTools(fields: ChatFields, family: Family, names: Names, ledger: Ledger): Own {
  const search = fields.web_search_options ? [webSearch(fields.web_search_options)] : []
  if (fields.tools) {
    const { tools, custom } = toolsOf(fields.tools, family, names, teller(ledger, 'tools'))
    return { tools: [...tools, ...search], custom }
  }
  const functions = functionsOf(fields.functions ?? [], family, names, teller(ledger, 'functions'))
  return { tools: [...functions, ...search], custom: new Set() }
}

function webSearch(options: NonNullable<ChatFields['web_search_options']>): Tool {
  const place = options.user_location?.approximate
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    ...(place && { user_location: { type: 'approximate', ...place } }),
  }
}

/** The tool that carries a JSON answer stands beside the client's own, and one of them must be called. */
function withFormat(format: Format | undefined, mode: Mode, tools: Tool[]): { mode: Mode; tools: Tool[] } {
  if (format?.by !== 'tool') return { mode, tools }
  const alone = tools.length === 0 || mode.type === 'none'
  const { name } = format.tool
  return { mode: alone ? { type: 'tool', name } : { type: 'any' }, tools: [...tools, format.tool] }
}

function settleThought(fields: ChatFields, family: Family, limit: number, forced: boolean, ledger: Ledger): Thought {
  const asked = askedEffort(fields)
  if (fields.thinking && asked.effort !== undefined) teller(ledger, asked.field)(SUPERSEDED)
  const field = fields.thinking ? 'thinking' : asked.field
  const lose: Lose = teller(ledger, field)
  const thought = fields.thinking ? ownThinking(fields.thinking) : thoughtOf(family, asked, limit, lose)
  if (!thought.budget) return thought
  // Where thinking has a budget, a forced call and a tool loop that lost its thinking are refused.
  if (forced && family.forces) return withoutThinking(thought, lose, OFF_FOR_FORCE)
  if (loopLostThinking(fields)) return withoutThinking(thought, lose, OFF_FOR_HISTORY)
  return thought
}

/** The tool loop that is still going on has a turn without its thinking. */
function loopLostThinking({ messages }: ChatFields): boolean {
  const last = messages.findLastIndex((message) => message.role === 'user')
  return messages
    .slice(last + 1)
    .some((message) => message.role === 'assistant' && calls(message) && thinkingOf(message).length === 0)
}

function calls(message: AssistantMessage): boolean {
  return (message.tool_calls?.length ?? 0) > 0 || Boolean(message.function_call)
}

function outputConfigOf({ effort }: Thought, format: Format | undefined): OutputConfig | undefined {
  if (!effort && format?.by !== 'schema') return undefined
  return {
    ...(effort && { effort }),
    ...(format?.by === 'schema' && { format: { type: 'json_schema', schema: format.schema } }),
  }
}

function withInstructions(
  system: string | TextBlock[] | undefined,
  instructions: readonly (string | undefined)[],
): string | TextBlock[] | undefined {
  const text = instructions.filter((one) => one !== undefined).join('\n')
  if (text === '') return system
  if (typeof system === 'object') return [...system, { type: 'text', text }]
  return system ? `${system}\n${text}` : text
}
