// What makes one service that speaks OpenAI's format differ from the others. A provider of this kind is its differences:
// https://platform.openai.com/docs/api-reference/chat is all the rest.
import type { Part, ResponseFormat } from '../../../schemas/chat.ts'
import type { Citation, FinishReason } from '../../hub/delta.ts'
import type { Code } from '../../hub/error.ts'
import type { Wording } from '../../hub/json-answer.ts'
import type { ModerationTask } from '../../hub/moderations.ts'
import type { Names } from '../../hub/names.ts'
import type { Prices } from '../../hub/price.ts'
import type { Account, ModelPage, Provider } from '../../hub/provider.ts'
import type { ChatFields } from '../../hub/request.ts'
import type { Extensions, Fields, Lose, Note } from '../../hub/support.ts'
import type { Usage } from '../../hub/usage.ts'
import type { Meters } from '../../limits/meters.ts'
import type { EmbeddingRules } from './embeddings.ts'
import type { RerankRules } from './rerank.ts'

export type Body = Record<string, unknown>

/** What was decided about a whole request. */
export interface Plan {
  /** As the service names it. */
  readonly model: string
  readonly request: ChatFields
  readonly messages: readonly Body[]
  readonly tools: readonly Body[]
  readonly choice: unknown
  /** The names of tools, where the service takes not every one. */
  readonly names: Names | undefined
  /** How JSON is asked for in words, where it has to be. */
  readonly wording: Wording | undefined
}

export type LikeFields = Fields<Body, Plan>

/** How the conversation has to look. */
export interface MessageRules {
  /** The service knows the role `developer`; where it does not, such a message is a system message. */
  readonly developer?: boolean
  /** Why names of speakers are not sent, where they are not. */
  readonly names?: Note
  /** The service takes OpenAI's names of tools and no others. */
  readonly plainNames?: boolean
  /** The service refuses keys of messages and tools that it does not know: it knows OpenAI's, and these. */
  readonly strict?: readonly string[]
  /**
   * What the reasoning of earlier answers is called on the way back: `marks` where it stands before the text as the
   * model wrote it, `either` where details go back if they hold what only the service can have said, a text else.
   * Absent: it stays here, where it cannot matter.
   */
  readonly reasoning?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'marks' | 'either'
  /** Why parts of these types are refused. */
  readonly parts?: { readonly [T in Part['type']]?: Note | ((model: string) => Note | undefined) }
  /** Images are taken as data only, so that those that are named by address are fetched. */
  readonly inlineImages?: boolean
  /** The service has custom tools and the form that came before tools, as OpenAI has. */
  readonly native?: boolean
  /** A last pass over the messages, for rules of order. @returns new messages. */
  readonly arrange?: (messages: readonly Body[], context: Arranging) => Body[]
  /** Marks for the cache on parts, messages and tools are known, in the form that Claude's users know. */
  readonly marks?: boolean
  /** What `arrange`, or a rule of `parts` that depends on the model, can tell. */
  readonly notes?: readonly Note[]
}

export interface Arranging {
  readonly model: string
  readonly request: ChatFields
  readonly lose: Lose
}

/** What a choice among tools may be beside `auto`: none of them, any of them, this one. */
export type ToolChoices = readonly ('none' | 'required' | 'named')[]

/** How its answers differ. */
export interface AnswerRules {
  /** The answer begins inside of a thought: only its end is marked. */
  readonly opensThinking?: (model: string) => boolean
  /** Marks of a thought within the text; `<think>` and `</think>` unless said. Only at its beginning. */
  readonly marks?: readonly [open: string, close: string]
  /** Where usage stands, beside the usual places. */
  readonly usageIn?: (chunk: unknown) => unknown
  /** Counts that mean something else than OpenAI's. @param model as the service names it. */
  readonly usage?: (usage: Usage, raw: unknown, model: string) => Usage
  /** The service does not count, so that the gateway estimates: four characters a token. */
  readonly estimates?: boolean
  /** Sources that stand beside the text, which names them by their place: `[1]` is the first. Asked of each chunk. */
  readonly sources?: (chunk: unknown) => readonly Pick<Citation, 'url' | 'title'>[]
  /** Why the answer ended, where a chunk says it elsewhere. */
  readonly finish?: (chunk: unknown) => FinishReason | undefined
  /** A chunk, or a whole answer, in OpenAI's form, where the service has another. */
  readonly read?: (chunk: unknown) => unknown
  /** `[DONE]` alone ends a stream: the service gives no reason. */
  readonly endsUnsaid?: boolean
  /** A failure that looks like an answer: its code (any string) and its words. */
  readonly failure?: (chunk: unknown) => { readonly code: string; readonly message: string } | undefined
  /** Text that the answer begins with and that is no part of it: what the service repeats of the request. */
  readonly strips?: (request: ChatFields) => string | undefined
  /** Keys that say nothing a client would miss; others that OpenAI lacks are told as losses of the answer. */
  readonly silent?: readonly string[]
}

