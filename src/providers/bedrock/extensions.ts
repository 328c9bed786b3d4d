// Fields of Converse itself, which clients of other gateways send beside OpenAI's.
import { dropped, type Extensions, type Lose, type Note, rejected, rows } from '../../hub/support.ts'
import { EXTRA, extraPart } from './parts.ts'
import type { Plan } from './plan.ts'
import type { ConverseBody } from './wire.ts'

const { full, map } = rows<ConverseBody, Plan>()

const NO_OBJECT = rejected('This field is an object.', 'invalid_type')
const STREAM_ONLY = dropped('Only a streamed answer is processed so.')

/** A field of the service's own that has to be an object. */
const objectRow = <K extends keyof ConverseBody & string>(
  to: K,
  write: (value: object, plan: Plan, lose: Lose) => Partial<Pick<ConverseBody, K>>,
  ...may: Note[]
) =>
  map(
    to,
    (value: NonNullable<unknown>, plan: Plan, lose: Lose) =>
      typeof value === 'object' && !Array.isArray(value) ? write(value, plan, lose) : lose(NO_OBJECT),
    [NO_OBJECT, ...may],
  )

const guardrail = objectRow(
  'guardrailConfig',
  (value, { request }, lose) => {
    if (request.stream || !('streamProcessingMode' in value)) return { guardrailConfig: value }
    lose(STREAM_ONLY)
    const { streamProcessingMode, ...rest } = value
    return { guardrailConfig: rest }
  },
  STREAM_ONLY,
)

export const extensions: Extensions<ConverseBody, Plan> = {
  guardrailConfig: guardrail,
  guardrail_config: guardrail,
  additionalModelRequestFields: objectRow(EXTRA, (value, plan) => extraPart(plan, value)),
  additionalModelResponseFieldPaths: full('additionalModelResponseFieldPaths'),
  anthropic_beta: map(EXTRA, (betas: unknown, plan) => extraPart(plan, { anthropic_beta: betas })),
  outputConfig: objectRow('outputConfig', (value) => ({ outputConfig: value })),
  performanceConfig: objectRow('performanceConfig', (value) => ({ performanceConfig: value })),
  promptVariables: objectRow('promptVariables', (value) => ({ promptVariables: value })),
  requestMetadata: objectRow('requestMetadata', (value, { metadata }) => ({
    requestMetadata: Object.assign(metadata, value),
  })),
  serviceTier: objectRow('serviceTier', (value) => ({ serviceTier: value })),
}
