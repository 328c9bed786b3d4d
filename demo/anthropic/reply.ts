// What an answer is made of, before it is sent whole or in events. Cites: Response.
import { hash } from 'node:crypto'
import type { InputUsage } from './usage.ts'

/** A block of an answer; `json` is what a call's arguments look like while they are streamed. */
export interface AnswerBlock {
  readonly type: string
  readonly [field: string]: unknown
  readonly text?: string
  readonly thinking?: string
  readonly json?: string
}

export interface Answer {
  readonly id: string
  readonly model: string
  readonly content: readonly AnswerBlock[]
  readonly stop_reason: string
  readonly stop_sequence: string | null
  readonly stop_details: Readonly<Record<string, unknown>> | null
  readonly usage: Usage
}

export interface Usage extends InputUsage {
  readonly output_tokens: number
  readonly output_tokens_details: { readonly thinking_tokens: number }
  readonly server_tool_use: { readonly web_search_requests: number } | null
  readonly service_tier: string
  readonly speed: string
}

/** What a scene says: blocks and why they end. */
export interface Turn {
  readonly content: readonly AnswerBlock[]
  readonly stop_reason: string
  readonly stop_details?: Readonly<Record<string, unknown>>
}

/** An id that looks like the service's: a prefix and 22 letters and digits, the same for the same seed. */
export function idOf(prefix: string, ...seed: readonly (string | number)[]): string {
  return (
    prefix +
    hash('sha256', seed.join('/'), 'base64')
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 22)
  )
}
