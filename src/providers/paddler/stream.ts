// An answer, line by line: https://github.com/intentee/paddler (`generated_token_result`)
//
// Deterministic: `step` touches nothing but its state. Tokens of all versions are read wherever they come from.
import type { Delta, FinishReason } from '../../hub/delta.ts'
import type { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import { ended, told, variantError } from './error.ts'
import type { Asked, State } from './state.ts'
import { counted, GUESSED_LOSS, spent, usageOf } from './usage.ts'

/** The deltas of one line. Lines of kinds that say nothing of the answer are passed over. */
export function step(state: State, line: unknown, asked: Asked): Delta[] {
  if (state.done || state.failed) return []
  const error = at(line, 'Error')
  if (error !== undefined) return fail(state, told(at(error, 'error')))
  const envelope = at(line, 'Response')
  const id = at(envelope, 'request_id')
  if (typeof id === 'string') state.id ||= id
  const response = at(envelope, 'response')
  if (typeof response === 'string') return fail(state, ended(response))
  const token = at(response, 'GeneratedToken')
  if (token === 'Done') return finish(state, asked, undefined)
  const [variant] = typeof token === 'object' && token !== null ? Object.entries(token) : []
  return variant ? one(state, variant[0], variant[1], asked) : []
}

function one(state: State, name: string, value: unknown, asked: Asked): Delta[] {
  const text = typeof value === 'string' ? value : ''
  if (name.endsWith('Token')) state.tokens++
  switch (name) {
    case 'ContentToken':
    case 'UndeterminableToken':
      return speak(state, text, asked)
    case 'ReasoningToken':
      return text === '' ? [] : say(state, asked, [reasoning(text)])
    case 'Token':
      return say(state, asked, pieces(state.splitter.push(text)))
    case 'ToolCallToken':
      if (!asked.calls) return speak(state, text, asked)
      state.held += text
      return []
    case 'ToolCallParsed':
      state.held = ''
      return (Array.isArray(value) ? value : []).flatMap((call: unknown) => toolCall(state, call, asked))
    case 'ToolCallParseFailed':
    case 'ToolCallValidationFailed':
    case 'UnrecognizedToolCallFormat':
      return unread(state, name, value, asked)
    case 'Done':
      return finish(state, asked, value)
    default:
      // Whatever else there is ends the answer, and new kinds of failures appear: only a token could be passed over.
      return name.endsWith('Token') ? [] : fail(state, variantError(name, value))
  }
}

const FORMAT = 'unknown'

function reasoning(text: string): Delta {
  return { type: 'reasoning', index: 0, text, format: FORMAT }
}

function pieces(said: readonly { readonly kind: 'text' | 'reasoning'; readonly text: string }[]): Delta[] {
  return said.map(({ kind, text }) => (kind === 'text' ? { type: 'text', text } : reasoning(text)))
}

/** The first thing that is said begins the answer: until then a failure has a status of its own. */
function say(state: State, { model }: Asked, deltas: Delta[]): Delta[] {
  if (state.started || deltas.length === 0) return deltas
  state.started = true
  return [{ type: 'start', id: state.id, model }, ...deltas]
}

function speak(state: State, text: string, asked: Asked): Delta[] {
  return text === '' ? [] : say(state, asked, [{ type: 'text', text }])
}

function toolCall(state: State, call: unknown, asked: Asked): Delta[] {
  if (asked.single && state.calls > 0) return []
  const index = state.calls++
  const [id, name, given] = [at(call, 'id'), at(call, 'name'), at(call, 'arguments')]
  const [valid, invalid] = [at(given, 'ValidJson'), at(given, 'InvalidJson')]
  const text = valid === undefined ? String(invalid ?? '') : JSON.stringify(valid)
  return say(state, asked, [
    { type: 'tool', index, id: String(id || `call_${state.id}_${index}`), name: String(name ?? ''), custom: false },
    { type: 'arguments', index, text },
  ])
}

/** A call that the service could not read is what the model said; where nobody asked it to read any, it was said. */
function unread(state: State, name: string, value: unknown, asked: Asked): Delta[] {
  if (!asked.calls) return []
  const raw = at(value, 'text')
  const text = state.held || (typeof raw === 'string' ? raw : '')
  state.held = ''
  return text === '' ? fail(state, variantError(name, value)) : speak(state, text, asked)
}

function finish(state: State, asked: Asked, summary: unknown): Delta[] {
  state.done = true
  const rest = pieces(state.splitter.end())
  if (state.held !== '') rest.push({ type: 'text', text: state.held })
  const used = at(summary, 'usage')
  if (used === undefined) rest.push({ type: 'loss', loss: GUESSED_LOSS })
  rest.push({ type: 'usage', usage: used === undefined ? counted(state, asked) : usageOf(used) })
  rest.push({ type: 'finish', reason: reasonOf(state, asked, summary) })
  return say(state, asked, rest)
}

/** Newer versions say why; of the others it is known how much they said. */
function reasonOf({ calls, tokens }: State, { maxTokens }: Asked, summary: unknown): FinishReason {
  const why = at(summary, 'finish')
  const used = at(summary, 'usage')
  const full = used === undefined ? tokens >= maxTokens : spent(used) >= maxTokens
  if (why === undefined ? full : why === 'MaxTokens' || why === 'ContextFull') return 'length'
  return calls > 0 ? 'tool_calls' : 'stop'
}

function fail(state: State, error: GatewayError): Delta[] {
  state.failed = true
  return [{ type: 'error', error }]
}
