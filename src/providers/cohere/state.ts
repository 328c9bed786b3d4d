// What is known of an answer while it is read.
import type { Names } from '../../hub/names.ts'

/** What the reader of an answer needs to know of its request. */
export interface Asked {
  /** The answer itself does not say it. */
  readonly model: string
  readonly names: Names
  /** The client's names of its custom tools. */
  readonly custom: ReadonlySet<string>
  /** The text is cut to the JSON in it, so that no place in it holds. */
  readonly trimmed: boolean
}

export interface OpenCall {
  readonly index: number
  readonly custom: boolean
  /** Arguments that cannot be said yet: of a custom tool all, else what may turn out to be nothing but `null`. */
  held: string
  spoke: boolean
}

/** One text of the answer, as the service wrote it. */
export interface Said {
  /** Where it begins in the choice's text. */
  readonly from: number
  text: string
}

export interface State {
  started: boolean
  /** The length of all text so far. */
  length: number
  /** By the service's index of content. */
  readonly texts: Map<number, Said>
  /** The places of blocks of reasoning: by the service's index of content, and -1 for the plan. */
  readonly reasonings: Map<number, number>
  /** By the service's index of calls, which is not that of content. */
  readonly calls: Map<number, OpenCall>
  /** How many calls there were so far. */
  tools: number
  /** Citations wait for the text that they stand in. */
  readonly citations: unknown[]
  toldLogprobs: boolean
  /** `message-end` was read: nothing less is the end. */
  done: boolean
  failed: boolean
}

export function start(): State {
  return {
    started: false,
    length: 0,
    texts: new Map(),
    reasonings: new Map(),
    calls: new Map(),
    tools: 0,
    citations: [],
    toldLogprobs: false,
    done: false,
    failed: false,
  }
}
