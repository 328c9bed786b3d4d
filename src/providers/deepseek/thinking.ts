// Which models think: https://api-docs.deepseek.com/guides/thinking_mode
import type { ChatFields } from '../../hub/request.ts'
import { asksToThink } from '../openai-compatible/effort.ts'

/** The fourth generation, which thinks unless it is told not to, and has names without a number as well. */
const FOURTH = /deepseek-(?:v[4-9]|flash|pro)/i
const REASONER = /deepseek-(?:reasoner|r\d)/i

/** The model needs what it thought on each turn of the conversation. */
export function recalls(model: string): boolean {
  return FOURTH.test(model)
}

export function thinks(model: string, request: ChatFields): boolean {
  return asksToThink(request).on ?? (FOURTH.test(model) || REASONER.test(model))
}
