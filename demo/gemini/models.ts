// The demo's models, and what the service lets each of them be asked.

export interface Model {
  readonly id: string
  readonly thinking: 'none' | 'budget' | 'level'
  /** The least and the most of a budget, and whether it may be 0. */
  readonly budget?: readonly [number, number, boolean]
  readonly levels?: readonly string[]
  readonly jsonSchema: boolean
  readonly penalties: boolean
  readonly logprobs: boolean
  readonly candidates: boolean
  readonly system: boolean
  readonly addresses: boolean
  /** The third generation: signatures are demanded; functions mix with other tools and with JSON; results hold media. */
  readonly third: boolean
}

const ALL = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']
const third = {
  thinking: 'level',
  levels: ALL,
  jsonSchema: true,
  penalties: false,
  logprobs: true,
  candidates: false,
  system: true,
  addresses: true,
  third: true,
} as const
const second = { ...third, thinking: 'budget', logprobs: false, candidates: true, third: false } as const
const early = {
  ...second,
  thinking: 'none',
  jsonSchema: false,
  penalties: true,
  logprobs: true,
  addresses: false,
} as const

export const MODELS: readonly Model[] = [
  { ...third, id: 'gemini-3-pro-preview', levels: ['LOW', 'HIGH'] },
  { ...third, id: 'gemini-3.1-pro-preview', levels: ['LOW', 'MEDIUM', 'HIGH'] },
  { ...third, id: 'gemini-3-flash-preview' },
  { ...third, id: 'gemini-3.6-flash' },
  { ...third, id: 'gemini-3.7-flash', levels: ['LOW', 'MEDIUM', 'HIGH'] },
  { ...second, id: 'gemini-2.5-pro', budget: [128, 32_768, false] },
  { ...second, id: 'gemini-2.5-flash', budget: [0, 24_576, true] },
  { ...second, id: 'gemini-2.5-flash-lite', budget: [512, 24_576, true] },
  { ...early, id: 'gemini-2.0-flash' },
  { ...early, id: 'gemma-3-27b-it', system: false },
]

export function findModel(name: string): Model | undefined {
  return MODELS.find(({ id }) => id === name.replace(/^models\//, ''))
}

/** A model as the list shows it. */
export function describeModel({ id, thinking }: Model): Record<string, unknown> {
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    ...(thinking !== 'none' && { thinking: true }),
  }
}