export interface Like {
  readonly name: string
  readonly baseUrl: Provider['baseUrl']
  /** `required` unless said. */
  readonly credential?: Provider['credential']
  readonly needs?: Provider['needs']
  readonly reach?: NonNullable<Provider['reach']>
  /** Headers that carry the credential; `authorization: Bearer` unless said. */
  readonly headers?: (account: Account, client: Headers) => Record<string, string>
  /** The response header that names the request; `x-request-id` unless said. */
  readonly requestId?: string
  readonly meters?: Meters
  readonly prices?: Prices
  /** The models that share rate limits with this one; each its own unless said. */
  readonly family?: (model: string) => string
  /** `/chat/completions` unless said. */
  readonly path?: (model: string, account: Account) => string
  /** The service has OpenAI's completions as well: with all of their fields, or the text to go on with and no more. */
  readonly completes?: 'text' | 'all'
  /** Where; `/completions` unless said. */
  readonly promptPath?: (model: string, account: Account) => string
  /** Dialects that it answers in itself, beside the one that it is asked in. */
  readonly relays?: NonNullable<Provider['relays']>
  /** Where the list of models is: `/models` unless said, null where there is none. */
  readonly models?: string | null | ((account: Account) => string | null)
  /** Reads that list where it is not OpenAI's. */
  readonly readModels?: (body: unknown) => ModelPage
  /**
   * The rows that differ; see `rows.ts` for the two tables to begin with. With `stopRow` the gateway ends the text
   * itself, with `choices` it makes a call for each choice.
   */
  readonly fields: LikeFields
  readonly extensions?: Extensions<Body, Plan>
  readonly messages?: MessageRules
  readonly answer?: AnswerRules
  /** Models that only stream. */
  readonly streams?: (model: string) => boolean
  /** The service is not asked for usage in streams: it sends it anyway, or refuses the question. */
  readonly asksNoUsage?: boolean | ((account: Account) => boolean)
  /** JSON of this format is asked for in words: the service does not take it, or does not hold the model to it. */
  readonly jsonByWord?: (format: ResponseFormat, model: string, request: ChatFields) => boolean
  /** The choices among tools that the service takes; all unless said. */
  readonly choices?: (model: string, request: ChatFields) => ToolChoices
  /** A last pass over the body. @returns a new one. */
  readonly adapt?: (body: Body, plan: Plan, lose: Lose) => Body
  readonly errors?: ErrorRules
  /** How it makes embeddings, ranks and moderates, where it does. */
  readonly embeddings?: EmbeddingRules
  readonly rerank?: RerankRules
  readonly moderations?: ModerationTask
  /** What it does beside conversations. */
  readonly media?: Pick<Provider, 'hearing' | 'speech' | 'images'>
  /** The body that mends what was refused. Told losses go to `lose`. */
  readonly mend?: (message: string, body: Body, lose: Lose) => Body | undefined
}

export interface ErrorRules {
  /** By the service's code, type, number or status, whichever is found first; after `words`. */
  readonly codes?: Readonly<Record<string, Code>>
  /** By its words. */
  readonly words?: readonly (readonly [RegExp, Code])[]
  /** The refusal of a service behind this one, as that one wrote it: a text, or its body. */
  readonly behind?: (body: unknown) => unknown
  /** By its headers, before anything else is asked. */
  readonly headers?: (headers: Headers, status: number) => Code | undefined
}
