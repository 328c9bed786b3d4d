// The endpoint of a task: a JSON request for a model that answers no conversation, relayed where the provider speaks the
// endpoint's form, else done by as many of the provider's own calls as it takes.
import { bytesOf, textOf } from '../answers.ts'
import { readText } from '../body.ts'
import { numberIn } from '../config.ts'
import { asGatewayError, GatewayError, scrub } from '../hub/error.ts'
import { at, jsonIn, parseJson } from '../hub/json.ts'
import { reportOf } from '../hub/loss.ts'
import type { Provider } from '../hub/provider.ts'
import { withReport } from '../hub/report.ts'
import type { PartTold, RelayedTask, Task, TaskCall, TaskRequest, TranslatedTask } from '../hub/task.ts'
import { addUsage, type Usage, usageOf } from '../hub/usage.ts'
import { type Endpoint, inputSize, type Leg, type Prepared, settle } from '../leg.ts'
import { spliceValue } from '../wire/splice.ts'
import { missing } from './missing.ts'

/** What makes one endpoint differ from the others. */
export interface Form<Fields extends { readonly model?: string | null | undefined }, Part extends PartTold> {
  /** What providers may have none of, in words: `embeddings`. */
  readonly name: string
  of(provider: Provider): Task<Fields, Part> | undefined
  /** @throws GatewayError 400 with OpenAI's code and `param`. */
  read(body: unknown): TaskRequest<Fields>
  /** What a request asks for that names no model. */
  readonly model?: string
  /** The field that holds the text: what is too long is this. */
  readonly text: keyof Fields & string
  /** The answer that the parts make, without a report. */
  answer(parts: readonly Part[], request: TaskRequest<Fields>, about: About): Record<string, unknown>
}

/** What an answer says of itself. */
export interface About {
  readonly id: string
  /** As the provider names what it used. */
  readonly model: string
  readonly usage: Usage | undefined
}

/** Calls of one request that are under way side by side. */
const AT_ONCE = 4

export function taskEndpoint<Fields extends { readonly model?: string | null | undefined }, Part extends PartTold>(
  form: Form<Fields, Part>,
): Endpoint {
  return async ({ c, request: asked }) => {
    const text = await readText(asked, numberIn(c.env.MAX_BODY_BYTES, 33_554_432)) // 400 413
    const request = form.read(parseJson(text)) //                                         400
    return {
      model: request.fields.model ?? form.model ?? '',
      knows: (field) => Object.hasOwn(request.fields, field),
      prepare: (leg) => {
        const task = form.of(leg.target.provider)
        if (!task) throw missing(leg.target, form.name)
        return 'relays' in task
          ? relayed(leg, task, text, request.fields, form.model)
          : translated(leg, form, task, request)
      },
    }
  }
}

function relayed(
  leg: Leg,
  task: RelayedTask,
  text: string,
  fields: { readonly model?: string | null | undefined },
  own: string | undefined,
): Prepared {
  const { target, traffic, ledger, report } = leg
  const { model, slot } = target.route
  const sent = {
    path: task.relays(model, slot),
    headers: {},
    body: withModel(text, model, fields.model ?? undefined, own),
    streams: false,
  }
  const go = async () => {
    const response = await target.send(sent)
    const bytes = await bytesOf(response, traffic.times.idleMs)
    const answer = new TextDecoder().decode(bytes)
    const value = jsonIn(answer)
    if (typeof value !== 'object' || value === null) throw notJson()
    const failure = at(value, 'error')
    if (failure) throw toldIn(failure)
    settle(leg, 'complete', usageOf(at(value, 'usage')))
    return new Response(report ? withReport(answer, ledger.losses) : bytes, { headers: JSON_HEADERS })
  }
  // The limits count what is asked for, not how it is sent.
  return { calls: 1, size: inputSize(leg, fields), sends: [sent], go }
}

/** A client that names no model leaves it to the provider, unless the key has a model for what is meant by that. */
function withModel(text: string, model: string, named: string | undefined, own: string | undefined): string {
  const value = JSON.stringify(model)
  if (named !== undefined) return spliceValue(text, 'model', value)
  // Only a request with some other field in it was let in.
  return model === own ? text : text.replace('{', () => `{"model":${value},`)
}

const JSON_HEADERS = { 'content-type': 'application/json' }

function notJson(): GatewayError {
  return new GatewayError('upstream_error', 'The provider sent an answer that is not JSON.')
}

/** A failure that came with a good status. */
function toldIn(failure: unknown): GatewayError {
  const message = typeof failure === 'string' ? failure : at(failure, 'message')
  const words = typeof message === 'string' ? scrub(message) : 'The provider reported an error.'
  return new GatewayError('upstream_error', words)
}

function translated<Fields extends { readonly model?: string | null | undefined }, Part extends PartTold>(
  leg: Leg,
  form: Form<Fields, Part>,
  task: TranslatedTask<Fields, Part>,
  request: TaskRequest<Fields>,
): Prepared {
  const { target, traffic, ledger, report } = leg
  const { model, slot } = target.route
  const calls = task.encode(request, model, ledger, slot)
  const ask = async (call: TaskCall<Part>): Promise<Part> => {
    try {
      const { path, headers, body, paramOf } = call
      const response = await target.send({ path, headers, body, paramOf, streams: false })
      return call.read(await textOf(response, traffic.times.idleMs), response.headers)
    } catch (thrown) {
      throw spelled(asGatewayError(thrown), form, request)
    }
  }
  const go = async () => {
    const parts = await inTurn(calls, ask)
    const usage = parts.map((part) => part.usage).reduce((sum, one) => (sum && one ? addUsage(sum, one) : (sum ?? one)))
    const id = traffic.journey.id.replace(/^req_/, '')
    const about = { id, model: parts.find((part) => part.model)?.model ?? model, usage }
    const answer = form.answer(parts, request, about)
    settle(leg, 'complete', usage)
    const losses = [...ledger.losses, ...parts.flatMap((part) => part.losses ?? [])]
    return Response.json(report ? { ...answer, dragoman: reportOf(losses) } : answer)
  }
  return { calls: 1, size: inputSize(leg, request.fields), sends: calls, go }
}

/** What each item gives, in their order, some of them at a time. The first failure ends it. */
async function inTurn<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = []
  let failed = false
  const queue = items.entries()
  const worker = async () => {
    for (const [i, item] of queue) {
      if (failed) return
      try {
        done[i] = await work(item)
      } catch (thrown) {
        failed = true
        throw thrown
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  return done
}

/** A refusal names a field as the client does, or none: providers read them with conversations in mind. */
export function spelled<Fields extends object>(
  error: GatewayError,
  { text }: Pick<Form<Fields & { model?: string }, PartTold>, 'text'>,
  { fields, extras }: TaskRequest<Fields>,
): GatewayError {
  const { param } = error.details
  const root = /^\w*/.exec(param ?? '')?.[0] ?? ''
  if (error.code === 'context_length_exceeded' && root !== text) return error.with({ param: text })
  return !param || Object.hasOwn(fields, root) || Object.hasOwn(extras, root) ? error : error.with({ param: null })
}
