// What has to be decided about a request as a whole: which generation it goes to, whether the model thinks, how JSON and
// calls are asked for.
import { type Wording, wordingOf } from '../../hub/json-answer.ts'
import type { Ledger } from '../../hub/loss.ts'
import type { Account, Media, RemoteMedia } from '../../hub/provider.ts'
import type { ChatFields, ChatRequest } from '../../hub/request.ts'
import { type Lose, teller } from '../../hub/support.ts'
import { generationOf } from './generation.ts'
import { effortSays, reasoningSays, thinkingSays } from './thinking.ts'
import { toolingOf } from './tools.ts'
import { turnsOf } from './turns.ts'
import type { FunctionTool, Grammar, Turn } from './wire.ts'

export interface Plan {
  readonly request: ChatFields
  readonly turns: Turn[]
  readonly tools: FunctionTool[]
  readonly maxTokens: number
  /** What holds the answer to a JSON Schema, or the words that ask for JSON where nothing can hold it. */
  readonly grammar: Grammar | undefined
  readonly wording: Wording | undefined
  readonly thinking: boolean
  /** The service will not tell what was used, or nobody will wait for it to tell. */
  readonly guessed: boolean
  /** Images that have to be fetched. */
  readonly wanted: readonly RemoteMedia[]
}

/** As the service's own OpenAI surface has it. */
const DEFAULT_TOKENS = 2000
/** The service counts in 32 bits. */
export const MOST_TOKENS = 2 ** 31 - 1

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function planOf(
  { fields, extras }: ChatRequest,
  ledger: Ledger,
  account: Account,
  media: ReadonlyMap<string, Media> | undefined,
): Plan {
  const tell = (field: string): Lose => teller(ledger, field)
  const generation = generationOf(account.apiVersion)
  const { tools, hint } = toolingOf(fields, generation, tell)
  const asked = wordingOf(fields.response_format)
  // A grammar leaves no way to call a tool.
  const held = asked !== undefined && generation.grammar && tools.length === 0
  const wording = held ? undefined : asked
  const wanted = new Map<string, RemoteMedia>()
  const own = [hint, wording?.instruction].filter((text) => text !== undefined)
  const turns = turnsOf(fields.messages, own, { lose: tell('messages'), generation, media, wanted })
  const wish =
    effortSays(fields.reasoning_effort) ??
    reasoningSays(fields.reasoning) ??
    thinkingSays(fields.thinking) ??
    (typeof extras.enable_thinking === 'boolean' ? extras.enable_thinking : true)
  return {
    request: fields,
    turns,
    tools,
    maxTokens: Math.min(fields.max_completion_tokens ?? fields.max_tokens ?? DEFAULT_TOKENS, MOST_TOKENS),
    grammar: held ? grammarOf(fields.response_format) : undefined,
    wording,
    thinking: !held && wish,
    guessed: !generation.calls || fields.stop !== undefined,
    wanted: [...wanted.values()],
  }
}

function grammarOf(format: ChatFields['response_format']): Grammar {
  const schema = format?.type === 'json_schema' ? format.json_schema.schema : { type: 'object' }
  return { type: 'json_schema', schema: JSON.stringify(schema) }
}
