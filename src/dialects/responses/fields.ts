// What becomes of each field of a Responses request on its way into the hub.
// https://platform.openai.com/docs/api-reference/responses/create
import type { ResponsesFields } from '../../../schemas/responses.ts'
import type { DialectFields } from '../../hub/desugar.ts'
import type { ChatFields } from '../../hub/request.ts'
import { audit, clamped, dropped, type Lose, rows } from '../../hub/support.ts'
import { ITEM_NOTES } from './items.ts'
import { keys } from './keys.ts'
import { PART_NOTES } from './parts.ts'
import { CHOICE_NOTES, choiceOf, TOOL_NOTES, type Tools } from './tools.ts'
import { THOUGHT_NOTES } from './turn.ts'

type Hub = Partial<ChatFields>

/** What was decided about the whole request. */
export interface Plan {
  readonly messages: ChatFields['messages']
  readonly tools: Tools
}

const { full, rename, map, here, drop, reject } = rows<Hub, Plan>()

const NO_LENGTH = clamped('How long a summary is, the service decides by itself.')
const NO_CONTEXT = dropped('The thoughts that are sent are those of the conversation.')
const NO_MODE = dropped('There is one mode of thinking.')
const REASONING = keys('effort summary generate_summary context mode')

const TEXT = keys('format verbosity')
const FORMAT = keys('type name schema description strict')

const NOT_INCLUDED = dropped("A service's own tools show no more than their answer.")
/** What of an answer or its items is there anyway. */
const INCLUDED: readonly string[] = [
  ...['reasoning.encrypted_content', 'message.output_text.logprobs'],
  ...['message.input_image.image_url', 'computer_call_output.output.image_url'],
]

const NO_PADDING = dropped('Events are not padded.')
const NO_TOOLS = dropped('How often its own tools are called, the service decides by itself.')
const NO_TRUNCATION = dropped('A conversation is sent whole, or refused as too long.')

const NO_QUEUE = reject('The gateway answers while the client waits, and in no other way.')
const NO_STORE_ELSEWHERE = 'The gateway has no conversations: name the response to go on with, or send all items.'
const OWN_ONLY = 'Only the service that made it knows what it means.'

/** `instructions` are the first message. */
const MESSAGES = map('messages', (_value, { messages }: Plan) => ({ messages }), [])

function reasoningOf({ effort, summary, generate_summary: older, context, mode, ...rest }: Reasoning, lose: Lose) {
  audit(rest, REASONING, 'reasoning', lose)
  const asked = summary ?? older
  const path = summary ? 'reasoning.summary' : 'reasoning.generate_summary'
  if (asked && asked !== 'auto') lose(NO_LENGTH, { path, sent: 'auto' })
  if (context && context !== 'auto') lose(NO_CONTEXT, { path: 'reasoning.context' })
  if (mode && mode !== 'standard') lose(NO_MODE, { path: 'reasoning.mode' })
  return effort ? { reasoning_effort: effort } : undefined
}
type Reasoning = NonNullable<ResponsesFields['reasoning']>

function textOf(text: NonNullable<ResponsesFields['text']>, lose: Lose): Pick<Hub, 'response_format' | 'verbosity'> {
  audit(text, TEXT, 'text', lose)
  const { format, verbosity } = text
  if (format) audit(format, FORMAT, 'text.format', lose)
  return {
    ...(verbosity && { verbosity }),
    ...(format && { response_format: format.type === 'json_schema' ? nested(format) : { type: format.type } }),
  }
}

function nested({ name, schema, description, strict }: Extract<Format, { type: 'json_schema' }>) {
  const more = { ...(description && { description }), ...(typeof strict === 'boolean' && { strict }) }
  return { type: 'json_schema' as const, json_schema: { name, schema, ...more } }
}
type Format = NonNullable<NonNullable<ResponsesFields['text']>['format']>

function includeOf(include: readonly string[], lose: Lose): Pick<Hub, 'logprobs'> | undefined {
  include.forEach((one, i) => {
    if (!INCLUDED.includes(one)) lose(NOT_INCLUDED, { path: `include[${i}]` })
  })
  return include.includes('message.output_text.logprobs') ? { logprobs: true } : undefined
}

