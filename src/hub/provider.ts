// What an upstream is to the gateway: how it is addressed, what becomes of each field, how its answers are read.
import type { Meters } from '../limits/meters.ts'
import type { Frame, Framing } from '../wire/frames.ts'
import type { Delta } from './delta.ts'
import type { Wire } from './dialect.ts'
import type { EmbeddingTask } from './embeddings.ts'
import type { GatewayError } from './error.ts'
import type { FormRelay, Transcriber } from './hearing.ts'
import type { ImageFields, Images } from './images.ts'
import type { Ledger } from './loss.ts'
import type { ListedModel } from './models.ts'
import type { ModerationTask } from './moderations.ts'
import type { Prices } from './price.ts'
import type { ChatRequest } from './request.ts'
import type { RerankTask } from './rerank.ts'
import type { Sample } from './sample.ts'
import type { Service } from './service.ts'
import type { Sound, SpeechFields } from './speech.ts'
import type { Extensions, Fields } from './support.ts'

/** What a slot may have to bring beside its credential, as a binding spells it. */
export type SlotField = 'region' | 'project' | 'location' | 'account_id' | 'api_version' | 'organization'

/** The parts of a credential that has several, or a text. */
export type CredentialForm = 'text' | 'access_key' | 'service_account'

/** One account with a provider: a slot of a key's binding, opened. */
export interface Account {
  /** The slot's name. */
  readonly name: string
  /** A key or a token, or the parts of a credential that has several. */
  readonly credential?: string | object
  /** Where the slot says so itself; without a slash at its end. */
  readonly baseUrl?: string
  readonly region?: string
  readonly project?: string
  readonly location?: string
  readonly accountId?: string
  readonly apiVersion?: string
  readonly organization?: string
  /** Further headers of the slot, names in lower case. A provider that knows one of them takes it into its own. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that is ready to be sent, and the reader of what comes back. */
export interface Call {
  /** Below the account's base URL: `/v1/messages`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The answer comes as a stream, whatever the client asked for. */
  readonly streams: boolean
  /** The client's field for one that the provider names in its own spelling. */
  paramOf(path: string): string | undefined
  /** Reads a streamed answer. Each call of it starts anew. @param head the response's headers. */
  reader(head: Headers): AnswerReader
  /** Reads a whole answer. @param head the response's headers. */
  answer(body: unknown, head: Headers): Answer
  /** What has to be fetched before the call can be sent, and the call that holds it. */
  readonly needs?: Needs
  /** The same request in a form that mends what the provider refused, or undefined when there is nothing to mend. */
  mend?(error: GatewayError): Call | undefined
}

/** Media that the client named by address, of a provider that takes only bytes. */
export interface Needs {
  readonly urls: readonly RemoteMedia[]
  /** @throws GatewayError 400 for media of a type that the provider does not take. */
  with(media: ReadonlyMap<string, Media>): Call
}

export interface RemoteMedia {
  readonly url: string
  /** Where the client named it: `messages[2].content[0].image_url.url`. */
  readonly path: string
}

/** What an address held. */
export interface Media {
  /** The media type, in lower case and without parameters. */
  readonly type: string
  readonly base64: string
}

/** A whole answer as deltas. With `next` it is only a part: the provider paused, and goes on when that is sent. */
export interface Answer {
  readonly deltas: readonly Delta[]
  readonly next?: Call
}

/** Reads the frames of one streamed answer. Deterministic: the same frames make the same deltas, however cut. */
export interface AnswerReader {
  readonly framing: Framing
  /**
   * The deltas of one frame.
   * @param open the body ended before the frame did: what cannot be read is torn then, and no error of its own.
   */
  read(frame: Frame, open?: boolean): Delta[]
  /** The body has ended cleanly, where that is the provider's end marker: what was kept back until then. */
  end?(): Delta[]
  /** The provider's own end marker was read. A body that ends before is a torn answer. */
  readonly done: boolean
  /** What to send to go on, once `done`, when the provider paused. */
  readonly next: Call | undefined
}

/** A refusal as it came over the wire. */
export interface Refusal {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** One page of a provider's models, and where the next one is. */
export interface ModelPage {
  readonly models: readonly ListedModel[]
  readonly next: string | undefined
}

export interface Provider {
  readonly name: string
  /** The public address, for a slot that names none, or how it is made of what the slot says. */
  readonly baseUrl: string | ((account: Account) => string) | undefined
  readonly credential: 'required' | 'optional'
  /** Which forms a credential may have; only text unless said. */
  readonly credentialForms?: readonly CredentialForm[]
  /** What the public address is made of, needed where a slot has no address of its own; by its credential, if it depends. */
  readonly needs?: readonly SlotField[] | ((credential: string | object | undefined) => readonly SlotField[])
  /** The headers of its answers that name the request and the organization. */
  readonly tells: { readonly requestId: string; readonly organization?: string }
  /** Where its answers tell of its rate limits. */
  readonly meters: Meters
  /** Headers that carry the credential, and those of the client's that the provider knows. */
  headers(account: Account, client: Headers, sent: Sent): Record<string, string> | Promise<Record<string, string>>
  /**
   * Another way to the provider than the network, where the Worker has one for this account.
   * @param bindings the Worker's own, by name.
   */
  reach?(account: Account, bindings: object): Reach | undefined
  /** The provider refused a credential that is made anew from time to time. True: it was thrown away, try again. */
  renew?(account: Account): boolean
  /** The models that share rate limits with this one. */
  family(model: string): string
  /** Its list prices, of the models whose price is known. */
  readonly prices?: Prices
  /** Turns a refusal into the error the client is told. `call` maps paths back where it knows how. */
  refuse(refusal: Refusal, slot: string, call: Call | undefined): GatewayError
  /** The list of models, page by page. */
  readonly models: {
    /** Below the base URL, or a whole address; undefined where the provider has no list. */
    path(after: string | undefined, account: Account): string | undefined
    read(body: unknown): ModelPage
  }
  /** Absent where the provider answers no conversations. */
  readonly chat?: ChatProvider
  /** Absent, as those below, where the provider has nothing of the kind. */
  readonly embeddings?: EmbeddingTask
  readonly rerank?: RerankTask
  readonly moderations?: ModerationTask
  readonly hearing?: FormRelay | Transcriber
  readonly speech?: Service<SpeechFields, Sound>
  readonly images?: Service<ImageFields, Images>
  /**
   * How the provider is asked how long a prompt is. Where it answers in Messages itself it counts in them, too.
   * @param call the conversation as it would be sent. Undefined where this model's prompts are not counted.
   */
  countTokens?(call: Call, model: string, account: Account): TokenCount | undefined
  /**
   * Where the provider answers in a dialect itself, below the base URL: requests in it pass, but for the model's name,
   * and answers byte for byte. Undefined where it does not, or not for this model.
   */
  relays?(wire: Wire, model: string, account: Account): string | undefined
  /** What the self-test replays: one for each wire that no other provider's samples cover. */
  readonly samples?: readonly Sample[]
}

/** A provider that answers conversations, as nearly all do. */
export interface Conversant extends Provider {
  readonly chat: ChatProvider
}

/** A question for the length of a prompt, ready to be sent. */
export interface TokenCount {
  /** Below the account's base URL. */
  readonly path: string
  readonly body: string
  /** The number of tokens, or undefined where the answer has none. */
  read(answer: unknown): unknown
}

/** Sends a request as `fetch` would. */
export type Reach = (sent: Sent, signal: AbortSignal) => Promise<Response>

/** A request as it goes out, for those who sign it. */
export interface Sent {
  readonly method: string
  readonly url: string
  /** As they are sent, but for what `headers` adds. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How a conversation is said in the provider's own language. */
export interface ChatProvider {
  readonly table: ChatTable
  /**
   * It goes on with a text as well, where the request has a `prompt`: with a `text` alone, or with `all` that OpenAI's
   * completions have beside it, which is then in the request's extras. Absent: it knows conversations only.
   */
  readonly completes?: 'text' | 'all' | undefined
  /**
   * @param model as the provider names it.
   * @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode.
   */
  encode(request: ChatRequest, model: string, ledger: Ledger, account: Account): Call
}

/** The table as the pages that are derived from it read it: whatever body it writes. */
export interface ChatTable {
  readonly fields: { readonly [K in keyof Fields<object, never>]: Printed }
  readonly extensions: Readonly<Record<string, Printed>>
  /** What becomes of fields that a dialect says in words of its own, where that is something else. */
  readonly adopted?: Readonly<Record<string, Printed>>
}

/** A row as it is printed. */
export type Printed = Pick<Extensions<object, never>[string], 'kind' | 'reason' | 'may'>
