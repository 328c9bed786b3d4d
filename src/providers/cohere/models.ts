// What each family of models takes: https://docs.cohere.com/docs/models

export interface Family {
  /** It takes images; undefined when nobody here knows. */
  readonly sees: boolean | undefined
  /** It thinks before it answers; undefined when nobody here knows. */
  readonly reasons: boolean | undefined
  /** `tool_choice` is known to it. */
  readonly chooses: boolean
}

const plain: Family = { sees: false, reasons: false, chooses: true }
/** A model nobody here has heard of: nothing is held back that it may take. */
const unknown: Family = { sees: undefined, reasons: undefined, chooses: true }

/** The first that matches a model's name. */
const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/command-a-plus/, { sees: true, reasons: true, chooses: true }],
  [/vision/, { ...plain, sees: true }],
  [/reasoning/, { ...plain, reasons: true }],
  [/command-a(?![a-z])|command-r7b|aya/, plain],
  [/command-r(?![a-z0-9])|^command(?:-light|-nightly)?$/, { ...plain, chooses: false }],
]

export function familyOf(model: string): Family {
  const name = model.toLowerCase()
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? unknown
}
