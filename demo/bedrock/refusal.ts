// What the service says when it does not answer: the exception's name stands in a header, the body has the words.
import type { Exchange } from '../exchange.ts'

export class Refusal extends Error {
  readonly type: string
  readonly status: number

  constructor(message: string, type = 'ValidationException', status = 400) {
    super(message)
    this.type = type
    this.status = status
  }

  send(exchange: Exchange, headers: Readonly<Record<string, string>>): void {
    exchange.json(this.status, { message: this.message }, { 'x-amzn-errortype': this.type, ...headers })
  }
}

/** A field that a model lacks. */
export const lacks = (field: string): Refusal =>
  new Refusal(`This model doesn't support the ${field} field. Remove ${field} and try again.`)
