// Watches a stream of Responses that passes untouched, or a whole response: usage, its name, and whether it is whole.
import type { Tap } from '../../hub/dialect.ts'
import { GatewayError, scrub } from '../../hub/error.ts'
import { at, jsonIn } from '../../hub/json.ts'
import type { Loss } from '../../hub/loss.ts'
import { withReport } from '../../hub/report.ts'
import { type Usage, usageOf } from '../../hub/usage.ts'
import { Events } from './events.ts'
import { errorIn, type Json, objectOf } from './object.ts'

const ENDS: readonly unknown[] = ['response.completed', 'response.incomplete', 'response.failed']

export class ResponsesTap implements Tap {
  /** What the answer is called, where it can be asked for again. */
  id: string | undefined
  whole = false
  usage: Usage | undefined
  uncounted = 0
  error: GatewayError | undefined
  /** An error that was told, while the event that ends the response has not come. */
  #told: GatewayError | undefined
  /** The response as it was told last, and the number of the next event. */
  #last: Json | undefined
  #next = 0

  see(data: string): void {
    const event = jsonIn(data)
    const type = at(event, 'type')
    const number = at(event, 'sequence_number')
    if (typeof number === 'number') this.#next = number + 1
    const delta = at(event, 'delta')
    if (typeof delta === 'string') this.uncounted += delta.length
    if (at(event, 'object') === 'response') {
      this.#response(event)
      this.whole = true
      return
    }
    const error = at(event, 'error') ?? (type === 'error' ? event : undefined)
    if (error !== undefined && error !== null) {
      this.#told = errorOf(error)
      // Of a whole answer it is all there is; in a stream the response's own end follows.
      if (type === undefined) this.error = this.#told
      return
    }
    const response = at(event, 'response')
    if (response !== undefined) this.#last = objectOf(response)
    this.#response(response)
    if (!ENDS.includes(type)) return
    this.whole = true
    if (type === 'response.failed') this.error = this.#told ?? errorOf(at(response, 'error'))
  }

  closes(data: string): boolean {
    return data === '[DONE]' || ENDS.includes(at(jsonIn(data), 'type'))
  }

  /** The body ended after an error, and nothing else is to come. */
  left(): GatewayError | undefined {
    return this.#told
  }

  fail(error: GatewayError): string | undefined {
    const failed = { ...this.#last, status: 'failed', error: errorIn(error) }
    return this.#last && new Events(false, this.#next).failure(error, failed)
  }

  carries(data: string): boolean {
    return ENDS.includes(at(jsonIn(data), 'type'))
  }

  withReport(text: string, report: readonly Loss[]): string {
    return withReport(text, report)
  }

  #response(response: unknown): void {
    const id = at(response, 'id')
    if (at(response, 'store') !== false && typeof id === 'string') this.id ??= id
    const used = usageIn(at(response, 'usage'))
    if (!used) return
    this.usage = used
    this.uncounted = 0
  }
}

function usageIn(value: unknown): Usage | undefined {
  const { input_tokens, output_tokens, total_tokens, input_tokens_details, output_tokens_details } = objectOf(value)
  return usageOf({
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    total_tokens,
    prompt_tokens_details: input_tokens_details,
    completion_tokens_details: output_tokens_details,
  })
}

/** An error inside an answer, whatever shape the service gives it. */
function errorOf(value: unknown): GatewayError {
  const { message, type, code, param } = objectOf(value)
  const words = typeof message === 'string' ? scrub(message) : 'The provider reported an error.'
  return new GatewayError('upstream_error', words, {
    param: typeof param === 'string' ? param : null,
    foreign: {
      ...(typeof type === 'string' && type !== 'error' && { type }),
      ...(typeof code === 'string' && { code }),
    },
  })
}