export const fields: DialectFields<ResponsesFields, Hub, Plan> = {
  model: full('model'),
  input: { ...MESSAGES, may: [...ITEM_NOTES, ...PART_NOTES, ...THOUGHT_NOTES] },
  instructions: MESSAGES,
  previous_response_id: MESSAGES,
  store: here(),
  background: { ...NO_QUEUE, write: (value, plan, lose) => (value ? NO_QUEUE.write(value, plan, lose) : undefined) },
  conversation: reject(NO_STORE_ELSEWHERE),
  prompt: reject(`A stored prompt cannot be sent. ${OWN_ONLY}`),
  metadata: here(),
  // For the logs of whoever keeps them: no answer is another for it.
  client_metadata: here(),
  stream: map(['stream', 'stream_options'], (stream: boolean) =>
    stream ? { stream, stream_options: { include_usage: true } } : undefined,
  ),
  stream_options: map(
    [],
    (options: NonNullable<ResponsesFields['stream_options']>, _plan, lose) => {
      audit(options, keys('include_obfuscation'), 'stream_options', lose)
      if (options.include_obfuscation) lose(NO_PADDING, { path: 'stream_options.include_obfuscation' })
      return undefined
    },
    [NO_PADDING],
  ),
  max_output_tokens: rename('max_completion_tokens'),
  max_tool_calls: map([], (_most: number, { tools }, lose) => (ownTools(tools) ? lose(NO_TOOLS) : undefined), [
    NO_TOOLS,
  ]),
  temperature: full('temperature'),
  top_p: full('top_p'),
  top_logprobs: map(['logprobs', 'top_logprobs'], (most: number) =>
    most > 0 ? { logprobs: true, top_logprobs: most } : undefined,
  ),
  frequency_penalty: full('frequency_penalty'),
  presence_penalty: full('presence_penalty'),
  reasoning: map('reasoning_effort', (value: Reasoning, _plan, lose) => reasoningOf(value, lose), [
    NO_LENGTH,
    NO_CONTEXT,
    NO_MODE,
  ]),
  text: map(['response_format', 'verbosity'], (value: NonNullable<ResponsesFields['text']>, _plan, lose) =>
    textOf(value, lose),
  ),
  tools: map(
    ['tools', 'web_search_options'],
    (_tools: unknown, { tools: { tools, search } }) => ({
      ...(tools.length > 0 && { tools: [...tools] }),
      ...(search && { web_search_options: search }),
    }),
    TOOL_NOTES,
  ),
  tool_choice: map(
    'tool_choice',
    (choice: NonNullable<ResponsesFields['tool_choice']>, { tools: { tools, search } }, lose) => {
      const only = search !== undefined && tools.length === 0 && choice !== 'none'
      const sent = choiceOf(only && choice === 'required' ? { type: 'web_search' } : choice, lose)
      return sent === undefined ? undefined : { tool_choice: sent }
    },
    CHOICE_NOTES,
  ),
  parallel_tool_calls: full('parallel_tool_calls'),
  include: map('logprobs', (include: readonly string[], _plan, lose) => includeOf(include, lose), [NOT_INCLUDED]),
  truncation: map([], (how: string, _plan, lose) => (how === 'disabled' ? undefined : lose(NO_TRUNCATION)), [
    NO_TRUNCATION,
  ]),
  context_management: drop(NO_TRUNCATION.reason),
  moderation: full('moderation'),
  prompt_cache_key: full('prompt_cache_key'),
  prompt_cache_options: full('prompt_cache_options'),
  prompt_cache_retention: full('prompt_cache_retention'),
  safety_identifier: full('safety_identifier'),
  service_tier: full('service_tier'),
  user: full('user'),
  cache_control: full('cache_control'),
  thinking: full('thinking'),
  top_k: full('top_k'),
}

/** Whether there is a tool that the service calls by itself. */
function ownTools({ tools, search }: Tools): boolean {
  return search !== undefined || tools.some(({ type }) => type !== 'function' && type !== 'custom')
}
