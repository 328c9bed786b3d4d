// Parts of the body that several fields write.
import { dropped, type Lose } from '../../hub/support.ts'
import { isLegacy } from '../../hub/wish.ts'
import type { Plan } from './plan.ts'
import { thinkingPart } from './thinking.ts'

export const UNFIT = dropped('Metadata are letters, digits, spaces and some signs, at most 256 of them.')

/** What goes into the model's own body, in the order it comes. */
export const EXTRA = 'additionalModelRequestFields'
export const extraPart = ({ extra }: Plan, part: object) => ({ [EXTRA]: Object.assign(extra, part) })
export const limitPart = ({ maxTokens }: Plan) =>
  maxTokens === undefined ? {} : { 'inferenceConfig.maxTokens': maxTokens }

const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/

/** Pairs that the service keeps in its logs, as far as they are of the letters that it takes. */
export const metadataPart = (
  { metadata }: Plan,
  pairs: Readonly<Record<string, string>>,
  lose: Lose,
  pathOf: (key: string) => string,
) => {
  const fit = Object.entries(pairs).filter(([key, value]) => {
    const fits = key !== '' && METADATA.test(key) && METADATA.test(value)
    if (!fits) lose(UNFIT, { path: pathOf(key) })
    return fits
  })
  return { requestMetadata: Object.assign(metadata, Object.fromEntries(fit)) }
}

/** Calls side by side can be ruled out, but not beside a choice of the service's own. */
const ruledOut = ({ model, toolConfig }: Plan) => model.single && toolConfig && !toolConfig.toolChoice
const SINGLE = { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }
export const singlePart = (plan: Plan) => (ruledOut(plan) ? extraPart(plan, SINGLE) : undefined)

/** The tools; in the form that came before them there is one call an answer. */
export const toolsPart = (plan: Plan) => {
  const { toolConfig, request } = plan
  return toolConfig && { toolConfig, ...(isLegacy(request) && singlePart(plan)) }
}

export const thoughtPart = (plan: Plan) => extraPart(plan, thinkingPart(plan.thought, plan.model))
