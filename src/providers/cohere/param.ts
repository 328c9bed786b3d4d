// The service names the field at fault in its own spelling; the client knows the one it sent.
import type { ChatFields } from '../../hub/request.ts'
import { extensions } from './fields.ts'

/** For each field of the service's, the client's fields that it may have been made of. */
const ORIGINS: Readonly<Record<string, readonly (keyof ChatFields)[]>> = {
  message: ['messages'],
  messages: ['messages'],
  model: ['model'],
  max_tokens: ['max_completion_tokens', 'max_tokens'],
  p: ['top_p'],
  k: ['top_k'],
  stop_sequences: ['stop'],
  temperature: ['temperature'],
  seed: ['seed'],
  frequency_penalty: ['frequency_penalty'],
  presence_penalty: ['presence_penalty'],
  logprobs: ['logprobs'],
  tools: ['tools', 'functions'],
  strict_tools: ['tools', 'functions'],
  tool_choice: ['tool_choice', 'function_call'],
  response_format: ['response_format'],
  json_schema: ['response_format'],
  thinking: ['thinking', 'reasoning_effort', 'reasoning'],
  token_budget: ['thinking', 'reasoning_effort', 'reasoning'],
}

/** The client's field for one of the service's; undefined when there is none. */
export function paramOf(name: string, asked: ChatFields): string | undefined {
  const origins = Object.hasOwn(ORIGINS, name) ? ORIGINS[name] : undefined
  const found = origins?.find((one) => asked[one] !== undefined)
  return found ?? (Object.hasOwn(extensions, name) ? name : undefined)
}
