// What is known of an answer while it is read.
import type { FinishReason } from '../../hub/delta.ts'
import type { AnswerRules, ErrorRules } from './like.ts'
import type { Sources } from './sources.ts'
import { ThoughtSplitter } from './think.ts'

/** What the reader of an answer needs to know of its request and of the service. */
export interface Asked {
  readonly rules: AnswerRules
  readonly errors: ErrorRules
  readonly model: string
  /** The client's names of its custom tools. */
  readonly custom: ReadonlySet<string>
  /** Text that stands before the answer and is no part of it. */
  readonly prefix: string | undefined
  /** What the prompt counts as, where the service does not count. */
  readonly prompt: number
  /** A text is gone on with: choices have a text instead of a message, of which all is the text. */
  readonly prompted: boolean
}

export interface OpenCall {
  custom: boolean
  /** Its name has come, and it was said. */
  named: boolean
  /** '' until one has come. */
  id: string
  /** Arguments that must not be said yet: of a call without a name, or of a custom tool, which must be whole. */
  held: string
  spoke: boolean
}

export interface ChoiceState {
  /** By the service's own index, or by place. */
  readonly calls: Map<number, number>
  readonly opened: OpenCall[]
  /** Blocks of reasoning, by what the service calls them. */
  readonly thoughts: Map<string, number>
  /** What the service calls blocks of an index and a type. */
  readonly named: Map<string, string>
  readonly splitter: ThoughtSplitter
  text: string
  /** What is to be left out at the beginning, until that is known. */
  prefix: string
  /** The beginning that may be it. */
  repeated: string
  finish: FinishReason | undefined
}

export interface State {
  started: boolean
  readonly choices: Map<number, ChoiceState>
  /** The service has told what was used. */
  counted: boolean
  readonly sources: Sources
  readonly told: Set<string>
  /** Characters of the whole answer. */
  length: number
  done: boolean
  failed: boolean
}

export function start(sources: Sources): State {
  return {
    started: false,
    choices: new Map(),
    counted: false,
    sources,
    told: new Set(),
    length: 0,
    done: false,
    failed: false,
  }
}

const MARKS = ['<think>', '</think>'] as const

export function choiceOf(state: State, index: number, { rules, model, prefix = '' }: Asked): ChoiceState {
  let choice = state.choices.get(index)
  if (!choice) {
    choice = {
      calls: new Map(),
      opened: [],
      thoughts: new Map(),
      named: new Map(),
      splitter: new ThoughtSplitter(rules.marks ?? MARKS, rules.opensThinking?.(model) ?? false),
      text: '',
      prefix,
      repeated: '',
      finish: undefined,
    }
    state.choices.set(index, choice)
  }
  return choice
}
