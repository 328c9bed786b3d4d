// Requests that fail a few times before they succeed: how retries and fallbacks are tried out.
import { hash } from 'node:crypto'
import type { Directives } from './directives.ts'
import type { Exchange } from './exchange.ts'

export class Attempts {
  readonly #counts = new Map<string, number>()

  /** Whether `demo:flaky` makes this attempt fail. After its failures and one success it starts over. */
  fails(exchange: Exchange, directives: Directives): boolean {
    if (!directives.has('flaky')) return false
    const key = `${exchange.request.path} ${hash('sha256', exchange.raw, 'base64')}`
    const before = this.#counts.get(key) ?? 0
    const fails = before < directives.number('flaky', 1)
    if (fails) this.#counts.set(key, before + 1)
    else this.#counts.delete(key)
    return fails
  }
}
