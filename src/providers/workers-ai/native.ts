// The service's own form, in which older models answer, and the binding through which a Worker asks it directly.
// https://developers.cloudflare.com/workers-ai/configuration/bindings/
import { GatewayError } from '../../hub/error.ts'
import { at } from '../../hub/json.ts'
import type { Account, Reach } from '../../hub/provider.ts'

/** An answer or a piece of one in OpenAI's form; undefined when it has that form already. */
export function readNative(chunk: unknown): unknown {
  const value: unknown = at(chunk, 'result') ?? chunk
  if (at(value, 'response') === undefined && at(value, 'tool_calls') === undefined) {
    return value === chunk ? undefined : value
  }
  const said: unknown = at(value, 'response')
  // JSON that was asked for comes as a value.
  const content = typeof said === 'object' && said !== null ? JSON.stringify(said) : said
  const message = { role: 'assistant', content, tool_calls: at(value, 'tool_calls') }
  return { choices: [{ index: 0, message }], usage: at(value, 'usage') }
}

interface Ai {
  run(model: string, inputs: unknown, options: unknown): Promise<unknown>
}

function isAi(value: unknown): value is Ai {
  return typeof at(value, 'run') === 'function'
}

/** What the binding throws (`5007: No such model`), in the form that the service answers by REST. */
function refusal(thrown: unknown): Response {
  const [, code, message] = (thrown instanceof Error && /\b(\d{4,5}): (.*)/s.exec(thrown.message)) || []
  if (code === undefined) throw thrown
  return Response.json({ success: false, errors: [{ code: Number(code), message }] }, { status: 500 })
}

/** A slot that has neither a credential nor an address means the Worker's own way. */
export function isBound({ credential, baseUrl }: Account): boolean {
  return credential === undefined && baseUrl === undefined
}

/** That way. */
export function binding(account: Account, bindings: object): Reach | undefined {
  if (!isBound(account)) return undefined
  const { name } = account
  const ai: unknown = at(bindings, 'AI')
  if (!isAi(ai)) {
    throw new GatewayError('not_configured', `Slot '${name}' has no credential, and the Worker has no AI binding.`)
  }
  return async ({ body }, signal) => {
    const { model, ...inputs } = JSON.parse(body)
    try {
      const answer = await ai.run(model, inputs, { returnRawResponse: true, signal })
      return answer instanceof Response ? answer : Response.json(answer)
    } catch (thrown) {
      return refusal(thrown)
    }
  }
}
