// What can be done about a refusal: most of what a model does not take is known only once the service says so.
import type { GatewayError } from '../../hub/error.ts'
import { clamped, dropped, emulated, type Note } from '../../hub/support.ts'
import type { Plan } from './plan.ts'
import { NO_THOUGHTS } from './reasoning.ts'
import { NO_THINKING } from './thinking.ts'
import { NOT_STRICT } from './tools.ts'

export const OVER_MAXIMUM = clamped('This is the most that the model puts out.')
export const OVER_TEMPERATURE = clamped('This is the highest temperature that the model takes.')
export const ONE_PENALTY = dropped("This model takes one penalty: 'frequency_penalty' is sent.")
export const BY_WORD = emulated('The model is told to answer in JSON, and is not held to it.')

/** What is done differently. */
export interface Amends {
  /** The most that the model takes, as it says itself. */
  readonly maxTemperature?: number
  readonly maxTokens?: number
  readonly onePenalty?: boolean
  /** The model is told of the format, instead of being held to it. */
  readonly byWord?: boolean
  /** Tools are not strict. */
  readonly lax?: boolean
  /** The model turned out to be one that does not think. */
  readonly thoughtless?: boolean
}

/** One way to mend a request, and the loss that it is. */
export interface Mending {
  readonly amends: Amends
  readonly field: string
  readonly note: Note
  readonly sent?: number
}

const HOT = /temperature must be between 0(?:\.0)? and (\d+(?:\.\d+)?)/i
const LONG = /max(?:imum)?[_ ]tokens must be less than or equal to (\d+)/i
const PENALTIES = /(?:frequency|presence)_penalty\W+and\W+(?:frequency|presence)_penalty/i
const SCHEMA = /schema|response[_ ]format/i
const STRICT = /strict/i
const THINKING = /thinking|reasoning/i

export function mendingFor({ code, message }: GatewayError, plan: Plan): Mending | undefined {
  if (code !== 'invalid_request') return undefined
  const { request, format, strict, family } = plan
  const most = Number(HOT.exec(message)?.[1])
  if ((request.temperature ?? 0) > most) {
    return { amends: { maxTemperature: most }, field: 'temperature', note: OVER_TEMPERATURE, sent: most }
  }
  const limit = Number(LONG.exec(message)?.[1])
  const field = request.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
  if (limit > 0 && (request[field] ?? 0) > limit) {
    return { amends: { maxTokens: limit }, field, note: OVER_MAXIMUM, sent: limit }
  }
  if (request.frequency_penalty && request.presence_penalty && PENALTIES.test(message)) {
    return { amends: { onePenalty: true }, field: 'presence_penalty', note: ONE_PENALTY }
  }
  if (strict && STRICT.test(message)) return { amends: { lax: true }, field: 'tools', note: NOT_STRICT }
  if (format.sent && SCHEMA.test(message)) {
    return { amends: { byWord: true }, field: 'response_format', note: BY_WORD }
  }
  if (family.reasons !== undefined || !THINKING.test(message) || !brings(plan)) return undefined
  const asks = (['thinking', 'reasoning_effort', 'reasoning'] as const).find((name) => request[name])
  return { amends: { thoughtless: true }, field: asks ?? 'messages', note: asks ? NO_THINKING : NO_THOUGHTS }
}

/** The request asks for thinking, or brings some back. */
function brings({ thinking, messages }: Plan): boolean {
  const isThought = (item: { readonly type: string }) => item.type === 'thinking'
  return thinking !== undefined || messages.some(({ content }) => Array.isArray(content) && content.some(isThought))
}
