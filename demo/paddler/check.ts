// What the native API takes, and the words in which it refuses the rest: unknown fields everywhere, of any of its versions.
// https://github.com/intentee/paddler (`ContinueFromConversationHistoryParams`)

export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }

export interface Turn {
  readonly role: string
  readonly content: string | readonly Part[]
}

export interface Tool {
  readonly type: 'function'
  readonly function: {
    readonly name: string
    readonly description: string
    readonly parameters?: Readonly<Record<string, unknown>> | null
  }
}

/** A checked request. */
export interface Conversation {
  readonly add_generation_prompt: boolean
  readonly conversation_history: readonly Turn[]
  readonly enable_thinking: boolean
  readonly max_tokens: number
  readonly grammar?:
    | { readonly type: 'json_schema'; readonly schema: string }
    | { readonly type: 'gbnf'; readonly grammar: string; readonly root: string }
    | null
  readonly parse_tool_calls?: boolean
  readonly tools?: readonly Tool[]
}

/** A refusal: plain text. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

type Shape = (value: unknown, path: string) => void
interface Field {
  readonly shape: Shape
  readonly required: boolean
}
type Table = Readonly<Record<string, Field>>

const need = (shape: Shape): Field => ({ shape, required: true })
const may = (shape: Shape): Field => ({ shape, required: false })
const orNull =
  (shape: Shape): Shape =>
  (value, path) => {
    if (value !== null) shape(value, path)
  }

const wrong = (path: string, expected: string): never => {
  throw new Refusal(`Json deserialize error: ${path}: invalid type, expected ${expected}`)
}
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typed =
  (type: 'string' | 'boolean'): Shape =>
  (value, path) => {
    if (typeof value !== type) wrong(path, type)
  }
const string = typed('string')
const anything: Shape = () => undefined
const int32: Shape = (value, path) => {
  if (!Number.isInteger(value) || Math.abs(Number(value)) >= 2 ** 31) wrong(path, 'i32')
}
const map: Shape = (value, path) => {
  if (!isObject(value)) wrong(path, 'a map')
}
const list =
  (item: Shape): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'a sequence')
    for (const [index, one] of value.entries()) item(one, `${path}[${index}]`)
  }
const struct =
  (table: Table): Shape =>
  (value, path) => {
    if (!isObject(value)) return wrong(path, 'a map')
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(table, name)) continue
      throw new Refusal(
        `Json deserialize error: ${path}: unknown field \`${name}\`, expected one of ${Object.keys(table).join(', ')}`,
      )
    }
    for (const [name, { shape, required }] of Object.entries(table)) {
      if (value[name] !== undefined) shape(value[name], `${path}.${name}`)
      else if (required) throw new Refusal(`Json deserialize error: ${path}: missing field \`${name}\``)
    }
  }
const tagged =
  (kinds: Readonly<Record<string, Table>>): Shape =>
  (value, path) => {
    const type = isObject(value) ? String(value.type) : ''
    const table = Object.hasOwn(kinds, type) ? kinds[type] : undefined
    if (!table) throw new Refusal(`Json deserialize error: ${path}: unknown variant \`${type}\``)
    struct({ type: need(string), ...table })(value, path)
  }

const part = tagged({ text: { text: need(string) }, image_url: { image_url: need(struct({ url: need(string) })) } })
const content =
  (parts: boolean): Shape =>
  (value, path) => {
    if (typeof value !== 'string') (parts ? list(part) : string)(value, path)
  }

const parameters: Shape = (value, path) => {
  struct({
    type: need(string),
    properties: may(orNull(map)),
    required: may(orNull(list(string))),
    additionalProperties: may(anything),
  })(value, path)
  const { properties, required } = value as { properties?: object | null; required?: string[] | null }
  const missing = (required ?? []).find((name) => !Object.hasOwn(properties ?? {}, name))
  if (missing !== undefined) {
    throw new Refusal(`Invalid request parameters: Required field '${missing}' not found in properties`)
  }
}
const tool = tagged({
  function: {
    function: need(struct({ name: need(string), description: need(string), parameters: may(orNull(parameters)) })),
  },
})
const grammar = tagged({
  json_schema: { schema: need(string) },
  gbnf: { grammar: need(string), root: need(string) },
})

/** `POST /api/v1/continue_from_raw_prompt`, as the conversation that it is to the demo. */
export function checkPrompt(body: unknown, version = 4): Conversation {
  if (typeof body === 'string') throw new Refusal('Json deserialize error: expected value at line 1 column 1')
  struct({
    raw_prompt: need(string),
    max_tokens: need(int32),
    ...(version >= 3.1 && { grammar: may(orNull(grammar)) }),
  })(body, 'request')
  const { raw_prompt: content, ...rest } = body as { raw_prompt: string; max_tokens: number }
  const conversation_history = [{ role: 'user', content }]
  return { ...rest, conversation_history, add_generation_prompt: true, enable_thinking: false }
}

/** `POST /api/v1/continue_from_conversation_history`. @param version of the service: 2.1, 4.0 … */
export function checkConversation(body: unknown, version = 4): Conversation {
  if (typeof body === 'string') throw new Refusal('Json deserialize error: expected value at line 1 column 1')
  const turn = struct({ role: need(string), content: need(content(version >= 3)) })
  struct({
    add_generation_prompt: need(typed('boolean')),
    conversation_history: need(list(turn)),
    enable_thinking: need(typed('boolean')),
    max_tokens: need(int32),
    ...(version >= 3.1 && { grammar: may(orNull(grammar)) }),
    ...(version >= 4 && { parse_tool_calls: may(typed('boolean')) }),
    tools: may(list(tool)),
  })(body, 'request')
  return body as Conversation
}

/** Texts whose vectors are wanted. */
export interface Batch {
  readonly input_batch: readonly { readonly content: string; readonly id: string }[]
  readonly normalization_method: 'L2' | 'None'
}

const method: Shape = (value, path) => {
  if (value !== 'L2' && value !== 'None') struct({ RmsNorm: need(map) })(value, path)
}
const BATCH = struct({
  input_batch: need(list(struct({ content: need(string), id: need(string) }))),
  normalization_method: need(method),
})

/** The request as it is understood; throws the Refusal the real service would answer. */
export function checkBatch(given: unknown): Batch {
  BATCH(given, 'GenerateEmbeddingBatchParams')
  // The table above is what the type says.
  return given as Batch
}
