// The conversation as a service takes it that knows less of it than OpenAI does.
import type { AssistantMessage, Message, Part, ToolCall } from '../../../schemas/chat.ts'
import { inputAs } from '../../hub/definitions.ts'
import { dataUrl } from '../../hub/media.ts'
import type { Media, RemoteMedia } from '../../hub/provider.ts'
import type { ChatFields } from '../../hub/request.ts'
import { dropped, emulated, type Lose, type Note, rejected } from '../../hub/support.ts'
import { apart, relocated } from './apart.ts'
import { strictMessage } from './keys.ts'
import type { Body, MessageRules } from './like.ts'

export const NO_NAME = dropped('The service has no names of speakers.')
const CUSTOM_CALL = emulated('A call of a custom tool is one of a function with one string.')
const AS_TEXT = emulated('A refusal is sent as what the model said.')
const NO_REPLAY = dropped('The service takes no audio of earlier answers.')

export const NO_IMAGES = rejected('The model takes no images.')
export const NO_AUDIO_IN = rejected('The service takes no audio.')
export const NO_FILES = rejected('The service takes no files.')

/** Every loss that `messages` may meet, whatever the service. */
export const MESSAGE_NOTES: readonly Note[] = [...[CUSTOM_CALL, AS_TEXT, NO_REPLAY]]

export interface Conversing {
  readonly rules: MessageRules
  readonly model: string
  readonly request: ChatFields
  readonly lose: Lose
  /** What stands at the addresses of images, once it was fetched. */
  readonly media: ReadonlyMap<string, Media> | undefined
  /** Results hold text alone: what else is in them stands in messages of their own. */
  readonly parted: boolean
  /** Collects the addresses that have to be fetched. */
  readonly remote: RemoteMedia[]
}

/** What only answers have: sent back it says nothing new. */
const ANSWERED = ['annotations', 'parsed', 'images', 'reasoning_content', 'reasoning', 'reasoning_details'] as const

/** The messages as they are sent. */
export function messagesOf(messages: readonly Message[], conversing: Conversing): Body[] {
  const { rules, model, request, lose } = conversing
  let calls = 0
  const sent = messages.map((message, i) => {
    const path = `messages[${i}]`
    switch (message.role) {
      case 'assistant':
        return assistantOf(message, path, conversing, () => `call_fn_${calls++}`)
      case 'function':
        return rules.native
          ? message
          : { role: 'tool', tool_call_id: `call_fn_${calls - 1}`, content: message.content ?? '' }
      case 'developer':
        return { ...spoken(message, path, conversing), ...(!rules.developer && { role: 'system' }) }
      default:
        return spoken(message, path, conversing)
    }
  })
  const { strict } = rules
  const known = strict ? sent.map((one, i) => strictMessage({ ...one }, strict, `messages[${i}]`, lose)) : sent
  const { messages: whole, from } = conversing.parted ? apart(known) : { messages: known, from: undefined }
  return rules.arrange?.(whole, { model, request, lose: from ? relocated(lose, from) : lose }) ?? whole
}

function spoken(message: Exclude<Message, AssistantMessage>, path: string, conversing: Conversing): Body {
  const { name, content, ...rest } = message
  return {
    ...rest,
    ...(content !== undefined && { content: contentOf(content, path, conversing) }),
    ...named(message.role, name, path, conversing),
  }
}

function named(role: string, name: string | null | undefined, path: string, { rules, lose }: Conversing): Body {
  if (name === undefined || name === null) return {}
  if (!rules.names) return { name }
  // Of a result it is the call's name over again.
  if (role !== 'tool') lose(rules.names, { path: `${path}.name` })
  return {}
}

