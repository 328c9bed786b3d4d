// A chat request as a call of the Messages API: https://docs.anthropic.com/en/api/messages
import { Ledger } from '../../hub/loss.ts'
import type { Call } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { dropped, teller, write } from '../../hub/support.ts'
import { answerOf, readerOf } from './answer.ts'
import { extensions, fields } from './fields.ts'
import { paramOf } from './param.ts'
import { type Plan, planOf } from './plan.ts'
import { type Asked, goOn, type State, start } from './stream.ts'
import type { MessagesBody } from './wire.ts'

/** Longer answers may take minutes, in which a connection that says nothing is cut on the way. */
const STREAM_ABOVE = 21_333

const FILES_BETA = 'files-api-2025-04-14'
const REPLAY_REFUSED = dropped('The provider refused the thinking that was sent back: the request went without it.')
const REFUSED_SIGNATURE = /invalid `?signature`?|bound to a different conversation/i

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encode(request: ChatRequest, model: string, ledger: Ledger): Call {
  return callOf(request, model, ledger, planOf(request, model, ledger))
}

function callOf(request: ChatRequest, model: string, ledger: Ledger, plan: Plan): Call {
  const body: MessagesBody = {
    max_tokens: plan.maxTokens,
    messages: plan.turns,
    ...write({ fields, extensions }, request, plan, ledger),
    // The client's name of the model is the slot's and the model's.
    model,
  }
  if (plan.maxTokens > STREAM_ABOVE) body.stream = true
  if (plan.system !== undefined) body.system = plan.system
  const asked: Asked = {
    names: plan.names,
    custom: plan.custom,
    jsonTool: plan.format?.by === 'tool' ? plan.format.tool.name : undefined,
    bareJson: plan.format?.by === 'word',
    pausable: plan.tools.some((tool) => 'type' in tool),
  }
  return {
    ...partOf(body, asked, () => start(asked), plan),
    mend: (error) => {
      if (!plan.replays || !REFUSED_SIGNATURE.test(error.message)) return undefined
      teller(ledger, 'messages')(REPLAY_REFUSED)
      // What else the request loses was told when it was first encoded.
      const told = new Ledger(false)
      return callOf(request, model, told, planOf(request, model, told, true))
    },
  }
}

/** One call of an answer, which may take several: the service pauses between its own tools. */
function partOf(body: MessagesBody, asked: Asked, begin: () => State, plan: Plan): Call {
  const next = (state: State): Call | undefined => {
    if (!state.paused) return undefined
    const container = containerId(state.container)
    const messages = [...body.messages, said(state)]
    const going: MessagesBody = { ...body, messages, ...(container !== undefined && { container }) }
    return partOf(going, asked, () => goOn(state), plan)
  }
  return {
    path: '/v1/messages',
    headers: usesFiles(body) ? { 'anthropic-beta': FILES_BETA } : {},
    body: JSON.stringify(body),
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

function containerId(container: unknown): string | undefined {
  const id: unknown = typeof container === 'object' && container !== null ? Reflect.get(container, 'id') : undefined
  return typeof id === 'string' ? id : undefined
}

function usesFiles({ messages }: MessagesBody): boolean {
  return messages.some(({ content }) =>
    content.some((block) => (block.type === 'image' || block.type === 'document') && block.source.type === 'file'),
  )
}
