// What the model called, and what came of it.
// https://ai.google.dev/gemini-api/docs/function-calling
import type { AssistantMessage, FunctionMessage, ToolCall, ToolMessage } from '../../../schemas/chat.ts'
import type { Calls } from '../../hub/calls.ts'
import { inputAs } from '../../hub/definitions.ts'
import type { Names } from '../../hub/names.ts'
import { emulated, type Lose } from '../../hub/support.ts'
import { imagePart, type Making, partsOf, textPart, textPartsOf } from './content.ts'
import { callSignature, signedThoughts, textSignature } from './signature.ts'
import type { SentPart } from './wire.ts'

export const RAW_ARGUMENTS = emulated('Arguments that are no JSON object are sent inside one.')

/** The result of a call, and the media in it that no result of this model can hold: they stand behind it. */
export interface Result {
  readonly part: SentPart
  readonly beside: readonly SentPart[]
}

export interface Recalling extends Making {
  readonly names: Names
  readonly calls: Calls<Result>
  /** Whether signatures that were sent back are used. */
  readonly signatures: boolean
}

/** The parts of an assistant's message: what was thought and signed, what was said, what was called. */
export function assistantParts(message: AssistantMessage, path: string, recalling: Recalling): SentPart[] {
  const { origins, signatures } = recalling
  const thoughts = (signatures ? signedThoughts(message) : []).map(
    ({ text, signature }): SentPart => ({ text, thought: true, thoughtSignature: signature }),
  )
  const said = textPartsOf(message.content, path, recalling)
  const aside = { refusal: message.refusal, 'audio.transcript': message.audio?.transcript }
  for (const [key, text] of Object.entries(aside)) {
    const part = textPart(text)
    if (part) said.push(noted(part, `${path}.${key}`))
  }
  const shown = imagesOf(message).flatMap((url, i) => {
    const part = imagePart(url, `${path}.images[${i}]`, recalling)
    return part ? [noted(part, `${path}.images[${i}]`)] : []
  })
  const signature = signatures ? textSignature(message) : undefined
  const last = shown.at(-1) ?? said.at(-1)
  if (signature && last) last.thoughtSignature = signature
  const called = (message.tool_calls ?? []).map((call, k) => {
    const at = `${path}.tool_calls[${k}]`
    return noted(callPart(call, at, recalling, signatures ? callSignature(call, message) : undefined), at)
  })
  if (message.function_call) {
    const { name, arguments: given } = message.function_call
    const at = `${path}.function_call`
    const args = argsOf(given, `${at}.arguments`, recalling.lose)
    called.push(noted(part(undefined, name, true, args, recalling), at))
  }
  return [...thoughts, ...said, ...shown, ...called]

  function noted(one: SentPart, at: string): SentPart {
    origins.set(one, at)
    return one
  }
}

/** Pictures that the model made, as its answer carried them. */
function imagesOf(message: AssistantMessage): string[] {
  const images: unknown = Reflect.get(message, 'images')
  return (Array.isArray(images) ? images : []).flatMap((image: unknown) => {
    const url = Object(Object(image).image_url).url
    return typeof url === 'string' ? [url] : []
  })
}

function callPart(call: ToolCall, path: string, recalling: Recalling, signature: string | undefined): SentPart {
  const { custom } = call
  const name = custom?.name ?? call.function?.name ?? ''
  const args = custom
    ? inputAs(custom.input ?? '')
    : argsOf(call.function?.arguments, `${path}.function.arguments`, recalling.lose)
  return {
    ...part(call.id ?? undefined, name, false, args, recalling),
    ...(signature && { thoughtSignature: signature }),
  }
}

function part(
  id: string | undefined,
  name: string,
  legacy: boolean,
  args: Record<string, unknown>,
  { calls, names, surface, family }: Recalling,
): SentPart {
  const sent = calls.open(id, name, legacy)
  return { functionCall: { ...(surface.callIds && family.third && { id: sent }), name: names.out(name), args } }
}

/** The model wrote them, so they may be anything: what is no JSON object is sent inside one. */
function argsOf(given: string | null | undefined, path: string, lose: Lose): Record<string, unknown> {
  if (!given || given.trim() === '') return {}
  const value = parsed(given)
  if (isObject(value)) return value
  lose(RAW_ARGUMENTS, { path })
  return value === undefined ? { _raw: given } : { value }
}

/** @param sentId the id of its call, as it is sent. */
export function resultOf(
  sentId: string,
  name: string,
  message: ToolMessage | FunctionMessage,
  path: string,
  { names, ...making }: Making & { readonly names: Names },
): Result {
  const { surface, family, origins } = making
  const parts = partsOf(message.content, path, making)
  const said = parts.flatMap(({ text }) => text ?? []).join('\n')
  const media = parts.filter((one) => one.text === undefined)
  const inside = family.third ? media.flatMap(({ inlineData }) => (inlineData ? [{ inlineData }] : [])) : []
  const failed = message.role === 'tool' && message.is_error
  const part: SentPart = {
    functionResponse: {
      ...(surface.callIds && family.third && { id: sentId }),
      name: names.out(name),
      response: failed ? { error: said } : responseOf(said),
      ...(inside.length > 0 && { parts: inside }),
    },
  }
  origins.set(part, path)
  return { part, beside: inside.length > 0 ? media.filter(({ inlineData }) => !inlineData) : media }
}

/** Digits that would not survive being read as a number. */
const LONG_NUMBER = /\d{16}|\d[eE][+-]?\d/

/** A JSON object as it is; any other text under the name that the service knows. */
function responseOf(text: string): Record<string, unknown> {
  const value = /^\s*\{/.test(text) && !LONG_NUMBER.test(text) ? parsed(text) : undefined
  return isObject(value) ? value : { output: text }
}

/** As deep as a request itself may be: what is deeper can neither be written nor read again. */
const MAX_DEPTH = 64

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isShallow(value, MAX_DEPTH) ? value : undefined
  } catch {
    return undefined
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((one) => isShallow(one, depth - 1))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
