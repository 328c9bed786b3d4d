// The tables that services like OpenAI's begin with: all of it, and what is left of it nearly everywhere.
import type { ResponseFormat } from '../../../schemas/chat.ts'
import type { ChatFields } from '../../hub/request.ts'
import { BY_WORD, noAudio, SECOND_LIMIT, textOnly, toolRows } from '../../hub/shared-rows.ts'
import { stopRow } from '../../hub/stop.ts'
import { dropped, emulated, type Note, type Row, rows } from '../../hub/support.ts'
import { fields as all } from '../openai/fields.ts'
import type { Body, LikeFields, Plan } from './like.ts'
import { MESSAGE_NOTES } from './messages.ts'
import { TOOL_NOTES } from './tools.ts'

const { full, rename, map, here, inert, drop } = rows<Body, Plan>()

export type FieldName = keyof ChatFields

type Rows<K extends FieldName> = Pick<LikeFields, K>

/** These fields are taken as they are. */
export function takes<K extends FieldName>(...names: readonly K[]): Rows<K> {
  return table(names, (name) => full(name))
}

/** These have no effect there. */
export function lacks<K extends FieldName>(reason: string, ...names: readonly K[]): Rows<K> {
  return table(names, () => drop(reason))
}

function table<K extends FieldName>(
  names: readonly K[],
  row: (name: K) => ReturnType<typeof full<string>> | ReturnType<typeof drop>,
): Rows<K> {
  // One row for each of the names: `fromEntries` does not say so.
  return Object.fromEntries(names.map((name) => [name, row(name)])) as unknown as Rows<K>
}

export { oneChoice as choices } from '../../hub/shared-rows.ts'

const LEFT_OUT = dropped("'reasoning' is sent as 'reasoning_effort', the only part that the service knows.")

/** Both names of the limit under the one that the service knows. */
function oneLimit(to: 'max_tokens' | 'max_completion_tokens') {
  const sent = rename(to)
  const older: typeof sent = {
    ...sent,
    may: [SECOND_LIMIT],
    write: (value, plan, lose) => {
      const newer = plan.request.max_completion_tokens
      if (!newer) return sent.write(value, plan, lose)
      return value === newer ? undefined : lose(SECOND_LIMIT)
    },
  }
  return { max_completion_tokens: sent, max_tokens: older }
}

/** Its limit under the name that all of them know. */
const oldLimit = oneLimit('max_tokens')
/** Its limit under the name that OpenAI gave it later. */
export const newLimit = oneLimit('max_completion_tokens')

const ESTIMATED = emulated('The service does not count in streams: usage is estimated, at four characters a token.')

/** `stream_options` of a service that does not count. */
export const estimatedUsage = map(
  [],
  (options: NonNullable<ChatFields['stream_options']>, _plan: Plan, lose) =>
    options.include_usage ? lose(ESTIMATED) : undefined,
  [ESTIMATED],
)

/** Both limits under their own names. */
export const bothLimits = takes('max_completion_tokens', 'max_tokens')

const toolsPart = ({ tools, choice }: Plan) => ({
  ...(tools.length > 0 && { tools }),
  ...(choice !== undefined && { tool_choice: choice }),
})
const TOOLS = ['tools', 'tool_choice'] as const

/** What every service has but for the rows that its own table changes: fields of all kinds pass. */
export const everything: LikeFields = {
  ...all,
  messages: map('messages', (_messages, { messages }: Plan) => ({ messages }), MESSAGE_NOTES),
  ...oldLimit,
  ...toolRows<Body, Plan>(TOOLS, toolsPart, TOOL_NOTES, TOOL_NOTES),
  response_format: map(
    'response_format',
    (format: ResponseFormat, { wording }: Plan, lose) => (wording ? lose(BY_WORD) : { response_format: format }),
    [BY_WORD],
  ),
  stream_options: here(),
}

const SCHEMA_BY_WORD = emulated('The schema is told to the model, which is held to JSON alone.')
const WORD = emulated("The service wants the word 'JSON' in the conversation: it is said.")

/** `json_object` for all JSON: `wording` says what the model has to be told. */
export const jsonObject = map(
  'response_format',
  (format: ResponseFormat, { wording }: Plan, lose) => {
    if (wording) lose(format.type === 'json_object' ? WORD : SCHEMA_BY_WORD)
    return { response_format: { type: 'json_object' } }
  },
  [SCHEMA_BY_WORD, WORD],
)

/** Whether the conversation says the word that some services want to read before they answer in JSON. */
export function saysJson({ messages }: ChatFields): boolean {
  return /json/i.test(JSON.stringify(messages))
}

/** `stop` of a service, or of a model, that takes so many sequences: of more than these the gateway takes care. */
export function stopsUpTo(most: number | ((model: string) => number)): LikeFields['stop'] {
  return {
    kind: 'full',
    may: stopRow.may,
    to: ['stop'],
    write: (stop, plan, lose) => {
      const stops = [stop].flat()
      if (stops.length <= (typeof most === 'number' ? most : most(plan.model))) return { stop: stops }
      stopRow.write(stop, plan, lose)
      return undefined
    },
  }
}

/** The row where the request has what it takes; else the loss. */
export function where<Value>(
  row: Row<Value, Body, Plan>,
  has: (plan: Plan) => boolean,
  note: Note,
): Row<Value, Body, Plan> {
  return {
    ...row,
    may: [...row.may, note],
    write: (value, plan, lose) => (has(plan) ? row.write(value, plan, lose) : lose(note)),
  }
}

/** Without what only OpenAI's own platform knows. */
export const plain: LikeFields = {
  ...everything,
  ...lacks('The service stores no answers.', 'store', 'metadata'),
  ...lacks('The service has no tiers.', 'service_tier'),
  ...lacks('The service takes no prediction.', 'prediction'),
  ...lacks('The service has no web search.', 'web_search_options'),
  ...lacks('The service has no verbosity.', 'verbosity'),
  ...lacks('The service takes no identifier.', 'safety_identifier'),
  ...lacks('The service has no token bias.', 'logit_bias'),
  ...lacks('The service cannot be kept from parallel calls.', 'parallel_tool_calls'),
  ...lacks('The service moderates by itself.', 'moderation'),
  audio: noAudio,
  ...lacks('The service knows no such field.', 'cache_control', 'thinking'),
  prompt_cache_key: inert('A hint for a cache that finds its entries by itself.'),
  prompt_cache_retention: inert('A hint for a cache that keeps its entries by itself.'),
  prompt_cache_options: inert('A hint for a cache that finds its entries by itself.'),
  modalities: textOnly,
  reasoning: map(
    'reasoning_effort',
    (value: NonNullable<ChatFields['reasoning']>, { request }: Plan, lose) => {
      const { effort, enabled, exclude: _here, ...rest } = value
      const said = effort ?? (enabled === false ? 'none' : undefined)
      if (Object.values(rest).some((one) => one !== null && one !== undefined)) lose(LEFT_OUT)
      return said === undefined || request.reasoning_effort ? undefined : { reasoning_effort: said }
    },
    [LEFT_OUT],
  ),
}
