// A model as a provider lists it, and what it tells of what the model can do.
import { at } from './json.ts'

export interface ListedModel {
  /** As the provider names it. */
  readonly id: string
  /** Unix seconds; 0 where nobody says. */
  readonly created: number
  readonly owned_by: string
  /** For people. */
  readonly display_name?: string
  /** Tokens that a prompt and its answer may have together, or a prompt alone where that is counted apart. */
  readonly context_length?: number
  /** Tokens that an answer may have. */
  readonly max_output_tokens?: number
  readonly input_modalities?: readonly string[]
  readonly output_modalities?: readonly string[]
  /** What else the provider says that it can, in the provider's words: `tools`, `embed`, `generateContent`. */
  readonly features?: readonly string[]
}

type Told = { readonly [K in keyof Omit<ListedModel, 'id' | 'created' | 'owned_by'>]?: unknown }

/** What a list says beyond names, as far as it says it in the right form. What is not known is left out. */
export function abilities(told: Told): Omit<ListedModel, 'id' | 'created' | 'owned_by'> {
  const { display_name: name, context_length: context, max_output_tokens: output } = told
  const lists = (['input_modalities', 'output_modalities', 'features'] as const).flatMap((key) => {
    const words = wordsIn(told[key])
    return words.length > 0 ? [[key, words]] : []
  })
  return {
    ...(typeof name === 'string' && name !== '' && { display_name: name }),
    ...(isCount(context) && { context_length: context }),
    ...(isCount(output) && { max_output_tokens: output }),
    ...Object.fromEntries(lists),
  }
}

/** The names of the flags of an object that are set: `{vision: true, completion_chat: false}`. */
export function flagsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, set]) => (set === true || at(set, 'supported') === true ? [name] : []))
}

function wordsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string').map((word) => word.toLowerCase()) : []
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
