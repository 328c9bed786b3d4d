// What the demo answers: a message made of the request itself, so that a test can say beforehand what it will be.
// Cites: Response.
import type { Directives } from '../directives.ts'
import { firstTokens, tokensOf } from '../tokens.ts'
import { callsOf } from './call.ts'
import { type Answer, type AnswerBlock, idOf, type Turn } from './reply.ts'
import { isPaused } from './rules/conversation.ts'
import { type Checked, thinks } from './rules/rule.ts'
import { continuation, pausedCall, prologue, scene } from './scene.ts'
import { mint } from './signature.ts'
import { spokenText } from './speech.ts'
import type { InputUsage } from './usage.ts'

/** The thinking before the answer: shown, held back, or redacted. */
function thought(request: Checked, directives: Directives): readonly AnswerBlock[] {
  const { body, model } = request
  if (!thinks(request)) return []
  if (directives.has('redacted')) {
    return [{ type: 'redacted_thinking', data: Buffer.from(`dragoman-demo:redacted:${model.id}`).toString('base64') }]
  }
  const text = 'The user wants an answer. I repeat what was said, so that anybody can check it.'
  const omitted = (body.thinking?.display ?? model.display) === 'omitted'
  return [
    {
      type: 'thinking',
      thinking: omitted ? '' : text,
      signature: mint(text, body, model, omitted),
      spent: tokensOf(text),
    },
  ]
}

/** A text up to the first of the sequences that stop it. */
function untilStop(
  text: string,
  stops: readonly string[],
): { readonly text: string; readonly stop: string | undefined } {
  const hits = stops.map((stop) => ({ stop, at: text.indexOf(stop) })).filter(({ at }) => at >= 0)
  const first = hits.sort((a, b) => a.at - b.at)[0]
  return first ? { text: text.slice(0, first.at), stop: first.stop } : { text, stop: undefined }
}

/** Everything the model would say if nothing stopped it. */
function turnOf(request: Checked, directives: Directives, sequence: number): Turn {
  const { body } = request
  const last = body.messages.at(-1)
  if (isPaused(last)) return continuation(request, directives, sequence)
  if (directives.has('pause')) return pausedCall(sequence)
  const played = scene(directives, sequence)
  if (played) return played
  const calls = callsOf(request, directives, sequence)
  if (calls.length > 0) return { content: calls, stop_reason: 'tool_use' }
  return { content: [{ type: 'text', text: spokenText(request, directives) }], stop_reason: 'end_turn' }
}

const spentOn = ({ spent, json, name, text, data }: AnswerBlock): number => {
  if (typeof spent === 'number') return spent
  return json === undefined ? tokensOf(text ?? data ?? '') : tokensOf(`${name}${json}`)
}

/** The answer to a checked request. */
export function answer(request: Checked, directives: Directives, sequence: number, input: InputUsage): Answer {
  const { body } = request
  const turn = turnOf(request, directives, sequence)
  const content: AnswerBlock[] = []
  let left = body.max_tokens
  let thinking = 0
  let reason = turn.stop_reason
  let stopped: string | null = null
  const before = turn.stop_reason === 'refusal' ? [] : thought(request, directives)
  for (const block of [...prologue(directives, body.model), ...before, ...turn.content]) {
    const { text, stop } = untilStop(block.text ?? '', body.stop_sequences ?? [])
    const whole = block.text === undefined ? block : { ...block, text }
    const cost = spentOn(whole)
    if (cost > left) {
      // Out of tokens: what can be cut is cut, what cannot is left out.
      reason = 'max_tokens'
      if (whole.text !== undefined && left > 0) content.push({ ...whole, text: firstTokens(whole.text, left) })
      if (whole.json !== undefined) content.push({ ...whole, input: {}, json: firstTokens(whole.json, left) })
      if (whole.type === 'thinking') thinking += left
      left = 0
      break
    }
    left -= cost
    if (whole.type.endsWith('thinking')) thinking += cost
    if (whole.text !== '') content.push(whole)
    if (stop !== undefined) {
      reason = 'stop_sequence'
      stopped = stop
      break
    }
  }
  const searches = content.filter(({ type }) => type === 'web_search_tool_result').length
  return {
    id: idOf('msg_01', 'message', sequence),
    model: body.model,
    content,
    stop_reason: reason,
    stop_sequence: stopped,
    stop_details: turn.stop_details ?? null,
    usage: {
      ...input,
      output_tokens: body.max_tokens - left,
      output_tokens_details: { thinking_tokens: thinking },
      server_tool_use: searches > 0 ? { web_search_requests: searches } : null,
      service_tier: 'standard',
      speed: body.speed ?? 'standard',
    },
  }
}
