// What a rule is: one thing the service refuses that no single field's shape can tell.
import type { Model } from '../models.ts'
import type { MessagesBody } from '../wire.ts'

/** A request whose fields all have their shape. */
export interface Checked {
  readonly body: MessagesBody
  readonly model: Model
  readonly betas: ReadonlySet<string>
  readonly version: string
}

export interface Rule {
  readonly name: string
  /** The row of the reference that says so. */
  readonly cites: string
  /** The text of the 400, or nothing. */
  refuse(request: Checked): string | undefined
}

/** Whether the model thinks before it answers: because it was asked to, or because it always does. */
export function thinks({ body, model }: Pick<Checked, 'body' | 'model'>): boolean {
  const type = body.thinking?.type
  return type === undefined ? model.thinksByDefault : type === 'enabled' || type === 'adaptive'
}

/** Whether the answer has to be a call of a tool. */
export const forcesTool = ({ tool_choice: choice }: MessagesBody): boolean =>
  choice?.type === 'any' || choice?.type === 'tool'
