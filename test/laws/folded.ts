// A stream's chunks folded by the rules of the SDKs, and the unstreamed answer in the same form.
import { expect } from 'vitest'
import { accumulate } from '../dialects/chat/accumulate.ts'

type Message = Record<string, unknown>

interface Choice {
  readonly index: number
  readonly delta: Message
  readonly message: Message
  readonly logprobs: { readonly content: readonly unknown[] } | null
  readonly finish_reason: string | null
}

interface Chunk extends Message {
  readonly choices: readonly Choice[]
  readonly usage?: object | null
}

/** A message without what only one of the two ways can say: a stream begins before it knows that it has no text. */
function comparable({ content, refusal, annotations = [], tool_calls, ...rest }: Message): Message {
  const calls = (tool_calls as Message[] | undefined)?.map(({ index: _index, ...call }) => call)
  return { ...rest, content: content || null, refusal: refusal || null, annotations, tool_calls: calls }
}

/** What a client makes of a stream's chunks. */
export function folded(sse: string): object {
  const events = sse.split('\n\n').filter((event) => event.startsWith('data: {'))
  const chunks = events.map((event) => JSON.parse(event.slice(6)) as Chunk)
  const choices = new Map<number, { message: Message; logprobs: unknown[]; finish: string | null }>()
  for (const { index, delta, logprobs, finish_reason } of chunks.flatMap((chunk) => chunk.choices)) {
    const { message = {}, logprobs: known = [], finish = null } = choices.get(index) ?? {}
    choices.set(index, {
      message: accumulate(message, structuredClone(delta)),
      logprobs: [...known, ...(logprobs?.content ?? [])],
      finish: finish_reason ?? finish,
    })
  }
  const { object: _object, choices: _choices, usage: _usage, ...head } = chunks[0] ?? expect.unreachable()
  const { usage } = chunks.at(-1) ?? {}
  const sorted = [...choices].sort(([a], [b]) => a - b)
  return {
    ...head,
    ...(usage && { usage }),
    choices: sorted.map(([index, { message, ...rest }]) => ({ index, message: comparable(message), ...rest })),
  }
}

/** The unstreamed answer in the same form. */
export function unfolded(json: string, withUsage: boolean): object {
  const { object: _object, choices, usage, ...head } = JSON.parse(json) as Chunk
  return {
    ...head,
    ...(withUsage && { usage }),
    choices: choices.map(({ index, message, logprobs, finish_reason }) => ({
      index,
      message: comparable(message),
      logprobs: logprobs?.content ?? [],
      finish: finish_reason,
    })),
  }
}
