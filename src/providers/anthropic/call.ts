// A chat request as a call of the Messages API: https://docs.anthropic.com/en/api/messages

import { customNames } from '../../hub/definitions.ts'
import type { GatewayError } from '../../hub/error.ts'
import { jsonOf } from '../../hub/large-json.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Call, Media } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { dropped, teller, write } from '../../hub/support.ts'
import { answerOf, readerOf } from './answer.ts'
import { extensions, fields } from './fields.ts'
import { paramOf } from './param.ts'
import { type Amends, OVER_MAXIMUM, type Plan, planOf } from './plan.ts'
import { type Asked, goOn, type State, start } from './state.ts'
import { type Fetched, HOME, type Surface } from './surface.ts'
import type { MessagesBody } from './wire.ts'

/** Longer answers may take minutes, in which a connection that says nothing is cut on the way. */
const STREAM_ABOVE = 21_333

const FILES_BETA = 'files-api-2025-04-14'

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encode(request: ChatRequest, model: string, ledger: Ledger): Call {
  return encodeFor(HOME, request, model, ledger)
}

/** The same for another place. @throws GatewayError as `encode`. */
export function encodeFor(surface: Surface, request: ChatRequest, model: string, ledger: Ledger): Call {
  const asking = { surface, request, model, ledger }
  const fetched = surface.references ? undefined : { media: new Map(), wanted: new Map() }
  const call = firstCall(asking, ledger, fetched)
  if (!fetched || fetched.wanted.size === 0) return call
  const withMedia = (media: ReadonlyMap<string, Media>) =>
    // What the request loses was told by now.
    firstCall(asking, new Ledger(false), { media, wanted: new Map() })
  return { ...call, needs: { urls: [...fetched.wanted.values()], with: withMedia } }
}

interface Asking {
  readonly surface: Surface
  readonly request: ChatRequest
  readonly model: string
  /** Where losses are told that only a refusal shows. */
  readonly ledger: Ledger
}

function firstCall({ surface, request, model, ledger }: Asking, told: Ledger, fetched: Fetched | undefined): Call {
  const place = { structured: surface.structured, fetched }
  const plan = planOf(request, model, told, place)
  const mended = new Map<string, Call>()
  return {
    ...callOf(surface, request, model, told, plan),
    mend: (error) => {
      const amends = amendsFor(error, request, plan, ledger, mended.size > 0)
      if (!amends) return undefined
      // Calls side by side are refused for the same reason, and mended alike.
      const key = JSON.stringify(amends)
      const known = mended.get(key)
      if (known) return known
      // What else the request loses was told when it was first encoded.
      const told = new Ledger(false)
      const call = callOf(surface, request, model, told, planOf(request, model, told, place, amends))
      mended.set(key, call)
      return call
    },
  }
}

const REPLAY_REFUSED = dropped('The provider refused the thinking that was sent back: the request went without it.')
const REFUSED_THINKING =
  /invalid `?(?:signature|data)`? in `?(?:redacted_)?thinking|bound to a different conversation|expected `thinking`|`thinking` or `redacted_thinking` blocks .* cannot be modified/i
const OVER = /max_tokens: \d+ > (\d+)/

/** What can be done about a refusal, told once. */
function amendsFor(
  { message }: GatewayError,
  { fields: asked }: ChatRequest,
  plan: Plan,
  ledger: Ledger,
  told: boolean,
): Amends | undefined {
  const most = Number(OVER.exec(message)?.[1])
  if (most > 0 && most < plan.maxTokens) {
    const field = asked.max_completion_tokens ? 'max_completion_tokens' : 'max_tokens'
    if (asked[field] && !told) teller(ledger, field)(OVER_MAXIMUM, { sent: most })
    return { maxOutput: most }
  }
  const { thinking } = plan.thought
  if (!REFUSED_THINKING.test(message) || (!plan.replays && thinking?.type !== 'enabled')) return undefined
  if (!told) teller(ledger, 'messages')(REPLAY_REFUSED)
  return { withoutThinking: true }
}

function callOf(surface: Surface, request: ChatRequest, model: string, ledger: Ledger, plan: Plan): Call {
  const body: MessagesBody = {
    max_tokens: plan.maxTokens,
    messages: plan.turns,
    ...write({ fields, extensions }, request, plan, ledger),
    // The client's name of the model is the slot's and the model's.
    model,
  }
  if (plan.maxTokens > STREAM_ABOVE) body.stream = true
  if (plan.system !== undefined) body.system = plan.system
  const { framing, failure } = surface
  const asked: Asked = {
    framing,
    failure,
    names: plan.names,
    custom: customNames(request.fields),
    jsonTool: plan.format?.by === 'tool' ? plan.format.tool.name : undefined,
    opens: plan.format?.by === 'word' ? plan.format.opens : undefined,
    pausable: plan.tools.some((tool) => 'type' in tool) || body.mcp_servers !== undefined,
  }
  return partOf(surface, body, asked, plan)
}

/**
 * One call of an answer, which may take several: the service pauses between its own tools.
 * @param paused where the answer paused, and so what was said of it so far.
 */
function partOf(surface: Surface, asking: MessagesBody, asked: Asked, plan: Plan, paused?: State): Call {
  const body = paused
    ? { ...asking, messages: [...asking.messages, said(paused)], ...containerOf(asking, paused) }
    : asking
  const begin = () => (paused ? goOn(paused) : start(asked))
  const next = (state: State) => (state.paused ? partOf(surface, asking, asked, plan, state) : undefined)
  return {
    path: surface.path(body.model, body.stream === true),
    headers: usesFiles(body) ? { 'anthropic-beta': FILES_BETA } : {},
    body: jsonOf(surface.sent(body)),
    streams: body.stream === true,
    paramOf: (path) => paramOf(path, plan, body),
    reader: () => readerOf(begin(), asked, next),
    answer: (value) => answerOf(value, begin(), asked, next),
  }
}

function said({ transcript }: State): MessagesBody['messages'][number] {
  const content: unknown = transcript?.blocks ?? []
  // The service's own blocks as it made them: their kinds are more than those a client's history can hold.
  return { role: 'assistant', content: content as MessagesBody['messages'][number]['content'] }
}

/** The container the paused tools run in is the one they go on in. */
function containerOf({ container: asked }: MessagesBody, { container }: State): { container?: unknown } {
  const id: unknown = typeof container === 'object' && container !== null ? Reflect.get(container, 'id') : undefined
  if (typeof id !== 'string') return {}
  return { container: typeof asked === 'object' && asked !== null ? { ...asked, id } : id }
}

function usesFiles({ messages }: MessagesBody): boolean {
  const inFiles = (block: unknown): boolean => {
    if (typeof block !== 'object' || block === null) return false
    const source: unknown = Reflect.get(block, 'source')
    const inside: unknown = Reflect.get(block, 'content')
    if (typeof source === 'object' && source !== null && 'file_id' in source) return true
    return Array.isArray(inside) && inside.some(inFiles)
  }
  return messages.some(inFiles)
}
