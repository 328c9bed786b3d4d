// What has to be decided about a request as a whole, before its fields are written one by one.
import type { Ledger } from '../../hub/loss.ts'
import { Names } from '../../hub/names.ts'
import type { Media, RemoteMedia } from '../../hub/provider.ts'
import { type ChatFields, type ChatRequest, toolName } from '../../hub/request.ts'
import { SECOND_LIMIT } from '../../hub/shared-rows.ts'
import { clamped, emulated, type Lose, teller } from '../../hub/support.ts'
import { isForced, type Mode, type Wish, wishOf } from '../../hub/wish.ts'
import { type Format, formatOf } from '../anthropic/format.ts'
import { Grammar } from '../anthropic/schema.ts'
import type { Thought } from '../anthropic/thinking.ts'
import { choiceOf, NOT_NONE } from './choice.ts'
import { Titles } from './documents.ts'
import { type Model, modelOf } from './models.ts'
import { laid, type Piece, Points } from './points.ts'
import { thoughtHere } from './thinking.ts'
import { clientTools, NO_TOOLS, nameOf, toolSpec } from './tools.ts'
import { Conversation, type Draft } from './turns.ts'
import type { Point, TextBlock, Tool, ToolConfig, Turn } from './wire.ts'

export const OVER_MAXIMUM = clamped('This is the most that the model puts out.')
export const NO_CALLING = emulated('Converse needs the tools that its history calls: the model is told to call none.')

export interface Plan {
  readonly request: ChatFields
  readonly model: Model
  /** Undefined: the model's own. */
  readonly maxTokens: number | undefined
  readonly thought: Thought
  readonly toolConfig: ToolConfig | undefined
  readonly prompt: (TextBlock | Point)[]
  readonly turns: Turn[]
  /** Where each turn came from. */
  readonly paths: readonly string[]
  readonly format: Format | undefined
  readonly names: Names
  readonly urls: readonly RemoteMedia[]
  /** What several fields write together. */
  readonly extra: Record<string, unknown>
  readonly metadata: Record<string, unknown>
  /** The history brings thinking back. */
  readonly thinks: boolean
}

/** What is done differently the second time. */
export interface Amends {
  /** What the model turned out to take. */
  readonly model?: Partial<Model>
  /** The answer comes in one piece, whatever was asked for. */
  readonly whole?: boolean
  readonly media?: ReadonlyMap<string, Media>
}

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function planOf({ fields }: ChatRequest, id: string, ledger: Ledger, amends: Amends): Plan {
  const tell = (field: string) => teller(ledger, field)
  const model: Model = { ...modelOf(id), ...amends.model }
  const maxTokens = limitOf(fields, model, tell)
  const names = new Names([], [...(fields.tools?.map(toolName) ?? fields.functions?.map(({ name }) => name) ?? [])])
  const points = new Points(model, ledger)
  const grammar = model.structured ? new Grammar() : undefined
  const wish = wishOf(fields, (name) => names.out(name))
  const format = formatOf(fields, model, isForced(wish.mode), names, grammar)
  const client = clientTools(fields, { names, grammar, points, tell })

  const urls: RemoteMedia[] = []
  const making = { lose: tell('messages'), points, titles: new Titles(), hears: model.hears, media: amends.media, urls }
  const conversation = new Conversation(fields.messages, model, names, making)
  const form = fields.tools ? 'tools' : 'functions'
  if (!model.tools && client.length > 0 && fields[wish.field]) tell(wish.field)(NO_TOOLS)
  const given = { format, client, form, called: conversation.called, model } as const
  const wanted = wantedTools(wish, given, tell)
  const chosen = choiceOf(wanted.mode, wanted.tools, model, tell(wish.field))
  const forced = chosen.choice !== undefined
  const against = { forced, lost: conversation.lostThinking }
  const thought = thoughtHere(fields, model, maxTokens ?? model.defaultOutput, against, tell)

  const word = format?.by === 'word' ? format.instruction : undefined
  const { turns, prompt } = conversation.end({
    prefill: model.prefills && !thought.on && !format,
    own: [chosen.instruction, wanted.instruction, word].filter((text) => text !== undefined),
  })
  const last = turns.at(-1)?.pieces.at(-1)
  const top = points.top(fields)
  if (last && top) last.point = top
  points.limit(chosen.tools, [...prompt, ...turns.flatMap(({ pieces }): Piece<unknown>[] => pieces)])

  return {
    request: fields,
    model,
    maxTokens,
    thought,
    toolConfig: toolConfigOf(chosen),
    prompt: laid(prompt),
    turns: turns.map(({ role, pieces }: Draft) => ({ role, content: laid(pieces) })),
    paths: turns.map(({ path }) => path),
    format,
    names,
    urls,
    extra: {},
    metadata: {},
    thinks: conversation.thinks,
  }
}

/**
 * The limit the client names; of Claude's models the most that they put out, because their default is low and an OpenAI
 * client expects no early stop.
 */
function limitOf(fields: ChatFields, { thinkingBy, maxOutput, defaultOutput }: Model, tell: (field: string) => Lose) {
  const field = fields.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
  const most = maxOutput ?? Number.POSITIVE_INFINITY
  const asked = fields[field]
  if (!asked) return thinkingBy === 'thinking' ? Math.min(defaultOutput, most) : undefined
  if (field === 'max_completion_tokens' && fields.max_tokens && fields.max_tokens !== asked) {
    tell('max_tokens')(SECOND_LIMIT)
  }
  if (asked > most) tell(field)(OVER_MAXIMUM, { sent: most })
  return Math.min(asked, most)
}

interface Wanted {
  readonly mode: Mode
  readonly tools: Piece<Tool>[]
  readonly instruction?: string
}

const CALL_NONE = 'Do not call any tool.'

interface Given {
  readonly format: Format | undefined
  readonly client: Piece<Tool>[]
  /** The field that the client's tools came in. */
  readonly form: 'tools' | 'functions'
  /** The tools that the history calls. */
  readonly called: readonly string[]
  readonly model: Model
}

/** The tools that are sent: the client's, the one that carries a JSON answer, those that the history needs. */
function wantedTools(
  { mode, only, field }: Wish,
  { format, client, form, called, model }: Given,
  tell: (field: string) => Lose,
): Wanted {
  if (!model.tools) {
    if (client.length > 0) tell(form)(NO_TOOLS)
    return { mode: { type: 'auto' }, tools: [] }
  }
  const allowed = client.filter(({ block }) => only?.has(nameOf(block)) ?? true)
  if (format?.by === 'tool') {
    const { name, description, input_schema } = format.tool
    const own = { block: toolSpec(name, description, input_schema) }
    const alone = allowed.length === 0 || mode.type === 'none'
    return { mode: alone ? { type: 'tool', name } : { type: 'any' }, tools: [...allowed, own] }
  }
  if (mode.type !== 'none' && allowed.length > 0) return { mode, tools: allowed }
  // Converse has no such mode: where there are no tools, none is called. A history with calls does not go without.
  if (called.length === 0) return { mode, tools: [] }
  if (mode.type === 'none') tell(field)(NOT_NONE)
  else tell('messages')(NO_CALLING)
  const tools = allowed.length > 0 ? allowed : called.map((name) => ({ block: toolSpec(name, '', EMPTY) }))
  return { mode: { type: 'none' }, tools, instruction: CALL_NONE }
}

const EMPTY = { type: 'object', properties: {} }

function toolConfigOf({ tools, choice }: ReturnType<typeof choiceOf>): ToolConfig | undefined {
  return tools.length > 0 ? { tools: laid(tools), ...(choice && { toolChoice: choice }) } : undefined
}
