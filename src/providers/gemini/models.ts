// What each family of models takes: one ordered table, the first pattern that fits decides.
// https://ai.google.dev/gemini-api/docs/models
import type { Level } from './wire.ts'

export interface Family {
  /** How thinking is asked for. */
  readonly thinking: 'none' | 'budget' | 'level'
  /** The least and the most that a thinking budget may be, and whether it may be 0. */
  readonly budget: { readonly least: number; readonly most: number; readonly off: boolean }
  /** The levels of thinking, the lowest first. */
  readonly levels: readonly Level[]
  /** Schemas are JSON Schemas, and calls can be held to them; else a subset of OpenAPI's. */
  readonly jsonSchema: boolean
  /** `temperature`, `topP` and `topK` have an effect. */
  readonly sampling: boolean
  readonly penalties: boolean
  readonly logprobs: boolean
  /** There is a system instruction. */
  readonly system: boolean
  /** Files are fetched by the service from any https address. */
  readonly fetches: boolean
  /**
   * What came with the third generation: calls have ids and must bring back their signatures, functions stand beside
   * the service's own tools and beside an answer in JSON, and their results may hold media.
   */
  readonly third: boolean
}

const ALL: readonly Level[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']

const third: Family = {
  thinking: 'level',
  budget: { least: 0, most: 0, off: false },
  levels: ALL,
  jsonSchema: true,
  sampling: true,
  penalties: false,
  logprobs: true,
  system: true,
  fetches: true,
  third: true,
}
const second: Family = {
  ...third,
  thinking: 'budget',
  budget: { least: 0, most: 24_576, off: true },
  logprobs: false,
  third: false,
}
const early: Family = {
  ...second,
  thinking: 'none',
  jsonSchema: false,
  penalties: true,
  logprobs: true,
  fetches: false,
}

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/gemma/, { ...early, system: false }],
  [/gemini-(?:1\.\d|2\.0)|gemini-(?:1\.0-)?(?:pro|ultra)(?:-vision)?$|learnlm/, early],
  [/gemini-2\.\d.*-(?:image|tts)/, { ...second, thinking: 'none' }],
  [/gemini-2\.\d-flash-lite/, { ...second, budget: { least: 512, most: 24_576, off: true } }],
  [/gemini-2\.\d-pro/, { ...second, budget: { least: 128, most: 32_768, off: false } }],
  [/gemini-2/, second],
  [/gemini-3-pro-preview/, { ...third, levels: ['LOW', 'HIGH'] }],
  [/gemini-3(?:\.[0-5])?-pro/, { ...third, levels: ['LOW', 'MEDIUM', 'HIGH'] }],
  [/gemini-3(?:\.[0-5])?-/, third],
  [/gemini-3\.6-(?!pro)/, { ...third, sampling: false }],
  [/gemini-\d/, { ...third, sampling: false, levels: ['LOW', 'MEDIUM', 'HIGH'] }],
]

/** A model that no pattern fits is asked as the newest are, with nothing held back that it may take. */
export function familyOf(model: string): Family {
  const name = model.toLowerCase()
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? third
}
