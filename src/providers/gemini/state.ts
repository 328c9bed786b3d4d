// What is known of an answer while it is read.
import type { Names } from '../../hub/names.ts'
import type { Grounding, SourceCitation, UsageMetadata } from './wire.ts'

/** What the reader of an answer needs to know of its request. */
export interface Asked {
  readonly model: string
  readonly names: Names
  /** The client's names of its custom tools. */
  readonly custom: ReadonlySet<string>
  /** How many calls the conversation had, so that those without an id get a new one. */
  readonly calls: number
}

/** A call whose arguments are still coming. */
export interface OpenCall {
  readonly index: number
  readonly custom: boolean
  args: unknown
}

/** What a candidate has said so far. */
export interface CandidateState {
  /** How its deltas name it. */
  readonly place: { readonly choice?: number }
  text: string
  /** Where in the text each of the service's parts begins. */
  readonly starts: number[]
  /** Whether the last part was text, and of which kind: a stream brings a part in pieces. */
  last: 'text' | 'thought' | 'other' | undefined
  tools: number
  reasonings: number
  open: OpenCall | undefined
  /** As it came: a stream may tell of sources several times, of more of them or of others. */
  readonly grounding: Grounding[]
  readonly citations: SourceCitation[]
  finish: string | number | undefined
  explanation: string | undefined
  /** The signature of what was said: the last one holds. */
  signature: string | undefined
  /** There is something in it beside thoughts. */
  spoke: boolean
  readonly told: Set<string>
}

export interface State {
  started: boolean
  id: string
  model: string
  readonly candidates: Map<number, CandidateState>
  usage: UsageMetadata
  /** The prompt was refused, and why. */
  blocked: string | undefined
  /** The body ended in the middle of what cannot be read. */
  torn: boolean
  failed: boolean
  done: boolean
}

export function start(): State {
  return {
    started: false,
    id: '',
    model: '',
    candidates: new Map(),
    usage: {},
    blocked: undefined,
    torn: false,
    failed: false,
    done: false,
  }
}

export function candidateOf(state: State, index: number): CandidateState {
  const known = state.candidates.get(index)
  if (known) return known
  const made: CandidateState = {
    place: index === 0 ? {} : { choice: index },
    text: '',
    starts: [],
    last: undefined,
    tools: 0,
    reasonings: 0,
    open: undefined,
    grounding: [],
    citations: [],
    finish: undefined,
    explanation: undefined,
    signature: undefined,
    spoke: false,
    told: new Set(),
  }
  state.candidates.set(index, made)
  return made
}