function assistantOf(message: AssistantMessage, path: string, conversing: Conversing, nextId: () => string): Body {
  const { rules, lose } = conversing
  const { name, content, refusal, tool_calls: calls, function_call: call, audio, ...rest } = message
  const kept: Body = { ...rest }
  for (const key of ANSWERED) delete kept[key]
  if (audio && !rules.native) lose(NO_REPLAY, { path: `${path}.audio` })
  const said = withThought(contentOf(content, path, conversing), message, rules)
  const speaks = said !== undefined && said !== null && said !== '' && said.length > 0
  if (refusal && !speaks && !rules.native) lose(AS_TEXT, { path: `${path}.refusal` })
  const sentCalls = rules.native ? calls : callsOf(calls, call, path, lose, nextId)
  return {
    ...kept,
    // Without calls there has to be text, and null is none.
    content: speaks
      ? said
      : refusal && !rules.native
        ? refusal
        : (said ?? (sentCalls?.length || rules.native ? null : '')),
    ...reasoningOf(message, rules),
    ...(sentCalls?.length && { tool_calls: sentCalls }),
    ...(rules.native && { ...(refusal && { refusal }), ...(call && { function_call: call }), ...(audio && { audio }) }),
    ...named('assistant', name, path, conversing),
  }
}

/** What was thought, under the name that the service reads. */
function reasoningOf(message: AssistantMessage, { reasoning }: MessageRules): Body {
  if (reasoning === undefined || reasoning === 'marks') return {}
  const { reasoning_details: details } = message
  const sealed = details?.some(({ signature, data }) => signature || data)
  if (details?.length && (reasoning === 'reasoning_details' || (reasoning === 'either' && sealed))) {
    return { reasoning_details: details }
  }
  const text = thoughtIn(message)
  const plainly = reasoning === 'either' || reasoning === 'reasoning_content'
  return text ? { [plainly ? 'reasoning_content' : 'reasoning']: text } : {}
}

function thoughtIn({ reasoning_content: content, reasoning, reasoning_details: details }: AssistantMessage): string {
  return content ?? reasoning ?? details?.map((one) => one.text ?? one.summary ?? '').join('') ?? ''
}

type Sent = ReturnType<typeof contentOf>

/** What was said, behind what was thought, where both are one text. */
function withThought(said: Sent, message: AssistantMessage, { reasoning }: MessageRules): Sent {
  const text = reasoning === 'marks' ? thoughtIn(message) : ''
  if (text === '') return said
  const thought = `<think>\n${text.replace(/\n?$/, '\n')}</think>\n\n`
  return Array.isArray(said) ? [{ type: 'text', text: thought }, ...said] : thought + (said ?? '')
}

type LegacyCall = AssistantMessage['function_call']

function callsOf(
  calls: readonly ToolCall[] | null | undefined,
  call: LegacyCall,
  path: string,
  lose: Lose,
  nextId: () => string,
): Body[] {
  const sent = (calls ?? []).map((one, i) => {
    const { index: _place, extra_content: extra, ...rest } = one
    const kept = { ...rest, ...(extra !== undefined && { extra_content: extra }) }
    if (!one.custom)
      return { ...kept, type: 'function', function: { ...one.function, arguments: one.function?.arguments ?? '' } }
    lose(CUSTOM_CALL, { path: `${path}.tool_calls[${i}].custom` })
    const { name, input } = one.custom
    return {
      id: one.id,
      type: 'function',
      function: { name, arguments: JSON.stringify(inputAs(input ?? '')) },
    }
  })
  if (!call) return sent
  return [...sent, { id: nextId(), type: 'function', function: { name: call.name, arguments: call.arguments ?? '' } }]
}

function contentOf(
  content: Message['content'],
  path: string,
  conversing: Conversing,
): string | Body[] | null | undefined {
  if (!Array.isArray(content)) return content
  return content.map((part: Part, j) => partOf(part, `${path}.content[${j}]`, conversing))
}

function partOf(part: Part, path: string, { rules, model, lose, media, remote }: Conversing): Body {
  const rule = rules.parts?.[part.type]
  const refused = typeof rule === 'function' ? rule(model) : rule
  if (refused) lose(refused, { path })
  if (part.type === 'refusal' && !rules.native) return { type: 'text', text: part.refusal }
  if (part.type !== 'image_url' || !rules.inlineImages || dataUrl(part.image_url.url)) return part
  const { url } = part.image_url
  if (!/^https?:/i.test(url)) return part
  remote.push({ url, path: `${path}.image_url.url` })
  const found = media?.get(url)
  return { ...part, image_url: { ...part.image_url, url: found ? `data:${found.type};base64,${found.base64}` : url } }
}
