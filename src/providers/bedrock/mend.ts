// What can be done about a refusal: the service says which of its fields a model lacks, and the request goes without.
import type { GatewayError } from '../../hub/error.ts'
import { Ledger } from '../../hub/loss.ts'
import type { Call } from '../../hub/provider.ts'
import { dropped, teller } from '../../hub/support.ts'
import type { Model } from './models.ts'
import type { Amends, Plan } from './plan.ts'

export const REPLAY_REFUSED = dropped(
  'The provider refused the thinking that was sent back: the request went without it.',
)

const LACKS = /doesn't support the ([\w.]+) field/
const NO_TOOL_STREAM = /doesn't support tool use in streaming mode/
const OVER = /max_tokens: \d+ > (\d+)|exceeds the model limit of (\d+)/
const NO_SCHEMA = /output_?config|output_format|text_?format|\bstrict\b/i
const REFUSED_THINKING =
  /invalid `?(?:signature|data)`? in `?(?:redacted_)?thinking|bound to a different conversation|expected `thinking`|`thinking` or `redacted_thinking` blocks .* cannot be modified/i

/** A field that a model lacks, and what is known of the model then. */
const WITHOUT: Readonly<Record<string, Partial<Model>>> = {
  stopSequences: { stops: false },
  system: { prompts: false },
  toolConfig: { tools: false },
  'toolConfig.toolChoice': { forces: false },
  'toolConfig.toolChoice.any': { forces: false },
  'toolConfig.toolChoice.tool': { names: false },
  outputConfig: { structured: false },
  reasoningContent: { replays: false },
}

/** @param again encodes the same request anew. */
export function mender(
  plan: Plan,
  amends: Amends,
  ledger: Ledger,
  again: (amends: Amends, told: Ledger) => Call,
): NonNullable<Call['mend']> {
  const mended = new Map<string, Call>()
  return (error) => {
    const found = amendsFor(error, plan)
    if (!found) return undefined
    // Calls side by side are refused for the same reason, and mended alike.
    const key = JSON.stringify(found)
    const known = mended.get(key)
    if (known) return known
    const told = new Ledger(false)
    const call = again({ ...amends, ...found, model: { ...amends.model, ...found.model } }, told)
    for (const loss of told.losses) {
      if (!ledger.losses.some(({ path, kind }) => path === loss.path && kind === loss.kind)) ledger.add(loss)
    }
    if (found.model?.replays === false) teller(ledger, 'messages')(REPLAY_REFUSED)
    mended.set(key, call)
    return call
  }
}

function amendsFor({ message }: GatewayError, { model, maxTokens = 0, thinks, thought }: Plan): Amends | undefined {
  const lacks = LACKS.exec(message)?.[1] ?? ''
  const without = Object.hasOwn(WITHOUT, lacks) ? WITHOUT[lacks] : undefined
  if (without) return { model: without }
  if (NO_TOOL_STREAM.test(message)) return { whole: true }
  const [, native, own] = OVER.exec(message) ?? []
  const most = Number(native ?? own)
  if (most > 0 && most < maxTokens) return { model: { maxOutput: most } }
  const thinking = thinks || thought.thinking?.type === 'enabled'
  if (thinking && REFUSED_THINKING.test(message)) return { model: { replays: false } }
  return model.structured && NO_SCHEMA.test(message) ? { model: { structured: false } } : undefined
}
