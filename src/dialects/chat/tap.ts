// Watches a chat stream that passes untouched: usage, and whether it is whole.
import * as z from 'zod/mini'
import type { Tap } from '../../hub/dialect.ts'
import { GatewayError, scrub } from '../../hub/error.ts'
import type { Loss } from '../../hub/loss.ts'
import type { ChatRequest } from '../../hub/request.ts'
import type { Usage } from '../../hub/usage.ts'
import { reportOf } from './reply.ts'

const tokens = z.number()
const details = z.nullish(z.record(z.string(), z.nullish(tokens)))

/** The totals of `usage` as OpenAI gives them; anything else counts as no usage. */
const usageShape = z.looseObject({
  prompt_tokens: tokens,
  completion_tokens: z._default(tokens, 0),
  total_tokens: z._default(tokens, 0),
  prompt_tokens_details: details,
  completion_tokens_details: details,
})

/** Reads OpenAI's `usage` object, or undefined when it is none. */
export function usageOf(value: unknown): Usage | undefined {
  const read = usageShape.safeParse(value)
  if (!read.success) return undefined
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = read.data
  const total_tokens = read.data.total_tokens || prompt_tokens + completion_tokens
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    ...(prompt_tokens_details && { prompt_tokens_details: counts(prompt_tokens_details) }),
    ...(completion_tokens_details && { completion_tokens_details: counts(completion_tokens_details) }),
  }
}

function counts(all: Record<string, number | null | undefined>): Record<string, number> {
  const out: Record<string, number> = {}
  for (const [name, value] of Object.entries(all)) if (typeof value === 'number') out[name] = value
  return out
}

export class ChatTap implements Tap {
  readonly #expected: number
  readonly #open = new Set<number>()
  readonly #finished = new Set<number>()
  usage: Usage | undefined
  error: GatewayError | undefined

  constructor(request: ChatRequest) {
    this.#expected = request.fields.n ?? 1
  }

  get whole(): boolean {
    return this.#finished.size >= this.#expected && this.#open.size === 0
  }

  see(data: string): void {
    const chunk = parse(data)
    if (!chunk) return
    if (chunk.error) this.error ??= errorOf(chunk.error)
    if (chunk.usage) this.usage = usageOf(chunk.usage) ?? this.usage
    for (const choice of listOf(chunk.choices)) {
      const index = typeof choice.index === 'number' ? choice.index : 0
      if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
        this.#finished.add(index)
        this.#open.delete(index)
      } else if (!this.#finished.has(index)) this.#open.add(index)
    }
  }

  carries(data: string): boolean {
    const chunk = parse(data)
    return chunk !== undefined && (listOf(chunk.choices).length > 0 || Boolean(chunk.usage))
  }

  withReport(text: string, report: readonly Loss[]): string {
    const end = text.lastIndexOf('}')
    return `${text.slice(0, end)},"dragoman":${JSON.stringify(reportOf(report))}${text.slice(end)}`
  }
}

type Chunk = Record<string, unknown>

function parse(data: string): Chunk | undefined {
  if (data.charCodeAt(0) !== 123) return undefined
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
