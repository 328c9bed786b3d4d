// Rows, notes and keys that are the same wherever providers lack the same thing.
import type { JsonSchemaFormat } from '../../schemas/chat.ts'
import type { ChatFields } from './request.ts'
import {
  audit,
  dropped,
  emulated,
  type Fields,
  type Keys,
  type Lose,
  type Note,
  type Row,
  rejected,
  rows,
} from './support.ts'
import { isLegacy } from './wish.ts'

export const SECOND_LIMIT = dropped("'max_completion_tokens' is sent instead.")
/** JSON that is only asked for. */
export const BY_WORD = emulated('The model is told to answer in JSON, and is not held to it.')
/** JSON that a call carries. */
export const BY_TOOL = emulated('A forced tool call carries the JSON.')

const { emulate, drop } = rows<object, unknown>()

/** `n`: one choice a call. */
export const oneChoice = emulate('The service returns one choice: as many calls are made side by side.')

const NO_AUDIO = rejected('The service puts out no audio.')
const TEXT_ONLY = dropped('The service puts out no audio: the answer is text.')

/** `modalities` of a service that answers in text alone. */
export const textOnly: Row<readonly string[], object, unknown> = {
  kind: 'renamed',
  may: [TEXT_ONLY, NO_AUDIO],
  to: [],
  write: (value, _plan, lose) =>
    value.includes('audio') ? lose(value.includes('text') ? TEXT_ONLY : NO_AUDIO) : undefined,
}
/** `audio`, which says how such an answer should sound. */
export const noAudio = drop(NO_AUDIO.reason)

const OTHER_TOOLS = dropped("'tools' are sent instead.")
const OTHER_CHOICE = dropped("'tools' are sent, and their 'tool_choice'.")

type ToolField = 'tools' | 'functions' | 'tool_choice' | 'function_call'

/**
 * The rows of tools and of the choice among them, of both forms: what is sent was decided about all of them at once.
 * @param to the fields that `part` writes.
 */
export function toolRows<Body, Plan extends { readonly request: ChatFields }>(
  to: readonly (keyof Body & string)[],
  part: (plan: Plan) => Partial<Body> | undefined,
  tools: readonly Note[],
  choice: readonly Note[],
): Pick<Fields<Body, Plan>, ToolField> {
  const row = (may: readonly Note[], write: (plan: Plan, lose: Lose) => Partial<Body> | undefined) => ({
    kind: 'renamed' as const,
    may,
    to,
    write: (_value: unknown, plan: Plan, lose: Lose) => write(plan, lose),
  })
  return {
    tools: row(tools, part),
    functions: row([...tools, OTHER_TOOLS], (plan, lose) => (isLegacy(plan.request) ? part(plan) : lose(OTHER_TOOLS))),
    tool_choice: row(choice, part),
    function_call: row([...choice, OTHER_CHOICE], (plan, lose) =>
      isLegacy(plan.request) && !plan.request.tool_choice ? part(plan) : lose(OTHER_CHOICE),
    ),
  }
}

const REASONING: Keys<NonNullable<ChatFields['reasoning']>> = {
  effort: 'used',
  max_tokens: 'used',
  exclude: 'used',
  enabled: 'used',
}

/** Tells the losses of the keys of `reasoning`. */
export function auditReasoning(reasoning: object, lose: Lose): void {
  audit(reasoning, REASONING, 'reasoning', lose)
}

/** A schema's name and description, and `strict`, change nothing where a schema is obeyed as it stands. */
const SCHEMA: Keys<JsonSchemaFormat> = { name: 'inert', description: 'inert', schema: 'used', strict: 'inert' }

/** Tells the losses of the keys of `response_format`. */
export function auditFormat(format: NonNullable<ChatFields['response_format']>, lose: Lose): void {
  audit(format, { type: 'used', json_schema: 'used' }, 'response_format', lose)
  if (format.type === 'json_schema') audit(format.json_schema, SCHEMA, 'response_format.json_schema', lose)
}
