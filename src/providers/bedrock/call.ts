// A chat request as a call of Converse or of ConverseStream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import { Ledger } from '../../hub/loss.ts'
import type { Call } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { stopAt, stopDeltas } from '../../hub/stop.ts'
import { write } from '../../hub/support.ts'
import { answerOf, readerOf } from './answer.ts'
import { extensions } from './extensions.ts'
import { fields } from './fields.ts'
import { mender } from './mend.ts'
import { paramOf } from './param.ts'
import { type Amends, type Plan, planOf } from './plan.ts'
import type { Asked } from './state.ts'
import { thinkingPart } from './thinking.ts'
import type { ConverseBody } from './wire.ts'

/** Longer answers may take minutes, in which a connection that says nothing is cut on the way. */
const STREAM_ABOVE = 21_333

/**
 * @param late the ledger of what is lost only later, once the service has refused.
 * @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode.
 */
export function encode(
  request: ChatRequest,
  model: string,
  ledger: Ledger,
  amends: Amends = {},
  late: Ledger = ledger,
): Call {
  const plan = planOf(request, model, ledger, amends)
  const body = bodyOf(request, plan, ledger)
  const { max_completion_tokens, max_tokens, stream } = request.fields
  const long = (max_completion_tokens ?? max_tokens ?? 0) > STREAM_ABOVE
  const streams = !amends.whole && (stream === true || long)
  const asked = askedOf(request, model, plan)
  const stop = plan.model.stops ? undefined : request.fields.stop
  return {
    path: `/model/${encodeURIComponent(model)}/converse${streams ? '-stream' : ''}`,
    headers: {},
    body: JSON.stringify(body),
    streams: stream === true || streams,
    paramOf: (path) => paramOf(path, plan),
    reader: (head) => stopAt(stop, readerOf(asked, head, streams)),
    answer: (value, head) => ({ deltas: stopDeltas(stop, answerOf(value, asked, head).deltas) }),
    ...(plan.urls.length > 0 && {
      needs: {
        urls: plan.urls,
        // What the request loses was told when it was first encoded.
        with: (media) => encode(request, model, new Ledger(false), { ...amends, media }, late),
      },
    }),
    mend: mender(plan, amends, late, (again, told) => encode(request, model, told, again)),
  }
}

function askedOf({ fields: { tools = [] } }: ChatRequest, model: string, plan: Plan): Asked {
  const { format, names } = plan
  return {
    model,
    names,
    custom: new Set((tools ?? []).flatMap((tool) => (tool.type === 'custom' ? [tool.custom.name] : []))),
    jsonTool: format?.by === 'tool' ? format.tool.name : undefined,
    opens: format?.by === 'word' ? format.opens : undefined,
    // What another's model thinks has no signature, and never comes back.
    thinks: plan.model.replays ? 'anthropic-claude-v1' : 'unknown',
  }
}

/** The body as it is sent: what several fields write together stands in one object. */
function bodyOf(request: ChatRequest, plan: Plan, ledger: Ledger): Record<string, unknown> {
  const flat: Partial<ConverseBody> = write({ fields, extensions }, request, plan, ledger)
  if (plan.maxTokens !== undefined) flat['inferenceConfig.maxTokens'] = plan.maxTokens
  // Thinking may have to be turned off, though nobody asked for it.
  flat.additionalModelRequestFields = { ...thinkingPart(plan.thought, plan.model), ...plan.extra }
  const body: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(flat)) {
    const [head = '', member] = path.split('.')
    const part = member === undefined ? value : { [member]: value }
    body[head] = isObject(part) && isObject(body[head]) ? { ...body[head], ...part } : part
  }
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => !isObject(value) || Object.keys(value).length > 0),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
