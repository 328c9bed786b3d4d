// Watches a stream of events that passes: its end, its usage, its failure.
import type { Tap } from '../hub/dialect.ts'
import { GatewayError, scrub } from '../hub/error.ts'
import { at, jsonIn } from '../hub/json.ts'
import type { Loss } from '../hub/loss.ts'
import { withReport } from '../hub/report.ts'
import type { Usage } from '../hub/usage.ts'
import { usageIn } from './usage.ts'

export class EventTap implements Tap {
  readonly #ends: readonly string[]
  whole = false
  usage: Usage | undefined
  uncounted = 0
  error: GatewayError | undefined

  /** @param ends the types of the events that make it whole. */
  constructor(ends: readonly string[]) {
    this.#ends = ends
  }

  see(data: string): void {
    const value = jsonIn(data)
    const failure = at(value, 'error')
    if (failure) this.error ??= failureOf(failure)
    this.whole ||= this.carries(data)
    const delta = at(value, 'delta')
    if (typeof delta === 'string') this.uncounted += delta.length
    const used = usageIn(value)
    if (!used) return
    this.usage = used
    this.uncounted = 0
  }

  closes(data: string): boolean {
    return data === '[DONE]'
  }

  carries(data: string): boolean {
    return this.#ends.includes(String(at(jsonIn(data), 'type')))
  }

  withReport(text: string, report: readonly Loss[]): string {
    return withReport(text, report)
  }
}

/** A failure that came with a good status, whatever shape the service gives it. */
export function failureOf(value: unknown): GatewayError {
  const message = typeof value === 'string' ? value : at(value, 'message')
  const [type, code] = [at(value, 'type'), at(value, 'code')]
  return new GatewayError(
    'upstream_error',
    typeof message === 'string' ? scrub(message) : 'The provider reported an error.',
    {
      foreign: { ...(typeof type === 'string' && { type }), ...(typeof code === 'string' && { code }) },
    },
  )
}
