// An answer, chunk by chunk, whatever a service makes of OpenAI's format. A whole answer is one chunk, so that the two
// can only be the same: https://platform.openai.com/docs/api-reference/chat/streaming
import type { Delta, FinishReason } from '../../hub/delta.ts'
import { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import { callDeltas, closeCalls } from './calls.ts'
import { failureIn } from './error.ts'
import { logprobsOf } from './logprobs.ts'
import { goneOn, said, spoken, thought } from './said.ts'
import { type Asked, type ChoiceState, choiceOf, type State } from './state.ts'
import { estimated, usageIn } from './usage.ts'

/** The deltas of one chunk, or of a whole answer. */
export function step(state: State, given: unknown, asked: Asked): Delta[] {
  if (state.done || state.failed) return []
  const chunk = asked.rules.read?.(given) ?? given
  const failure = failureIn(chunk, asked)
  if (failure) return fail(state, failure)
  const choices: unknown = at(chunk, 'choices')
  const list: readonly unknown[] = Array.isArray(choices) ? choices : []
  const out: Delta[] = []
  if (list.length > 0) out.push(...begin(state, chunk, asked))
  // Before the text, which may be cut where the client wants it to stop.
  const usage = usageIn(chunk, asked)
  if (usage) {
    state.counted = true
    out.push({ type: 'usage', usage })
  }
  for (const [place, choice] of list.entries()) out.push(...choiceDeltas(state, chunk, choice, place, asked))
  if (state.failed) return out
  state.sources.see(chunk)
  out.push(...unknown(state, chunk, ENVELOPE, '', asked))
  return out
}

/** The answer is over. It is whole when every choice has finished. @param whole nothing more is needed. */
export function finish(state: State, asked: Asked, whole: boolean): Delta[] {
  if (state.done || state.failed) return []
  const open = [...state.choices.values()].some((choice) => choice.finish === undefined)
  // A service that leaves the reason out of a whole answer has still sent all of it.
  if (state.choices.size === 0 || (open && !whole)) {
    return fail(state, new GatewayError('upstream_truncated', 'The provider ended the answer before it was whole.'))
  }
  if ([...state.choices.values()].some(({ opened }) => opened.some(({ named }) => !named))) {
    return fail(state, new GatewayError('upstream_error', 'The provider asked for a call without a name.'))
  }
  state.done = true
  const out: Delta[] = []
  for (const [index, choice] of state.choices) {
    const choiceAt = index === 0 ? {} : { choice: index }
    out.push(...spoken(state, choice, choice.splitter.end(), choiceAt))
    choice.prefix = ''
    out.push(...spoken(state, choice, [{ kind: 'text', text: '' }], choiceAt), ...closeCalls(choice, choiceAt))
    const reason = choice.finish ?? 'stop'
    out.push({
      type: 'finish',
      reason: reason === 'stop' && choice.opened.length > 0 ? 'tool_calls' : reason,
      ...choiceAt,
    })
  }
  if (state.counted || !asked.rules.estimates) return out
  return [{ type: 'usage', usage: estimated(state, asked) }, ...out]
}

/** @returns the error as the last delta of the answer. */
export function fail(state: State, error: GatewayError): Delta[] {
  state.failed = true
  return [{ type: 'error', error }]
}

function begin(state: State, chunk: unknown, { model }: Asked): Delta[] {
  if (state.started) return []
  state.started = true
  const text = (key: string) => {
    const value = at(chunk, key)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [tier, fingerprint] = [text('service_tier'), text('system_fingerprint')]
  return [
    {
      type: 'start',
      id: text('id') ?? '',
      model: text('model') ?? model,
      ...(tier !== undefined && { tier }),
      ...(fingerprint !== undefined && { fingerprint }),
    },
  ]
}

function choiceDeltas(state: State, chunk: unknown, choice: unknown, place: number, asked: Asked): Delta[] {
  const index = at(choice, 'index')
  const own = typeof index === 'number' && index >= 0 ? index : place
  const choiceAt = own === 0 ? {} : { choice: own }
  const into = choiceOf(state, own, asked)
  // Some send the whole message beside each delta, or the whole answer behind all of them.
  const again = at(chunk, 'object') === 'chat.completion' && hasSpoken(into)
  const delta: unknown = at(choice, 'delta') ?? (again ? undefined : at(choice, 'message'))
  const out: Delta[] = asked.prompted
    ? goneOn(state, into, at(choice, 'text'), choiceAt)
    : [
        ...thought(state, into, delta, choiceAt),
        ...said(state, into, delta, choiceAt),
        ...callDeltas(into, delta, asked, choiceAt),
      ]
  const tokens = logprobsOf(at(choice, 'logprobs'))
  if (tokens.length > 0) out.push({ type: 'logprobs', tokens, ...choiceAt })
  out.push(...unknown(state, delta, MESSAGE, `choices[${own}].message.`, asked))
  out.push(...unknown(state, choice, asked.prompted ? TEXT_CHOICE : CHOICE, `choices[${own}].`, asked))
  const reason = at(choice, 'finish_reason')
  if (typeof reason !== 'string' || reason === '') return out
  if (FAILURES.has(reason)) {
    const message = `The provider broke the answer off (${reason}).`
    return [...out, ...fail(state, new GatewayError('upstream_error', message))]
  }
  into.finish = asked.rules.finish?.(chunk) ?? reasonOf(reason, into)
  return out
}

function hasSpoken({ text, thoughts, opened }: ChoiceState): boolean {
  return text !== '' || thoughts.size > 0 || opened.length > 0
}

const FAILURES = new Set(['error', 'insufficient_system_resource', 'network_error', 'abort'])

const REASONS: Readonly<Record<string, FinishReason>> = {
  length: 'length',
  model_length: 'length',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  content_filter: 'content_filter',
  sensitive: 'content_filter',
  safety: 'content_filter',
}

/** The calls that the client sees decide, whatever the service calls its reason. */
function reasonOf(reason: string, { opened }: ChoiceState): FinishReason {
  return REASONS[reason] ?? (opened.length > 0 ? 'tool_calls' : 'stop')
}

/** What OpenAI's format has: everything else that says something is told as a loss of the answer, once. */
const ENVELOPE = keys('id object created model choices usage service_tier system_fingerprint error obfuscation')
const CHOICE = keys('index delta message finish_reason logprobs usage')
const TEXT_CHOICE = keys('index text finish_reason logprobs usage')
const MESSAGE = keys(
  `role content refusal tool_calls function_call annotations audio images reasoning reasoning_content reasoning_details
   extra_content name`,
)

function keys(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/))
}

function unknown(state: State, value: unknown, known: ReadonlySet<string>, path: string, { rules }: Asked): Delta[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const out: Delta[] = []
  // Every chunk comes here: its keys are looked at without a list of them being made.
  for (const key in value) {
    if (known.has(key) || isEmpty(at(value, key)) || rules.silent?.includes(key) || state.told.has(path + key)) continue
    state.told.add(path + key)
    out.push({
      type: 'loss',
      loss: { path: path + key, kind: 'dropped', reason: 'There is no such field in this format.' },
    })
  }
  return out
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}
