// A chat request as a call of a service that speaks OpenAI's format.
// https://platform.openai.com/docs/api-reference/chat/create

import { customNames } from '../../hub/definitions.ts'
import { jsonAnswer, jsonDeltas, wordingOf } from '../../hub/json-answer.ts'
import { jsonOf } from '../../hub/large-json.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Names } from '../../hub/names.ts'
import type { Account, Call, Media, RemoteMedia } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { stopAt, stopDeltas } from '../../hub/stop.ts'
import { type Extensions, type Lose, teller, write } from '../../hub/support.ts'
import { adopted } from './adopted.ts'
import { answerOf, readerOf } from './answer.ts'
import type { Body, Like, Plan } from './like.ts'
import { mendedBody } from './mend.ts'
import { messagesOf } from './messages.ts'
import { backIn, namedBack, namesOf, renamed } from './names.ts'
import { promptBody, promptCount } from './prompt.ts'
import { Sources } from './sources.ts'
import type { Asked } from './state.ts'
import { type ToolField, toolsOf } from './tools.ts'
import { promptTokens } from './usage.ts'

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encode(like: Like, request: ChatRequest, model: string, ledger: Ledger, account: Account): Call {
  const own = request.origin?.foreign ? adopted(like, request, ledger) : request
  return encoded(like, own, model, ledger, account, undefined)
}

function encoded(
  like: Like,
  request: ChatRequest,
  model: string,
  ledger: Ledger,
  account: Account,
  media: ReadonlyMap<string, Media> | undefined,
): Call {
  const { fields } = request
  const format = fields.response_format
  const rules = like.messages ?? {}
  const remote: RemoteMedia[] = []
  const conversing = {
    rules,
    model,
    request: fields,
    lose: teller(ledger, 'messages'),
    parted: request.origin?.foreign === true,
    media,
    remote,
  }
  const tell = (field: ToolField) => tellerOf(like, field, ledger)
  const names = rules.plainNames ? namesOf(fields, tell) : undefined
  const said = {
    messages: messagesOf(fields.messages, conversing),
    ...toolsOf(fields, rules, tell, like.choices?.(model, fields)),
  }
  const plan: Plan = {
    model,
    request: fields,
    ...(names ? renamed(said, names) : said),
    names,
    wording: format && like.jsonByWord?.(format, model, fields) ? wordingOf(format) : undefined,
  }
  const table = { fields: like.fields, extensions: { ...passing(request), ...like.extensions } }
  const written: Body = { model, messages: plan.messages, ...write(table, request, plan, ledger) }
  if (plan.wording) written.messages = instructed(plan.messages, plan.wording.instruction)
  const body = like.adapt?.(written, plan, teller(ledger, 'messages')) ?? written
  if (fields.stream || like.streams?.(model)) {
    body.stream = true
    if (!asksNoUsage(like, account)) body.stream_options = { ...optionsIn(body), include_usage: true }
  }
  body.model = model
  const call = callOf(like, request.prompt === undefined ? body : promptBody(request.prompt, body), {
    request,
    plan,
    ledger,
    account,
  })
  if (remote.length === 0 || media) return call
  // What is lost was told when the request was first encoded.
  const complete = (found: ReadonlyMap<string, Media>) =>
    encoded(like, request, model, new Ledger(false), account, found)
  return { ...call, needs: { urls: remote, with: complete } }
}

/** Of tools that are not sent anyway nothing more is told than that. */
function tellerOf({ fields }: Like, field: ToolField, ledger: Ledger): Lose {
  return fields[field].to.length === 0 ? () => undefined : teller(ledger, field)
}

function asksNoUsage({ asksNoUsage: rule = false }: Like, account: Account): boolean {
  return typeof rule === 'function' ? rule(account) : rule
}

function optionsIn({ stream_options: options }: Body): object {
  return typeof options === 'object' && options !== null ? options : {}
}

/** Fields that OpenAI does not know pass: the service says itself what it does not know. */
export function passing({ extras, origin }: Pick<ChatRequest, 'extras' | 'origin'>): Extensions<Body, unknown> {
  if (origin?.foreign) return {}
  return Object.fromEntries(
    Object.keys(extras).map((name) => [
      name,
      { kind: 'full' as const, may: [], to: [name], write: (value: unknown) => ({ [name]: value }) },
    ]),
  )
}

/** The conversation with what the gateway itself has to say to the model. */
function instructed(messages: readonly Body[], instruction: string): Body[] {
  const [first, ...rest] = messages
  if (first?.role !== 'system' || typeof first.content !== 'string') {
    return [{ role: 'system', content: instruction }, ...messages]
  }
  return [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest]
}

interface Context {
  readonly request: ChatRequest
  readonly plan: Plan
  readonly ledger: Ledger
  readonly account: Account
}

function callOf(like: Like, body: Body, context: Context): Call {
  const { request, plan, ledger, account } = context
  const { fields } = request
  const { model, names } = plan
  const opens = plan.wording?.opens
  // A row that may emulate what it does not send leaves it to the gateway.
  const ends = like.fields.stop.may.some(({ kind }) => kind === 'emulated')
  const stop = ends && body.stop === undefined ? fields.stop : undefined
  const count = (like.fields.n.kind === 'emulated' ? 1 : (fields.n ?? 1)) * promptCount(request.prompt)
  const text = jsonOf(body)
  const asked: Asked = {
    rules: like.answer ?? {},
    errors: like.errors ?? {},
    model,
    custom: like.messages?.native ? new Set() : customSent(fields, names),
    prefix: like.answer?.strips?.(fields),
    prompt: like.answer?.estimates ? promptTokens(text) : 0,
    prompted: request.prompt !== undefined,
  }
  let mended = false
  return {
    path: pathOf(like, request, model, account),
    headers: {},
    body: text,
    streams: body.stream === true,
    paramOf: (path) => path,
    reader: (head) => {
      const sources = new Sources(asked.rules)
      const reader = namedBack(names, readerOf(asked, head, sources))
      return sources.cited(jsonAnswer(opens, stopAt(stop, reader, count), count))
    },
    answer: (value) => {
      const sources = new Sources(asked.rules)
      const deltas = backIn(names, answerOf(value, asked, sources))
      return { deltas: sources.cite(jsonDeltas(opens, stopDeltas(stop, deltas, count), count)) }
    },
    mend: (error) => {
      const told = mended ? new Ledger(false) : ledger
      const next = mendedBody(like, error, body, request, told)
      mended = true
      return next && callOf(like, next, context)
    },
  }
}

function pathOf(like: Like, { prompt }: ChatRequest, model: string, account: Account): string {
  if (prompt !== undefined) return like.promptPath?.(model, account) ?? '/completions'
  return like.path?.(model, account) ?? '/chat/completions'
}

/** The client's custom tools, by the names that are sent. */
function customSent(fields: ChatRequest['fields'], names: Names | undefined): ReadonlySet<string> {
  return new Set([...customNames(fields)].map((name) => names?.out(name) ?? name))
}
