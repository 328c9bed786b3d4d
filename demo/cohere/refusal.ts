// How the service says no: a message, and on 422 what it is about. https://docs.cohere.com/reference/errors

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly data: string | undefined

  constructor(message: string, status = 400, data?: string) {
    super(message)
    this.status = status
    this.data = data
  }

  get body(): Record<string, unknown> {
    return { id: 'e-demo', message: this.message, ...(this.data !== undefined && { data: this.data }) }
  }
}
