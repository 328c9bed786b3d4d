// Watches an answer of choices (of chat or of completions) that passes untouched: usage, and whether it is whole.
import type { Tap } from './dialect.ts'
import { GatewayError, scrub } from './error.ts'
import { at } from './json.ts'
import type { Loss } from './loss.ts'
import { withReport } from './report.ts'
import { type Usage, usageOf } from './usage.ts'

export class ChoicesTap implements Tap {
  readonly #expected: number
  readonly #open = new Set<number>()
  readonly #finished = new Set<number>()
  usage: Usage | undefined
  uncounted = 0
  error: GatewayError | undefined

  /** @param expected how many choices there will be. */
  constructor(expected: number) {
    this.#expected = expected
  }

  get whole(): boolean {
    return this.#finished.size >= this.#expected && this.#open.size === 0
  }

  see(data: string): void {
    const chunk = parse(data)
    if (!chunk) return
    if (chunk.error) this.error ??= errorOf(chunk.error)
    const used = usageOf(chunk.usage)
    for (const choice of listOf(chunk.choices)) {
      this.uncounted += lengthIn(choice.delta ?? choice.message ?? choice)
      const index = typeof choice.index === 'number' ? choice.index : 0
      if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
        this.#finished.add(index)
        this.#open.delete(index)
      } else if (!this.#finished.has(index)) this.#open.add(index)
    }
    if (!used) return
    this.usage = used
    this.uncounted = 0
  }

  closes(data: string): boolean {
    return data === '[DONE]'
  }

  carries(data: string): boolean {
    const chunk = parse(data)
    return chunk !== undefined && (listOf(chunk.choices).length > 0 || Boolean(chunk.usage))
  }

  withReport(text: string, report: readonly Loss[]): string {
    return withReport(text, report)
  }
}

type Chunk = Record<string, unknown>

function parse(data: string): Chunk | undefined {
  // Most that is no object is `[DONE]`.
  if (data.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(data)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Chunk {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): Chunk[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The text of a delta, a message or a choice: what it says and thinks, and the arguments of its calls. */
function lengthIn(part: unknown): number {
  if (!isObject(part)) return 0
  let length = 0
  for (const name of TEXTS) length += lengthOf(part[name])
  for (const call of [...listOf(part.tool_calls), part]) {
    length += lengthOf(at(call.function ?? call.function_call, 'arguments')) + lengthOf(at(call.custom, 'input'))
  }
  return length
}

const TEXTS = ['content', 'text', 'reasoning_content', 'reasoning', 'refusal']

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

/** An error object inside a stream, whatever shape the service gives it. */
function errorOf(value: unknown): GatewayError {
  const error = isObject(value) ? value : { message: String(value) }
  const message = typeof error.message === 'string' ? scrub(error.message) : 'The provider reported an error.'
  return new GatewayError('upstream_error', message, {
    param: typeof error.param === 'string' ? error.param : null,
    foreign: {
      ...(typeof error.type === 'string' && { type: error.type }),
      ...(typeof error.code === 'string' && { code: error.code }),
    },
  })
}
