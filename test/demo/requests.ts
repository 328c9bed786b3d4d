// Requests to the demo in few words, for the tests of its rules.
import { checkMessages } from '../../demo/anthropic/check.ts'
import { Refusal } from '../../demo/anthropic/refusal.ts'
import type { Context } from '../../demo/anthropic/shape.ts'

export type Fields = Record<string, unknown>

export const OLD = { betas: new Set<string>(), version: '2023-06-01' }
export const NEW = { ...OLD, version: '2026-10-21' }

export const hello = { role: 'user', content: 'Hello' }
export const request = (fields: Fields = {}): Fields => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [hello],
  ...fields,
})
export const user = (...content: unknown[]) => ({ role: 'user', content })
export const assistant = (...content: unknown[]) => ({ role: 'assistant', content })
export const text = (value: string, more: Fields = {}) => ({ type: 'text', text: value, ...more })
export const call = (id: string) => ({ type: 'tool_use', id, name: 'find', input: {} })
export const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: '2 hits' })
export const find = { name: 'find', input_schema: { type: 'object', properties: {} } }
export const mark = (ttl?: string) => ({ cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) } })
export const format = (schema: Fields) => ({ output_config: { format: { type: 'json_schema', schema } } })
export const closed = (properties: Fields, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
export const image = (media_type: string, data: string) => ({
  type: 'image',
  source: { type: 'base64', media_type, data },
})
export const thought = (signature: string) => ({ type: 'thinking', thinking: 'Hm.', signature })
export const budget = { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2048 }
export const fable = { model: 'claude-fable-5-1' }

/** What a rule has to say to a request. */
export interface Golden {
  readonly rule: string
  readonly fields: Fields
  readonly message: string
  readonly context?: Context
}

/** What the checker answers: a status and a text, or nothing. */
export function refusal(body: unknown, context: Context = OLD, check: typeof checkMessages = checkMessages) {
  try {
    check(body, context)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Refusal) return { status: thrown.status, message: thrown.message, cites: thrown.cites }
    throw thrown
  }
}
