// How the service says no: all four keys, always. https://platform.openai.com/docs/guides/error-codes

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly param: string | null

  constructor(
    message: string,
    code: string | null,
    param: string | null = null,
    status = 400,
    type = 'invalid_request_error',
  ) {
    super(message)
    this.status = status
    this.type = type
    this.code = code
    this.param = param
  }

  get body(): Record<string, unknown> {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } }
  }
}
