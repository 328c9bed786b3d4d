// Services that refuse keys that they do not know get messages and tools without them. Nulls are such keys too.
import { audit, type Lose } from '../../hub/support.ts'
import type { Body } from './like.ts'

type Table = Readonly<Record<string, 'used' | 'inert'>>

const used = (...keys: readonly string[]): Table => Object.fromEntries(keys.map((key) => [key, 'used']))

/** A hint for a cache that finds its entries by itself. */
const MARKS: Table = { cache_control: 'inert', prompt_cache_breakpoint: 'inert' }
const SPOKEN: Table = { ...used('role', 'content', 'name'), ...MARKS }
const ROLES: Readonly<Record<string, Table>> = {
  assistant: { ...SPOKEN, ...used('tool_calls', 'reasoning_content', 'reasoning', 'reasoning_details') },
  tool: { ...SPOKEN, ...used('tool_call_id') },
}
/** What another service has added to a call says nothing to this one. */
const CALL: Table = { ...used('id', 'type', 'function'), extra_content: 'inert' }
const TOOL: Table = { ...used('type', 'function'), ...MARKS }
const FUNCTION = used('name', 'description', 'parameters', 'strict')
const PARTS: ReadonlySet<unknown> = new Set(['text', 'image_url', 'input_audio', 'file'])

/** A message with OpenAI's keys, and with `more` that the service has. */
export function strictMessage(message: Body, more: readonly string[], path: string, lose: Lose): Body {
  const kept = only(message, { ...(ROLES[String(message.role)] ?? SPOKEN), ...used(...more) }, path, lose)
  const { content, tool_calls: calls } = kept
  return {
    ...kept,
    ...(Array.isArray(content) && {
      content: content.map((part: Body, i) => strictPart(part, `${path}.content[${i}]`, lose)),
    }),
    ...(Array.isArray(calls) && {
      tool_calls: calls.map((call: Body, i) => only(call, CALL, `${path}.tool_calls[${i}]`, lose)),
    }),
  }
}

/** Parts of types that OpenAI lacks are the service's own, as far as it has them. */
function strictPart(part: Body, path: string, lose: Lose): Body {
  const type = String(part.type)
  const known = PARTS.has(type) ? used('type', type) : used(...Object.keys(part))
  const kept = only(part, { ...known, ...MARKS }, path, lose)
  const value = kept[type]
  return typeof value === 'object' && value !== null ? { ...kept, [type]: withoutNulls(value) } : kept
}

/**
 * A function with OpenAI's keys; tools of other types are the service's own.
 * @param at where the client named the tool, and its definition.
 */
export function strictTool(tool: Body, at: { readonly own: string; readonly definition: string }, lose: Lose): Body {
  const { function: definition } = tool
  if (tool.type !== 'function' || typeof definition !== 'object' || definition === null) return tool
  return { ...only(tool, TOOL, at.own, lose), function: only(definition, FUNCTION, at.definition, lose) }
}

/** The keys that the table uses. Those that it does not name are told. */
function only(object: object, keys: Table, path: string, lose: Lose): Body {
  audit(object, keys, path, lose)
  const kept = Object.entries(object).filter(
    ([key, value]) => keys[key] === 'used' && (value !== null || key === 'content'),
  )
  return Object.fromEntries(kept)
}

function withoutNulls(object: object): Body {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
}
