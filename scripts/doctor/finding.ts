// What a look at a deployment found.

/** `note`: it works, and could be better. `skipped`: there was nothing to look with. */
export type State = 'good' | 'note' | 'fault' | 'skipped'

export interface Finding {
  readonly name: string
  readonly state: State
  /** What was seen, in a line. */
  readonly detail: string
  /** What to do about it. */
  readonly mend?: string
}

/** What a check says, under whatever name it is listed. */
export type Said = Omit<Finding, 'name'>

export const good = (detail: string): Said => ({ state: 'good', detail })
export const note = (detail: string, mend: string): Said => ({ state: 'note', detail, mend })
export const fault = (detail: string, mend: string): Said => ({ state: 'fault', detail, mend })
export const skipped = (detail: string, mend: string): Said => ({ state: 'skipped', detail, mend })
